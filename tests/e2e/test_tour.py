"""A walk over every screen, as an administrator and as a plain user, in English and Ukrainian.

With `TOUR=<folder>` a picture of each screen is kept there, to be looked at.
"""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import STORE_DATABASE, log_in
from tests.e2e.test_first_store import make_user, wait_for
from tools.paths import MODULES, ROOT
from tools.rpc import Client

GROUPS = {
    "administrator": "garazd_merchant_center.group_administrator",
    "user": "garazd_merchant_center.group_user",
}
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1400, "height": 900}
#: Where people of a shop look from a phone.
PHONE_ACTIONS = (
    "merchant_store_action",
    "merchant_order_action",
    "merchant_issue_action",
    "merchant_listing_matching_action",
    "merchant_listing_push_action",
)
SCREEN = (ROOT / "tests" / "e2e" / "screen.js").read_text()
READY = ".o_action_manager .o_view_controller, .modal .o_view_controller, .o_action .o_content"
TROUBLE = ".o_error_dialog, .o_notification:has(.bg-danger)"
#: Words of ours that Odoo has, too, and leaves in English on screens of its own, and the name of
#: Odoo's first user.
FOREIGN = {"Administrator", "Carrier"}
#: What opens a wizard, by model of the record it is pressed on.
WIZARDS = {
    "merchant.store": ("action_open_production", "action_recover_orders"),
    "sale.order": ("action_cancel",),
    "res.partner": ("action_erase_merchant_buyer",),
}
#: Which record to look at where not any will do.
RECORDS = {
    "sale.order": [("merchant_order_id", "!=", False), ("state", "=", "sale")],
    "stock.picking": [("merchant_order_id", "!=", False)],
    "product.product": [("default_code", "!=", False)],
    "res.partner": [("sale_order_ids.merchant_order_id", "!=", False)],
}


@pytest.fixture(scope="module")
def shop(shop_with_store):
    """Odoo with the demo's store, which has read something in debug mode."""
    rpc = shop_with_store.rpc
    stores = rpc("merchant.store", "search", [])
    rpc("merchant.store", "action_set_test", stores)
    rpc("merchant.store", "write", stores, {"debug": True})
    rpc("merchant.store", "action_sync_orders", stores)
    drafts = [("sale_order_id.state", "=", "draft"), ("delivery_kind", "=", "locker")]
    [order] = rpc("merchant.order", "search_read", drafts, ["sale_order_id"], limit=1)
    rpc("sale.order", "action_confirm", [order["sale_order_id"][0]])
    wait_for(lambda: rpc("merchant.exchange", "search_count", []))
    return shop_with_store


def get_english(lang):
    """Return the texts of ours that read otherwise in a language."""
    if lang == "en_US":
        return []
    pairs = set()
    for module in MODULES:
        text = (ROOT / module / "i18n" / "uk.po").read_text()
        text = re.sub(r'"\n"', "", text)
        pairs |= set(re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', text, re.MULTILINE))
    texts = {source.strip() for source, translated in pairs if source != translated}
    assert len(texts) > 500
    return sorted(text for text in texts - FOREIGN if re.search("[A-Za-z]{3}", text))


class Tour:
    """One person's walk; collects what is wrong where."""

    def __init__(self, page, shop, login, lang):
        self.page, self.shop = page, shop
        self.client = Client(shop.url, STORE_DATABASE, login, login)
        self.english = get_english(lang)
        self.name, self.lang = login, lang
        self.faults, self.screens, self.asked = [], [], set()
        page.on("request", self._ask)
        page.on("requestfinished", self._got)
        page.on("requestfailed", self._got)
        page.on("pageerror", lambda error: self._blame(f"script: {error}"))
        page.on("console", self._hear)

    def _hear(self, message):
        if message.type == "error":
            self._blame(f"console: {message.text[:300]}")

    def _ask(self, request):
        if "/web/" in request.url:
            self.asked.add(request)

    def _got(self, request):
        self.asked.discard(request)

    def _settle(self):
        """Wait until nothing is asked for any more, for two looks in a row."""
        quiet = 0
        while quiet < 2:
            self.page.wait_for_timeout(60)
            quiet = 0 if self.asked else quiet + 1

    def _blame(self, fault):
        where = self.screens[-1] if self.screens else "start"
        self.faults.append(f"{where}: {fault}")

    def open(self, action, **options):
        """Open an action in the web client, without loading the page again."""
        self.page.evaluate(
            "([action, options]) => odoo.__WOWL_DEBUG__.root.env.services.action"
            ".doAction(action, {clearBreadcrumbs: true, ...options})",
            [action, options],
        )
        self.page.wait_for_selector(READY)

    def look(self, name, *, phone=False):
        """Find what is wrong with the screen."""
        self.screens.append(name)
        self._settle()
        for trouble in self.page.locator(TROUBLE).all_inner_texts():
            self._blame(f"error: {trouble[:300]}")
        for fault in self.page.evaluate(SCREEN, {"english": self.english, "phone": phone}):
            self._blame(fault)
        self._keep(name)

    def _keep(self, name):
        folder = os.environ.get("TOUR")
        if folder:
            Path(folder, self.name).mkdir(parents=True, exist_ok=True)
            path = Path(folder, self.name, f"{len(self.screens):03}-{name}.png")
            self.page.screenshot(path=path)

    # === THE WALK === #

    def find_actions(self):
        """Return the actions of Merchant Center's menus, as this person gets them."""
        menus = self.client("ir.ui.menu", "load_menus", False)
        [root] = [
            menu
            for menu in menus.values()
            if menu.get("xmlid") == "garazd_merchant_center.merchant_center_menu"
        ]
        found, waiting = [], [root]
        while waiting:
            menu = waiting.pop(0)
            waiting += [menus[str(child)] for child in menu["children"] if str(child) in menus]
            if menu["action_id"] and menu["action_id"] not in found:
                found.append(menu["action_id"])
        return found

    def load(self, action_id):
        return self.page.evaluate(
            "id => odoo.__WOWL_DEBUG__.root.env.services.action.loadAction(id)"
            ".then(a => ({name: a.name, model: a.res_model, target: a.target,"
            " views: (a.views || []).map(v => v[1])}))",
            action_id,
        )

    def visit(self, action_id):
        """Look at each view of an action, and at one record's form."""
        action = self.load(action_id)
        if action["target"] == "new":
            self.open(action_id)
            self.look(f"{action['model']}-wizard")
            self.leave_dialogs()
            return
        views = [view for view in action["views"] if view not in ("form", "search")]
        for view in views:
            self.open(action_id, viewType=view)
            title = self.page.locator(".o_last_breadcrumb_item").first.inner_text()
            self.look(f"{action['model']}-{view}")
            if action["name"] not in title:
                self._blame(f"title {title!r} instead of {action['name']!r}")
        if "form" in action["views"]:
            self.visit_record(action["model"])

    def visit_record(self, model):
        """Look at a record, all its tabs and the wizards it opens."""
        if not self.client(model, "has_access", [], "read"):
            return
        found = self.client(model, "search", RECORDS.get(model, []), limit=1)
        if not found:
            return
        form = {"type": "ir.actions.act_window", "res_model": model, "res_id": found[0]}
        self.open({**form, "views": [[False, "form"]]})
        self.look(f"{model}-form")
        tabs = self.page.locator(".o_notebook_headers .nav-link")
        for number in range(1, tabs.count()):
            tabs.nth(number).click()
            self.look(f"{model}-tab{number}")
        for button in WIZARDS.get(model, ()):
            self.press(model, button)

    def press(self, model, button):
        """Open a wizard and close it again."""
        place = self.page.locator(f"button[name={button}]:visible")
        if place.count():
            place.first.click()
            self.page.wait_for_selector(".modal .o_form_view")
            self.look(f"{model}-{button}")
            self.leave_dialogs()

    def leave_dialogs(self):
        dialogs = self.page.locator(".modal")
        while count := dialogs.count():
            dialogs.last.locator(".btn-close").click()
            # Another look at once would find the dialog that is just closing.
            expect(dialogs).to_have_count(count - 1)


@pytest.fixture
def start(shop, browser):
    """Return what begins a tour."""
    contexts = []

    def start(person, lang, viewport):
        login = make_user(shop, GROUPS[person], lang)
        context = browser.new_context(viewport=viewport, locale="en-US")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        log_in(page, shop.url, login, login)
        return Tour(page, shop, login, lang)

    yield start
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    ("person", "lang"),
    [
        ("administrator", "uk_UA"),
        pytest.param("user", "en_US", marks=pytest.mark.long),
        pytest.param("administrator", "en_US", marks=pytest.mark.long),
        pytest.param("user", "uk_UA", marks=pytest.mark.long),
    ],
)
def test_every_screen_is_whole(start, person, lang):
    tour = start(person, lang, DESK)
    actions = tour.find_actions()
    assert len(actions) > 15
    for action in actions:
        tour.visit(action)
    for model in ("sale.order", "stock.picking", "product.product", "res.partner"):
        tour.visit_record(model)
    if person == "administrator":
        tour.visit_record("merchant.exchange")
    assert len(tour.screens) > 40
    assert not tour.faults, "\n".join(tour.faults)


def test_main_screens_fit_a_phone(start):
    # Ukrainian words are the longer ones.
    tour = start("user", "uk_UA", PHONE)
    for name in PHONE_ACTIONS:
        tour.open(f"garazd_merchant_center.{name}")
        tour.look(f"phone-{name}", phone=True)
    for model in ("merchant.store", "merchant.order", "merchant.issue", "sale.order"):
        [record] = tour.client(model, "search", [], limit=1)
        form = {"type": "ir.actions.act_window", "res_model": model, "res_id": record}
        tour.open({**form, "views": [[False, "form"]]})
        tour.look(f"phone-{model}", phone=True)
    assert not tour.faults, "\n".join(tour.faults)
