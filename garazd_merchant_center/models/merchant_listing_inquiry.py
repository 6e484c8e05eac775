import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..exceptions import MarketplaceError
from ..schema import Page
from .merchant_listing import PRODUCT

# So many products are asked for one by one in a page and in a run: the rest waits for the next run,
# so that a shop of any size is done in minutes.
PAGE = 20
LIMIT = 300
# Seconds after which a page ends even if it is not full.
PATIENCE = 20
# How long it is until the same is asked again: of what is there although no list shows it, of what
# does not exist, of what has not existed the last time either, and of what could not be read.
AFTER_FOUND = timedelta(days=1)
AFTER_ABSENT = timedelta(days=7)
AFTER_ABSENT_AGAIN = timedelta(days=30)
AFTER_ERROR = timedelta(days=1)
# Who is asked for first.
ORDERED, LISTED, OFFERED = 2, 1, 0


class MerchantAdapter(models.AbstractModel):
    _inherit = "merchant.adapter"

    def _get_listing_keys(self):
        """Return by what a single product can be asked for.

        :return: any of ``external_id`` and ``seller_id``; empty where the lists show everything,
            so that nothing has to be asked for
        :rtype: tuple[str]
        """
        return ()

    def _read_listing(self, store, key, reference):
        """Return one product, however well the lists hide it.

        :param str key: one of :meth:`_get_listing_keys`
        :param str reference: the identifier of that kind
        :return: the product; None when the marketplace has said that there is none; an error when
            this one cannot be understood
        :rtype: ListingData | None | MarketplaceError
        :raises MarketplaceError: whether there is one could not be found out
        """
        raise NotImplementedError

    def _read_single_listings(self, store, cursor):
        """Return what the lists do not show, one by one.

        :return: pairs of the id of a ``merchant.listing.inquiry`` and what :meth:`_read_listing`
            returns
        :rtype: Page[tuple[int, ListingData | None | MarketplaceError]]
        """
        asked = (cursor or {}).get("asked", 0)
        inquiries = self.env["merchant.listing.inquiry"]
        due = inquiries._search_due(store, limit=min(PAGE, LIMIT - asked))
        deadline = time.monotonic() + PATIENCE
        answers = []
        for inquiry in due:
            try:
                answer = self._read_listing(store, inquiry.key, inquiry.reference)
            except MarketplaceError as error:
                if not answers:
                    error.record_id = inquiry.id
                    raise
                # What has been answered is kept; the next page meets the same.
                break
            answers.append((inquiry.id, answer))
            if time.monotonic() > deadline:
                break
        asked += len(answers)
        waiting = inquiries._count_due(store) - len(answers)
        # After a page of nothing but errors the rest of them would be no better now.
        is_usable = any(not isinstance(answer, MarketplaceError) for _id, answer in answers)
        goes_on = is_usable and waiting and asked < LIMIT
        return Page(
            records=tuple(answers),
            cursor={"asked": asked} if goes_on else None,
            share=asked / min(LIMIT, asked + waiting) if asked else 0,
        )


class MerchantListing(models.Model):
    _inherit = "merchant.listing"

    absent_since = fields.Datetime(
        string="Not Found There Since",
        readonly=True,
        help="The marketplace said then that it has no such product. Nothing changes because of "
        "that; it is asked again from time to time.",
    )


class MerchantListingSighting(models.Model):
    """The products on one page of a list, kept until the list is read to its end.

    A row for each page rather than a mark on each listing: a list without changes changes no
    listing.
    """

    _name = "merchant.listing.sighting"
    _description = "Listings on a Page"

    run_id = fields.Many2one("merchant.sync.run", required=True, index=True, ondelete="cascade")
    external_ids = fields.Json(required=True)

    @api.model
    def _note(self, run, records):
        """Keep the identifiers of the products on a page.

        :param records: ``ListingData`` values or errors
        """
        ids = [data.external_id for data in records if not isinstance(data, MarketplaceError)]
        if ids:
            self.sudo().create({"run_id": run.id, "external_ids": ids})

    @api.model
    def _forget(self, run):
        """Remove what a run has seen, and what runs of its store that have ended had."""
        runs = run.search(
            [("store_id", "=", run.store_id.id), ("state", "not in", run._OPEN_STATES)]
        )
        self.sudo().search([("run_id", "in", (runs | run).ids)]).unlink()


class MerchantListingInquiry(models.Model):
    """A product that should be on the marketplace, but that no list shows.

    Lists are cut short and leave products out, so what is known otherwise is asked for one by one:
    listings of earlier readings, products that were bought, and identifiers that the price list has
    published. The answer is remembered here, so that nothing is asked for too often. A product that
    the lists do show has no inquiry.
    """

    _name = "merchant.listing.inquiry"
    _description = "Product to Ask the Marketplace For"
    _order = "priority desc, next_ask_at, id"
    _rec_name = "reference"

    store_id = fields.Many2one("merchant.store", required=True, ondelete="cascade")
    key = fields.Selection(
        selection=[
            ("external_id", "Identifier on the marketplace"),
            ("seller_id", "Own identifier"),
        ],
        required=True,
    )
    reference = fields.Char(required=True)
    priority = fields.Integer(help="Of what has never been asked for.")
    next_ask_at = fields.Datetime(required=True, default=fields.Datetime.now)
    absent_count = fields.Integer(help="How often the marketplace has said that there is none.")

    _reference_uniq = models.Constraint(
        "UNIQUE(store_id, key, reference)", "This product is asked for already."
    )
    _due_idx = models.Index("(store_id, priority DESC, next_ask_at, id)")

    # === ASKING === #

    @api.model
    def _get_due_domain(self, store):
        return [("store_id", "=", store.id), ("next_ask_at", "<=", fields.Datetime.now())]

    @api.model
    def _search_due(self, store, limit):
        """Return what a store is to be asked for now."""
        return self.sudo().search(self._get_due_domain(store), limit=limit)

    @api.model
    def _count_due(self, store):
        """Return how many a store is to be asked for now, as far as a run can go."""
        return self.sudo().search_count(self._get_due_domain(store), limit=LIMIT + PAGE)

    @api.model
    def _merge(self, store, records):
        """Keep what was answered.

        :param records: pairs of the id of an inquiry and the answer, see ``_read_listing``
        :return: the numbers of created, updated, unchanged and failed listings
        :rtype: dict[str, int]
        """
        answers = {self.sudo().browse(id_).exists(): answer for id_, answer in records}
        answers.pop(self.browse(), None)
        found = {i: a for i, a in answers.items() if a and not isinstance(a, MarketplaceError)}
        counts = self.env["merchant.listing"]._merge(store, list(found.values()))
        for inquiry, answer in answers.items():
            if inquiry in found:
                inquiry._note_found()
            elif answer is None:
                inquiry._note_absent()
            else:
                answer.values.setdefault("step", "single_listings")
                store._report_error(answer)
                counts["failed"] += 1
                inquiry._ask_after(AFTER_ERROR)
        return counts

    def _pass_over(self, error, cursor):
        """Ask for this product another day: the marketplace does not answer about it.

        :return: where the others go on
        """
        self._ask_after(AFTER_ERROR)
        return cursor

    def _ask_after(self, pause, **vals):
        self.write({"priority": 0, "next_ask_at": fields.Datetime.now() + pause, **vals})

    def _find_listing(self):
        return (
            self.env["merchant.listing"]
            .sudo()
            .search([("store_id", "=", self.store_id.id), (self.key, "=", self.reference)], limit=1)
        )

    def _note_found(self):
        """The product is there; it is asked for again because no list shows what it is like."""
        self._find_listing().filtered("absent_since").absent_since = False
        self._ask_after(AFTER_FOUND, absent_count=0)

    def _note_absent(self):
        """There is no such product. Nothing changes but that people can see it."""
        listing = self._find_listing()
        if listing and not listing.absent_since:
            listing.absent_since = fields.Datetime.now()
        pause = AFTER_ABSENT_AGAIN if self.absent_count else AFTER_ABSENT
        self._ask_after(pause, absent_count=self.absent_count + 1)

    # === GATHERING === #

    @api.model
    def _gather(self, run):
        """Find what the lists did not show, when all of them have been read in this run.

        :param run: the ``merchant.sync.run``
        """
        store = run.store_id
        keys = store._get_adapter()._get_listing_keys()
        self.env.flush_all()
        self._forget_seen(run)
        if "external_id" in keys:
            self._insert(store, "external_id", LISTED, self._get_unseen_query(run))
            self._insert(store, "external_id", LISTED, self._get_mapped_query(store))
        if "seller_id" in keys:
            self._forget_listed_offers(store)
            self._insert(store, "seller_id", OFFERED, self._get_offered_query(store))
        self.env["merchant.listing.sighting"]._forget(run)
        self.invalidate_model()

    @api.model
    def _get_seen_query(self, run):
        """Return the identifiers that the lists have shown."""
        return SQL(
            """
            SELECT DISTINCT jsonb_array_elements_text(external_ids)
              FROM merchant_listing_sighting
             WHERE run_id = %s
            """,
            run.id,
        )

    def _forget_seen(self, run):
        """Take up no more what the lists show again."""
        store, seen = run.store_id, self._get_seen_query(run)
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM merchant_listing_inquiry
                 WHERE store_id = %s AND key = 'external_id' AND reference IN (%s)
                """,
                store.id,
                seen,
            )
        )
        shown = {row[0] for row in self.env.execute_query(seen)}
        absent = self.env["merchant.listing"].sudo()
        absent = absent.search([("store_id", "=", store.id), ("absent_since", "!=", False)])
        absent.filtered(lambda listing: listing.external_id in shown).absent_since = False

    def _forget_listed_offers(self, store):
        """Take up no more what has got a listing, or what the price list does not publish."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM merchant_listing_inquiry inquiry
                 WHERE store_id = %s AND key = 'seller_id'
                   AND NOT EXISTS (SELECT FROM (%s) AS offered (reference)
                                    WHERE offered.reference = inquiry.reference)
                """,
                store.id,
                self._get_offered_query(store),
            )
        )

    @api.model
    def _get_unseen_query(self, run):
        """Return the identifiers of listings that the lists have not shown.

        No NOT IN: what does not fit into the memory of a query is then compared each with each,
        which takes hours in a large shop.
        """
        return SQL(
            "SELECT external_id FROM merchant_listing WHERE store_id = %s EXCEPT %s",
            run.store_id.id,
            self._get_seen_query(run),
        )

    @api.model
    def _get_mapped_query(self, store):
        """Return the identifiers of products that were mapped although no list has shown them."""
        return SQL(
            """
            SELECT external_id FROM merchant_mapping mapping
             WHERE store_id = %s AND model = %s
               AND NOT EXISTS (SELECT FROM merchant_listing listing
                                WHERE listing.store_id = mapping.store_id
                                  AND listing.external_id = mapping.external_id)
            """,
            store.id,
            PRODUCT,
        )

    @api.model
    def _get_offered_query(self, store):
        """Return the identifiers that the price list has published and no listing has."""
        return SQL(
            """
            SELECT offer_id FROM product_data_feed_offer offer
             WHERE feed_id = %s
               AND NOT EXISTS (SELECT FROM merchant_listing listing
                                WHERE listing.store_id = %s
                                  AND listing.seller_id = offer.offer_id)
            """,
            store.feed_id.id or 0,
            store.id,
        )

    @api.model
    def _insert(self, store, key, priority, query):
        """Add inquiries that are not there yet, in one statement: there may be many thousands.

        :param SQL query: one column of references
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO merchant_listing_inquiry
                    (store_id, key, priority, reference, next_ask_at, absent_count,
                     create_uid, write_uid, create_date, write_date)
                SELECT %s, %s, %s, reference, now() AT TIME ZONE 'UTC', 0, %s, %s, %s, %s
                  FROM (%s) AS wanted (reference)
                ON CONFLICT (store_id, key, reference) DO NOTHING
                """,
                store.id,
                key,
                priority,
                *[self.env.uid] * 2,
                *[self.env.cr.now()] * 2,
                query,
            )
        )

    @api.model
    def _ask_for_ordered(self, store, external_ids):
        """Ask for products that were bought and have no listing yet.

        :param external_ids: their identifiers on the marketplace
        """
        wanted = {ref for ref in external_ids if ref}
        if not wanted or "external_id" not in store._get_adapter()._get_listing_keys():
            return
        known = self.env["merchant.listing"].sudo()
        known = known.search_fetch(
            [("store_id", "=", store.id), ("external_id", "in", list(wanted))], ["external_id"]
        )
        if wanted := wanted - set(known.mapped("external_id")):
            query = SQL("SELECT unnest(%s::text[])", sorted(wanted))
            self._insert(store, "external_id", ORDERED, query)


class MerchantOrder(models.Model):
    _inherit = "merchant.order"

    def _understand(self):
        """Extend to ask for the products that were bought and no list shows."""
        data = super()._understand()
        self.env["merchant.listing.inquiry"]._ask_for_ordered(
            self.store_id, [line.external_id for line in data.lines]
        )
        return data
