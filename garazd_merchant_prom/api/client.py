"""Prom's Public API v1, one method per call."""

from urllib.parse import quote

from . import answers, const, errors, text
from .schema_import import ImportStatus, parse_import_id
from .transport import Exchange, Request, Transport

__all__ = ["Exchange", "PromClient", "Request"]


class PromClient(Transport):
    """A shop's connection to Prom. Not to be shared between threads.

    Every method raises a subclass of :class:`.errors.PromError` and nothing else, except
    :class:`ValueError` for arguments that no call could be made of.

    :param str token: API token of the shop; blanks around it are ignored
    :param str base_url: address of the API
    :param bool read_only: refuse every write with :class:`.errors.WriteRefused`
    :param str language: `uk`, `ru` or `en`: language of labels in the answers
    :param session: a :class:`requests.Session`
    :param sleep: waits a number of seconds
    :param clock: monotonic time in seconds
    :param on_exchange: called with an :class:`Exchange` after every attempt; must not raise
    :param float budget: seconds after whose lapse a call is not tried again
    :param float min_interval: seconds between the beginnings of two attempts
    :param float timeout: seconds of silence that count as no answer
    :param take_turn: called before every attempt with `min_interval`, returns the seconds to wait;
        by default the client keeps pace with itself only, not with others that have the token
    :raises ValueError: when the address is not a plain http(s) one
    """

    # Orders

    def orders_list(
        self,
        *,
        modified_from=None,
        modified_to=None,
        date_from=None,
        date_to=None,
        status=None,
        limit=const.PAGE_LIMIT,
        last_id=None,
    ):
        """Read one page of orders, newest first: `GET /orders/list`.

        :param datetime modified_from: aware; changed at this time or later
        :param datetime modified_to: aware
        :param datetime date_from: aware; made at this time or later
        :param datetime date_to: aware
        :param str status: a status code; `received` also gives the shop's own statuses
        :param int limit: size of the page
        :param str last_id: only ids not above it; see :mod:`.paging`
        :return: the records as they came, broken ones included
        :rtype: list
        """
        params = {
            "status": status,
            "date_from": _filter(date_from),
            "date_to": _filter(date_to),
            "last_modified_from": _filter(modified_from),
            "last_modified_to": _filter(modified_to),
            "limit": limit,
            "last_id": last_id,
        }
        return self._read("/orders/list", "orders", list, params)

    def order(self, order_id):
        """Read one order: `GET /orders/{id}`.

        :rtype: dict
        :raises NotFound: when there is none
        """
        return self._read(f"/orders/{text.parse_id(order_id)}", "order", dict)

    @staticmethod
    def set_status_request(
        ids,
        status=None,
        *,
        custom_status_id=None,
        cancellation_reason=None,
        cancellation_text=None,
    ):
        """Describe a change of status without sending it: `POST /orders/set_status`.

        :param ids: orders
        :param str status: one of Prom's codes
        :param str custom_status_id: the shop's own status, instead of `status`
        :param str cancellation_reason: one of `const.CANCELLATION_REASONS`, for `canceled`
        :param str cancellation_text: for `canceled`; some reasons are refused without it
        :rtype: Request
        :raises ValueError: without orders, or with arguments that contradict each other
        """
        body = {"ids": [int(text.parse_id(order_id)) for order_id in ids]}
        if not body["ids"] or bool(status) == bool(custom_status_id):
            raise ValueError("set_status needs orders, and a status or a custom status")
        if (cancellation_reason or cancellation_text) and status != const.STATUS_CANCELED:
            raise ValueError("a cancellation reason goes with the status canceled only")
        if custom_status_id:
            body["custom_status_id"] = int(text.parse_id(custom_status_id))
        else:
            body["status"] = status
        if cancellation_reason:
            body["cancellation_reason"] = cancellation_reason
        if cancellation_text:
            body["cancellation_text"] = cancellation_text
        return Request(method="POST", path="/orders/set_status", body=body)

    def orders_set_status(self, ids, status=None, **options):
        """Change the status of orders: `POST /orders/set_status`.

        :param ids: orders
        :param str status: one of Prom's codes
        :param options: the other arguments of :meth:`set_status_request`
        :return: which orders were changed; the others may already be in that or a later state
        :rtype: Verdict
        :raises RequestRejected: when Prom refuses the call as a whole
        :raises WriteRefused: when this client only reads
        """
        ids = [text.parse_id(order_id) for order_id in ids]
        return self._write(self.set_status_request(ids, status, **options), ids)

    # Delivery

    @staticmethod
    def save_declaration_request(order_id, number, delivery_type):
        """Describe a waybill number without sending it: `POST /delivery/save_declaration_id`.

        :param str order_id: the order
        :param str number: of the waybill
        :param str delivery_type: the carrier, one of Prom's codes
        :rtype: Request
        :raises ValueError: without a number or a carrier
        """
        if not number or not delivery_type:
            raise ValueError("a waybill number goes with its carrier")
        body = {
            "order_id": int(text.parse_id(order_id)),
            "declaration_id": number,
            "delivery_type": delivery_type,
        }
        return Request(method="POST", path="/delivery/save_declaration_id", body=body)

    def save_declaration(self, order_id, number, delivery_type):
        """Tell the waybill number of an order: `POST /delivery/save_declaration_id`.

        What Prom says when all is well is not documented, so every answer without an error counts
        as accepted; whether the order has the number shows when it is read.

        :return: the answer
        :rtype: dict
        :raises RequestRejected: when Prom refuses, also when the order has a number already
        :raises WriteRefused: when this client only reads
        """
        request = self.save_declaration_request(order_id, number, delivery_type)
        data = self._request(request.method, request.path, json=request.body)
        self._raise_rejections(data, request.endpoint)
        return data

    # Catalogue

    def products_list(
        self,
        *,
        group_id=None,
        limit=const.PAGE_LIMIT,
        last_id=None,
        modified_from=None,
    ):
        """Read one page of products: `GET /products/list`.

        Without a group some shops get only the products of the root group.

        :param str group_id: only this group
        :param int limit: size of the page
        :param str last_id: only ids not above it
        :param datetime modified_from: aware; changed at this time or later
        :rtype: list
        """
        params = {
            "group_id": group_id,
            "limit": limit,
            "last_id": last_id,
            "last_modified_from": _filter(modified_from),
        }
        return self._read("/products/list", "products", list, params)

    def product(self, product_id):
        """Read one product: `GET /products/{id}`.

        :rtype: dict
        :raises NotFound: when there is none
        """
        return self._read(f"/products/{text.parse_id(product_id)}", "product", dict)

    def product_by_external_id(self, external_id):
        """Read a product by the seller's identifier: `GET /products/by_external_id/{id}`.

        :param str external_id: any text except `.` and `..`, which no address can carry
        :rtype: dict
        :raises NotFound: when there is none
        """
        if external_id in ("", ".", ".."):
            raise ValueError("not an external id that can be asked for")
        path = f"/products/by_external_id/{quote(external_id, safe='')}"
        return self._read(path, "product", dict)

    @staticmethod
    def products_edit_request(items):
        """Describe a change of products without sending it: `POST /products/edit`.

        :param items: dicts with `id`, the product's number on Prom, and any of `price`, `discount`,
            `presence`, `quantity_in_stock`
        :rtype: Request
        :raises ValueError: without items, with too many, or with fields Prom pays no attention to
        """
        items = [{**item, "id": int(text.parse_id(item["id"]))} for item in items]
        if not 0 < len(items) <= const.EDIT_LIMIT:
            raise ValueError(f"a change is about 1 to {const.EDIT_LIMIT} products")
        if unknown := set().union(*items) - const.EDIT_FIELDS:
            raise ValueError(f"not to be changed here: {', '.join(sorted(unknown))}")
        # A bare array: Prom answers anything around it with success and changes nothing.
        return Request(method="POST", path="/products/edit", body=items)

    def products_edit(self, items):
        """Change products: `POST /products/edit`.

        :param items: see :meth:`products_edit_request`
        :return: which products were changed
        :rtype: Verdict
        :raises RequestRejected: when Prom refuses the call as a whole
        :raises WriteRefused: when this client only reads
        """
        request = self.products_edit_request(items)
        return self._write(request, [str(item["id"]) for item in request.body])

    @staticmethod
    def products_import_url_request(
        url,
        *,
        updated_fields,
        force_update=False,
        only_available=False,
        mark_missing_product_as=const.MISSING_NONE,
    ):
        """Describe an import without asking for it: `POST /products/import_url`.

        :param str url: of the price list; anybody must be able to read it
        :param updated_fields: of `const.IMPORT_FIELDS`; the others stay on products that exist
        :param bool force_update: replace pictures, which also takes `images_urls` above
        :param bool only_available: pass over what is not in stock
        :param str mark_missing_product_as: of `const.MISSING_CHOICES`, for what is not in the file
        :rtype: Request
        :raises ValueError: for settings that Prom does not know
        """
        names = list(updated_fields)
        if not names or not const.IMPORT_FIELDS.issuperset(names):
            raise ValueError("an import changes one or more of the fields that Prom names")
        if mark_missing_product_as not in const.MISSING_CHOICES:
            raise ValueError("not a way to treat missing products")
        body = {
            "url": url,
            "force_update": bool(force_update),
            "only_available": bool(only_available),
            "mark_missing_product_as": mark_missing_product_as,
            "updated_fields": names,
        }
        return Request(method="POST", path="/products/import_url", body=body)

    def products_import_url(self, url, **settings):
        """Ask Prom to read a price list: `POST /products/import_url`.

        Asking twice makes two imports that run at the same time.

        :param str url: of the price list
        :param settings: the other arguments of :meth:`products_import_url_request`
        :return: the identifier of the import
        :rtype: str
        :raises RequestRejected: Prom did not begin: a limit, an import that hangs, a bad link
        :raises AnswerUnreadable: whether it has begun cannot be told from the answer
        :raises WriteRefused: when this client only reads
        """
        request = self.products_import_url_request(url, **settings)
        data = self._request(
            request.method, request.path, json=request.body, timeout=const.IMPORT_TIMEOUT
        )
        try:
            return parse_import_id(data.get("id"))
        except ValueError as err:
            self._raise_rejections(data, request.endpoint)
            # Prom refuses by giving no identifier, whatever it calls that.
            if "id" not in data and (message := answers.flatten(data.get("message"))):
                raise errors.RequestRejected(
                    {"error": message}, status=200, endpoint=request.endpoint
                ) from err
            raise errors.AnswerUnreadable(
                "no identifier of the import in the answer", status=200, endpoint=request.endpoint
            ) from err

    def import_status(self, import_id):
        """Read how far an import has come: `GET /products/import/status/{id}`.

        The first answers are wrong: success with nothing counted at once, partial success with
        nothing counted after some minutes.

        :rtype: ImportStatus
        :raises NotFound: when there is no such import
        """
        path = f"/products/import/status/{parse_import_id(import_id)}"
        data = self._request("GET", path)
        status = ImportStatus.from_json(data)
        if status.status in (None, const.IMPORT_ERROR):
            self._raise_rejections(data, f"GET {path}")
        return status

    def groups_list(self, *, limit=const.PAGE_LIMIT, last_id=None, modified_from=None):
        """Read one page of groups: `GET /groups/list`. The root group is not listed.

        :rtype: list
        """
        params = {
            "limit": limit,
            "last_id": last_id,
            "last_modified_from": _filter(modified_from),
        }
        return self._read("/groups/list", "groups", list, params)

    # Dictionaries

    def payment_options_list(self):
        """Read the shop's ways to pay: `GET /payment_options/list`.

        :rtype: list
        """
        return self._read("/payment_options/list", "payment_options", list)

    def delivery_options_list(self):
        """Read the shop's ways to deliver: `GET /delivery_options/list`.

        :rtype: list
        """
        return self._read("/delivery_options/list", "delivery_options", list)

    def order_status_options_list(self):
        """Read the statuses an order can have: `GET /order_status_options/list`.

        :rtype: list
        """
        return self._read("/order_status_options/list", "order_status_options", list)

    # Reading and writing

    def _read(self, path, key, kind, params=None):
        """Return one key of an answer that reports no error."""
        data = self._request("GET", path, params=params)
        self._raise_rejections(data, f"GET {path}")
        if not isinstance(data.get(key), kind):
            raise errors.AnswerUnreadable(
                f"no {key} in the answer", status=200, endpoint=f"GET {path}"
            )
        return data[key]

    def _write(self, request, asked):
        """Send a write about several items and judge each of them."""
        data = self._request(request.method, request.path, json=request.body)
        result = answers.verdict(data, asked)
        if not result.confirmed and not answers.rejections(data).keys() & set(asked):
            self._raise_rejections(data, request.endpoint)
        return result

    def _raise_rejections(self, data, endpoint):
        items = answers.rejections(data)
        if items:
            raise errors.RequestRejected(items, status=200, endpoint=endpoint)


def _filter(moment):
    return None if moment is None else text.format_datetime(moment)
