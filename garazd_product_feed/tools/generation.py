"""What one generation of a feed learns on its way through the products."""

import gc
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field


@contextmanager
def without_garbage_collection():
    """Do not look for garbage meanwhile.

    For work that makes hundreds of thousands of objects that all live until its end, where Python
    would look through all of them again and again.
    """
    # The core has the same (`odoo.tools.gc`), but leaves it off after an exception.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@dataclass
class Generation:
    """The findings and the memory of one run. Formats report to it, the feed reads it.

    :ivar findings: product id -> list of ``(code, values)``, codes of ``product.data.feed.issue``;
        emptied page by page
    :ivar ignored: codes that nobody wants to hear about
    :ivar memory: what is the same for all pages, by a name that its owner chooses
    """

    findings: dict = field(default_factory=lambda: defaultdict(list))
    ignored: frozenset = frozenset()
    memory: dict = field(default_factory=lambda: defaultdict(dict))

    def report(self, product_id, code, **values):
        """Keep a finding.

        :param int product_id: the product it is about
        :param str code: a code of ``product.data.feed.issue``
        :param values: what the text of that code names (plain JSON values)
        """
        if code not in self.ignored:
            self.findings[product_id].append((code, values))

    def codes(self, product_id):
        """Return the codes reported about a product so far."""
        return [code for code, _values in self.findings.get(product_id, ())]
