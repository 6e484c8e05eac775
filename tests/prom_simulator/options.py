"""Switches of the simulator: everything api.md section 17 leaves open is decided here."""

from dataclasses import dataclass, fields
from typing import ClassVar


@dataclass
class Options:
    """Behaviour of the simulated shop; every field is a keyword of `PromSimulator`."""

    #: Number of generated orders and products.
    orders: int = 40
    products: int = 60

    # Paging (api.md 2)
    #: `last_id` returns the record with that very id again.
    last_id_inclusive: bool = True
    default_limit: int = 20
    max_limit: int = 100
    #: What a larger `limit` gives: "clamp" to the maximum or an "error".
    limit_over_max: str = "clamp"
    #: Meaning of `last_id` together with `sort_dir=asc`: ids "not_below" or "not_above" it.
    asc_last_id: str = "not_below"

    # Lists (api.md 6, 9, 12)
    #: `/products/list` without `group_id`: "all" products or those of the "root" group only.
    list_without_group: str = "all"
    #: How many of the generated products are in no list, although they can be read alone.
    hidden_products: int = 0
    #: Filter `status=custom-<n>`: "error", "works" or "empty".
    custom_status_filter: str = "error"
    #: Filter `status=cancelled`: "works" like `canceled`, or "error".
    cancelled_filter: str = "works"
    #: `GET /orders/{id}` of an unknown order: HTML "404" or a JSON "error" with HTTP 200.
    unknown_order: str = "404"
    #: Names of products and lines follow X-LANGUAGE, not only `status_name`.
    names_by_language: bool = True

    # Writes (api.md 7, 8, 10)
    #: One order or product that is refused: "items" tells it by its id; "call" refuses all of them
    #: with one `error`; "rest" stops there, with one `error` for all that was not done.
    batch_refusal: str = "items"
    #: An order in `paid` may move to a status of the shop.
    custom_after_paid: bool = True
    #: A second waybill number replaces the first one instead of "already added".
    declaration_overwrite: bool = False
    #: A second waybill number is answered like the first one, and forgotten.
    declaration_ignored: bool = False
    #: The order shows a waybill number that was accepted.
    declaration_shown: bool = True
    #: What an accepted waybill number is answered with: "status", "empty" or "ids".
    declaration_answer: str = "status"
    #: Values of `delivery_type`; clients name these four.
    declaration_types: tuple[str, ...] = ("nova_poshta", "ukrposhta", "justin", "meest")
    #: Editing `presence` of a variation is refused.
    variation_refuses_presence: bool = True
    max_edit_items: int = 100
    #: A product set to `deleted` through the API stays "listed" or is "gone" (404).
    deleted_products: str = "listed"
    #: Statuses that `set_status` accepts (live findings, not the documented set).
    settable_statuses: tuple[str, ...] = ("received", "delivered", "canceled", "paid")

    # Money (api.md 4)
    #: With a special offer: "price_after" = `price` is after the discount and equals
    #: `price_with_special_offer`; "price_before" = `price` is the sum of the lines and only
    #: `price_with_special_offer` is after the discount.
    special_offer_relation: str = "price_after"

    # Import (api.md 11)
    #: Really fetch feeds and pictures, from 127.0.0.1 and localhost only.
    import_fetch: bool = False
    #: Polls answered with SUCCESS and zeros, then with PARTIAL and zeros.
    import_early_success: int = 1
    import_partial: int = 1
    #: Accepted imports before "daily limit"; None = no limit.
    import_daily_limit: int | None = None
    #: Meaning of `available="false"` in a feed: "order" or "not_available" (feed.md 4).
    feed_false_means: str = "order"
    #: `name_ua` counts only with `description_ua` and the other way round (feed.md 5).
    feed_ua_needs_description: bool = True

    # The portal's sections as files (categories.md 2)
    #: Number of sections; those that products are in are always there.
    sections: int = 60
    #: Language of the names, "uk" or "ru", as of the cabinet.
    sections_language: str = "uk"
    #: A row of column names in the sheet.
    sections_header: bool = True
    #: The addresses answer without a login; else with the page for logging in.
    sections_public: bool = True

    # Chat (api.md 14)
    chat_enabled: bool = True

    #: Company that owns the token.
    company_id: int = 3154871

    _CHOICES: ClassVar = {
        "limit_over_max": ("clamp", "error"),
        "asc_last_id": ("not_below", "not_above"),
        "list_without_group": ("all", "root"),
        "custom_status_filter": ("error", "works", "empty"),
        "cancelled_filter": ("works", "error"),
        "unknown_order": ("404", "error"),
        "batch_refusal": ("items", "call", "rest"),
        "deleted_products": ("listed", "gone"),
        "declaration_answer": ("status", "empty", "ids"),
        "special_offer_relation": ("price_after", "price_before"),
        "sections_language": ("uk", "ru"),
        "feed_false_means": ("order", "not_available"),
    }

    def __post_init__(self):
        for name, allowed in self._CHOICES.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"option {name} must be one of {', '.join(allowed)}")

    @classmethod
    def names(cls):
        """Return the names of all options.

        :rtype: list[str]
        """
        return [field.name for field in fields(cls)]
