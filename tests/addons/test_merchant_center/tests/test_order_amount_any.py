import itertools
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import tagged

from .common import DemoCase

PROPERTY = settings(
    max_examples=25,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
# By the SKU of the product that has them, see `_make_taxes`.
TAXES = (
    "none", "in", "top", "two-top", "mixed", "two-in", "group", "fixed", "compound", "division",
)  # fmt: skip
QUANTITIES = ("1", "2", "3", "7", "12", "0.35", "1.5", "0.01")
PRICES = ("33.33", "100.00", "0.01", "99.99", "1234.57")
LINES = st.lists(
    st.tuples(
        st.sampled_from(TAXES),
        st.sampled_from(QUANTITIES),
        st.sampled_from(PRICES) | st.decimals("0.01", "99999.99", places=2).map(str),
    ),
    min_size=1,
    max_size=5,
)


@tagged("post_install", "-at_install")
class TestOrderAmountAny(DemoCase):
    """Whatever the taxes, quantities and prices: the buyer's total, to the last kopeck."""

    def _prepare(self):
        super()._prepare()
        self.numbers = itertools.count(1)
        self.taxes = self._make_taxes()
        for code, taxes in self.taxes.items():
            self._make_product(code, taxes_id=[Command.set(taxes.ids)])

    def _make_taxes(self):
        def tax(name, amount, included=False, **changes):
            return self._make_tax(amount, included, name=name, **changes)

        included = tax("VAT in the price", 20, included=True)
        on_top = tax("VAT on top", 20)
        levy = tax("Levy", 5, sequence=50)
        children = [Command.set((on_top | levy).ids)]
        compound = tax("VAT before the levy", 20, include_base_amount=True, sequence=1)
        return {
            "none": on_top.browse(),
            "in": included,
            "top": on_top,
            "two-top": on_top | levy,
            "mixed": included | levy,
            "two-in": included | tax("Levy in the price", 7, included=True),
            "group": tax("Both", 0, amount_type="group", children_tax_ids=children),
            "fixed": tax("Eco fee", 3, amount_type="fixed"),
            "compound": compound | levy,
            "division": tax("Part of the total", 10, amount_type="division"),
        }

    def _import_lines(self, lines, **changes):
        """Import an order of lines (SKU, quantity, total) and compare its total.

        Without the scheduled action, which would take a second for each of hundreds.
        """
        number = str(next(self.numbers))
        raw = [self._line(sku, amount, quantity=quantity) for sku, quantity, amount in lines]
        total = sum(Decimal(amount) for _sku, _quantity, amount in lines)
        payload = self._order(number, *raw, total=str(total), **changes)
        store = self.store._in_own_context()
        record = store._get_adapter()._demo_raw_order(payload)
        self.env["merchant.order"].with_env(store.env)._merge(store, [record])
        order = self._get_order(number)
        self.assertEqual(order.state, "imported", order.error)
        sale = order.sale_order_id
        self.assertEqual(f"{sale.amount_total:.2f}", f"{total:.2f}", lines)
        self.assertAlmostEqual(sale.amount_untaxed + sale.amount_tax, sale.amount_total)
        self.env.flush_all()
        sale.invalidate_recordset()
        self.assertEqual(f"{sale.amount_total:.2f}", f"{total:.2f}", lines)
        return sale

    def test_every_tax_quantity_and_price(self):
        for sku, quantity, price in itertools.product(TAXES, ("1", "3", "0.35"), PRICES):
            with self.subTest(sku, quantity=quantity, price=price):
                self._import_lines([(sku, quantity, price)])

    def test_any_order(self):
        @PROPERTY
        @given(lines=LINES)
        def check(lines):
            self._import_lines(lines)

        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            check()

    def test_invoice_is_what_the_buyer_pays(self):
        self._make_books(self.company)
        self.env["product.product"].search([]).invoice_policy = "order"

        @settings(PROPERTY, max_examples=8)
        @given(lines=LINES)
        def check(lines):
            sale = self._import_lines(lines)
            sale.action_confirm()
            invoice = sale._create_invoices()
            self.assertEqual(f"{invoice.amount_total:.2f}", f"{sale.amount_total:.2f}", lines)

        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            check()

    def test_taxes_that_the_customer_has_instead(self):
        """A fiscal position: its taxes count as included too, and stay the same ones."""
        position = self.env["account.fiscal.position"].create(
            {"name": "Reduced", "company_id": self.company.id}
        )
        reduced = self._make_tax(
            7,
            included=False,
            name="VAT 7%",
            fiscal_position_ids=[Command.set(position.ids)],
            original_tax_ids=[Command.set(self.taxes["top"].ids)],
        )
        self.env["res.partner"].with_company(self.company).create(
            {
                "name": "Reduced",
                "phone": "+380501112233",
                "property_account_position_id": position.id,
            }
        )
        for quantity, price in (("1", "107.00"), ("3", "100.00"), ("0.35", "33.33")):
            sale = self._import_lines([("top", quantity, price)])
            self.assertEqual(sale.fiscal_position_id, position)
            self.assertRecordValues(
                sale.order_line.tax_ids, [{"amount": reduced.amount, "price_include": True}]
            )
        position.invalidate_recordset()
        self.assertEqual(position.map_tax(self.taxes["top"]), reduced, "sales by hand go on")

    def test_company_with_another_currency(self):
        self.company.currency_id = self.usd
        for quantity, price in (("3", "100.00"), ("0.35", "33.33")):
            sale = self._import_lines([("top", quantity, price)])
            self.assertEqual(sale.currency_id, self.uah)

    def test_price_that_decimals_cannot_show_is_kept(self):
        """Odoo shows two decimals and keeps them all, so three for 100.00 need no other line."""
        sale = self._import_lines([("none", "3", "100.00")])
        self.assertAlmostEqual(sale.order_line.price_unit, 100 / 3, places=10)
        sale.action_confirm()
        sale.order_line.name = "Changed by the staff"
        self.assertEqual(sale.amount_total, 100)
