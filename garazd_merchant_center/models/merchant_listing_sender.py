import logging
import random
from datetime import timedelta

from odoo import api, fields, models

from ..exceptions import MarketplaceError, NeedsUser, get_reason
from ..schema import ListingOutcome

_logger = logging.getLogger(__name__)

BATCH = 100
KIND = "listing_values"
# Seconds until a store is tried again that did not answer, in case it named no time.
PAUSE = (30, 120)
# How long nobody asks whether something else would be withheld.
WITHHELD_FOR = timedelta(hours=3)
# So many listings are looked at for that in one turn of their store.
WITHHELD_PAGE = 1000
# When the first ones all fail by an error nobody expected, so will the others.
FEW_ERRORS = 3


class MerchantListing(models.Model):
    """Sends what differs, store by store."""

    _name = "merchant.listing"
    _inherit = ["merchant.listing", "merchant.job"]

    @api.model
    def _cron_push(self):
        """Send what differs. Entry point of `cron_listings`."""
        progress = self.env["ir.cron"]._commit_progress
        if self._is_time_up():
            return
        self._insist(self._note_turning_rules)
        while self._insist(self._apply_changes):
            if not progress(1):
                self._wake()
                return
        stores = self._get_stores_to_push()
        queue = list(stores)
        while queue:
            # In turn, so that a large store does not keep the others waiting.
            store = queue.pop(0)
            if store.mode != "production":
                goes_on = self._insist(lambda store=store: self._withhold(store))
            else:
                goes_on = self._push_batch(store)
            if goes_on:
                queue.append(store)
            if not progress(1, remaining=len(queue)):
                if queue:
                    self._wake()  # goes on as soon as the others had their turn
                break
        held = [("code", "=", "push_held"), ("state", "=", "open")]
        stores |= self.env["merchant.issue"].sudo().search(held).store_id
        self._insist(stores.exists()._follow_held)

    @api.model
    def _wake(self):
        """Let the sender begin when the transaction commits."""
        self.env.ref("garazd_merchant_center.cron_listings").sudo()._trigger()

    @api.model
    def _get_stores_to_push(self):
        """Return the stores that work and have something waiting.

        The one that was sent nothing for the longest time comes first, so that a slow store delays
        the others by a batch and no more.
        """
        groups = self.sudo()._read_group([("push_state", "=", "waiting")], ["store_id"])
        stores = self.env["merchant.store"].union(*(store for (store,) in groups)).sudo()
        now = fields.Datetime.now()
        batches = self.env["merchant.operation"].sudo()
        latest = dict(
            batches._read_group(
                [("store_id", "in", stores.ids), ("kind", "=", KIND)], ["store_id"], ["id:max"]
            )
        )
        return stores.sorted(lambda store: latest.get(store, 0)).filtered(
            lambda store: (
                store.active
                and store.state == "connected"
                and (not store.sending_paused_until or store.sending_paused_until <= now)
            )
        )

    # === SENDING === #

    @api.model
    def _push_batch(self, store):
        """Send the most urgent listings of a store.

        :return: whether the store can go on
        :rtype: bool
        """
        listings, is_held = self._insist(lambda: self._take_batch(store)) or (self.browse(), False)
        if store.mode != "production":
            return False
        if not listings:
            # Others wait behind what asks for consent.
            return is_held
        changes = {listing.id: listing._as_change() for listing in listings}
        changes = {key: change for key, change in changes.items() if change.get_values()}
        outcomes, answer, error = self._send_changes(store, list(changes.values()))
        self._insist(lambda: listings._note_outcomes(store, changes, outcomes, answer, error))
        return not error

    @api.model
    def _take_batch(self, store):
        """Take the most urgent listings of a store for sending.

        :return: those to send, and whether there are none because all of them were held
        :rtype: tuple[merchant.listing, bool]
        """
        due = self._search_to_push(store, BATCH)
        safe = due._hold_risky(store)
        return safe._lease(), bool(due) and not safe

    @api.model
    def _send_changes(self, store, changes):
        """Send changes of one store, without holding a lock.

        :return: outcomes by external identifier, the answers, and the error that concerns all
        :rtype: tuple[dict[str, ListingOutcome], object, MarketplaceError | None]
        """
        if not changes:
            return {}, None, None
        store = store._in_own_context()
        try:
            outcomes, answer = store._get_adapter()._send_listing_changes(store, changes)
        except MarketplaceError as error:
            outcome = ListingOutcome(
                message=store._explain(error), seconds=getattr(error, "seconds", None)
            )
            return {change.external_id: outcome for change in changes}, str(error), error
        except Exception as error:
            _logger.exception("The prices and quantities of store %s could not be sent", store.id)
            if len(changes) > 1:
                return self._send_one_by_one(store, changes)
            error = NeedsUser("push_failed", reason=get_reason(error))
            outcome = ListingOutcome(message=store._explain(error))
            return {changes[0].external_id: outcome}, str(error), error
        problems = (outcome.error for outcome in outcomes.values())
        return outcomes, answer, next(filter(None, problems), None)

    def _send_one_by_one(self, store, changes):
        """Send changes of which one is to blame for an error nobody expected.

        :return: see :meth:`_send_changes`; the error if it is not about single changes
        """
        outcomes, answers, errors = {}, [], []
        for change in changes:
            outcome, answer, error = self._send_changes(store, [change])
            if error and error.code == "push_failed":
                refused = dict.fromkeys(change.get_values(), error.values["reason"])
                outcome = {change.external_id: ListingOutcome(refused=refused)}
                errors.append(error)
            elif error:
                return outcomes, answers, error
            outcomes |= outcome
            answers.append(answer)
            if len(errors) == len(outcomes) == FEW_ERRORS:
                break
        if len(errors) == len(outcomes):
            return {}, str(errors[0]), errors[0]
        return outcomes, answers, None

    def _note_outcomes(self, store, changes, outcomes, answer, error):
        """Write down what became of a batch that was sent; see :meth:`_send_changes`.

        :param dict changes: what was sent, by the id of the listing
        """
        silence = ListingOutcome(message=self.env._("Nothing was told about it"))
        for listing in self.exists():
            if change := changes.get(listing.id):
                outcome = outcomes.get(change.external_id, silence)
                listing._note_outcome(change, outcome)
                if outcome.ignored and listing.push_state == "waiting":
                    self.env["merchant.issue"]._report(
                        store, "not_confirmed", severity="warning", reason=listing.name
                    )
            else:
                listing.push_leased_until = False
        if changes:
            failed = error or any(outcome.refused for outcome in outcomes.values())
            self._keep_history(store, changes, "failed" if failed else "done", response=answer)
        if error:
            error.values.setdefault("step", KIND)
            store._report_error(error)
            seconds = getattr(error, "seconds", None) or random.uniform(*PAUSE)
            store.sending_paused_until = fields.Datetime.now() + timedelta(seconds=seconds)
        elif changes:
            store._mark_connected()
            self.env["merchant.issue"]._resolve_step(store, KIND)
        store._settle_unconfirmed()

    @api.model
    def _keep_history(self, store, changes, state, response=None):
        """Keep what was sent, or would have been, for people to read.

        :param dict changes: ``ListingChange`` by the id of the listing
        """
        try:
            adapter = store._get_adapter()
            request = adapter._prepare_listing_changes(store, list(changes.values())).as_json()
        except Exception as error:
            _logger.exception("The prices and quantities of store %s make no request", store.id)
            reason = get_reason(error)
            self.env["merchant.issue"]._report(store, "push_failed", reason=reason, step=KIND)
            request = False
        self.env["merchant.operation"].sudo().create(
            {
                "store_id": store.id,
                "kind": KIND,
                "res_model": store._name,
                "res_id": store.id,
                "record_name": self.env._("Products: %(count)s", count=len(changes)),
                "payload": {"listing_ids": list(changes)},
                "state": state,
                "attempts": 1,
                "request": request,
                "response": response,
                "done_at": fields.Datetime.now(),
            }
        )

    # === TEST ENVIRONMENT === #

    @api.model
    def _withhold(self, store):
        """Show what Production would send, once for each state of the values.

        :return: whether more may be waiting
        :rtype: bool
        """
        due = self._search_to_push(store, WITHHELD_PAGE)
        listings = due.filtered(lambda l: l.withheld_values != l._get_waiting())
        for start in range(0, len(listings), BATCH):
            batch = listings[start : start + BATCH]
            for listing in batch:
                listing.withheld_values = listing._get_waiting()
            changes = {listing.id: listing._as_change() for listing in batch}
            self._keep_history(store, changes, "withheld")
        # Until then only a listing that changes is looked at, also of those that were shown before.
        due.push_next_attempt = fields.Datetime.now() + WITHHELD_FOR
        return len(due) == WITHHELD_PAGE


class MerchantOperation(models.Model):
    """Operations of the kind ``listing_values``: the history of what listings were sent."""

    _inherit = "merchant.operation"

    kind = fields.Selection(
        selection_add=[(KIND, "Send prices and quantities")], ondelete={KIND: "cascade"}
    )

    def action_retry(self):
        """Override to send what the listings should show now, not what they should then."""
        batches = self.filtered(lambda operation: operation.kind == KIND)
        batches._check_may_send()
        for batch in batches:
            listings = self.env["merchant.listing"].browse(batch.payload["listing_ids"])
            listings.exists().action_push_again()
        others = self - batches
        return super(MerchantOperation, others).action_retry() if others else None

    @api.autovacuum
    def _gc_old_batches(self):
        """Forget what was sent or withheld after 60 days."""
        limit = fields.Datetime.now() - timedelta(days=60)
        self.search([("kind", "=", KIND), ("done_at", "<", limit)]).unlink()


class MerchantIssue(models.Model):
    _inherit = "merchant.issue"

    def _start_sync_again(self):
        """Override to send prices and quantities again where that was refused."""
        if self.code != "push_held" and (self.values or {}).get("step") != KIND:
            return super()._start_sync_again()
        # Elevated: stores belong to administrators.
        self.store_id.sudo().filtered("sending_paused_until").sending_paused_until = False
        return self.env["merchant.listing"]._wake()
