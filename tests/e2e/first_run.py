"""A first-time run by clicking, with the time of each step: `make first-run`.

From an empty Merchant Center to the first imported order, as docs/first-run.md tells it. What a
person needs to read and to type comes on top.
"""

import sys
import time
from contextlib import contextmanager

from tests.e2e.conftest import log_in, running_browser, running_shop
from tests.e2e.test_first_store import ACTION
from tools.console import say

DATABASE = "first_run"
STORE = "Калина на Prom"


class Walk:
    """One person's way through the screens, with a watch."""

    def __init__(self, page, shop):
        self.page, self.shop = page, shop
        self.times = []

    @contextmanager
    def step(self, title):
        """Take the time of a step."""
        begun = time.monotonic()
        yield
        self.times.append((title, time.monotonic() - begun))

    def go(self):
        """Do all of it."""
        page, shop = self.page, self.shop
        with self.step("Log in"):
            log_in(page, shop.url, "admin", "admin")
        with self.step("Open Merchant Center: three steps to the first order"):
            # Where the interface is can be said by developers only, and here it is the simulator.
            page.goto(f"{shop.url}{ACTION}merchant_store_action?debug=1")
            page.wait_for_selector(".o_merchant_guide_steps")
        with self.step("Press Connect a Store"):
            page.click(".o_merchant_guide a >> text=Connect a Store")
            page.wait_for_selector(".modal >> text=Where to get the token")
        with self.step("Name the store, paste the token, press Check Token"):
            page.fill(".modal [name=name] input", STORE)
            page.fill(".modal [name=api_url] input", shop.simulator)
            page.fill(".modal [name=api_token] input", shop.token)
            page.click(".modal button[name=action_check_token]")
            page.wait_for_selector(".modal [name=permissions] li")
        with self.step("Press Add: the store, in the Test Environment, with what is left to do"):
            page.click(".modal button[name=action_add]")
            page.wait_for_selector(".o_form_view .o_statusbar_status >> text=Connected")
            page.wait_for_selector(".o_merchant_checklist")
        with self.step("Press Sync: the first sales order is there"):
            page.click(".o_form_statusbar button[name=action_sync]")
            self._wait_for_orders(1)
        with self.step("... all of it is read, the bar has gone by itself"):
            page.wait_for_selector("text=Synchronization is running", state="hidden")
        with self.step("Open the sales orders"):
            page.reload()
            page.click("button[name=action_open_sale_orders]")
            page.wait_for_selector(".o_list_view .o_data_row")
        with self.step("Open the first one: where it comes from stands in its history"):
            page.locator(".o_data_row").first.locator("td[name=partner_id]").click()
            page.wait_for_selector(f".o-mail-Message >> text={STORE}")

    def _wait_for_orders(self, count):
        while self.shop.rpc("sale.order", "search_count", [("merchant_order_id", "!=", False)]) < (
            count
        ):
            self.page.wait_for_timeout(200)


def main():
    """Walk, and print the times as a table."""
    with running_shop(database=DATABASE) as shop, running_browser() as browser:
        page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
        page.set_default_timeout(180_000)
        walk = Walk(page, shop)
        walk.go()
    say("| step | seconds |\n| --- | ---: |")
    for title, seconds in walk.times:
        say(f"| {title} | {seconds:.1f} |")
    say(f"| **together** | **{sum(seconds for _title, seconds in walk.times):.1f}** |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
