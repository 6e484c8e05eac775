"""The plain Python of `garazd_product_feed/tools`, without the addon that needs Odoo around it."""

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "garazd_product_feed" / "tools"
PACKAGE = "product_feed_tools"


def load(name):
    """Import a module of the folder; it may import its neighbours, but nothing above them.

    :param str name: as `text`
    :rtype: types.ModuleType
    """
    if PACKAGE not in sys.modules:
        # A package of its own, so that no `__init__` runs.
        spec = ModuleSpec(PACKAGE, None, is_package=True)
        spec.submodule_search_locations.append(str(FOLDER))
        sys.modules[PACKAGE] = module_from_spec(spec)
    return import_module(f"{PACKAGE}.{name}")
