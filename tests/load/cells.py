"""What can happen to which call: the rows and columns of the fault matrix."""

import re
from dataclasses import dataclass
from pathlib import Path

MODULE = Path(__file__).parents[2] / "garazd_merchant_prom"
CLIENT = MODULE / "api" / "client.py"

# Longer than the patience of the client in the matrix, which is shorter than in life.
SLOW = 0.6
PATIENCE = 0.3


@dataclass(frozen=True)
class Call:
    """A method of the client, and how it looks on the wire."""

    name: str
    method: str
    path: str
    #: The list that it reads a page of.
    records: str = ""
    is_paged: bool = False


CALLS = (
    Call("orders_list", "GET", "/orders/list", "orders", True),
    Call("order", "GET", "/orders/[0-9]*"),
    Call("orders_set_status", "POST", "/orders/set_status"),
    Call("save_declaration", "POST", "/delivery/save_declaration_id"),
    Call("products_list", "GET", "/products/list", "products", True),
    Call("product", "GET", "/products/[0-9]*"),
    Call("products_edit", "POST", "/products/edit"),
    Call("products_import_url", "POST", "/products/import_url"),
    Call("import_status", "GET", "/products/import/status/*"),
    Call("groups_list", "GET", "/groups/list", "groups", True),
    Call("payment_options_list", "GET", "/payment_options/list", "payment_options"),
    Call("delivery_options_list", "GET", "/delivery_options/list", "delivery_options"),
    Call("order_status_options_list", "GET", "/order_status_options/list", "order_status_options"),
)


@dataclass(frozen=True)
class Fault:
    """A fault of the simulator with its arguments; `refused` is a shop that does not listen."""

    title: str
    name: str
    args: tuple = ()
    #: To which calls it can happen: "any", "read", "write", "batch", "list", "paged".
    to: str = "any"
    #: Nothing in the answer shows that something is wrong.
    is_invisible: bool = False

    def can_happen_to(self, call):
        """Tell whether this can happen to a call."""
        return {
            "any": True,
            "read": call.method == "GET",
            "write": call.method == "POST",
            "batch": call.name in ("orders_set_status", "products_edit"),
            "list": bool(call.records),
            # While groups are read, none come that concern the reading.
            "paged": call.is_paged and call.records != "groups",
        }[self.to]


def _fault(title, name, to="any", *, is_invisible=False, **args):
    return Fault(title, name, tuple(args.items()), to, is_invisible)


FAULTS = (
    _fault("answer after the time-out", "latency", seconds=SLOW),
    _fault("429", "too_many_requests"),
    _fault("429, Retry-After 1 s", "too_many_requests", retry_after=1),
    _fault("429, Retry-After 1 h", "too_many_requests", retry_after=3600),
    _fault("429, Retry-After as a date", "too_many_requests", retry_after=120, http_date=True),
    _fault("500 HTML", "server_error", status=500),
    _fault("502 HTML", "server_error", status=502),
    _fault("503 HTML", "server_error", status=503),
    _fault("502, write applied", "server_error", "write", status=502, applied=True),
    _fault("connection refused", "refused"),
    _fault("connection closed at once", "refuse"),
    _fault("reset in the headers", "reset", at="headers"),
    _fault("reset in the body", "reset", at="body"),
    _fault("JSON cut, length fits", "cut_json", mode="length"),
    _fault("JSON cut, connection ends", "cut_json", mode="premature"),
    _fault("HTML with 200", "html_200"),
    _fault("HTML with 200, write applied", "html_200", "write", applied=True),
    _fault("wrong content type", "content_type"),
    _fault("empty body", "empty_body"),
    _fault("write applied, answer lost", "answer_lost", "write"),
    _fault("half a batch left out", "partial_processed", "batch"),
    _fault("half a batch not confirmed", "partial_processed", "batch", applied=True),
    _fault("list truncated", "truncated_list", "list", is_invisible=True),
    _fault("new records between pages", "page_shift", "paged", change="new"),
    _fault("changed records between pages", "page_shift", "paged", change="touch"),
    _fault("token expired", "token_expired"),
    _fault("clock an hour ahead", "clock_skew", "read", seconds=3600.0),
    _fault("clock an hour behind", "clock_skew", "read", seconds=-3600.0),
    _fault("one poisonous record", "poison_record", "read"),
)
# The malformed record that a list or a single record gets.
POISONS = {
    "orders_list": ("no_lines_null", "wrong_types", "missing_id"),
    "order": ("unreadable_money",),
    "products_list": ("product_wrong_types", "product_missing_id"),
    "product": ("product_wrong_types",),
}
OTHER_POISON = ("empty_object",)


@dataclass(frozen=True)
class Cell:
    """A fault that happens to a call: once, or until it is over."""

    call: Call
    fault: Fault
    lasts: bool
    poison: str = ""

    @property
    def title(self):
        """The cell in words."""
        words = [self.fault.title, self.poison, "until it is over" if self.lasts else "once"]
        return f"{self.call.name}: {', '.join(filter(None, words))}"

    @property
    def args(self):
        """The arguments of the fault."""
        return dict(self.fault.args) | ({"kind": self.poison} if self.poison else {})


def make_cells(call):
    """Return every cell of a call.

    :rtype: list[Cell]
    """
    return [
        Cell(call, fault, lasts, poison)
        for fault in FAULTS
        if fault.can_happen_to(call)
        for lasts in ((False, True) if _can_happen_once(call, fault) else (True,))
        for poison in _get_poisons(call, fault)
    ]


def _can_happen_once(call, fault):
    """Tell whether the fault can be over before the next call.

    A shop that does not listen and a record that is malformed in the shop stay so for a while.
    """
    in_shop = fault.name == "poison_record" and call.name in ("orders_list", "products_list")
    return fault.name != "refused" and not in_shop


def choose_cells(call):
    """Return the cells of a call in a short run, where every fault and every call occur.

    :rtype: list[Cell]
    """
    chosen = []
    for number, fault in enumerate(FAULTS):
        possible = [other for other in CALLS if fault.can_happen_to(other)]
        # In steps, so that neighbours in the table happen to different calls.
        if possible[number * 7 % len(possible)] == call:
            found = [cell for cell in make_cells(call) if cell.fault == fault]
            chosen.append(found[number % len(found)])
    return chosen


def _get_poisons(call, fault):
    return POISONS.get(call.name, OTHER_POISON) if fault.name == "poison_record" else ("",)


def get_client_methods():
    """Return the names of the client's methods that make a call, read from its source.

    :rtype: set[str]
    """
    names = re.findall(r"^    def ([a-z]\w+)\(\s*self", CLIENT.read_text(), re.MULTILINE)
    return set(names)


def get_calls_of_suite():
    """Return the methods of the client that the adapter calls, read from its source.

    :rtype: set[str]
    """
    text = "\n".join(path.read_text() for path in (MODULE / "models").glob("*.py"))
    return {name for name in get_client_methods() if re.search(rf"\.{name}\(", text)}
