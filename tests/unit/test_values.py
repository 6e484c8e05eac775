"""Money, numbers, times, identifiers and phones as people write them."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prom_api import text

from tests.prom_simulator.text import MONEY_FORMS, money_text

from .strategies import JSON, PROPERTY

UTC = timezone.utc
CENTS = st.integers(0, 10**11).map(lambda cents: Decimal(cents) / 100)


# Units


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("кг", "kg"),
        (" Кг. ", "kg"),
        ("м", "m"),
        ("пог. м", "m"),
        ("м.п.", "m"),
        ("погонний метр", "m"),
        ("кв.м", "m2"),
        ("м³", "m3"),
        ("гр.", "g"),
        ("шт.", None),
        ("упаковка", None),
        ("", None),
        (None, None),
    ],
)
def test_unit_is_read_in_every_form(written, unit):
    assert text.parse_unit(written) == unit


# Money


@pytest.mark.parametrize(
    ("written", "amount", "currency"),
    [
        ("1 234,50 грн", "1234.50", "UAH"),
        ("1\u00a0234,50\u00a0грн", "1234.50", "UAH"),
        ("1\u202f234\u202f567,05\u202fгрн.", "1234567.05", "UAH"),
        ("1 234.50 грн", "1234.50", "UAH"),
        ("1234,5грн", "1234.5", "UAH"),
        ("350 грн", "350", "UAH"),
        ("350 ГРН", "350", "UAH"),
        ("99 ₴", "99", "UAH"),
        ("12.30 UAH", "12.30", "UAH"),
        ("1 500 тг.", "1500", "KZT"),
        ("1 500 ₸", "1500", "KZT"),
        ("1 500,00 MDL", "1500", "MDL"),
        ("10 $", "10", "USD"),
        ("123.45", "123.45", None),
        (" 123 ", "123", None),
        ("0", "0", None),
        ("0,125 грн", "0.125", "UAH"),
        ("1 234,567", "1234.567", None),
        ("2.8600", "2.86", None),
        ("-5,00 грн", "-5", "UAH"),
        ("\u22125 грн", "-5", "UAH"),
        (150, "150", None),
        (2.86, "2.86", None),
        (0.1 + 0.2, "0.3", None),
    ],
)
def test_money_is_read_in_every_form(written, amount, currency):
    assert text.parse_money(written) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "грн",
        "за домовленістю",
        "від 100 грн",
        "100-200 грн",
        "100 грн/шт.",
        "100 злотих",
        "1 23,50",
        "12 34",
        "1  234",
        "1,234.50",
        "1.234,50",
        "1.2.3",
        "12,",
        ",5",
        "1e5",
        "NaN",
        "Infinity",
        "٣٤",
        "1" * 13,
        "0." + "1" * 30,
        True,
        None,
        [],
        {},
        float("nan"),
        float("inf"),
        1e12,
        pytest.param(10**400, id="huge"),
    ],
)
def test_what_is_no_money_is_an_error_and_never_zero(written):
    with pytest.raises(ValueError, match="."):
        text.parse_money(written)


@pytest.mark.parametrize("written", ["1,234 грн", "1.234", "12,345", "999.000 грн"])
def test_money_that_may_mean_a_thousand_or_one_is_left_to_a_person(written):
    with pytest.raises(ValueError, match="ambiguous"):
        text.parse_money(written)


@PROPERTY
@given(CENTS, st.sampled_from(sorted(MONEY_FORMS)))
def test_money_survives_being_written(amount, form):
    assert text.parse_money(money_text(amount, form))[0] == amount


@PROPERTY
@given(st.integers(0, 10**11))
def test_a_float_reads_as_what_it_was_meant_to_be(cents):
    assert text.parse_money(cents / 100)[0] == Decimal(cents) / 100


@PROPERTY
@given(JSON)
def test_any_value_is_money_or_a_value_error(value):
    try:
        amount, _currency = text.parse_money(value)
    except ValueError:
        return
    assert amount.is_finite()
    assert abs(amount) < 10**12


# Numbers


@pytest.mark.parametrize(
    ("written", "number"),
    [(2, "2"), (0.35, "0.35"), ("1,5", "1.5"), ("1.250", "1.25"), ("1 000", "1000"), ("3", "3")],
)
def test_a_quantity_is_a_number_or_text(written, number):
    assert text.parse_decimal(written) == Decimal(number)


@pytest.mark.parametrize("written", ["5 шт.", "1e3", "0x10", False, None, [1], "١"])
def test_what_is_no_number_is_an_error(written):
    with pytest.raises(ValueError, match="."):
        text.parse_decimal(written)


# Times

MOMENT = datetime(2026, 11, 3, 14, 5, 6, 789000, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-03T14:05:06.789000+00:00",
        "2026-11-03T14:05:06.789Z",
        "2026-11-03t14:05:06.789z",
        "2026-11-03T16:05:06.789+02:00",
        "2026-11-03T09:35:06.789-04:30",
        "2026-11-03T16:05:06,789+0200",
        "2026-11-03 14:05:06.7890009",
        " 2026-11-03T14:05:06.789000 ",
    ],
)
def test_a_time_is_utc_with_or_without_an_offset(written):
    assert text.parse_datetime(written) == MOMENT
    assert text.parse_datetime(written).tzinfo is UTC


@pytest.mark.parametrize(
    "written",
    [
        "",
        "учора",
        "2026-11-03",
        "03.11.2026 14:05:06",
        "2026-13-03T14:05:06",
        "2026-02-30T14:05:06",
        "2026-11-03T25:05:06",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "٢٠٢٦-11-03T14:05:06",
        1732370000,
        None,
        True,
        [],
    ],
)
def test_what_is_no_time_is_an_error(written):
    with pytest.raises(ValueError, match="."):
        text.parse_datetime(written)


OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=OFFSETS)  # noqa: DTZ001


@PROPERTY
@given(MOMENTS)
def test_times_survive_being_written(moment):
    assert text.parse_datetime(moment.isoformat()) == moment
    written = text.format_datetime(moment)
    assert len(written) == 19
    assert text.parse_datetime(written) == moment.astimezone(UTC).replace(microsecond=0)


# Identifiers


@PROPERTY
@given(st.integers(1, 2**63 - 1))
def test_an_identifier_is_text_whatever_it_was(number):
    assert text.parse_id(number) == text.parse_id(str(number)) == str(number)


@pytest.mark.parametrize(
    "value",
    [None, True, False, 0, -1, 2**63, 1.0, "", "0", "007", " 1", "1\n", "+1", "1.0", "1e3", "٣",
     "x", [], {}, [1], "9" * 30],
)  # fmt: skip
def test_what_is_no_identifier_is_an_error(value):
    with pytest.raises(ValueError, match="identifier"):
        text.parse_id(value)


# Phones


@pytest.mark.parametrize(
    "written",
    [
        "+380671234567",
        "380671234567",
        "80671234567",
        "0671234567",
        "+38 (067) 123-45-67",
        "38 067 123 45 67",
        "8 (067) 123-45-67",
        "067.123.45.67",
        "067\u00a0123\u201145\u201167",
        "+380 (0)67 123 45 67",
        "00380671234567",
        "\u202a+380671234567\u202c",
        " 0671234567\n",
    ],
)
def test_every_spelling_of_a_ukrainian_phone_is_one_number(written):
    assert text.parse_phone(written) == "+380671234567"


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("+48 501 234 567", "+48501234567"),
        ("+1 (212) 555-0100", "+12125550100"),
        ("+7 701 123 45 67", "+77011234567"),
        ("+373 60 123 456", "+37360123456"),
        ("0048501234567", "+48501234567"),
    ],
)
def test_a_foreign_phone_with_a_plus_is_kept(written, phone):
    assert text.parse_phone(written) == phone


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "немає",
        "123",
        "48501234567",
        "+38067123456",
        "+3806712345678",
        "067123456",
        "0671234567, 0501234567",
        "0671234567 Олена",
        "06712345к7",
        "++380671234567",
        "+" + "1" * 16,
        "٠٦٧١٢٣٤٥٦٧",
    ],
)
def test_an_unreadable_phone_is_none(written):
    assert text.parse_phone(written) is None


@PROPERTY
@given(
    st.text("0123456789", min_size=9, max_size=9),
    st.sampled_from(["+380", "380", "80", "0", "+38 0", "+38(0", "8-0", " 0"]),
    st.lists(st.tuples(st.integers(0, 8), st.sampled_from(" -().\u00a0")), max_size=6),
)
def test_punctuation_never_changes_a_phone(national, prefix, marks):
    digits = national
    for position, mark in marks:
        digits = digits[:position] + mark + digits[position:]
    assert text.parse_phone(prefix + digits) == f"+380{national}"


@PROPERTY
@given(st.text("+0123456789 ()-.aі", max_size=20))
def test_a_phone_is_e_164_or_none_and_stays_itself(written):
    phone = text.parse_phone(written)
    if phone is not None:
        assert phone[0] == "+"
        assert phone[1:].isdecimal()
        assert 8 <= len(phone[1:]) <= 15
        assert text.parse_phone(phone) == phone


# Digests


def test_a_digest_does_not_depend_on_the_order_of_keys():
    assert text.digest({"a": 1, "b": [{"c": "ї", "d": None}]}) == text.digest(
        {"b": [{"d": None, "c": "ї"}], "a": 1}
    )


@pytest.mark.parametrize("other", [{"a": "1"}, {"a": 2}, {"a": [1]}, {"b": 1}, {"a": 1, "b": None}])
def test_a_digest_changes_with_the_content(other):
    assert text.digest({"a": 1}) != text.digest(other)


@PROPERTY
@given(JSON)
def test_any_payload_has_a_digest(value):
    assert text.digest(value) == text.digest(value)
    assert len(text.digest(value)) == 64
