from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TOKEN, DemoCase

LOGGER = "odoo.addons.garazd_merchant_center.models.merchant_exchange"


@tagged("post_install", "-at_install")
class TestExchange(DemoCase):
    """Requests of a store in debug mode can be looked at by administrators, for a while."""

    two_companies = True

    def _record(self, **changes):
        values = {
            "method": "GET",
            "path": "/orders",
            "status": 200,
            "duration": 12,
            "attempt": 1,
            "request": "",
            "answer": "{}",
            "failure": "",
        }
        with self.enter_registry_test_mode():
            self.store._record_exchange(**(values | changes))
        return self._get_exchanges()

    def _get_exchanges(self):
        return self.env["merchant.exchange"].search([("store_id", "=", self.store.id)])

    def test_nothing_is_kept_without_debug_mode(self):
        self.assertFalse(self._record())
        self.store.debug = True
        self.assertRecordValues(self._record(), [{"path": "/orders", "status": 200}])

    def test_debug_mode_ends_by_itself(self):
        stores = self.env["merchant.store"]
        self.store.debug = True
        self.assertIn(self.store, stores.search([("debug", "=", True)]))
        with freeze_time(fields.Datetime.now() + timedelta(hours=25)):
            self.env.invalidate_all()
            self.assertFalse(self.store.debug)
            self.assertFalse(self._record())
            self.assertIn(self.store, stores.search([("debug", "=", False)]))
            self.assertNotIn(self.store, stores.search([("debug", "=", True)]))

    def test_debug_mode_can_be_switched_off(self):
        self.store.debug = True
        self.store.debug = False
        self.assertFalse(self.store.debug_until)
        self.assertFalse(self._record())

    def test_texts_are_short_and_without_the_token(self):
        self.store.debug = True
        kept = self._record(answer=f"Bearer {TOKEN}\0" + "x" * 20_000, failure=TOKEN)
        self.assertTrue(kept.answer.startswith("Bearer ***x"))
        self.assertLess(len(kept.answer), 8100)
        self.assertEqual(kept.failure, "***")

    @mute_logger("odoo.sql_db")
    def test_what_cannot_be_kept_breaks_nothing(self):
        self.store.debug = True
        # Another transaction does not see the store of this test.
        with self.assertLogs(LOGGER, "WARNING") as logs:
            self.store._record_exchange(method="GET", path="/orders", status=200)
        self.assertIn("was not kept", logs.output[0])
        self.assertTrue(self.store.exists())
        self.assertFalse(self._get_exchanges())

    def test_requests_are_forgotten_after_seven_days(self):
        self.store.debug = True
        old = self._record()
        old.made_at -= timedelta(days=8)
        young = self._record() - old
        self.env["merchant.exchange"]._gc_old_exchanges()
        self.assertEqual(self._get_exchanges(), young)

    def test_requests_are_for_administrators_of_the_company(self):
        self.store.debug = True
        kept = self._record()
        self.assertEqual(kept.with_user(self.admin).read(["answer"])[0]["answer"], "{}")
        self.assertEqual(self.store.with_user(self.admin).exchange_count, 1)
        action = self.store.with_user(self.admin).action_open_exchanges()
        self.assertEqual(action["res_model"], "merchant.exchange")
        with self.assertRaises(AccessError):
            kept.with_user(self.admin).write({"answer": ""})
        with self.assertRaises(AccessError):
            kept.with_user(self.user).read(["answer"])
        with self.assertRaises(AccessError):
            self.store.with_user(self.user).action_open_exchanges()
        with self.assertRaises(AccessError):
            self.store.with_user(self.user).read(["exchange_count"])
        stranger = self._make_user(
            "stranger", "garazd_merchant_center.group_administrator", self.other_company
        )
        self.assertFalse(self.env["merchant.exchange"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            kept.with_user(stranger).read(["answer"])
