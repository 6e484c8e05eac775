from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..exceptions import MarketplaceError, StoreUnavailable

GROUP_ADMINISTRATOR = "garazd_merchant_center.group_administrator"


class MerchantStore(models.Model):
    """One shop on one marketplace, with what its owner decided about it."""

    _name = "merchant.store"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Marketplace Store"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    marketplace = fields.Selection(selection=[], required=True, readonly=True)
    logo = fields.Image(max_width=256, max_height=256)
    mode = fields.Selection(
        selection=[("test", "Test Environment"), ("production", "Production Environment")],
        required=True,
        readonly=True,
        default="test",
        copy=False,
        tracking=True,
        help="Test: Odoo reads from the store and sends nothing; what it would send can be read "
        "under Operations. Production: statuses of orders, prices and quantities are sent by "
        "themselves, as far as the tabs Orders and Products say so.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Not connected"),
            ("connected", "Connected"),
            ("attention", "Needs attention"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    api_url = fields.Char(
        string="API Address",
        compute="_compute_api_url",
        store=True,
        readonly=False,
        precompute=True,
        groups=GROUP_ADMINISTRATOR,
    )
    api_token = fields.Char(
        string="API Token", copy=False, exportable=False, groups=GROUP_ADMINISTRATOR
    )
    token_expires_on = fields.Date(
        string="Token Valid Until",
        copy=False,
        groups=GROUP_ADMINISTRATOR,
        help="As shown beside the token in the cabinet of the marketplace. Odoo tells 30, 7 and 1 "
        "days before. Another token has another day: without one the field becomes empty.",
    )
    feed_id = fields.Many2one(
        "product.data.feed",
        string="Data Feed",
        check_company=True,
        ondelete="restrict",
        help="The price list of this store. It also says which identifier each product has on the "
        "marketplace.",
    )

    # Orders
    import_from = fields.Date(
        string="Import Orders From",
        help="Orders made before this day do not become sales orders. Empty: all orders that the "
        "marketplace still has.",
    )
    import_status_id = fields.Many2one(
        "merchant.order.status",
        string="Order Type",
        copy=False,
        ondelete="restrict",
        domain="[('store_id', '=', id)]",
        help="Only orders in this status become sales orders. Empty: all orders but drafts. Orders "
        "in other statuses are read too and imported as soon as they get here.",
    )
    set_status_id = fields.Many2one(
        "merchant.order.status",
        string="Set Order Status",
        copy=False,
        ondelete="restrict",
        domain="[('store_id', '=', id)]",
        help="The status set on the marketplace right after an order was imported. Empty: the "
        "status stays as it is. An order that has come further is left alone.",
    )
    confirm_orders = fields.Boolean(
        help="Confirm the sales order right after import. Orders with a placeholder product wait "
        "for a person.",
    )
    unknown_product_policy = fields.Selection(
        selection=[
            ("placeholder", "Import with a placeholder product"),
            ("create", "Create the product"),
            ("hold", "Hold the order"),
        ],
        string="Unknown Products",
        required=True,
        default="placeholder",
        help="What happens to an order with a product that Odoo does not know.\n"
        "Import with a placeholder product: the order is imported, an issue asks for the product.\n"
        "Create the product: with the name, SKU and price of the order, as goods that are not "
        "tracked in stock; it is mapped to the product of the store.\n"
        "Hold the order: it is not imported before its products exist; then press Retry.\n"
        "A product that was removed from the marketplace is never created.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        check_company=True,
        help="Put on imported orders. Empty: the orders have no salesperson, so they do not stand "
        "under My Quotations of anybody.",
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Sales Team",
        check_company=True,
        help="Put on imported orders. Empty: the team that Odoo chooses.",
    )
    source_id = fields.Many2one(
        "utm.source",
        help="Put on imported orders as the source in Odoo's statistics. Empty: the source that "
        "the marketplace names, if it names one.",
    )
    order_tag_ids = fields.Many2many("crm.tag", string="Order Tags", help="Put on imported orders.")
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        help="Where the goods of imported orders leave from. Empty: the warehouse that Odoo "
        "chooses.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        help="The pricelist named on imported orders; their prices come from the marketplace. It "
        "must be in the currency of the marketplace.",
    )

    # Partners
    create_delivery_address = fields.Boolean(
        default=True,
        help="Add a delivery contact under the customer when the recipient or the address differs.",
    )
    partner_tag_ids = fields.Many2many(
        "res.partner.category",
        string="Partner Tags",
        help="Added to the customers of imported orders, new ones and those who are there already.",
    )
    partner_lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language of Customers",
        compute="_compute_partner_lang",
        store=True,
        readonly=False,
        precompute=True,
        help="The language in which new customers of this store get their documents. Customers who "
        "are there already keep theirs.",
    )

    # Payments
    payment_journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash', 'credit'))]",
        help="What buyers have paid on the marketplace, whether it still holds the money or has "
        "paid it out, becomes a customer payment in this journal: once per order, when the sales "
        "order is confirmed. It is reconciled with the invoice when that is posted. Nothing is "
        "recorded where the invoices were paid by hand already. Empty: only payments by methods "
        "with a journal of their own are recorded.",
    )

    # What was read
    orders_read_until = fields.Datetime(
        readonly=True,
        copy=False,
        help="The newest change, in the marketplace's own time, that was read completely.",
    )
    last_sync_base_at = fields.Datetime(string="Base", readonly=True, copy=False)
    last_sync_products_at = fields.Datetime(string="Products", readonly=True, copy=False)
    last_sync_orders_at = fields.Datetime(string="Orders", readonly=True, copy=False)
    status_ids = fields.One2many("merchant.order.status", "store_id", string="Order Statuses")
    payment_method_ids = fields.One2many(
        "merchant.payment.method", "store_id", string="Payment Methods"
    )
    delivery_method_ids = fields.One2many(
        "merchant.delivery.method", "store_id", string="Delivery Methods"
    )

    # What the form shows
    run_id = fields.Many2one(
        "merchant.sync.run", string="Current Synchronization", compute="_compute_run"
    )
    run_progress = fields.Integer(string="Progress", compute="_compute_run")
    run_message = fields.Char(string="Current Step", compute="_compute_run")
    order_count = fields.Integer(string="Orders Read", compute="_compute_counts")
    sale_order_count = fields.Integer(string="Sales Orders", compute="_compute_counts")
    listing_count = fields.Integer(string="Listings", compute="_compute_counts")
    issue_count = fields.Integer(string="Open Issues", compute="_compute_counts")
    withheld_count = fields.Integer(string="Withheld Operations", compute="_compute_counts")

    # === COMPUTE METHODS === #

    @api.depends("marketplace")
    def _compute_api_url(self):
        for store in self:
            if store.marketplace and not store.api_url:
                store.api_url = store._get_adapter()._get_default_api_url()

    @api.depends("company_id")
    def _compute_partner_lang(self):
        for store in self:
            store.partner_lang = store.partner_lang or store._get_usual_partner_lang()

    def _compute_run(self):
        runs = self.env["merchant.sync.run"].search(
            [
                ("store_id", "in", self.ids),
                ("state", "in", self.env["merchant.sync.run"]._OPEN_STATES),
            ]
        )
        for store in self:
            run = runs.filtered(lambda r, s=store: r.store_id == s).sorted("id")[:1]
            store.run_id = run
            store.run_progress = run.progress
            store.run_message = run.message

    def _compute_counts(self):
        def count(model, domain):
            groups = self.env[model]._read_group(
                [("store_id", "in", self.ids), *domain], ["store_id"], ["__count"]
            )
            return {store.id: number for store, number in groups}

        orders = count("merchant.order", [])
        sales = count("merchant.order", [("sale_order_id", "!=", False)])
        listings = count("merchant.listing", [])
        issues = count("merchant.issue", [("state", "=", "open")])
        withheld = count("merchant.operation", [("state", "=", "withheld")])
        for store in self:
            store.order_count = orders.get(store.id, 0)
            store.sale_order_count = sales.get(store.id, 0)
            store.listing_count = listings.get(store.id, 0)
            store.issue_count = issues.get(store.id, 0)
            store.withheld_count = withheld.get(store.id, 0)

    @api.constrains("company_id")
    def _check_own_company(self):
        """Refuse companies of others: orders of the store would become theirs.

        :raises AccessError: whoever sets the company does not belong to it
        """
        # Constraints run with elevated rights, for the user who writes.
        env = self.env(su=False)
        foreign = self.company_id.sudo() - env.user.company_ids
        if foreign and not env.su:
            raise AccessError(
                self.env._(
                    "You do not belong to the company %(company)s.",
                    company=", ".join(foreign.mapped("name")),
                )
            )

    @api.constrains("api_url")
    def _check_api_url(self):
        """Refuse what is no plain address of the web: the token goes there."""
        # Elevated: the address is for administrators, the check for everybody.
        for store in self.sudo().filtered("api_url"):
            if not _is_plain_address(store.api_url.strip()):
                raise ValidationError(
                    self.env._(
                        "The API address must look like https://example.com/api: http or https, a "
                        "host, and no password, question mark or # in it."
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        """Override to read again from the start when other orders are wanted."""
        wanted_changes = not {"import_from", "import_status_id"}.isdisjoint(vals)
        if wanted_changes:
            vals = {**vals, "orders_read_until": False}
        result = super().write(vals)
        if wanted_changes:
            # Elevated: runs belong to the system.
            self.env["merchant.sync.run"].sudo()._restart_orders(self)
        return result

    def _creation_subtype(self):
        """Override to begin the history in the language of whoever reads it."""
        return self.env.ref("garazd_merchant_center.mail_message_subtype_store_added")

    # === ACTION METHODS === #

    def action_sync(self):
        """Start the full initial synchronization in the background."""
        self._start_sync("full")
        return True

    def action_sync_base(self):
        """Read order statuses, payment and delivery methods and product groups."""
        self._start_sync("base")
        return True

    def action_sync_products(self):
        """Read the listings and match them with the products of Odoo."""
        self._start_sync("products")
        return True

    def action_sync_orders(self):
        """Read new and changed orders."""
        self._start_sync("orders")
        return True

    def action_recover_orders(self):
        """Open the wizard that asks for orders by number or period."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "garazd_merchant_center.merchant_order_recover_action"
        )
        return action | {"context": {"default_store_id": self.id}}

    def action_check_connection(self):
        """Try the address and the token, and tell the result."""
        self._check_administrator()
        for store in self:
            store._try_connection()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The connection works."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_set_production(self):
        """Send changes to the marketplace from now on. What was withheld before stays withheld."""
        self._check_administrator()
        self.mode = "production"
        return True

    def action_set_test(self):
        """Send nothing from now on; operations that wait are withheld."""
        self._check_administrator()
        self.mode = "test"
        # Elevated: operations belong to the system.
        waiting = self.env["merchant.operation"].sudo()
        waiting.search([("store_id", "in", self.ids), ("state", "=", "pending")])._withhold()
        return True

    # === BUSINESS METHODS === #

    def _get_adapter(self):
        """Return the model that speaks with this store's marketplace.

        :raises UserError: no installed module knows the marketplace
        """
        self.ensure_one()
        name = f"merchant.adapter.{self.marketplace}"
        if name not in self.env:
            raise UserError(
                self.env._(
                    "The module that connects %(marketplace)s is not installed.",
                    marketplace=self.marketplace,
                )
            )
        return self.env[name]

    def _in_own_context(self):
        """Return the store in its own company and language.

        What a synchronization makes must not depend on who started it.
        """
        self.ensure_one()
        lang = self.company_id._get_staff_lang()
        return self.with_company(self.company_id).with_context(lang=lang)

    def _get_usual_partner_lang(self):
        """Return Ukrainian where it is installed, else the language of the company."""
        self.ensure_one()
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        return "uk_UA" if "uk_UA" in installed else self.company_id.partner_id.lang

    def _get_currency(self, code):
        """Return the active currency with this ISO code, or nothing."""
        if self.company_id.currency_id.name == code:
            return self.company_id.currency_id
        return self.env["res.currency"].search([("name", "=", code)], limit=1)

    def _check_administrator(self):
        if not (self.env.su or self.env.user.has_group(GROUP_ADMINISTRATOR)):
            raise AccessError(self.env._("Only administrators of the Merchant Center may do this."))
        self.check_access("write")

    def _try_connection(self):
        """Check the connection while a person waits; keep the result in the state.

        :raises UserError: it does not work, in words
        """
        self.ensure_one()
        self._check_api_url()
        try:
            self._get_adapter()._check_connection(self)
        except MarketplaceError as error:
            raise UserError(self._explain(error)) from error
        if self.id:
            self._mark_connected()

    def _explain(self, error):
        """Return the sentence that tells a person what went wrong and what to do.

        :param MarketplaceError error:
        """
        issue = self.env["merchant.issue"].new({"code": error.code, "values": error.values})
        return issue.detail

    def _mark_connected(self):
        self.ensure_one()
        if self.state != "connected":
            self.sudo().state = "connected"
            # What could not be sent meanwhile.
            self.env["merchant.operation"]._wake()
        self.env["merchant.issue"]._resolve(
            self, ["token_rejected", "marketplace_unreachable", "answer_unreadable"]
        )

    def _settle_unconfirmed(self):
        """Close the issue about changes that were not confirmed when none of them is left."""
        self.ensure_one()
        mine = ("store_id", "=", self.id)
        operations = self.env["merchant.operation"].sudo()
        listings = self.env["merchant.listing"].sudo()
        if not (
            operations.search_count([mine, ("state", "=", "pending"), ("attempts", ">", 0)])
            or listings.search_count(
                [mine, ("push_state", "=", "waiting"), ("push_attempts", ">", 0)]
            )
        ):
            self.env["merchant.issue"]._resolve(self, ["not_confirmed"])

    def _mark_attention(self):
        """Nothing works until a person acts, so do not wait to tell about it."""
        self.ensure_one()
        if self.state != "attention":
            self.sudo().state = "attention"
            self.env.ref("garazd_merchant_center.cron_issues").sudo()._trigger()

    def _report_error(self, error):
        """Open the issue of an error that concerns the whole store.

        :param MarketplaceError error:
        """
        self.env["merchant.issue"]._report(self, error.code, **error.values)
        if isinstance(error, StoreUnavailable):
            self._mark_attention()


def _is_plain_address(text):
    """Tell whether a text is an address of the web without anything but a host and a path."""
    try:
        parts = urlsplit(text)
        has_place = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    has_more = parts.username is not None or parts.query or parts.fragment or " " in text
    return parts.scheme in ("http", "https") and has_place and not has_more and text.isprintable()
