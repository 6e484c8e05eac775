import json
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.constants import GC_UNLINK_LIMIT

from ..exceptions import MarketplaceError, get_reason
from ..schema import Outcome
from .merchant_store import GROUP_ADMINISTRATOR

_logger = logging.getLogger(__name__)

RETENTION_DAYS = 60


class MerchantOperation(models.Model):
    """A change that Odoo wants to make on a marketplace.

    It is written down in the transaction of its cause and sent by a scheduled action after the
    commit: what is rolled back is never sent, and what could not be sent is not lost.
    """

    _name = "merchant.operation"
    _description = "Marketplace Operation"
    _order = "id desc"

    store_id = fields.Many2one("merchant.store", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="store_id.company_id", store=True)
    store_mode = fields.Selection(related="store_id.mode")
    kind = fields.Selection(
        selection=[("order_status", "Set the status of an order")], required=True, readonly=True
    )
    res_model = fields.Char(string="Record Kind", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    record_name = fields.Char(string="About", readonly=True)
    payload = fields.Json(readonly=True)
    is_urgent = fields.Boolean(readonly=True, help="Sent before others, whatever waits.")
    state = fields.Selection(
        selection=[
            ("pending", "Waiting"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("withheld", "Withheld"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="pending",
        readonly=True,
        index=True,
        help="Withheld: the store is in the Test Environment, so nothing was sent.",
    )
    attempts = fields.Integer(readonly=True)
    next_attempt = fields.Datetime(readonly=True)
    leased_until = fields.Datetime(readonly=True)
    done_at = fields.Datetime(readonly=True)
    error = fields.Char(readonly=True)
    request = fields.Json(readonly=True, groups=GROUP_ADMINISTRATOR)
    response = fields.Json(readonly=True, groups=GROUP_ADMINISTRATOR)
    exchange_text = fields.Text(
        string="Request and Answer", compute="_compute_exchange_text", groups=GROUP_ADMINISTRATOR
    )

    _pending_idx = models.Index("(next_attempt, id) WHERE state = 'pending'")
    _record_idx = models.Index("(res_model, res_id)")

    # === COMPUTE METHODS === #

    @api.depends("request", "response")
    def _compute_exchange_text(self):
        for operation in self:
            parts = [operation.request, operation.response]
            operation.exchange_text = "\n\n".join(
                json.dumps(part, ensure_ascii=False, indent=2) for part in parts if part
            )

    @api.depends("kind", "record_name")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for operation in self:
            operation.display_name = f"{kinds.get(operation.kind)}: {operation.record_name}"

    # === ACTION METHODS === #

    def _check_may_send(self):
        """Refuse to send what was withheld or cancelled but by administrators in Production."""
        for operation in self:
            if operation.state in ("withheld", "cancelled"):
                operation.store_id._check_administrator()
                if operation.store_id.mode != "production":
                    raise UserError(
                        self.env._(
                            "The store %(store)s is in the Test Environment: nothing is sent.",
                            store=operation.store_id.name,
                        )
                    )
        self.check_access("read")

    def action_retry(self):
        """Send these operations again, now.

        :raises AccessError: only administrators send what was withheld or cancelled
        :raises UserError: that is sent in Production only
        """
        self._check_may_send()
        self.sudo().filtered(lambda o: o.state != "done").write(
            {"state": "pending", "attempts": 0, "next_attempt": False, "error": False}
        )
        self._wake()

    def action_cancel(self):
        """Do not send these operations."""
        self.check_access("read")
        waiting = self.sudo().filtered(lambda o: o.state in ("pending", "failed", "withheld"))
        waiting._finish("cancelled", self.env._("Cancelled by %(user)s", user=self.env.user.name))

    def action_open_record(self):
        """Open the record that is to be changed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    @api.model
    def _enqueue(self, store, kind, record, payload, is_urgent=False):
        """Write down a change to be sent after the commit; an older one of its kind is dropped.

        :param record: what is to be changed on the marketplace
        :param dict payload: how; the adapter knows its keys
        :param bool is_urgent: nothing that is not waits before it, not even about the same record
        :return: the operation
        """
        # What is told of it is the same for everybody, whoever makes the change.
        operations = self.with_env(store.sudo()._in_own_context().env)
        about = [
            ("store_id", "=", store.id),
            ("kind", "=", kind),
            ("res_model", "=", record._name),
            ("res_id", "=", record.id),
            ("state", "in", ("pending", "withheld", "failed")),
        ]
        replaced = operations.env._("Replaced by a later change")
        operations.search(about)._finish("cancelled", replaced)
        operation = operations.create(
            {
                "store_id": store.id,
                "kind": kind,
                "res_model": record._name,
                "res_id": record.id,
                "record_name": record.display_name,
                "payload": payload,
                "is_urgent": is_urgent,
            }
        )
        if store.mode != "production":
            operation._withhold()
        else:
            operation._wake()
        return operation

    def _withhold(self):
        """Keep operations from being sent and show what would have been."""
        self._prepare().write({"state": "withheld", "leased_until": False})

    def _prepare(self):
        """Work out the exact requests; an operation that has none has failed.

        :return: the operations that have their request
        """
        ready = self.browse()
        for operation in self:
            store = operation.store_id._in_own_context()
            try:
                request = operation._prepare_request(store).as_json()
            except MarketplaceError as error:
                message = store._explain(error)
                operation._settle(Outcome(state="failed", message=message, cause=error))
            except Exception as error:
                _logger.exception("Operation %s has no request", operation.id)
                operation._settle(Outcome(state="failed", message=get_reason(error)))
            else:
                operation.request = request
                ready += operation
        return ready

    def _prepare_request(self, store):
        """Return the exact request, see ``merchant.adapter``.

        :param store: the store in its own context
        :rtype: WriteRequest
        :raises MarketplaceError: there is none
        """
        return store._get_adapter()._prepare_operation(self)

    @api.model
    def _wake(self, at=None):
        self.env.ref("garazd_merchant_center.cron_operations").sudo()._trigger(at)

    def _finish(self, state, message=False):
        self.write(
            {
                "state": state,
                "error": message,
                "leased_until": False,
                "next_attempt": False,
                "done_at": fields.Datetime.now(),
            }
        )
        if state != "failed":
            for store, operations in self.grouped("store_id").items():
                self.env["merchant.issue"]._resolve(store, ["operation_failed"], operations)

    @api.autovacuum
    def _gc_old_operations(self):
        """Forget after 60 days what is settled or was withheld; what failed, unless it is told."""
        issues = self.env["merchant.issue"].search(
            [("res_model", "=", self._name), ("state", "=", "open")]
        )
        limit = fields.Datetime.now() - timedelta(days=RETENTION_DAYS)
        old = self.search(
            [
                ("state", "!=", "pending"),
                ("create_date", "<", limit),
                "|",
                ("done_at", "=", False),
                ("done_at", "<", limit),
                ("id", "not in", issues.mapped("res_id")),
            ],
            limit=GC_UNLINK_LIMIT,
        )
        old.unlink()
        return len(old), len(old) == GC_UNLINK_LIMIT
