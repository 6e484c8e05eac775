"""Understanding the parts of an address, one after the other and then together."""

import re

from . import address_words as words
from .address_parts import EDGE, KINDS, fold, split

_SIGNED_NUMBER = re.compile(rf"(?<!\w){words.NUMBER_SIGN}\s*(\d{{1,6}})(?!\d)")
_PLAIN_NUMBER = re.compile(r"(?<![\d.,/-])(\d{1,6})(?!\d|\s*кг)")
_NUMBER_BEFORE = re.compile(
    rf"(?<!\d)(?:{words.NUMBER_SIGN}\s*)?(\d{{1,6}})(?:\s?-?(?:[еєа]|го|те|му|ому|та|ге))?\s*$"
)
_HOUSE = re.compile(words.HOUSE)
_HOUSE_AT_END = re.compile(rf"(?<=[^\d\s№#/-])[.\s]\s*({words.HOUSE})$")
_FLAT = re.compile(r"№?\s*(\d{1,5}\w?)")
_POSTCODE_INSIDE = re.compile(r"(?<![\w№#/.-])(\d{5})(?![\w/.-])")
_CITY_FIRST = re.compile(r"[^\W\d][^\d]*\s(?:м|г|с|смт|пгт)\.?")
_LOCKER = re.compile(words.LOCKER_WORD)
#: Words beside the name of a settlement that say nothing about it.
_FILLER = re.compile(
    r"(?<!\w)(?:доставк\w*|служб\w*|перевізник\w*|перевозчик\w*|на|до|в|у|пошта|почта)(?!\w)\.?"
)
_HOUSES = ("house", "building")


class Reading:
    """What the parts of an address are. `found` holds those that are certain, by name.

    :param str text: by `tidy` of :mod:`.address_parts`
    :param str | None carrier: who carries it, where the text does not tell
    """

    def __init__(self, text, carrier=None):
        self.text = text
        self.folded = fold(text)
        self.found = {}
        self.kinds = []
        self.parts, self.brackets = split(text)
        providers = self._find_providers()
        self.has_several_providers = len(providers) > 1
        self.provider = providers.pop() if len(providers) == 1 else None
        self.is_post = (self.provider or carrier) == words.UKRPOSHTA
        read = {
            "street": self._read_street,
            "building": self._read_building,
            "apartment": self._read_apartment,
            None: self._read_plain,
        }
        for number, part in enumerate(self.parts):
            read.get(part.mark, self._read_kind)(number, part)
        self._find_settlement()
        self._find_street()
        if self.is_post and len(self.found.get("number", "")) == 5:
            # The post numbers its offices by their postcodes.
            self._note("postcode", self.found["number"])

    def _find_providers(self):
        """Return the carriers that are named; what is in brackets or beside a place is a landmark.

        :rtype: set[str]
        """
        inside, outside = set(), set()
        for match in words.PROVIDER.finditer(self.folded):
            is_landmark = words.BESIDE.search(self.folded, 0, match.start())
            is_landmark = is_landmark or any(
                start < match.start() < end for start, end in self.brackets
            )
            (inside if is_landmark else outside).add(match.lastgroup)
        return outside or inside

    def find_kind(self):
        """Return how the parcel goes; None when the words contradict each other.

        :rtype: str | None
        """
        kinds = set(self.kinds) or self._find_kinds_in_brackets()
        if len(kinds) > 1:
            # "Самовивіз з відділення": whoever fetches it there is the buyer.
            kinds.discard(words.PICKUP)
        if kinds:
            return kinds.pop() if len(kinds) == 1 else None
        if self.is_post and "postcode" in self.found:
            return words.DOOR if "apartment" in self.found else words.BRANCH
        if {"street", "building"} <= self.found.keys() and "number" not in self.found:
            return words.DOOR
        return words.UNKNOWN

    def find_place(self, whole):
        """Return what follows the settlement, when nothing stands before that.

        :param str whole: the text as it came
        :rtype: str | None
        """
        leading = []
        for part in self.parts:
            if part.role not in ("where", "settlement"):
                break
            leading.append(part)
        if not any(part.role == "settlement" for part in leading) or leading == self.parts:
            return None
        following = self.parts[len(leading)]
        return whole[following.start :].strip(EDGE + ".\n") or None

    # One part after the other

    def _read_kind(self, number, part):
        """Read a branch or parcel locker and its number, or another way to deliver."""
        kind = KINDS[part.mark]
        part.role = "kind"
        if kind in (words.BRANCH, words.LOCKER):
            kind = words.LOCKER if part.find(_LOCKER) else kind
            if "number" in self.found and self.kinds and words.DOOR not in self.kinds:
                return  # "Поштомат №7, відділення №5": the first is where it goes
            self._note("number", self._find_number(number, part))
        self.kinds.append(kind)

    def _find_number(self, number, part):
        """Return the number after the word, before it, or in the following part."""
        found = part.find(_SIGNED_NUMBER) or part.find(_PLAIN_NUMBER)
        before, after = self._get(number - 1), self._get(number + 1)
        if not found and before and not before.mark and not self._is_cut(before, part):
            found = self._take_number(before)
        if not found and after and not after.mark:
            match = _SIGNED_NUMBER.fullmatch(after.folded)
            match = match or re.fullmatch(r"(\d{1,6})", after.folded)
            if match:
                found, after.role = match[1], "number"
        return found

    def _is_cut(self, part, following):
        """Tell whether a sign stands between two parts."""
        return bool(re.search("[,;:]", self.folded[part.start : following.start]))

    def _take_number(self, part):
        """Return the number in "5 відділення" and leave the rest of its part."""
        match = _NUMBER_BEFORE.search(part.folded)
        if not match:
            return None
        part.keep(0, match.start())
        part.role = "other" if part.folded else "number"
        return match[1]

    def _read_street(self, number, part):
        part.role = "street"
        name = part.folded[part.begin :].strip(EDGE + ".")
        before = self._get(number - 1)
        if (not name or _HOUSE.fullmatch(name)) and before and before.role == "other":
            # "Хрещатик вул., 22"
            before.role = "street"
            sign = part.text[: part.begin].strip()
            self._note("street", f"{before.text} {sign}")
            self._note("building", name)
        elif name:
            match = _HOUSE_AT_END.search(part.folded)
            if match:
                self._note("building", part.text[match.start(1) :])
                part.keep(0, match.start())
            self._note("street", part.text)

    def _read_building(self, _number, part):
        part.role = "building"
        self._note("building", part.find(_HOUSE, part.begin))

    def _read_apartment(self, _number, part):
        part.role = "apartment"
        self._note("apartment", part.find(_FLAT, part.begin))

    def _read_plain(self, number, part):
        """Read a part that begins with no word that would tell what it is."""
        if part.role:
            return
        self._strip_lead(part)
        if not part.folded:
            part.role = "where"
        elif self._read_settlement(part):
            part.role = "settlement"
        elif _SIGNED_NUMBER.fullmatch(part.folded):
            self._note("number", part.find(_SIGNED_NUMBER))
            part.role = "number"
        elif _HOUSE.fullmatch(part.folded):
            part.role = "house"
            self._read_bare_number(self._get(number - 1), part)
        else:
            part.role = "other"
            if not re.search(r"\d", part.folded) and not self._get_name(part):
                part.role = "where"  # the carrier alone

    def _strip_lead(self, part):
        """Take country, postcode, region and district off the beginning, a postcode anywhere."""
        while part.folded:
            if match := words.REGION.match(part.folded):
                self._note("region", part.text[: match.end()])
            elif match := words.POSTCODE.match(part.folded):
                self._note("postcode", match[1])
            else:
                match = words.COUNTRY.match(part.folded) or words.DISTRICT.match(part.folded)
            if not match:
                break
            part.keep(match.end())
        if match := _POSTCODE_INSIDE.search(part.folded):
            self._note("postcode", match[1])
            end = part.folded[match.end() :]
            text, folded = part.text, part.folded
            part.text = (text[: match.start()] + text[match.end() :]).strip(EDGE)
            part.folded = (folded[: match.start()] + end).strip(EDGE)

    def _read_settlement(self, part):
        """Read a name beside `м.` or the like, and the region that may follow it.

        :return: whether it is one
        """
        if "settlement" in self.found:
            return False
        if _CITY_FIRST.fullmatch(part.folded):
            self._note("settlement", part.text)
            return True
        sign = words.SETTLEMENT.match(part.folded)
        if not sign:
            return False
        end = len(part.folded)
        for pattern in (words.REGION, words.DISTRICT):
            if match := pattern.search(part.folded, sign.end()):
                end = min(end, match.start())
        name = part.folded[sign.end() : end].strip(EDGE)
        if not name[:1].isalpha() or re.search(r"\d", name):
            return False
        if match := words.REGION.search(part.folded, sign.end()):
            self._note("region", part.text[match.start() : match.end()])
        self._note("settlement", part.text[:end])
        return True

    def _read_bare_number(self, before, part):
        """Read a number that stands alone: of a house, or of a flat after that."""
        role = before.role if before else ""
        if role in ("street", "other") and "building" not in self.found:
            self._note("building", part.text)
        elif role in ("street", *_HOUSES) and not {words.BRANCH, words.LOCKER} & {*self.kinds}:
            self._note("apartment", part.text)
        else:
            part.role = "note"

    # The parts together

    def _find_settlement(self):
        """Take a name without `м.` for the settlement, as long as there is only one."""
        if "settlement" not in self.found:
            names = []
            for part in self.parts:
                if part.role in ("kind", "street", "number", *_HOUSES) and names:
                    break
                if self._get_name(part):
                    names.append(part)
            if names and self._is_before_house(names[-1]) and "street" not in self.found:
                names.pop()
            if len(names) == 1:
                self._note("settlement", self._get_name(names[0]))
                names[0].role = "settlement"
        for part in self.parts:
            if part.role == "settlement" and (bracket := self._get_bracket(part)):
                self.found["settlement"] += f" {bracket}"
                if match := words.REGION.search(fold(bracket)):
                    self._note("region", bracket[match.start() : match.end()])

    def _find_street(self):
        """Take the last name before the number of a house for the street."""
        if "street" in self.found or "building" not in self.found:
            return
        for part in reversed(self.parts):
            if self._is_before_house(part) and (name := self._get_name(part)):
                self._note("street", name)
                part.role = "street"
                return

    def _is_before_house(self, part):
        following = self._get(self.parts.index(part) + 1)
        return bool(following) and following.role in _HOUSES

    def _get_name(self, part):
        """Return the name in a part that nothing else is known about; None if there is none."""
        if part.role != "other" or re.search(r"\d", part.folded):
            return None
        name, folded = part.text, part.folded
        for pattern in (words.PROVIDER, _FILLER):
            for match in reversed(list(pattern.finditer(folded))):
                name = f"{name[: match.start()]} {name[match.end() :]}"
                folded = f"{folded[: match.start()]} {folded[match.end() :]}"
        name = " ".join(name.split()).strip(EDGE + ".")
        return name if name[:1].isalpha() else None

    def _get_bracket(self, part):
        """Return what stands in brackets after a part, if it tells where a settlement is."""
        for start, end in self.brackets:
            inside = self.folded[start:end]
            is_where = words.REGION.search(inside) or words.DISTRICT.search(inside)
            if part.start < start < part.end and is_where:
                return self.text[start:end]
        return None

    def _find_kinds_in_brackets(self):
        """Return the ways to deliver that only stand in brackets."""
        marks = (
            match.lastgroup
            for start, end in self.brackets
            for match in words.MARK.finditer(self.folded, start, end)
        )
        return {KINDS[mark] for mark in marks if mark in KINDS}

    def _get(self, number):
        return self.parts[number] if 0 <= number < len(self.parts) else None

    def _note(self, name, value):
        """Keep what is found first."""
        value = " ".join(value.split()).strip(EDGE) if value else None
        if value:
            self.found.setdefault(name, value)
