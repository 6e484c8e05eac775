"""A walk over every screen, as an administrator and as a plain user, in English and Ukrainian.

An administrator meets every window action and every wizard of the modules: what is new and not
walked fails. With `TOUR=<folder>` a picture of each screen is kept there, to be looked at.
"""

import base64
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import STORE_DATABASE, log_in
from tests.e2e.test_catalogue import HEADER, ROWS
from tests.e2e.test_delivery import ship
from tests.e2e.test_first_store import ACTION, make_user, wait_for
from tests.e2e.test_onboarding import WITHOUT_PRODUCTS
from tests.e2e.test_orders import call_simulator
from tests.prom_simulator.xls import make_xls
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
    "merchant_listing_action",
    "merchant_operation_action",
    "merchant_order_report_action",
    "merchant_order_recover_action",
)
PHONE_MODELS = (
    "merchant.store",
    "merchant.order",
    "merchant.issue",
    "merchant.listing",
    "sale.order",
    "stock.picking",
)
SCREEN = (ROOT / "tests" / "e2e" / "screen.js").read_text()
READY = ".o_action_manager .o_view_controller, .modal .o_view_controller, .o_action .o_content"
TROUBLE = ".o_error_dialog, .o_notification:has(.bg-danger)"
#: Words of ours that Odoo has, too, and leaves in English on screens of its own, and the name of
#: Odoo's first user.
FOREIGN = {"Administrator", "Carrier", "Deliveries", "Forecasted"}
#: What opens a wizard, by model of the record it is pressed on.
WIZARDS = {
    "merchant.store": ("action_open_production", "action_recover_orders", "action_import_feed"),
    "merchant.listing": ("action_choose_product", "action_create_products"),
    "product.product": ("action_set_merchant_mapping",),
    "sale.order": ("action_cancel",),
    "stock.picking": ("button_validate",),
    "res.partner": ("action_erase_merchant_buyer",),
}
#: Which record to look at where not any will do.
RECORDS = {
    "merchant.category": [("attribute_ids", "!=", False)],
    "merchant.listing": [("state", "=", "unmatched"), ("is_left_out", "=", False)],
    "sale.order": [("merchant_order_id", "!=", False), ("state", "=", "sale")],
    "stock.picking": [("merchant_order_id.needs_delivery_check", "=", True)],
    "product.template": [("default_code", "!=", False)],
    "product.product": [("default_code", "!=", False)],
    "product.attribute": [("value_ids", "!=", False)],
    "res.partner": [("sale_order_ids.merchant_order_id", "!=", False)],
}
#: Further records that look otherwise.
MORE = (
    ("merchant.listing", [("state", "=", "matched")]),
    ("merchant.category", [("store_id", "!=", False)]),
    ("merchant.catalogue.import", [("kind", "=", "categories")]),
)
#: Odoo's own records on which the modules show something.
OTHERS = (
    "sale.order",
    "stock.picking",
    "product.template",
    "product.product",
    "product.category",
    "product.attribute",
    "res.partner",
)
#: Lists of Odoo with columns and filters of ours.
LISTS = ("sale.action_orders", "stock.action_picking_tree_all")
#: Window actions and wizards that no menu leads to. They are met on the way: by a button.
BY_BUTTON = {"merchant_feed_import_start_action"}
#: The wizard of Odoo that asks for the reason of several cancellations.
MASS_CANCEL = "sale.action_mass_cancel_orders"


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
    ship(shop_with_store, "pending+no_delivery_option")
    read_catalogue(shop_with_store)
    send_price_list(shop_with_store, stores[0])
    scopes = ["orders", "order_status", "payment", "delivery", "groups"]
    call_simulator(shop_with_store, "tokens", {"token": WITHOUT_PRODUCTS, "scopes": scopes})
    wait_for(lambda: rpc("merchant.exchange", "search_count", []))
    return shop_with_store


def read_catalogue(shop):
    """Import categories with a row that is left out, and attributes that Odoo has, too."""
    rpc = shop.rpc
    file = base64.b64encode(make_xls([HEADER, *ROWS])).decode()
    origin = shop.simulator.removesuffix("/api/v1")
    link = origin + call_simulator(shop, "attribute_link?section=181204")["path"]
    for kind, values in (
        ("categories", {"file": file, "filename": "categories.xls"}),
        ("attributes", {"source": "address", "link": link}),
    ):
        model = f"merchant.import.{kind}"
        rpc(model, "action_import", rpc(model, "create", [{"marketplace": "prom", **values}]))
    done = [("state", "in", ("done", "partial")), ("kind", "=", "attributes")]
    wait_for(lambda: rpc("merchant.catalogue.import", "search_count", done))
    values = [(0, 0, {"name": "червоний"})]
    rpc("product.attribute", "create", [{"name": "колір", "value_ids": values}])


def send_price_list(shop, store):
    """Ask for an import of the price list, which is withheld in Test."""
    model = "merchant.feed.import.start"
    wizard = shop.rpc(model, "create", [{"store_id": store, "duplicates_confirmed": True}])
    shop.rpc(model, "action_start", wizard)


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
        self.models, self.visited, self.forms = set(), set(), set()
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
        if call := re.search(r"/call_kw/([\w.]+)/get_views", request.url):
            self.models.add(call[1])

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
            ".then(a => ({name: a.name, model: a.res_model, target: a.target, type: a.type,"
            " views: (a.views || []).map(v => v[1])}))",
            action_id,
        )

    def find_others(self):
        """Return the window actions of the modules that no menu leads to."""
        domain = [("module", "in", list(MODULES)), ("model", "=", "ir.actions.act_window")]
        rows = self.find("ir.model.data", domain, ["name", "res_id"])
        found = {row["res_id"] for row in rows if row["name"] not in BY_BUTTON} - self.visited
        models = {action: self.load(action)["model"] for action in sorted(found)}
        return [
            id_ for id_, model in models.items() if self.client(model, "has_access", [], "read")
        ]

    def find_wizards(self):
        """Return the models of the modules that are shown in a dialog and kept for a moment."""
        domain = [("module", "in", list(MODULES)), ("model", "=", "ir.ui.view")]
        views = [row["res_id"] for row in self.find("ir.model.data", domain, ["res_id"])]
        forms = self.find("ir.ui.view", [("id", "in", views), ("type", "=", "form")], ["model"])
        models = [("model", "in", [form["model"] for form in forms]), ("transient", "=", True)]
        return {row["model"] for row in self.find("ir.model", models, ["model"])}

    def find(self, model, domain, fields):
        """Search as the system's administrator: people of a shop may not read the technical."""
        return self.shop.rpc(model, "search_read", domain, fields)

    def visit(self, action_id):
        """Look at each view of an action, and at one record's form."""
        self.visited.add(action_id)
        action = self.load(action_id)
        if action["type"] == "ir.actions.server" or action["target"] == "new":
            self.open(action_id)
            self.look(f"{action['model'] or action['name']}-wizard")
            self.turn_to_link()
            self.leave_dialogs()
            return
        views = [view for view in action["views"] if view not in ("form", "search")]
        for view in views:
            self.open(action_id, viewType=view)
            title = self.page.locator(".o_last_breadcrumb_item").first.inner_text()
            self.look(f"{action['model']}-{view}")
            if action["name"] not in title:
                self._blame(f"title {title!r} instead of {action['name']!r}")
        if "form" in action["views"] and action["model"] not in self.forms:
            self.forms.add(action["model"])
            self.visit_record(action["model"])

    def visit_record(self, model, domain=None):
        """Look at a record, all its tabs and the wizards it opens."""
        if not self.client(model, "has_access", [], "read"):
            return
        domain = domain or RECORDS.get(model, [])
        found = self.client(model, "search", domain, limit=1)
        if not found:
            return
        form = {"type": "ir.actions.act_window", "res_model": model, "res_id": found[0]}
        self.open({**form, "views": [[False, "form"]]})
        self.look(f"{model}-form")
        waiting = self.press(model, WIZARDS.get(model, ()))
        tabs = self.page.locator(".o_notebook_headers .nav-link")
        for number in range(1, tabs.count()):
            tabs.nth(number).click()
            self.look(f"{model}-tab{number}")
            waiting = self.press(model, waiting)

    def press(self, model, buttons):
        """Open wizards and close them again; return the buttons that are not to be seen here."""
        hidden = []
        for button in buttons:
            place = self.page.locator(f"button[name={button}]:visible")
            if not place.count():
                hidden.append(button)
                continue
            place.first.click()
            self.page.wait_for_selector(".modal .o_form_view")
            self.look(f"{model}-{button}")
            self.leave_dialogs()
        return hidden

    def turn_to_link(self):
        """Look at a wizard as it is when a file is read by its link."""
        sources = self.page.locator(".modal [name=source] input[type=radio]")
        if sources.count() == 2:
            sources.nth(1).click()
            self.look("by-link")

    def check_token(self):
        """Look at what the wizard tells of a token that lacks something."""
        # The address of the interface is a technical detail, shown to developers only.
        place = f"{self.shop.url}{ACTION}merchant_store_add_action"
        self.page.goto(f"{place}?debug=1")
        form = self.page.locator(".modal .o_form_view")
        form.locator("[name=api_url] input").fill(self.shop.simulator)
        form.locator("[name=name] input").fill("Калина")
        form.locator("[name=api_token] input").fill(WITHOUT_PRODUCTS)
        form.locator("button[name=action_check_token]").click()
        self.page.wait_for_selector(".modal [name=permissions] li")
        self.look("token-checked")
        self.page.goto(f"{self.shop.url}/odoo?debug=0")
        self.page.wait_for_selector(".o_main_navbar")

    def cancel_several(self):
        """Look at the question that comes before several orders are cancelled."""
        orders = self.client("sale.order", "search", RECORDS["sale.order"], limit=2)
        context = {"active_model": "sale.order", "active_ids": orders, "active_id": orders[0]}
        self.open(MASS_CANCEL, additionalContext=context)
        self.page.wait_for_selector(".modal .o_form_view")
        self.look("sale.order-mass-cancel")
        self.leave_dialogs()

    def preview_feed(self):
        """Look at the page that shows a price list before it is published."""
        [feed] = self.client("product.data.feed", "search", [], limit=1)
        self.page.goto(f"{self.shop.url}/product_feed/preview/{feed}")
        self.look("feed-preview")

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
        [user] = shop.rpc("res.users", "search", [("login", "=", login)])
        group = shop.rpc("ir.model.data", "check_object_reference", "stock", "group_stock_user")[1]
        # The window of OdooBot would cover a phone's screen.
        values = {"group_ids": [(4, group)], "odoobot_state": "disabled"}
        shop.rpc("res.users", "write", [user], values)
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
    for name in LISTS:
        tour.open(name, viewType="list")
        tour.look(name)
    for model, domain in (*MORE, *((other, None) for other in OTHERS)):
        tour.visit_record(model, domain)
    if person == "administrator":
        for action in tour.find_others():
            tour.visit(action)
        tour.check_token()
        tour.cancel_several()
        missed = tour.find_wizards() - tour.models
        assert not missed, f"not walked: {missed}"
    tour.preview_feed()
    assert len(tour.screens) > 40
    assert not tour.faults, "\n".join(tour.faults)


# Ukrainian words are the longer ones.
@pytest.mark.parametrize("lang", ["uk_UA", pytest.param("en_US", marks=pytest.mark.long)])
def test_main_screens_fit_a_phone(start, lang):
    tour = start("user", lang, PHONE)
    for name in PHONE_ACTIONS:
        tour.open(f"garazd_merchant_center.{name}")
        tour.look(f"phone-{name}", phone=True)
        tour.leave_dialogs()
    for model in PHONE_MODELS:
        [record] = tour.client(model, "search", RECORDS.get(model, []), limit=1)
        form = {"type": "ir.actions.act_window", "res_model": model, "res_id": record}
        tour.open({**form, "views": [[False, "form"]]})
        tour.look(f"phone-{model}", phone=True)
    assert not tour.faults, "\n".join(tour.faults)
