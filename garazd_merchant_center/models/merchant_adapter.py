import time

from odoo import models

from ..exceptions import MarketplaceError, NeedsUser
from ..schema import Page

# So many orders are read one by one in a page, and for so many seconds.
PAGE = 20
PATIENCE = 20


class MerchantAdapter(models.AbstractModel):
    """The contract between the base and one marketplace.

    A marketplace is an abstract model that inherits this one and is named
    ``merchant.adapter.<marketplace>``. It is the only place that talks to the marketplace; the
    base decides when, keeps what was read, and shows people what went wrong.

    Every method gets the store as a single record. Methods that read or write over the network
    raise only :class:`..exceptions.MarketplaceError` and its subclasses, hold no row locks while
    they wait and change no records. The values they hand over are those of ``..schema``.
    """

    _name = "merchant.adapter"
    _description = "Marketplace Adapter"

    # === What the marketplace is === #

    def _get_default_api_url(self):
        """Return the address of the marketplace's interface for new stores.

        :rtype: str
        """
        return ""

    def _get_order_url(self, order):
        """Return the page of an order in the seller's cabinet, or False.

        :param order: a ``merchant.order``
        :rtype: str | bool
        """
        return False

    def _get_own_status(self, kind):
        """Return the status that every store of the marketplace has for a meaning.

        :param str kind: ``accepted``, ``done`` or ``cancelled``
        :rtype: StatusData | None
        """

    def _get_cancel_reasons(self):
        """Return why a seller may cancel an order; empty when the marketplace does not ask.

        The first that needs no comment is given where a program cancels and nobody is asked: it
        says that the seller cannot deliver.

        :rtype: tuple[CancelReason]
        """
        return ()

    def _get_permissions(self):
        """Return what a token opens part by part; empty when a token opens everything.

        :rtype: tuple[Permission]
        """
        return ()

    def _get_feed_place(self):
        """Return where in the cabinet the link of a price list is entered, as a sentence.

        :rtype: str
        """
        return ""

    def _takes_tracking(self, order):
        """Tell whether the marketplace wants to know the number of this order's parcel.

        :param order: a ``merchant.order``
        :rtype: bool
        """
        return False

    # === Reading === #

    def _check_permissions(self, store):
        """Try one cheap read of each of :meth:`_get_permissions`, while a person waits.

        A part that the token does not open is a :class:`..exceptions.StoreUnavailable`; any other
        error means that it could not be found out.

        :return: by code, what came in place of an answer; None where it works
        :rtype: dict[str, MarketplaceError | None]
        :raises MarketplaceError: nothing at all could be tried
        """
        return {}

    def _check_connection(self, store):
        """Make one cheap read that fails when the token or the address is wrong.

        Called while a person waits, also with a store that is not saved yet.

        :raises StoreUnavailable: the token was rejected
        :raises RetryLater: the marketplace could not be reached
        """
        raise NotImplementedError

    # The following methods read one page of a list each. `cursor` is the one of the page before,
    # None for the first; a cursor that leads to itself is an error. A record that cannot be read
    # stands in the page as a MarketplaceError, so that it never stops the others.

    def _read_statuses(self, store, cursor):
        """Return the states that orders of this store can have.

        :rtype: Page[StatusData]
        """
        raise NotImplementedError

    def _read_payment_methods(self, store, cursor):
        """Return the ways to pay that the store offers.

        :rtype: Page[MethodData]
        """
        raise NotImplementedError

    def _read_delivery_methods(self, store, cursor):
        """Return the ways to deliver that the store offers.

        :rtype: Page[MethodData]
        """
        raise NotImplementedError

    def _read_categories(self, store, cursor):
        """Return the store's own product groups, parents in any order.

        :rtype: Page[CategoryData]
        """
        raise NotImplementedError

    def _read_listings(self, store, cursor):
        """Return the store's products. The same product may come more than once.

        :rtype: Page[ListingData | MarketplaceError]
        """
        raise NotImplementedError

    def _read_orders(self, store, cursor):
        """Return the orders changed since ``store._get_orders_since()``, whatever their status.

        :rtype: Page[RawOrder]
        """
        raise NotImplementedError

    def _read_orders_created(self, store, cursor, since, until):
        """Return the orders made in a period, whatever their status and however old.

        :param datetime since: aware
        :param datetime until: aware; the first moment that does not belong to the period
        :rtype: Page[RawOrder]
        """
        raise NotImplementedError

    def _read_requested_orders(self, store, cursor):
        """Return the orders that somebody asked to read again, one by one.

        :rtype: Page[RawOrder]
        """
        after = (cursor or {}).get("after", 0)
        orders = self.env["merchant.order"].search(
            [("store_id", "=", store.id), ("refresh_requested", "=", True), ("id", ">", after)],
            order="id",
            limit=PAGE,
        )
        deadline = time.monotonic() + PATIENCE
        records = []
        for order in orders:
            try:
                record = self._read_order(store, order.external_id)
            except MarketplaceError as error:
                if not records:
                    error.record_id = order.id
                    raise
                # What has been answered is kept; the next page begins with this one.
                break
            if not isinstance(record, MarketplaceError) and (
                record.external_id != order.external_id
            ):
                reason = self.env._("the answer is about another order")
                record = NeedsUser("request_refused", reason=reason)
            if isinstance(record, MarketplaceError):
                record.external_id = order.external_id
            records.append(record)
            if time.monotonic() > deadline:
                break
        asked = orders[: len(records)]
        return Page(records=tuple(records), cursor={"after": asked[-1].id} if asked else None)

    def _read_order(self, store, external_id):
        """Return one order as it is now, or an error when this order cannot be read.

        :rtype: RawOrder | MarketplaceError
        """
        raise NotImplementedError

    # === Understanding === #

    def _parse_order(self, store, payload):
        """Turn the payload of a :class:`RawOrder` into typed values; no network.

        :rtype: OrderData
        :raises NeedsUser: when it cannot be understood, with the place in the payload
        """
        raise NotImplementedError

    def _redact_payload(self, payload):
        """Return the payload of an order without anybody in it, to be understood all the same.

        Of what remains :meth:`_parse_order` must still tell status, products and money. Name what
        is kept rather than what is left out: the marketplace may add to its orders at any time.

        :return: None where that is not possible; such an order is not brought up to date any more
        :rtype: object
        """
        return

    def _read_feed_import(self, store, external_id):
        """Return how far an import of the price list has come. Early answers may be wrong.

        :param str external_id: what :meth:`_start_feed_import` returned
        :rtype: FeedImportData
        """
        raise NotImplementedError

    # === Writing === #

    def _get_feed_import_fields(self):
        """Return what an import can change; empty when the marketplace reads by itself only.

        :rtype: tuple[FeedImportField]
        """
        return ()

    def _get_revived_statuses(self):
        """Return the statuses of listings that an import puts on display again.

        :rtype: tuple[str]
        """
        return ()

    def _prepare_feed_import(self, store, request):
        """Return the exact request that asks to import the price list; no network.

        :param FeedImportRequest request:
        :rtype: WriteRequest
        :raises NeedsUser: when there is no such request
        """
        raise NotImplementedError

    def _start_feed_import(self, store, request):
        """Ask the marketplace to read the price list.

        :param FeedImportRequest request:
        :return: the marketplace's identifier of the import
        :rtype: str
        :raises NeedsUser: it was refused
        :raises RetryLater: it has certainly not begun
        :raises OutcomeUnknown: it may have begun
        """
        raise NotImplementedError

    def _prepare_operation(self, operation):
        """Return the exact request that carries the operation out; no network.

        The payload of the kind ``order_status`` has ``status``, the code of the new status. That
        of a cancellation also has ``reason``, a code of :meth:`_get_cancel_reasons`, and may have
        ``comment``. The payload of the kind ``tracking`` has ``number``, that of the parcel.

        :param operation: a ``merchant.operation``
        :rtype: WriteRequest
        :raises NeedsUser: when there is no such request
        """
        raise NotImplementedError

    def _prepare_listing_changes(self, store, changes):
        """Return the exact request that changes listings; no network.

        :param list[ListingChange] changes: at most a hundred
        :rtype: WriteRequest
        """
        raise NotImplementedError

    def _send_listing_changes(self, store, changes):
        """Change prices, quantities and presence of listings, and find out about each of them.

        An answer that proves nothing about one is settled by asking again alone, and by reading
        back. What the marketplace refuses must not keep the other values of a listing from going.

        :param list[ListingChange] changes: at most a hundred
        :return: outcomes by ``external_id``, and the answers for administrators
        :rtype: tuple[dict[str, ListingOutcome], object]
        :raises MarketplaceError: nothing at all could be sent
        """
        raise NotImplementedError

    def _send_operations(self, operations):
        """Carry out operations of one store and one kind.

        An answer that proves nothing is settled by reading back; an operation that ``is_uncertain``
        may have been carried out already, which is looked up first. The caller holds a lease of
        five minutes on the operations, which all have their request, and stores what comes back;
        nothing is raised for a single operation. Half a minute is enough: what is not begun by
        then has its turn later (``unsent``).

        :param operations: ``merchant.operation`` records, oldest first
        :return: one outcome per operation
        :rtype: dict[int, Outcome], keyed by the operation's id
        :raises MarketplaceError: nothing at all could be sent
        """
        raise NotImplementedError
