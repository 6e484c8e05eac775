"""Addresses in the words of buyers and of Prom."""

import dataclasses
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prom_api import address_words as words
from prom_api.address import find_kind, find_provider, find_region, parse_address
from prom_api.address_parts import MAX_LENGTH, fold, tidy

from tests.prom_simulator import PromSimulator
from tests.unit.strategies import PROPERTY

CORPUS = json.loads(
    (Path(__file__).parents[1] / "samples" / "delivery_addresses.json").read_text(encoding="utf-8")
)
FIELDS = ("provider", "settlement", "region", "number", "street", "building", "apartment")
FIELDS += ("postcode", "is_contradictory")

# Pieces that mean something, in any order and beside anything.
PIECES = st.sampled_from(
    """Київ|м. |с. |обл.|Черкаська обл.|(Київська обл.)|р-н|відділення|Вiддiлення|отделение|№|№5
    |N 12|#7|поштомат|почтомат|Нова Пошта|НП|Укрпошта|Meest|Rozetka|вул. |ул. |просп. |буд. |д.
    |кв. 5|корп. 3|12/4|5-Б|01001|(до 30 кг)|(|)|«|»|,|:|;|\n|кур'єр|самовивіз|біля |8 Березня
    |Набережна|пл.|індекс|\u00a0|до|кг|İ|ß|\x00|\ud800""".replace("\n    ", "").split("|")
)
TEXTS = st.lists(PIECES | st.text(max_size=8), max_size=25).map(" ".join) | st.text(max_size=80)


def is_clear(address):
    """Tell whether a parcel can be sent by an address alone."""
    where = address.settlement or (address.provider == words.UKRPOSHTA and address.postcode)
    if address.is_contradictory or address.kind == words.UNKNOWN:
        return False
    if address.kind == words.PICKUP:
        return True
    if address.kind == words.DOOR:
        return bool(where and address.street and address.building)
    return bool(where and (address.number or address.postcode or address.street))


def test_the_corpus_is_worth_its_name():
    assert len(CORPUS) >= 60
    assert len({row["text"] for row in CORPUS}) == len(CORPUS)
    assert sum("for_a_person" in row for row in CORPUS) >= 10
    kinds = {row.get("kind", words.UNKNOWN) for row in CORPUS}
    assert kinds == {words.BRANCH, words.LOCKER, words.DOOR, words.PICKUP, words.UNKNOWN}
    assert {row["provider"] for row in CORPUS if "provider" in row} == {*words.PROVIDERS}


@pytest.mark.parametrize("row", CORPUS, ids=[row["text"] or "nothing" for row in CORPUS])
def test_corpus(row):
    address = parse_address(row["text"])
    found = {name: getattr(address, name) for name in FIELDS if getattr(address, name)}
    expected = {name: row[name] for name in FIELDS if name in row}
    assert (address.kind, found) == (row.get("kind", words.UNKNOWN), expected)
    assert is_clear(address) is not row.get("for_a_person", False)
    assert address.text == row["text"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Київ, Відділення №5: вул. Шевченка, 1", "Відділення №5: вул. Шевченка, 1"),
        (
            "с. Доброводи (Черкаська обл.), Пункт приймання-видачі (до 30 кг): вул. Миру, 5а",
            "Пункт приймання-видачі (до 30 кг): вул. Миру, 5а",
        ),
        ("Нова Пошта, м. Київ відділення 5", "відділення 5"),
        ("Україна, Київська обл., м. Ірпінь, 08200, вул. Миру, 2", "вул. Миру, 2"),
        ("вул. Миру, 2, Київ", None),
        ("Київ", None),
        ("", None),
        (None, None),
    ],
)
def test_place_is_what_follows_the_settlement(text, place):
    assert parse_address(text).place == place


@pytest.mark.parametrize("kind", ["np_branch", "np_locker", "np_point", "door", "ukrposhta"])
@pytest.mark.parametrize("seed", [1, 2])
def test_addresses_of_a_shop(kind, seed):
    shop = PromSimulator(seed=seed, orders=0)
    for _number in range(20):
        address = parse_address(shop.add_order(kind=kind)["delivery_address"])
        if kind != "ukrposhta":  # without its carrier nothing tells that it is a post office
            expected = {"np_locker": words.LOCKER, "door": words.DOOR}.get(kind, words.BRANCH)
            assert address.kind == expected, address.text
        assert address.settlement
        assert address.street
        assert address.building


@pytest.mark.parametrize(
    ("name", "provider", "kind"),
    [
        ("Нова Пошта", words.NOVA_POSHTA, words.UNKNOWN),
        ("Доставка Новою Поштою", words.NOVA_POSHTA, words.UNKNOWN),
        ("Новая почта (адресная доставка)", words.NOVA_POSHTA, words.DOOR),
        ("Нова Пошта - поштомат", words.NOVA_POSHTA, words.LOCKER),
        ("Укрпошта", words.UKRPOSHTA, words.UNKNOWN),
        ("Meest ПОШТА", words.MEEST, words.UNKNOWN),
        ("Магазини Rozetka", words.ROZETKA, words.BRANCH),
        ("Делівері", words.DELIVERY_AUTO, words.UNKNOWN),
        ("Justin", words.JUSTIN, words.UNKNOWN),
        ("Самовивіз", None, words.PICKUP),
        ("Самовывоз из магазина", None, words.PICKUP),
        ("Кур'єр по Києву", None, words.DOOR),
        ("Нова Пошта або Укрпошта", None, words.UNKNOWN),
        ("Пошта", None, words.UNKNOWN),
        (None, None, words.UNKNOWN),
    ],
)
def test_names_of_ways_to_deliver(name, provider, kind):
    assert (find_provider(name), find_kind(name)) == (provider, kind)


def test_region_in_brackets():
    assert find_region("м. Вишневе (Бучанський р-н, Київська обл.)") == "Київська обл."
    assert find_region("Київ") is None


@PROPERTY
@given(TEXTS)
def test_no_text_is_refused_or_lost(text):
    address = parse_address(text)
    assert address.text == text
    assert address == parse_address(text)
    assert address.kind in (words.BRANCH, words.LOCKER, words.DOOR, words.PICKUP, words.UNKNOWN)


@PROPERTY
@given(TEXTS)
def test_parts_are_words_of_the_text(text):
    """Nothing is made up: every word of every part stands in the text."""
    address = parse_address(text)
    known = re.split(r"\s+", tidy(text))
    for name in ("settlement", "region", "street", "building", "apartment", "number", "postcode"):
        for word in (getattr(address, name) or "").split():
            assert any(word.strip('«»"') in piece for piece in known), (name, word)
    if address.place:
        assert address.place in text


@PROPERTY
@given(TEXTS)
def test_comparing_keeps_every_sign_in_its_place(text):
    assert len(fold(tidy(text))) == len(tidy(text)) == min(len(text), MAX_LENGTH)


@PROPERTY
@given(TEXTS)
def test_blanks_and_apostrophes_make_no_difference(text):
    plain = parse_address(tidy(text))
    other = parse_address(tidy(text).replace(" ", "\u00a0").replace("'", "’"))
    for field in dataclasses.fields(plain):
        if field.name not in ("text", "place"):
            assert getattr(plain, field.name) == getattr(other, field.name)


@pytest.mark.parametrize(
    "piece", ["(", "вул. ", "№", "а ", "1 ", "Київ, ", "м. ", "обл. ", "((\u0130"]
)
def test_a_letter_instead_of_an_address_costs_no_more_than_its_beginning(piece):
    """However long a text is, only its beginning is looked at."""
    beginning = (piece * MAX_LENGTH)[:MAX_LENGTH]
    found = parse_address(beginning + piece * 200_000)
    assert dataclasses.replace(found, text="", place=None) == dataclasses.replace(
        parse_address(beginning), text="", place=None
    )
