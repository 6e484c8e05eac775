"""Reading money texts in tests: an independent reader of the forms in api.md section 4."""

import re
from decimal import Decimal

FORMS = re.compile(
    r"(-?\d{1,3}(?:[ \u00a0\u202f]\d{3})*|-?\d+)(?:[.,](\d{2}))?(?:[ \u00a0\u202f](грн|₸))?"
)


def read_money(text):
    """Return the amount of a money text.

    :rtype: Decimal
    """
    match = FORMS.fullmatch(text)
    assert match, text
    whole = re.sub(r"[ \u00a0\u202f]", "", match[1])
    return Decimal(f"{whole}.{match[2] or '00'}")
