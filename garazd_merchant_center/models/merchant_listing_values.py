import logging

from odoo import api, fields, models

from ..exceptions import get_reason
from .merchant_job import CONFLICTS

_logger = logging.getLogger(__name__)

PRESENCES = [("in_stock", "In stock"), ("on_order", "On order"), ("sold_out", "Sold out")]
# How many products are looked at together.
PAGE = 2000
# Prices and quantities that differ by less are the same.
TOLERANCE = 0.000001
# The fields that say what a listing should show.
DESIRED = (
    "desired_price",
    "desired_compare_price",
    "desired_quantity",
    "is_counted",
    "desired_presence",
)
# Of what has not changed, so many comparisons take one part each, which makes a day of those that
# are made every three hours.
SHARES = 8


class MerchantListing(models.Model):
    """What a listing should show, and what the marketplace has confirmed.

    Every value is there three times: *observed* is what was last read, *desired* what the price
    list of the store says, *confirmed* what the marketplace last confirmed, by its answer to a
    change or by a reading. What differs between desired and confirmed is still to be sent.
    """

    _inherit = "merchant.listing"

    observed_compare_price = fields.Monetary(string="Crossed-out Price on the Marketplace")

    desired_price = fields.Monetary(string="Price to Show")
    desired_compare_price = fields.Monetary(string="Crossed-out Price to Show")
    desired_quantity = fields.Float(
        string="Quantity to Show", digits="Product Unit", aggregator=False
    )
    desired_presence = fields.Selection(
        PRESENCES,
        string="Availability to Show",
        help="Empty: the product is not in the price list of the store, so Odoo leaves it alone.",
    )
    is_counted = fields.Boolean(
        string="Stock Counted", help="Without it, Odoo says nothing about the quantity."
    )
    desired_at = fields.Datetime(string="Last Changed in Odoo")
    desired_stamp = fields.Char(
        help="What the values to show depended on when they were last compared."
    )

    confirmed_price = fields.Monetary()
    confirmed_compare_price = fields.Monetary(string="Confirmed Crossed-out Price")
    has_quantity = fields.Boolean(
        string="Quantity Kept There", help="The marketplace has a quantity, not just availability."
    )
    confirmed_quantity = fields.Float(digits="Product Unit", aggregator=False)
    confirmed_presence = fields.Selection(PRESENCES, string="Confirmed Availability")
    confirmed_at = fields.Datetime(string="Last Confirmed")

    # === CRUD METHODS === #

    def write(self, vals):
        """Override to find out what a listing with another product should show."""
        result = super().write(vals)
        if "product_id" in vals:
            self.env["merchant.listing.change"]._note(self.product_id)
            self._forget_desired()
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _apply_changes(self):
        """Bring what listings should show up to date with the changes that were noted.

        :return: whether more is waiting
        :rtype: bool
        """
        product_ids, stores = self.env["merchant.listing.change"]._take(PAGE)
        runs = self.env["merchant.sync.run"].sudo()
        for store in stores.exists():
            runs |= runs._get_or_start(store, "compare")
        # A page that is just being compared has not seen the change: this makes it begin anew.
        runs.write({"next_attempt": False})
        runs._wake()
        listings = self._search_compared([("product_id", "in", list(product_ids))])
        for store, of_store in listings.grouped("store_id").items():
            of_store._try_refresh_desired(store)
        return bool(product_ids or stores)

    def _try_refresh_desired(self, store):
        """Ask the price list of a store; where it fails, no other store has to wait.

        The next comparison of everything takes up what was missed.
        """
        try:
            with self.env.cr.savepoint():
                self._refresh_desired()
        except CONFLICTS:
            raise
        except Exception as error:
            _logger.exception("The price list of store %s has no amounts", store.id)
            self.env["merchant.issue"]._report(
                store, "push_failed", reason=get_reason(error), step="values"
            )

    @api.model
    def _search_compared(self, domain, count_only=False, **options):
        """Return listings, or their number, whose store has a price list to compare them with."""
        managed = [
            ("product_id", "!=", False),
            ("store_id.active", "=", True),
            ("store_id.feed_id", "!=", False),
        ]
        if count_only:
            return self.sudo().search_count([*managed, *domain])
        return self.sudo().search([*managed, *domain], **options)

    def _refresh_desired(self, share=None):
        """Ask the price lists what these listings should show.

        :param int share: leave alone the listings that depend on nothing that has changed, but for
            this one of the ``SHARES``; without it all are asked about
        :return: the listings that should show something else than before
        """
        changed = self.browse()
        for store, rows in self._read_desired().items():
            if share is None:
                changed += self._refresh_rows(store, rows, {})
                continue
            stamps = store.feed_id._get_amounts_stamps(_get_products(self.env, rows))
            asked = [
                row
                for row in rows
                if row["desired_stamp"] != stamps.get(row["product_id"])
                or row["id"] % SHARES == share
            ]
            changed += self._refresh_rows(store, asked, stamps)
        return changed

    def _refresh_rows(self, store, rows, stamps):
        """Ask the price list of a store about rows of ``_read_desired``.

        :param dict stamps: by product id, where they are known
        :return: the listings that should show something else than before
        """
        changed = self.browse()
        now = fields.Datetime.now()
        known = [row for row in rows if row["desired_presence"]]
        amounts = store.feed_id._get_amounts(
            _get_products(self.env, rows), _get_products(self.env, known)
        )
        for row in rows:
            vals = self._prepare_desired_vals(amounts.get(row["product_id"]))
            stamp = {"desired_stamp": stamps.get(row["product_id"], False)}
            listing = self.browse(row["id"]).with_prefetch(self.ids)
            if any(_differ(row[name], value) for name, value in vals.items()):
                # What could not be sent before does not keep the new value waiting.
                listing.write(vals | stamp | {"desired_at": now, "push_next_attempt": False})
                listing._forget_answers()
                changed += listing
            elif stamps and _differ(row["desired_stamp"], stamp["desired_stamp"]):
                listing.write(stamp)
        return changed

    def _read_desired(self):
        """Read what these listings should show so far.

        Without the cache: of a whole catalogue next to nothing has changed, and records would take
        longer than all the rest.

        :return: a row per listing, by store
        :rtype: dict[merchant.store, list[dict]]
        """
        query = self._as_query()
        names = ("id", "store_id", "product_id", "desired_stamp", *DESIRED)
        columns = [self._field_to_sql(query.table, name, query) for name in names]
        stores = {}
        for values in self.env.execute_query(query.select(*columns)):
            row = dict(zip(names, values, strict=True))
            stores.setdefault(row["store_id"], []).append(row)
        return {self.env["merchant.store"].browse(id_): rows for id_, rows in stores.items()}

    def _forget_desired(self):
        """Leave these listings alone until they are compared again.

        What was said of another product, by another price list or in another currency, is not to
        be sent.
        """
        self.write(
            {
                "desired_presence": False,
                "desired_price": 0,
                "desired_compare_price": 0,
                "desired_stamp": False,
            }
        )

    @api.model
    def _prepare_desired_vals(self, amounts):
        """Return what a listing should show.

        :param Amounts | None amounts: of its product; None when the price list has nothing of it
        """
        if amounts is None:
            return {"desired_presence": False}
        vals = {
            "desired_quantity": amounts.quantity or 0,
            "is_counted": amounts.quantity is not None,
            "desired_presence": amounts.presence,
        }
        if amounts.price is not None:
            # Without a price the old one stays.
            vals["desired_price"] = amounts.price
            vals["desired_compare_price"] = amounts.compare_price
        return vals


def _get_products(env, rows):
    """Return the products of rows of ``MerchantListing._read_desired``."""
    return env["product.product"].browse({row["product_id"] for row in rows} - {None})


def _differ(old, new):
    if isinstance(new, (int, float)) and not isinstance(new, bool):
        return abs((old or 0) - new) > TOLERANCE
    return (old or False) != new
