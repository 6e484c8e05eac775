"""What crosses a border between the layers is found, and nothing else."""

from pathlib import Path

import pytest

from tools import boundaries

CENTER = "garazd_merchant_center/models/x.py"
CLIENT = "garazd_merchant_prom/api/client.py"
PROM = "garazd_merchant_prom/models/x.py"
SIMULATOR = "tests/prom_simulator/x.py"
COMMIT = "self.env.cr.commit()\n"
ROLLBACK = "self.env.cr.rollback()\n"


@pytest.mark.parametrize(
    ("name", "line", "found"),
    [
        (CENTER, "# as Prom does it", True),
        (CENTER, "# a promise, a promotion, promptly compromised", False),
        (CENTER, "PROM = 1  # lint: allow - a promise of ours", False),
        ("garazd_merchant_center/views/x.xml", '<field name="prom_id"/>', True),
        (PROM, 'name = "\u0417\u0430\u043c\u043e\u0432"', True),
        (CLIENT, 'name = "\u0433\u0440\u043d"', False),
        ("garazd_merchant_prom/demo/x.xml", "<p>\u0417\u0430\u043c\u043e\u0432</p>", False),
        ("docs/x.py", "# \u0417\u0430\u043c\u043e\u0432", False),
    ],
)
def test_words(name, line, found):
    assert bool(list(boundaries.line_findings(Path(name), line))) is found


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        (CLIENT, "from odoo import api", True),
        (CLIENT, "import odoo.tools", True),
        (CLIENT, "def f():\n    import babel", True),
        (CLIENT, "import requests", False),
        (CLIENT, "from . import const\nfrom ..models import x", False),
        (PROM, "from odoo import api", False),
        (PROM, "import requests", True),
        (SIMULATOR, "from odoo import api", True),
        (SIMULATOR, "import requests", True),
        (SIMULATOR, "import garazd_merchant_prom.api", True),
        (SIMULATOR, "import json\nfrom tests.prom_simulator import x", False),
    ],
)
def test_imports(name, text, found):
    assert bool(list(boundaries.import_findings(Path(name), text))) is found


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        (PROM, COMMIT, True),
        (PROM, "cr.commit()\n", True),
        (PROM, "connection.commit()\n", False),
        (PROM, COMMIT.strip() + "  # lint: allow - asked for by the user\n", False),
        (PROM, COMMIT.strip() + "  # lint: allow -\n", True),
        (PROM, ROLLBACK, True),
        (PROM, f"try:\n    x()\nexcept OSError:\n    {ROLLBACK}", False),
        (PROM, f"try:\n    x()\nexcept OSError:\n    {COMMIT}", True),
        ("garazd_merchant_prom/tests/x.py", COMMIT, False),
        ("tools/demo_populate.py", COMMIT, False),
    ],
)
def test_transactions(name, text, found):
    assert bool(list(boundaries.transaction_findings(Path(name), text))) is found


def test_the_project_itself_is_searched_and_its_installed_programs_are_not():
    names = {path.relative_to(boundaries.ROOT).parts[0] for path in boundaries.files()}
    assert {"tools", "tests"} <= names
    assert not names & {".local", ".git"}
