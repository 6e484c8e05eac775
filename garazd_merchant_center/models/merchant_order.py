import json
import logging

from psycopg2.errors import UniqueViolation
from pytz import UTC

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

from ..exceptions import MarketplaceError, NeedsUser, get_reason
from .merchant_issue_notice import PASSING
from .merchant_job import CONFLICTS
from .merchant_store import GROUP_ADMINISTRATOR

_logger = logging.getLogger(__name__)

# What remains for the staff to do on a sales order that was imported.
STAFF_ISSUES = {
    "order_unknown_product",
    "order_not_confirmed",
    "order_changed",
    "order_cancelled",
}
# More orders than this are imported again in the background, where people see how far it is.
AT_ONCE = 20


class MerchantOrder(models.Model):
    """An order as the marketplace tells it, from the moment it was read.

    It is kept even when it cannot be understood, and it becomes at most one sales order.
    """

    _name = "merchant.order"
    _description = "Marketplace Order"
    _order = "date_order desc, id desc"
    _rec_name = "number"

    store_id = fields.Many2one("merchant.store", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="store_id.company_id", store=True, precompute=True)
    external_id = fields.Char(string="External Identifier", required=True)
    number = fields.Char(required=True)
    date_order = fields.Datetime(string="Ordered On")
    status_id = fields.Many2one("merchant.order.status", string="Order Status")
    payment_state = fields.Selection(
        selection=[
            ("unpaid", "Not paid"),
            ("paid", "Paid, held by the marketplace"),
            ("paid_out", "Paid out to the seller"),
            ("refunded", "Refunded"),
            ("expired", "Payment expired"),
            ("unknown", "Unknown"),
        ]
    )
    paid_at = fields.Datetime(
        string="Payment State Since", help="When the buyer paid, or the money was paid out."
    )
    payment_method_id = fields.Many2one("merchant.payment.method")
    delivery_method_id = fields.Many2one("merchant.delivery.method")
    buyer_name = fields.Char(string="Buyer")
    amount_total = fields.Monetary(string="Total")
    currency_id = fields.Many2one("res.currency")
    payload = fields.Json(groups=GROUP_ADMINISTRATOR)
    payload_text = fields.Text(
        string="As Received", compute="_compute_payload_text", groups=GROUP_ADMINISTRATOR
    )
    digest = fields.Char(
        help="Of the payload; an order that did not change is not looked at again."
    )
    refresh_requested = fields.Boolean()
    is_recovered = fields.Boolean(
        string="Recovered",
        readonly=True,
        help="Somebody asked for this order, so it is imported however old it is.",
    )
    read_at = fields.Datetime(
        string="Read On",
        readonly=True,
        help="When the order was last read because it had changed or somebody asked for it.",
    )
    state = fields.Selection(
        selection=[
            ("new", "New"),
            ("imported", "Imported"),
            ("failed", "Failed"),
            ("skipped", "Skipped"),
        ],
        required=True,
        default="new",
        index=True,
    )
    error = fields.Char(compute="_compute_error")
    error_code = fields.Char()
    error_values = fields.Json()
    sale_order_id = fields.Many2one(
        "sale.order", string="Sales Order", index="btree_not_null", ondelete="set null"
    )
    url = fields.Char(string="On the Marketplace", compute="_compute_url")

    _external_uniq = models.Constraint(
        "UNIQUE(store_id, external_id)", "This order was read already."
    )

    # === COMPUTE METHODS === #

    @api.depends("error_code", "error_values")
    @api.depends_context("lang")
    def _compute_error(self):
        issues = self.env["merchant.issue"]
        for order in self:
            issue = issues.new({"code": order.error_code, "values": order.error_values})
            order.error = order.error_code and issue.detail

    @api.depends("payload")
    def _compute_payload_text(self):
        for order in self:
            payload = order.payload
            order.payload_text = payload and json.dumps(payload, ensure_ascii=False, indent=2)

    @api.depends("external_id", "store_id")
    def _compute_url(self):
        for order in self:
            order.url = order.store_id._get_adapter()._get_order_url(order)

    # === ACTION METHODS === #

    def action_refresh(self):
        """Read these orders again from the marketplace, in the background.

        :return: the action that tells so
        :rtype: dict
        """
        self.check_access("read")
        orders = self.sudo()
        orders.filtered(lambda order: not order.refresh_requested).refresh_requested = True
        # What was kept of them is forgotten by now: they count as changed.
        orders.filtered(lambda order: order.digest and not order.payload).digest = False
        self.store_id.action_sync_orders()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "Read again in the background; reload the page in a moment to see the result."
                ),
            },
        }

    def action_retry(self):
        """Import again what failed, or lacks products, from the payload that is kept.

        Of the other orders, only the payment is looked at again. Many orders are read again from
        the marketplace, in the background.

        :return: the action that tells so, or True when all is done
        """
        self.check_access("read")
        # Elevated: what was read belongs to the system.
        orders = self.sudo()
        unread = orders.filtered(lambda o: not o.payload)
        if unread:
            unread.action_refresh()
        read = orders - unread
        incomplete = read.filtered(lambda o: o.state != "imported" or o._has_placeholder())
        told = True
        if len(incomplete) > AT_ONCE:
            # Without a digest an order counts as changed.
            incomplete.digest = False
            told = incomplete.action_refresh()
        else:
            for order in incomplete:
                order.with_env(order.store_id._in_own_context().env)._import()
        (read - incomplete)._follow_payment()
        read._settle_customers()
        return told

    def action_open_sale_order(self):
        """Open the sales order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.sale_order_id.id,
            "views": [(False, "form")],
        }

    # === READING === #

    @api.model
    def _request(self, store, numbers):
        """Ask for orders by their identifiers; those that are not known yet get an empty record.

        :param list[str] numbers: identifiers on the marketplace, each once
        """
        store.check_access("read")
        # Elevated: what was read belongs to the system.
        orders = self.sudo()
        orders = orders.search([("store_id", "=", store.id), ("external_id", "in", numbers)])
        known = set(orders.mapped("external_id"))
        orders |= orders.create(
            [
                {"store_id": store.id, "external_id": number, "number": number}
                for number in numbers
                if number not in known
            ]
        )
        orders._mark_recovered()
        orders.action_refresh()

    def _mark_recovered(self):
        """Note that somebody asked for these orders, so that they are imported, also again."""
        self.filtered(lambda order: not order.is_recovered).is_recovered = True
        # Without a digest an order counts as changed.
        self.filtered(lambda order: order.digest and not order.sale_order_id).digest = False

    @api.model
    def _merge(self, store, records, is_recovery=False):
        """Keep the orders that were read, and import those that are new or changed.

        :param records: ``RawOrder`` values or errors
        :param bool is_recovery: somebody asked for these orders, however old they are
        :return: the numbers of created, updated, unchanged and failed orders
        :rtype: dict[str, int]
        """
        counts = dict.fromkeys(("created", "updated", "unchanged", "failed"), 0)
        orders = self.sudo()
        domain = [
            ("store_id", "=", store.id),
            ("external_id", "in", [record.external_id for record in records]),
        ]
        known = {order.external_id: order for order in orders.search(domain)}
        for raw in records:
            order = known.get(raw.external_id, orders.browse())
            if isinstance(raw, MarketplaceError) or raw.external_id is None:
                order._report_unreadable(store, raw)
                counts["failed"] += 1
                continue
            order._settle_request()
            if is_recovery:
                order._mark_recovered()
            if order.digest == raw.digest and not order._is_wanted_by_now():
                counts["unchanged"] += 1
                continue
            result = "updated" if order else "created"
            vals = order._prepare_read_vals(raw)
            if order:
                order.write(vals)
            else:
                vals["is_recovered"] = is_recovery
                order = orders._create_read(store, raw.external_id, vals)
                known[raw.external_id] = order
            order.with_env(store.env)._import()
            counts["failed" if order.state == "failed" else result] += 1
        return counts

    def _prepare_read_vals(self, raw):
        """Return what is kept of an order as it was read; of a new one there is no record yet.

        :param RawOrder raw:
        """
        return {"payload": raw.payload, "digest": raw.digest, "read_at": fields.Datetime.now()}

    @api.model
    def _create_read(self, store, external_id, vals):
        """Create the record of an order that was read for the first time.

        :raises LockError: somebody asked for this very order meanwhile; read the page again
        """
        identity = {"store_id": store.id, "external_id": external_id, "number": external_id}
        try:
            with self.env.cr.savepoint():
                return self.create(identity | vals)
        except UniqueViolation as error:
            raise LockError(self.env._("This order was read already.")) from error

    def _report_unreadable(self, store, record):
        """Open the issue of what stands in a page in place of an order.

        :param store: the store that was read
        :param record: an error, or a ``RawOrder`` without identifier
        """
        if not isinstance(record, MarketplaceError):
            excerpt = str(record.payload)[:200]
            # Later readings of changes may pass it by; those of all recent orders do not.
            store._report_error(
                NeedsUser("order_without_identifier", excerpt=excerpt, step="orders_created")
            )
        elif not self:
            store._report_error(record)
        else:
            # Somebody asked for this one, so it is told on the order, and not asked for again.
            self.refresh_requested = False
            if not self.payload:
                self._hold(NeedsUser("order_not_found", **record.values))
                return
            values = {"number": self.number} | record.values
            self.env["merchant.issue"]._report(store, record.code, self, **values)

    def _settle_request(self):
        """Note that an order that somebody asked for could be read."""
        if self.refresh_requested:
            self.write({"refresh_requested": False, "read_at": fields.Datetime.now()})
            self.env["merchant.issue"]._resolve(self.store_id, ["request_refused", *PASSING], self)

    def _pass_over(self, error, cursor):
        """Tell that the marketplace does not answer about this order, which is asked for again.

        :return: where the others that were asked for go on
        """
        self.env["merchant.issue"]._report(
            self.store_id, error.code, self, severity="warning", **error.values
        )
        return {"after": self.id}

    def _is_wanted_by_now(self):
        """Tell whether an order that was passed over is wanted by the settings of today."""
        return self.state == "skipped" and self._should_import()

    # === IMPORT === #

    def _import(self):
        """Understand the order and make its sales order, once.

        Whatever is wrong with the order is written on it and opened as an issue; the caller's
        transaction goes on.
        """
        self.ensure_one()
        # What the caller left to write must fail in its own name.
        self.env.flush_all()
        try:
            with self.env.cr.savepoint():
                data = self._understand()
            # What the order is like stays known, whatever becomes of its sales order.
            with self.env.cr.savepoint():
                self._import_or_raise(data)
        except CONFLICTS:
            # Somebody else works on the same records: done again, see `merchant.sync.run`.
            raise
        except MarketplaceError as error:
            self._hold(error)
        except Exception as error:
            if not isinstance(error, UserError):
                _logger.exception("Order %s could not be imported", self.id)
            self._hold(NeedsUser("order_failed", number=self.number, reason=get_reason(error)))

    def _understand(self):
        """Read the payload and show what it says.

        :rtype: OrderData
        :raises NeedsUser: it cannot be understood
        """
        data = self.store_id._get_adapter()._parse_order(self.store_id, self.payload)
        self.write(self._prepare_order_vals(data))
        if self.sale_order_id:
            self._drop_overtaken_statuses()
        return data

    def _import_or_raise(self, data):
        """Make the sales order, or bring it up to date.

        :param OrderData data: what the payload says
        :raises MarketplaceError: the order is held, for a reason that has a text
        """
        store = self.store_id
        is_new = self.state == "new"
        if self.status_id.kind == "unknown":
            raise NeedsUser("order_unknown_status", status=data.status.external_id)
        if self.sale_order_id:
            self.env["merchant.order.builder"]._fill_placeholders(self, data)
            self.env["merchant.order.updater"]._update(self, data)
            self.state = "imported"
            self._follow_payment()
        elif self._should_import():
            self.sale_order_id = self.env["merchant.order.builder"]._build(self, data)
            self.facts = self.env["merchant.order.updater"]._get_facts(store, data)
            self.state = "imported"
            self._after_import()
        else:
            self.state = "skipped"
        self.write({"error_code": False, "error_values": False})
        if not is_new:
            held = set(self.env["merchant.issue"]._get_codes("order_")) - STAFF_ISSUES
            self.env["merchant.issue"]._resolve(store, held, self)
            self._close_staff_issues()

    def _prepare_order_vals(self, data):
        """Return what the list of orders shows.

        :param OrderData data:
        """
        store = self.store_id
        statuses = self.env["merchant.order.status"]
        return {
            "number": data.number,
            "date_order": _to_naive(data.date_order),
            "status_id": statuses._get_or_create(store, data.status).id,
            "payment_state": data.payment_state,
            "paid_at": data.paid_at and _to_naive(data.paid_at),
            "payment_method_id": self.env["merchant.payment.method"]
            ._get_or_create(store, data.payment_method)
            .id,
            "delivery_method_id": self.env["merchant.delivery.method"]
            ._get_or_create(store, data.delivery_method)
            .id,
            "buyer_name": data.buyer.name,
            "amount_total": float(data.amount_total),
            "currency_id": store._get_currency(data.currency).id,
        }

    def _should_import(self):
        """Tell whether the order becomes a sales order now, by the settings of the store."""
        self.ensure_one()
        start = self.store_id._get_import_start()
        if start and self.date_order < start and not self.is_recovered:
            return False
        wanted = self.store_id.import_status_id
        return self.status_id == wanted if wanted else self.status_id.kind != "draft"

    def _after_import(self):
        """Do what the store wants done with a new sales order."""
        self.ensure_one()
        store = self.store_id
        if store.set_status_id:
            self._push_status(store.set_status_id)
        if store.confirm_orders and not self._has_placeholder():
            self._confirm()

    def _confirm(self):
        """Confirm the quotation; where that fails it stays a quotation and an issue says why."""
        self.ensure_one()
        if self.sale_order_id.state != "draft":
            return
        try:
            with self.env.cr.savepoint():
                self.sale_order_id.action_confirm()
        except UserError as error:
            values = {"number": self.number, "reason": str(error)}
            self.env["merchant.issue"]._report(
                self.store_id, "order_not_confirmed", self, severity="warning", **values
            )

    def _has_placeholder(self):
        placeholder = self.env.ref("garazd_merchant_center.product_unknown")
        return placeholder in self.sale_order_id.order_line.product_id

    def _close_staff_issues(self):
        """Close the issues of imported orders that the staff has settled."""
        for order in self:
            settled = []
            if not order._has_placeholder():
                settled.append("order_unknown_product")
            if order.sale_order_id.state != "draft":
                settled.append("order_not_confirmed")
            self.env["merchant.issue"]._resolve(order.store_id, settled, order)
        self._settle_customers()

    def _settle_customers(self):
        """Close the issue about the customer where the staff took another, or merged them."""
        issues = self.env["merchant.issue"].sudo()
        about = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        for issue in issues.search(
            [("code", "=", "partner_ambiguous"), ("state", "=", "open"), *about]
        ):
            candidates = self.env["res.partner"].browse(issue.values["candidate_ids"]).exists()
            customer = issue._get_record().sale_order_id.partner_id
            if customer.id != issue.values["partner_id"] or len(candidates) < 2:
                issue._close("resolved")

    def _hold(self, error):
        """Keep the order aside until somebody mends what is wrong.

        :param MarketplaceError error:
        """
        values = {"number": self.number} | error.values
        self.write({"state": "failed", "error_code": error.code, "error_values": values})
        issues = self.env["merchant.issue"]
        others = set(issues._get_codes("order_")) - {error.code}
        if self.sale_order_id:
            others -= STAFF_ISSUES
        issues._resolve(self.store_id, others, self)
        issues._report(self.store_id, error.code, self, **values)


def _to_naive(moment):
    """Return an aware moment the way Odoo keeps it."""
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
