"""What one generation of a feed learns on its way through the products."""

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass
class Generation:
    """The findings and the counters of one run. Formats report to it, the feed reads it.

    :ivar findings: product id -> list of ``(code, values)``, codes of ``product.data.feed.issue``
    :ivar category_ids: the product categories that the published offers are in; ``False`` stands
        for "none"
    :ivar offer_ids: every identifier published so far
    :ivar variants: product template id -> the sets of attribute values published so far
    """

    findings: dict = field(default_factory=lambda: defaultdict(list))
    category_ids: set = field(default_factory=set)
    offer_ids: set = field(default_factory=set)
    variants: dict = field(default_factory=lambda: defaultdict(set))
    offer_count: int = 0

    def report(self, product, code, **values):
        """Keep a finding.

        :param product.product product: the product it is about
        :param str code: a code of ``product.data.feed.issue``
        :param values: what the text of that code names (plain JSON values)
        """
        self.findings[product.id].append((code, values))

    def codes(self, product):
        """Return the codes reported about a product so far."""
        return [code for code, _values in self.findings.get(product.id, ())]
