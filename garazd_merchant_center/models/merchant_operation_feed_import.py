import logging
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..exceptions import MarketplaceError, NeedsUser, OutcomeUnknown, get_reason
from ..schema import Outcome

_logger = logging.getLogger(__name__)

KIND = "feed_import"
# A price list that is older is generated anew before it is sent.
FRESH = timedelta(hours=1)
# It is looked whether that is done when the file is published, and after this time.
PAUSE = timedelta(minutes=1)


class MerchantOperation(models.Model):
    """Operations of the kind ``feed_import``: the marketplace is asked to read the price list.

    Unlike others they must not be sent twice. Before one is sent, that is written down and
    committed; when nothing proves the contrary, it counts as carried out.
    """

    _inherit = "merchant.operation"

    kind = fields.Selection(
        selection_add=[(KIND, "Ask to read the price list")], ondelete={KIND: "cascade"}
    )

    def _get_feed_imports(self):
        """Return the imports that these operations are about."""
        ids = [operation.res_id for operation in self if operation.kind == KIND]
        return self.env["merchant.feed.import"].sudo().browse(ids).exists()

    def _filter_in_flight(self):
        """Return the operations that were sent and whose outcome is still to be noted."""
        return self.filtered(lambda o: o.state == "pending" and o._get_feed_imports().is_sent)

    # === ACTION METHODS === #

    def action_retry(self):
        """Override to send nothing that may have been carried out already."""
        self._check_may_send()
        imports = self._get_feed_imports()
        for record in imports:
            if record.state not in ("waiting", "withheld", "cancelled") or record.is_sent:
                raise UserError(
                    self.env._(
                        "The marketplace was asked already. Press Repeat on %(name)s to ask it "
                        "once more.",
                        name=record.display_name,
                    )
                )
            record._check_possible()
        result = super().action_retry()
        imports.write({"state": "waiting", "finished_at": False, "message": False})
        imports._refresh_price_list()
        return result

    def action_cancel(self):
        """Override: what is on its way cannot be called back."""
        if self._filter_in_flight():
            raise UserError(self.env._("It is being sent right now."))
        return super().action_cancel()

    # === BUSINESS METHODS === #

    def _prepare_request(self, store):
        if self.kind != KIND:
            return super()._prepare_request(store)
        return store._get_adapter()._prepare_feed_import(store, self._get_import_request())

    def _get_import_request(self):
        record = self._get_feed_imports()
        if not record.feed_id:
            env = self.store_id._in_own_context().env
            reason = env._("the data feed was deleted in Odoo")
            raise NeedsUser("request_refused", reason=reason)
        return record._get_request()

    def _withhold(self):
        """Override: what is on its way is not withheld any more."""
        mine = self - self._filter_in_flight()
        super(MerchantOperation, mine)._withhold()
        withheld = mine.filtered(lambda operation: operation.state == "withheld")
        withheld._get_feed_imports().write({"state": "withheld"})

    def _finish(self, state, message=False):
        super()._finish(state, message)
        if state == "cancelled":
            # What the marketplace was asked already is not undone by tidying up.
            imports = self._get_feed_imports()
            for record in imports.filtered(lambda r: r.state in ("waiting", "withheld")):
                record._finish("cancelled", message)

    def _report_failure(self, outcome):
        """Override: the import has an issue of its own."""
        if self.kind != KIND:
            super()._report_failure(outcome)

    def _settle(self, outcome):
        super()._settle(outcome)
        for record in self._get_feed_imports():
            record.is_sent = False
            if self.state == "done":
                record.write({"external_id": outcome.response["id"], "started_at": self.done_at})
                record._follow()
            elif self.state == "failed":
                state = "unknown" if outcome.state == "unknown" else "failed"
                record._finish(state, outcome.message)
            else:
                record.message = outcome.message

    # === SENDING === #

    def _prepare_to_send(self):
        """Override to write down that it is sent; who finds that written, sends nothing."""
        lost = self._filter_in_flight()
        for operation in lost:
            env = operation.store_id._in_own_context().env
            reason = env._("Odoo was stopped while it asked")
            operation._settle(Outcome(state="unknown", message=reason))
        ready = (self - lost).filtered(lambda operation: operation._is_ready())
        ready = super(MerchantOperation, ready)._prepare_to_send()
        ready._get_feed_imports().is_sent = True
        return ready

    def _is_ready(self):
        """Tell whether the price list is fresh and still to be sent.

        If it is not, it is written down what it waits for, or why it is not sent after all.
        """
        store = self.store_id._in_own_context()
        record = self._get_feed_imports().with_env(store.env)
        if not record.feed_id or store.mode != "production":
            return True
        feed = record.feed_id.sudo()  # elevated: the file is made by the system
        is_published = feed.active and feed.state == "published"
        if is_published and record.fresh_since and feed.generated_at < record.fresh_since:
            reason = store.env._("somebody stopped the generation of the price list")
            self._settle(Outcome(state="failed", message=reason))
            return False
        if is_published and feed.generated_at < fields.Datetime.now() - FRESH:
            record._refresh_price_list()
        if feed.active and feed.state == "waiting":
            message = store.env._("The price list is being prepared.")
            self.write({"leased_until": False, "error": message})
            record.message = message
            self._wake(fields.Datetime.now() + PAUSE)
            return False
        try:
            record._check_possible()
        except UserError as error:
            self._settle(Outcome(state="failed", message=str(error)))
            return False
        return True

    def _send(self):
        if self[:1].kind != KIND:
            return super()._send()
        outcomes, problem = {}, None
        for operation in self:
            outcomes[operation.id], error = operation._send_import()
            problem = problem or error
        return outcomes, problem

    def _send_import(self):
        """Ask the marketplace.

        :return: the outcome, and the error if it concerns the whole store
        :rtype: tuple[Outcome, MarketplaceError | None]
        """
        store = self.store_id._in_own_context()
        try:
            request = self._get_import_request()
            key = store._get_adapter()._start_feed_import(store, request)
        except (NeedsUser, OutcomeUnknown) as error:
            state = "failed" if isinstance(error, NeedsUser) else "unknown"
            reason = error.values.get("reason") or store._explain(error)
            return Outcome(state=state, message=reason, response=str(error)), None
        except MarketplaceError as error:
            seconds = getattr(error, "seconds", None)
            return Outcome(state="retry", message=store._explain(error), seconds=seconds), error
        except Exception as error:
            _logger.exception("Operation %s ended in an error nobody expected", self.id)
            return Outcome(state="unknown", message=get_reason(error)), None
        return Outcome(state="done", response={"id": key}), None
