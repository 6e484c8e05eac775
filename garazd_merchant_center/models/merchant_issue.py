import re
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from .merchant_sync_run import STEPS

_lt = LazyTranslate(__name__)

# What each code means for a person and what to do about it. The code is stored, the text is made
# when it is read, in the reader's language.
DETAILS = {
    "token_rejected": _lt(
        "The marketplace does not accept the API token (%(reason)s). Create a new token in the "
        "cabinet of the marketplace and paste it into the store."
    ),
    "marketplace_unreachable": _lt(
        "The marketplace could not be reached: %(reason)s. Odoo tries again by itself; nothing is "
        "lost."
    ),
    "answer_unreadable": _lt(
        "The marketplace gave an answer that is not readable: %(reason)s. Odoo tries again by "
        "itself; nothing is lost."
    ),
    "token_expiring": _lt(
        "The API token of the store is valid until %(date)s; without a new one nothing is read or "
        "sent afterwards. Create a token in the cabinet of the marketplace and paste it into the "
        "store together with its last day."
    ),
    "not_confirmed": _lt(
        "The marketplace took changes and did not carry them out: %(reason)s. Odoo sends them "
        "again by itself; nothing is lost."
    ),
    "request_refused": _lt("The marketplace refused a request: %(reason)s."),
    "sync_failed": _lt(
        "A synchronization stopped at an error nobody expected: %(reason)s. Retry it; when it "
        "happens again, send this text to whoever maintains your Odoo."
    ),
    "order_without_identifier": _lt(
        "The marketplace sent an order without a readable number: %(excerpt)s. Look at the newest "
        "orders in the cabinet of the marketplace and compare."
    ),
    "order_not_found": _lt(
        "Order %(number)s could not be found in the store: %(reason)s. Compare the number with the "
        "cabinet of the marketplace, then retry."
    ),
    "order_unreadable": _lt(
        "Order %(number)s cannot be read: %(path)s is %(value)s. It is kept as it came; correct it "
        "in the cabinet of the marketplace, then press Read Again on the order."
    ),
    "order_without_lines": _lt(
        "Order %(number)s has no products. Add them in the cabinet of the marketplace, then "
        "press Read Again on the order."
    ),
    "order_unknown_status": _lt(
        "Order %(number)s has the status %(status)s, which Odoo does not know. An administrator "
        "says what it means under Configuration > Order Statuses; then retry."
    ),
    "order_unknown_product": _lt(
        "These products of order %(number)s are not known in Odoo: %(products)s. Create them with "
        "the same SKU and retry. Where the order was imported, its lines carry a placeholder: you "
        "may also put the right products on them before you confirm."
    ),
    "partner_ambiguous": _lt(
        "Several customers could be the buyer of order %(number)s: %(candidates)s. The newest, "
        "%(partner)s, was taken. Merge them, or put the right customer on the sales order, then "
        "retry; or mark this issue as resolved if it is the right one."
    ),
    "order_total_differs": _lt(
        "Order %(number)s costs %(expected)s on the marketplace, but its lines make %(actual)s. It "
        "is not imported before both are equal; check its prices and quantities, then retry."
    ),
    "order_quantity_rounded": _lt(
        "Order %(number)s has %(expected)s of %(product)s, which Odoo would round to %(actual)s. "
        "Raise the decimal accuracy Product Unit in the technical settings, then retry."
    ),
    "order_currency_unknown": _lt(
        "Order %(number)s is in the currency %(currency)s, which is not known in Odoo. Activate it "
        "and retry."
    ),
    "order_not_confirmed": _lt(
        "Order %(number)s was imported, but could not be confirmed: %(reason)s. Confirm the "
        "quotation by hand when that is settled."
    ),
    "order_changed": _lt(
        "Order %(number)s was changed on the marketplace after it was confirmed in Odoo: "
        "%(changes)s. Open it, compare, and press Apply or Ignore."
    ),
    "order_cancelled": _lt(
        "Order %(number)s was cancelled on the marketplace (%(reason)s), but it is confirmed in "
        "Odoo. Do not ship it: open it and press Apply to cancel the sales order."
    ),
    "order_failed": _lt("Order %(number)s could not be imported: %(reason)s."),
    "payment_failed": _lt(
        "The payment of order %(number)s could not be recorded or reconciled with the invoice: "
        "%(reason)s. The sales order and its invoice are as they should be. Correct the cause, "
        "then retry."
    ),
    "payment_refunded": _lt(
        "The marketplace gave the buyer of order %(number)s the money back. If the goods are still "
        "here, do not ship them: cancel the sales order. Its payment in Odoo: %(payment)s. Where "
        "there is one, refund it by hand: make a credit note for the invoice and an outgoing "
        "payment, or cancel the payment when nothing was invoiced. Then mark this issue as "
        "resolved."
    ),
    "record_unreadable": _lt(
        "A product, group or method of the store cannot be read: %(path)s is %(value)s. The others "
        "were read; correct it in the cabinet of the marketplace."
    ),
    "listing_ambiguous": _lt(
        "The product %(name)s (%(external_id)s) fits several products in Odoo: %(candidates)s. "
        "Give them different references or set the mapping by hand."
    ),
    "listing_sku_repeated": _lt(
        "Several products of the store have the SKU %(sku)s, so Odoo cannot tell which of them "
        "%(name)s (%(external_id)s) is. Give them different SKUs or set the mapping by hand."
    ),
    "listing_taken": _lt(
        "%(name)s (%(external_id)s) fits the product %(product)s, which is mapped to another "
        "product of the store already. Correct the mapping by hand."
    ),
    "listing_not_created": _lt(
        "No product could be created in Odoo from %(name)s: %(reason)s. Put that right and "
        "press Retry."
    ),
    "listing_picture": _lt(
        "A picture of %(name)s could not be read: %(reason)s. It is at %(address)s. Retry reads "
        "all missing pictures of this product again."
    ),
    "push_refused": _lt(
        "The marketplace does not accept the price, quantity or availability of %(name)s: "
        "%(reason)s. It is not sent again before it changes, or somebody presses Retry."
    ),
    "push_failed": _lt(
        "Prices and quantities could not be sent because of an error nobody expected: %(reason)s. "
        "Retry sends them again; when it happens once more, send this text to whoever maintains "
        "your Odoo."
    ),
    "push_held": _lt(
        "So much would change in a short time that it may be a mistake: %(vanishing)s products "
        "would become sold out, %(prices)s prices would change more than the store allows. "
        "Everything else is sent. Products that were created from the store and never counted "
        "always ask. Look at the changes: an administrator presses Send Anyway if they are right, "
        "or Leave as It Is."
    ),
    "listing_currency": _lt(
        "%(count)s products of the store are sold in another currency than that of the data feed, "
        "so their prices are not sent. Give them the currency %(currency)s in the cabinet of the "
        "marketplace."
    ),
    "listing_category": _lt(
        "The marketplace shows %(name)s in the category %(new)s; in Odoo it was given %(old)s. "
        "Accept Category on the product of the store takes the marketplace's. Restore Category "
        "keeps ours, which goes out with the next price list."
    ),
    "listing_drift": _lt(
        "The marketplace shows another price, quantity or availability of %(name)s than the one it "
        "had confirmed. Somebody else may have changed it there. Retry sends ours again."
    ),
    "operation_failed": _lt("%(kind)s could not be carried out: %(reason)s."),
    "feed_failed": _lt(
        "The price list could not be generated: %(reason)s. The marketplace goes on reading the "
        "last good one."
    ),
    "feed_held": _lt(
        "The new price list would have %(new)s offers instead of %(old)s, so it was not published. "
        "Open the data feed; if that is right, press Publish Anyway."
    ),
}

# What was met in a list: only reading the whole list without it shows that it is gone.
READ_CODES = ("record_unreadable", "order_without_identifier")


class MerchantIssue(models.Model):
    """Something that a person should know or decide, once per cause and record."""

    _name = "merchant.issue"
    _description = "Marketplace Issue"
    _order = "last_seen_at desc, id desc"

    store_id = fields.Many2one("merchant.store", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="store_id.company_id", store=True)
    code = fields.Selection(
        selection=[
            ("token_rejected", "The API token is not accepted"),
            ("token_expiring", "The API token ends soon"),
            ("marketplace_unreachable", "The marketplace cannot be reached"),
            ("answer_unreadable", "The marketplace's answer cannot be read"),
            ("not_confirmed", "The marketplace did not confirm changes"),
            ("request_refused", "The marketplace refused a request"),
            ("sync_failed", "A synchronization failed"),
            ("order_without_identifier", "An order has no number"),
            ("order_not_found", "An order could not be found"),
            ("order_unreadable", "An order cannot be read"),
            ("order_without_lines", "An order has no products"),
            ("order_unknown_status", "An order has an unknown status"),
            ("order_unknown_product", "An order has unknown products"),
            ("partner_ambiguous", "A buyer fits several customers"),
            ("order_total_differs", "An order's total differs"),
            ("order_quantity_rounded", "An order's quantity would be rounded"),
            ("order_currency_unknown", "An order's currency is not known"),
            ("order_not_confirmed", "An order could not be confirmed"),
            ("order_changed", "A confirmed order was changed"),
            ("order_cancelled", "A confirmed order was cancelled"),
            ("order_failed", "An order could not be imported"),
            ("payment_failed", "A payment could not be recorded"),
            ("payment_refunded", "A payment was refunded"),
            ("record_unreadable", "A record of the store cannot be read"),
            ("listing_ambiguous", "A product fits several products in Odoo"),
            ("listing_sku_repeated", "A SKU stands on several products of the store"),
            ("listing_taken", "A product of Odoo is mapped already"),
            ("listing_not_created", "A product could not be created"),
            ("listing_picture", "A picture of a product could not be read"),
            ("push_refused", "The marketplace refused a price or quantity"),
            ("push_failed", "Prices and quantities could not be sent"),
            ("push_held", "Many prices or quantities would change at once"),
            ("listing_currency", "Products are sold in another currency"),
            ("listing_category", "A product stands in another category"),
            ("listing_drift", "A price or quantity was changed by others"),
            ("operation_failed", "A change could not be sent"),
            ("feed_failed", "The price list could not be generated"),
            ("feed_held", "The price list would lose many offers"),
        ],
        string="Cause",
        required=True,
        readonly=True,
    )
    severity = fields.Selection(
        selection=[("error", "Error"), ("warning", "Warning"), ("info", "Notice")],
        required=True,
        default="error",
        readonly=True,
    )
    values = fields.Json(readonly=True)
    title = fields.Char(compute="_compute_text", compute_sudo=False)
    detail = fields.Text(compute="_compute_text", compute_sudo=False)
    res_model = fields.Char(string="Record Kind", readonly=True)
    res_id = fields.Many2oneReference(string="Record", model_field="res_model", readonly=True)
    record_name = fields.Char(string="About", readonly=True)
    state = fields.Selection(
        selection=[("open", "Open"), ("resolved", "Resolved"), ("ignored", "Ignored")],
        required=True,
        default="open",
        readonly=True,
        index=True,
    )
    occurrences = fields.Integer(default=1, readonly=True)
    first_seen_at = fields.Datetime(default=fields.Datetime.now, readonly=True)
    last_seen_at = fields.Datetime(default=fields.Datetime.now, readonly=True)
    resolved_at = fields.Datetime(readonly=True)

    _open_uniq = models.UniqueIndex(
        "(store_id, code, COALESCE(res_model, ''), COALESCE(res_id, 0)) WHERE state = 'open'",
        "This issue is already open.",
    )
    _record_idx = models.Index("(res_model, res_id)")

    # === COMPUTE METHODS === #

    @api.depends("code", "values")
    @api.depends_context("lang")
    def _compute_text(self):
        labels = dict(self._fields["code"]._description_selection(self.env))
        details = self._get_details()
        for issue in self:
            issue.title = labels.get(issue.code)
            template = details.get(issue.code)
            issue.detail = self._fill(template, issue.values or {}) if template else issue.title

    @api.depends("code", "record_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for issue in self:
            issue.display_name = ": ".join(filter(None, [issue.title, issue.record_name]))

    # === ACTION METHODS === #

    def action_open_record(self):
        """Open the record that the issue is about."""
        self.ensure_one()
        record = self._get_record()
        if not record:
            raise UserError(self.env._("The record of this issue no longer exists."))
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def action_retry(self):
        """Try again what failed; the issues close themselves when it works.

        :return: the action that tells of what goes on in the background, or True
        """
        told = []
        for model, issues in (
            self.filtered(lambda i: i.state == "open").grouped("res_model").items()
        ):
            if model and model not in self.env:
                continue
            alone = issues
            if model and hasattr(self.env[model], "action_retry"):
                # Together, so that many of them are done in the background.
                if records := self.env[model].browse(issues.mapped("res_id")).exists():
                    told.append(records.action_retry())
                # What was deleted since then may be read anew.
                alone = issues.filtered_domain([("res_id", "not in", records.ids)])
            for issue in alone:
                issue._start_sync_again()
        return next((action for action in told if isinstance(action, dict)), True)

    def action_resolve(self):
        """Mark the issues as settled by hand."""
        self._close("resolved")

    def action_ignore(self):
        """Never open these issues again for the same record."""
        self._close("ignored")

    # === BUSINESS METHODS === #

    def _start_sync_again(self):
        """Ask for the synchronization that met the issue; for orders when it is not known."""
        values = self.values or {}
        run = self.env["merchant.sync.run"].browse(values.get("run_id")).exists()
        period = {}
        if run:
            kind = run.kind
            if run.created_since:
                period = {"since": run.created_since, "until": run.created_until}
        else:
            step = values.get("step")
            kind = next(
                (
                    kind
                    for kind in ("base", "products", "creation", "refresh")
                    if step in STEPS[kind]
                ),
                "orders",
            )
        self.store_id._start_sync(kind, **period)

    @api.model
    def _get_details(self):
        """Return the text of each code; modules add theirs.

        :rtype: dict[str, LazyGettext]
        """
        return dict(DETAILS)

    @api.model
    def _get_codes(self, prefix):
        """Return the codes of one family, for example ``order_``."""
        codes = self._fields["code"].get_values(self.env)
        return [code for code in codes if code.startswith(prefix)]

    def _fill(self, template, values):
        """Translate a template and put the values in; a missing value shows as a dash."""

        class Known(dict):
            def __missing__(self, key):
                return "-"

        text = str(self.env._(template)) % Known(values)
        # A value that is a sentence or a name like "Ltd." brings a full stop of its own.
        return re.sub(r"(?<!\.)\.\.(?!\.)", ".", text)

    def _get_record(self):
        """Return the record the issue is about, or the store, or nothing when it is gone."""
        self.ensure_one()
        if not self.res_model:
            return self.store_id
        if self.res_model not in self.env:
            return self.browse()
        return self.env[self.res_model].browse(self.res_id).exists()

    @api.model
    def _report(self, store, code, record=None, severity="error", **values):
        """Open an issue, or count it once more when it is open already.

        An issue that a person ignored stays ignored.

        :param store: the ``merchant.store``
        :param str code: see the field ``code``
        :param record: what it is about; None: the store itself
        :param values: JSON values that the text of the code names
        :return: the issue
        """
        domain = [
            ("store_id", "=", store.id),
            ("code", "=", code),
            ("res_model", "=", record._name if record else False),
            ("res_id", "=", record.id if record else False),
        ]
        now = fields.Datetime.now()
        seen = self.sudo().search(domain + [("state", "in", ("open", "ignored"))], limit=1)
        if seen:
            seen.write(seen._prepare_again_vals(severity, values, now))
            return seen
        try:
            with self.env.cr.savepoint():
                return self.sudo().create(
                    {
                        "store_id": store.id,
                        "code": code,
                        "severity": severity,
                        "values": values,
                        "res_model": record._name if record else False,
                        "res_id": record.id if record else False,
                        "record_name": record.display_name if record else store.name,
                        "first_seen_at": now,
                        "last_seen_at": now,
                    }
                )
        except UniqueViolation:
            # Another worker has just opened it.
            return self.browse()

    def _prepare_again_vals(self, severity, values, now):
        """Return what is written when the cause of an open issue is met once more."""
        return {
            "values": values,
            "severity": severity,
            "last_seen_at": now,
            "occurrences": self.occurrences + 1,
        }

    @api.model
    def _resolve(self, store, codes=None, records=None):
        """Close the open issues whose cause is gone.

        :param codes: only these codes; None: all
        :param records: what they are about; None: the store itself
        """
        domain = [("store_id", "=", store.id), ("state", "=", "open")]
        if codes is not None:
            domain += [("code", "in", list(codes))]
        if records is None:
            domain += [("res_model", "=", False)]
        else:
            domain += [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        self.sudo().search(domain)._close("resolved")

    @api.model
    def _resolve_step(self, store, step, complete_since=None):
        """Close the issues of a store that a step has shown to be over.

        :param str step: what has just worked, see ``merchant.sync.run.step``
        :param complete_since: when the whole list was read in this step, the moment it began
        """
        issues = self.sudo().search(
            [
                ("store_id", "=", store.id),
                ("state", "=", "open"),
                ("res_model", "=", False),
                (
                    "code",
                    "in",
                    ["sync_failed", "push_failed", "request_refused", *READ_CODES],
                ),
            ]
        )
        for issue in issues.filtered(lambda i: (i.values or {}).get("step") == step):
            # One page without an unreadable record says nothing about the others.
            if issue.code not in READ_CODES or (
                complete_since and issue.last_seen_at < complete_since
            ):
                issue._close("resolved")

    @api.autovacuum
    def _gc_old_issues(self):
        """Forget settled issues after 60 days; what is ignored must stay known."""
        limit = fields.Datetime.now() - timedelta(days=60)
        self.search([("state", "=", "resolved"), ("resolved_at", "<", limit)]).unlink()

    @api.autovacuum
    def _gc_orphaned_issues(self):
        """Close the issues of records that were deleted: nobody can settle those."""
        about = [("state", "=", "open"), ("res_model", "!=", False)]
        for name, issues in self._read_group(about, ["res_model"], ["id:recordset"]):
            ids = issues.mapped("res_id")
            known = set(self.env[name].browse(ids).exists()._ids) if name in self.env else set()
            issues.filtered(lambda issue, known=known: issue.res_id not in known)._close("resolved")

    def _close(self, state):
        # Users may settle issues, but not write anything else on them: the right to write stays
        # with the system.
        self.check_access("read")
        self.sudo().write({"state": state, "resolved_at": fields.Datetime.now()})
