import importlib

from odoo.tests import tagged

from .common import PromCase, money

# What each kind of malformed order ends as: the code of its issue and words a person can act on;
# None: it is imported all the same.
POISONS = {
    "no_lines_null": ("order_without_lines", "has no products"),
    "no_lines_empty": ("order_without_lines", "has no products"),
    "unknown_status": ("order_unknown_status", "has the status teleported"),
    "unreadable_money": ("order_unreadable", "price is 'за домовленістю'"),
    "null_money": None,
    "missing_id": ("order_without_identifier", "without a readable number"),
    "null_id": ("order_without_identifier", "without a readable number"),
    "lines_without_name": None,
    "wrong_types": ("order_unreadable", "cannot be read"),
    "zero_quantity": ("order_unreadable", r"products\[0\].quantity is 0"),
    "huge_note": None,
    "bad_date": ("order_unreadable", "date_created is 'учора'"),
    "totals_differ": ("order_total_differs", "costs 1.00 on the marketplace"),
    "not_an_object": ("order_without_identifier", "without a readable number"),
}
WITHOUT_NUMBER = {"missing_id", "null_id", "not_an_object"}


@tagged("post_install", "-at_install")
class TestOrderPoison(PromCase):
    """Malformed records end as issues in words; everything else is imported."""

    def test_every_poison(self):
        good = [self.sim.add_order("pending")]
        keys = {kind: self.sim.poison(kind) for kind in POISONS}
        good.append(self.sim.add_order("pending"))
        run = self._sync()
        self.assertEqual(run.state, "partial")
        for order in good:
            self.assertEqual(self._get_order(order["id"]).state, "imported")
        for kind, expected in POISONS.items():
            with self.subTest(kind):
                self._check(kind, keys[kind], expected)
        self.assertEqual(run.failed, len([kind for kind in POISONS if POISONS[kind]]))
        self.assertFalse(self.sim.writes())

    def _check(self, kind, key, expected):
        order = self._get_order(key)
        if expected is None:
            self.assertEqual(order.state, "imported", order.error)
            return
        code, words = expected
        issue = self._get_issues(code)
        if kind in WITHOUT_NUMBER:
            self.assertFalse(order)
        else:
            self.assertFalse(order.sale_order_id)
            self.assertEqual(order.state, "failed")
            self.assertTrue(order.payload, "what was read is kept")
            self.assertEqual(order.error_code, code)
            issue = issue.filtered(lambda i: i.res_id == order.id)
            self.assertIn(str(key), issue.detail)
        self.assertEqual(len(issue), 1)
        self.assertRegex(issue.detail, words)

    def test_no_poison_is_forgotten(self):
        poisons = importlib.import_module("tests.prom_simulator.poison")
        self.assertEqual(set(POISONS), set(poisons.ORDER_POISONS))

    def test_poison_does_not_come_twice(self):
        keys = {kind: self.sim.poison(kind) for kind in POISONS}
        self._sync()
        before = self._count("merchant.issue")
        run = self._read_all_again()
        self.assertEqual(self._count("merchant.issue"), before)
        self.assertEqual(run.created, 0)
        self.assertEqual(self._count("merchant.order"), len(keys) - len(WITHOUT_NUMBER))

    def test_order_without_amounts_is_the_sum_of_its_lines(self):
        key = self.sim.poison("null_money")
        self._sync()
        lines = self.sim.state.orders[key]["products"]
        total = sum(money(line["total_price"]) for line in lines)
        sale = self._get_order(key).sale_order_id
        self.assertEqual(f"{sale.amount_total:.2f}", f"{total:.2f}")

    def test_mended_order_is_imported(self):
        for kind in ("no_lines_null", "unreadable_money", "bad_date", "totals_differ"):
            with self.subTest(kind):
                key = self.sim.poison(kind)
                self._read_all_again()
                order = self._get_order(key)
                self.assertEqual(order.state, "failed")
                good = self.sim.add_order("pending")
                mended = {name: value for name, value in good.items() if name != "id"}
                self.sim.touch(key, **mended)
                self._sync()
                self.assertRecordValues(order, [{"state": "imported", "error": False}])
                self.assertFalse(self._get_issues(POISONS[kind][0]))

    def test_administrator_says_what_a_status_means(self):
        key = self.sim.poison("unknown_status")
        self._sync()
        order = self._get_order(key)
        order.status_id.with_user(self.admin).kind = "new"
        self._get_issues("order_unknown_status").with_user(self.user).action_retry()
        self.assertEqual(order.state, "imported")
        self.assertFalse(self._get_issues())

    def test_malformed_products(self):
        kinds = ("product_missing_id", "product_wrong_types", "product_huge_description")
        for kind in kinds:
            self.sim.poison(kind)
        run = self._sync("products")
        self.assertEqual(run.state, "partial")
        self.assertEqual(self._count("merchant.listing"), 31)
        issue = self._get_issues("record_unreadable")
        self.assertRegex(issue.detail, "cannot be read: .* is ")
        self.assertIn("The others were read", issue.detail)
