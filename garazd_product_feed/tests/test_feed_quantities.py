from odoo.tests import tagged

from .common import FeedCommon


@tagged("post_install", "-at_install")
class TestFeedQuantities(FeedCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._make_product()
        cls._set_stock(cls.product, 5)

    def _reserve(self, quantity):
        """Promise pieces to a customer, without shipping them."""
        move = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": quantity,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "company_id": self.company.id,
            }
        )
        move._action_confirm()
        move._action_assign()

    def _expect(self, quantity):
        move = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": quantity,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "company_id": self.company.id,
            }
        )
        move._action_confirm()

    def _get_quantity(self):
        return self._get_offer(self.product).findtext("quantity_in_stock")

    def test_each_basis_counts_its_own_way(self):
        self._reserve(2)
        self._expect(10)
        for basis, quantity in (("free", "3"), ("on_hand", "5"), ("forecast", "13")):
            with self.subTest(basis=basis):
                self.feed.quantity_basis = basis
                self.env.invalidate_all()
                self.assertEqual(self._get_quantity(), quantity)

    def test_safety_stock_is_kept_back(self):
        self.feed.stock_buffer = 2
        self.assertEqual(self._get_quantity(), "3")

    def test_safety_stock_never_makes_it_negative(self):
        self.feed.stock_buffer = 9
        offer = self._get_offer(self.product)
        self.assertEqual(offer.findtext("quantity_in_stock"), "0")
        self.assertEqual(offer.get("available"), "")

    def test_parts_of_a_piece_are_not_offered(self):
        self._set_stock(self.product, 0.9)
        self.assertEqual(self._get_quantity(), "5")

    def test_all_warehouses_of_the_company_count_by_default(self):
        second = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "SEC", "company_id": self.company.id}
        )
        self._set_stock(self.product, 7, second)
        self.assertEqual(self._get_quantity(), "12")
        self.feed.warehouse_ids = second
        self.assertEqual(self._get_quantity(), "7")

    def test_stock_of_other_companies_does_not_count(self):
        other = self.env["res.company"].create({"name": "Other", "currency_id": self.euro.id})
        warehouse = (
            self.env["stock.warehouse"].sudo().search([("company_id", "=", other.id)], limit=1)
        )
        self._set_stock(self.product, 100, warehouse)
        feed = self.feed.with_context(allowed_company_ids=(self.company + other).ids)
        self.assertEqual(feed._get_quantities(self.product), {self.product.id: 5})

    def test_in_stock_is_available(self):
        self.assertEqual(self._get_offer(self.product).get("available"), "true")

    def test_sold_out_is_not_available_or_on_order(self):
        product = self._make_product()
        self.assertEqual(self._get_offer(product).get("available"), "")
        self.feed.zero_stock_availability = "false"
        self.assertEqual(self._get_offer(product).get("available"), "false")

    def test_sold_out_is_left_out_when_the_feed_says_so(self):
        self._make_product()
        self.assertEqual(len(self._generate().xpath("//offer")), 2)
        self.feed.include_unavailable = False
        root = self._generate()
        self.assertEqual(root.xpath("//offer/@id"), [self.feed._get_offer_id(self.product)])
        self.assertEqual(self.feed.offer_count, 1)

    def test_stock_that_is_not_counted_is_always_available(self):
        product = self._make_product(is_storable=False)
        self.feed.include_unavailable = False
        offer = self._get_offer(product)
        self.assertEqual(offer.get("available"), "true")
        self.assertIsNone(offer.find("quantity_in_stock"))
