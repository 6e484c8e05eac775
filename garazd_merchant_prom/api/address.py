"""A delivery address that a buyer or Prom's pages put into words.

:func:`parse_address` never raises and never loses a word: what it cannot place stays in the text,
and what it is not sure of stays empty, so that a person looks.
"""

from dataclasses import dataclass

from . import address_words as words
from .address_parts import KINDS, fold, tidy
from .address_reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address in parts. `text` is the whole of it, as it came.

    `provider` is a carrier and `kind` a way to deliver, see :mod:`.address_words`. `settlement`
    keeps what stands in brackets after its name; `region` is one of it. `number` is that of the
    branch or parcel locker, and `street` and `building` are then where that stands. `place` is
    what follows the settlement. `is_contradictory`: it names two carriers, or two ways to deliver.
    """

    text: str
    provider: str | None = None
    kind: str = words.UNKNOWN
    settlement: str | None = None
    region: str | None = None
    number: str | None = None
    street: str | None = None
    building: str | None = None
    apartment: str | None = None
    postcode: str | None = None
    place: str | None = None
    is_contradictory: bool = False


def parse_address(text, carrier=None):
    """Read an address in Ukrainian or Russian.

    :param str | None text: as it came
    :param str | None carrier: who carries it, where the address does not tell
    :rtype: Address
    """
    reading = Reading(tidy(text), carrier)
    kind = reading.find_kind()
    return Address(
        text=text or "",
        provider=reading.provider,
        kind=kind or words.UNKNOWN,
        place=reading.find_place(text or ""),
        is_contradictory=reading.has_several_providers or kind is None,
        **reading.found,
    )


def find_provider(text):
    """Return the carrier that a text names; None for none, or for several.

    :param str | None text: an address, or the name of a way to deliver
    :rtype: str | None
    """
    found = {match.lastgroup for match in words.PROVIDER.finditer(fold(tidy(text)))}
    return found.pop() if len(found) == 1 else None


def find_kind(text):
    """Return how a parcel goes by the name of a way to deliver.

    :param str | None text:
    :rtype: str
    """
    marks = {match.lastgroup for match in words.MARK.finditer(fold(tidy(text)))}
    found = {KINDS[mark] for mark in marks & KINDS.keys()}
    return found.pop() if len(found) == 1 else words.UNKNOWN


def find_region(text):
    """Return the region that a text names, usually in brackets after a settlement.

    :param str | None text: `м. Вишневе (Бучанський р-н, Київська обл.)`
    :rtype: str | None
    """
    text = tidy(text)
    match = words.REGION.search(fold(text))
    return text[match.start() : match.end()] if match else None
