from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import pairwise

from odoo import SUPERUSER_ID, api
from odoo.sql_db import db_connect
from odoo.tests import tagged

from .common import DemoCase

# Seconds, so many that a slow machine makes no difference.
INTERVAL = 10


@tagged("post_install", "-at_install")
class TestPace(DemoCase):
    """Calls with one token keep their distance, whoever makes them."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self._forget)

    def _open(self):
        cr = self.enterContext(closing(db_connect(self.env.cr.dbname).cursor()))
        return api.Environment(cr, SUPERUSER_ID, {})

    def _forget(self):
        env = self._open()
        env.cr.execute("DELETE FROM merchant_pace")
        env.cr.commit()

    def test_calls_of_several_transactions_stand_in_one_queue(self):
        waits = [self._open()["merchant.pace"]._take_turn("a", INTERVAL) for _worker in range(4)]
        self.assertEqual(waits[0], 0)
        for before, after in pairwise(waits):
            self.assertAlmostEqual(after - before, INTERVAL, delta=INTERVAL / 10)

    def test_workers_that_ask_at_once_get_turns_of_their_own(self):
        pace = self.env["merchant.pace"]

        def take(_number):
            return [pace._take_turn("a", 0.9) for _call in range(15)]

        with ThreadPoolExecutor(4) as workers:
            waits = [wait for turns in workers.map(take, range(4)) for wait in turns]
        self.assertEqual((len(set(waits)), min(waits)), (60, 0))
        # 54 seconds of turns are taken, fewer those that have passed.
        self.assertGreater(self._open()["merchant.pace"]._take_turn("a", 0.9), 27)

    def test_pause_between_calls_makes_up_for_the_distance(self):
        pace = self._open()["merchant.pace"]
        self.assertEqual([pace._take_turn("a", 0.0001) for _call in range(3)], [0, 0, 0])

    def test_turn_counts_even_if_the_transaction_is_undone(self):
        env = self._open()
        env["merchant.pace"]._take_turn("a", INTERVAL)
        env.cr.rollback()
        self.assertGreater(self._open()["merchant.pace"]._take_turn("a", INTERVAL), 0)

    def test_stores_have_a_pace_of_their_own_unless_they_share_the_token(self):
        twin = self._make_store(name="Twin", api_url=self.store.api_url)
        stranger = self._make_store(name="Stranger", api_token="another-token")
        with self.enter_registry_test_mode():
            self.assertEqual(self.store._take_turn(INTERVAL), 0)
            self.assertGreater(twin._take_turn(INTERVAL), 0)
            self.assertEqual(stranger._take_turn(INTERVAL), 0)

    def test_clock_that_was_put_back_stops_nobody_for_long(self):
        env = self._open()
        env["merchant.pace"]._take_turn("a", 1)
        env.cr.execute("UPDATE merchant_pace SET free_at = free_at + INTERVAL '1 day'")
        env.cr.commit()
        self.assertLessEqual(env["merchant.pace"]._take_turn("a", 1), 60)

    def test_token_is_not_kept(self):
        with self.enter_registry_test_mode():
            self.store._take_turn(1)
            [key] = self.env["merchant.pace"].search([]).mapped("key")
            self.assertNotIn(self.token, key)

    def test_unused_tokens_are_forgotten(self):
        env = self._open()
        for key in ("a", "b"):
            env["merchant.pace"]._take_turn(key, 1)
        env.cr.execute(
            "UPDATE merchant_pace SET free_at = free_at - INTERVAL '2 days' WHERE key = 'a'"
        )
        env["merchant.pace"]._gc_unused()
        self.assertEqual(env["merchant.pace"].search([]).mapped("key"), ["b"])
