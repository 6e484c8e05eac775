from dataclasses import dataclass

from odoo import api, fields, models
from odoo.tools.misc import format_datetime

from .merchant_store import GROUP_ADMINISTRATOR


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing to do before a store works as it can.

    ``text`` is a sentence. ``page`` is the tab of the form where it is done, ``copy`` a text to be
    taken elsewhere; ``buttons`` are pairs of a method of the store and a label.
    """

    code: str
    title: str
    text: str
    is_done: bool
    page: str = ""
    copy: str = ""
    buttons: tuple = ()
    can_be_left_out: bool = True


class MerchantStore(models.Model):
    """What is left to do until a store works as it can, with the way to each place."""

    _inherit = "merchant.store"

    checklist = fields.Json(
        string="Setup", compute="_compute_checklist", groups=GROUP_ADMINISTRATOR
    )
    is_setup_open = fields.Boolean(
        string="Setup Unfinished", compute="_compute_checklist", groups=GROUP_ADMINISTRATOR
    )
    is_setup_hidden = fields.Boolean(copy=False, readonly=True, groups=GROUP_ADMINISTRATOR)
    steps_left_out = fields.Json(
        copy=False,
        readonly=True,
        groups=GROUP_ADMINISTRATOR,
        help="Codes of the steps that this store does not need.",
    )

    # === COMPUTE METHODS === #

    @api.depends("is_setup_hidden", "steps_left_out", "mode", "feed_id", "payment_journal_id")
    @api.depends_context("lang")
    def _compute_checklist(self):
        for store in self:
            if store.is_setup_hidden or not store.id:
                store.checklist = store.is_setup_open = False
                continue
            steps = store._get_checklist()
            left_out = store.steps_left_out or []
            store.is_setup_open = any(
                not step.is_done and step.code not in left_out for step in steps
            )
            store.checklist = store.is_setup_open and [
                store._prepare_step_row(step, step.code in left_out) for step in steps
            ]

    def _prepare_step_row(self, step, is_left_out):
        """Return a row of the widget ``merchant_steps``.

        :param Step step:
        :param bool is_left_out: somebody said that it is not needed
        """
        row = {"state": "done" if step.is_done else "todo", "title": step.title, "text": step.text}
        if step.is_done:
            return row
        if is_left_out:
            button = {"name": "action_take_up_step", "label": self.env._("Do It After All")}
            return row | {"state": "left", "text": "", "buttons": [self._quiet(button, step)]}
        buttons = [{"name": name, "label": label} for name, label in step.buttons]
        if step.can_be_left_out:
            button = {"name": "action_leave_out_step", "label": self.env._("Not Needed")}
            buttons.append(self._quiet(button, step))
        return row | {"page": step.page, "copy": step.copy, "buttons": buttons}

    def _quiet(self, button, step):
        return button | {"args": [step.code], "quiet": True}

    # === ACTION METHODS === #

    def action_leave_out_step(self, code):
        """Count a step of the setup as not needed.

        :param str code: of the step
        """
        self._check_administrator()
        for store in self:
            store.steps_left_out = [*(store.steps_left_out or []), code]

    def action_take_up_step(self, code):
        """Count a step of the setup as needed after all.

        :param str code: of the step
        """
        self._check_administrator()
        for store in self:
            store.steps_left_out = [c for c in store.steps_left_out or [] if c != code]

    def action_hide_checklist(self):
        """Show the checklist no more."""
        self._check_administrator()
        self.is_setup_hidden = True

    def action_show_checklist(self):
        """Show the checklist again, with the steps that were left out."""
        self._check_administrator()
        self.write({"is_setup_hidden": False, "steps_left_out": False})

    def action_make_feed(self):
        """Make a price list for this store and open it."""
        self.ensure_one()
        self._check_administrator()
        if not self.feed_id:
            self.feed_id = self.env["product.data.feed"].create(self._prepare_feed_vals())
        return self.action_open_feed()

    def action_open_matching(self):
        """Open the products of this store that wait to be matched."""
        action = self._open("garazd_merchant_center.merchant_listing_matching_action")
        action["context"] = {"search_default_to_match": 1, "search_default_group_state": 1}
        return action

    def _prepare_feed_vals(self):
        """Return the values of a price list for this store."""
        # What the marketplace has already keeps its identifier, or it would be made twice.
        return {
            "name": self.name,
            "company_id": self.company_id.id,
            "offer_id_source": "listing",
        }

    # === STEPS === #

    def _get_checklist(self):
        """Return the steps of the setup, in their order; modules add theirs.

        It is computed each time the form is shown: a few queries, nothing over the network.

        :rtype: list[Step]
        """
        self.ensure_one()
        steps = [self._get_step_sync(), self._get_step_payments(), self._get_step_feed()]
        if self.feed_id:
            steps.append(self._get_step_feed_fetched())
        return [*steps, self._get_step_matching(), self._get_step_production()]

    def _get_step_sync(self):
        is_done = bool(self.last_sync_orders_at and self.status_ids)
        return Step(
            code="sync",
            title=self.env._("First synchronization"),
            is_done=is_done,
            text=self.env._(
                "Order statuses: %(statuses)s, payment methods: %(payments)s, delivery methods: "
                "%(deliveries)s.",
                statuses=len(self.status_ids),
                payments=len(self.payment_method_ids),
                deliveries=len(self.delivery_method_ids),
            )
            if is_done
            else self.env._(
                "Statuses, payment and delivery methods, products and orders are read from the "
                "marketplace. Nothing is sent. It is best to look through the tabs below before."
            ),
            buttons=() if self.run_id else (("action_sync", self.env._("Sync")),),
            can_be_left_out=False,
        )

    def _get_step_payments(self):
        methods = self.payment_method_ids
        undecided = methods.filtered(lambda m: m.recording == "store")
        is_done = bool(self.payment_journal_id or (methods and not undecided))
        return Step(
            code="payments",
            title=self.env._("Payments"),
            is_done=is_done,
            text=self.env._("Payments of buyers are recorded in the journals you chose.")
            if is_done
            else self.env._(
                "Choose the journal in which payments of buyers are recorded, and the payment "
                "methods that are not, such as cash on delivery."
            ),
            page="payments",
        )

    def _get_step_feed(self):
        feed = self.feed_id.sudo()  # elevated: who sees the store may know how its price list is
        title = self.env._("Price list")
        if not feed:
            return Step(
                code="feed",
                title=title,
                is_done=False,
                text=self.env._(
                    "Choose the data feed of this store below, or make one: it says what you sell, "
                    "at which price and how many there are."
                ),
                buttons=(("action_make_feed", self.env._("Make a Price List")),),
            )
        is_done = bool(feed.generated_at)
        return Step(
            code="feed",
            title=title,
            is_done=is_done,
            text=self.env._(
                "%(name)s: products: %(count)s.", name=feed.name, count=feed.offer_count
            )
            if is_done
            else self.env._("Look through the data feed and press Generate there."),
            buttons=(("action_open_feed", self.env._("Open the Price List")),),
        )

    def _get_step_feed_fetched(self):
        feed = self.feed_id.sudo()  # elevated: as above; the link is for who sets the store up
        at = feed.last_fetch_at
        if at:
            text = self.env._(
                "The price list was last collected on %(date)s, by %(reader)s.",
                date=format_datetime(self.env, at, dt_format="short"),
                reader=feed.last_fetch_agent or "-",
            )
        else:
            text = self._get_adapter()._get_feed_place() or self.env._(
                "Paste this link where the marketplace imports products."
            )
        return Step(
            code="feed_fetched",
            title=self.env._("Link of the price list"),
            is_done=bool(at),
            text=text,
            copy=feed.url or "",
        )

    def _get_step_matching(self):
        groups = self.env["merchant.listing"]._read_group(
            [("store_id", "=", self.id), ("is_left_out", "=", False)], ["state"], ["__count"]
        )
        counts = dict(groups)
        waiting = counts.get("proposed", 0) + counts.get("ambiguous", 0)
        if not self.last_sync_products_at:
            text = self.env._("The products of the store have to be read first: press Sync.")
        elif waiting:
            text = self.env._(
                "Products that wait for your decision: %(waiting)s. Odoo asks which product they "
                "are.",
                waiting=waiting,
            )
        else:
            text = self.env._(
                "Matched: %(matched)s. Not in Odoo: %(unmatched)s.",
                matched=counts.get("matched", 0),
                unmatched=counts.get("unmatched", 0),
            )
        button = ("action_open_matching", self.env._("Match Products"))
        return Step(
            code="matching",
            title=self.env._("Products"),
            is_done=bool(self.last_sync_products_at) and not waiting,
            text=text,
            buttons=(button,) if waiting else (),
        )

    def _get_step_production(self):
        is_done = self.mode == "production"
        return Step(
            code="production",
            title=self.env._("Production"),
            is_done=is_done,
            text=""
            if is_done
            else self.env._(
                "Until you switch to Production nothing is sent to the marketplace. What would be "
                "sent is listed under Products > Prices and Quantities and under Operations."
            ),
            buttons=(("action_open_production", self.env._("Switch to Production")),),
        )
