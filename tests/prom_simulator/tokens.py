"""API tokens with sections and an expiry date (api.md 1)."""

from dataclasses import dataclass
from datetime import datetime

#: Sections a token may hold; one per area of api.md 1.
SECTIONS = (
    "orders",
    "products",
    "groups",
    "clients",
    "messages",
    "payment",
    "delivery",
    "order_status",
    "chat",
)


@dataclass
class Token:
    """A token; `sections` None means all of them, `expires` None means never."""

    sections: frozenset[str] | None = None
    expires: datetime | None = None


class Tokens:
    """The tokens of the shop."""

    def __init__(self, clock):
        self._clock = clock
        self._tokens = {}

    def add(self, token, scopes=None, expires=None):
        """Allow a token.

        :param str token: its text.
        :param scopes: sections it may use, all when left out.
        :param datetime expires: aware moment it stops working.
        :raises ValueError: for an unknown section.
        """
        unknown = set(scopes or ()) - set(SECTIONS)
        if unknown:
            raise ValueError(f"unknown sections {sorted(unknown)}; known: {', '.join(SECTIONS)}")
        sections = None if scopes is None else frozenset(scopes)
        self._tokens[token] = Token(sections, expires)

    def revoke(self, token):
        """Make a token unknown."""
        self._tokens.pop(token, None)

    def expire(self, token):
        """Let a token expire now."""
        self._tokens[token].expires = self._clock.now()

    def allows(self, token, section):
        """Tell whether a token opens a section.

        :param str token: text from the Authorization header, may be None.
        :param str section: one of SECTIONS.
        :rtype: bool
        """
        known = self._tokens.get(token)
        if known is None or (known.expires and self._clock.now() >= known.expires):
            return False
        return known.sections is None or section in known.sections
