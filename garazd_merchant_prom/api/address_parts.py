"""Cutting an address into its parts, where signs or words say that something new begins."""

import re
from dataclasses import dataclass

from . import address_words as words

#: What is longer is a letter, not an address; only this much of it is looked at.
MAX_LENGTH = 500

#: Words that begin a part -> how the parcel goes.
KINDS = {
    "courier": words.DOOR,
    "locker": words.LOCKER,
    "short": words.BRANCH,
    "branch": words.BRANCH,
    "pickup": words.PICKUP,
}
#: What does not belong to the part that it stands beside.
EDGE = ' ,;:-–—/"«»'

_SIGNS = dict.fromkeys(map(ord, "’ʼ`´ʹ′‘"), "'")
_SIGNS |= dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\t\r"), " ")
_SIGNS |= {ord("\n"): ",", 0: " "}
# Latin letters that look like Cyrillic ones, met inside Cyrillic words.
_LOOKALIKE = str.maketrans("aceiopxykmthbAEIOPCXYKMTHB", "асеіорхукмтнвАЕІОРСХУКМТНВ")
_WORD = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_SIGN = re.compile("[,;:]")


def tidy(text):
    """Return the part of a text that is looked at, with one kind of blank and apostrophe.

    Every sign keeps its place.

    :param str | None text:
    :rtype: str
    """
    return (text or "")[:MAX_LENGTH].translate(_SIGNS)


def fold(text):
    """Return a text to be compared: lower case, and Cyrillic where that is meant.

    Every sign keeps its place.

    :rtype: str
    """
    text = _WORD.sub(_unmask, text)
    # Some capitals have more than one small letter.
    return "".join(low if len(low := sign.lower()) == 1 else sign for sign in text)


def _unmask(match):
    return match[0].translate(_LOOKALIKE) if _CYRILLIC.search(match[0]) else match[0]


@dataclass
class Part:
    """A piece of an address. `mark` is the kind of word it begins with, see `words.MARK`.

    `text` is as it is written, `folded` the same to be compared, sign by sign; brackets are left
    out of both. `start` and `end` are its place in the whole. `role` is what it was taken for.
    """

    mark: str | None
    start: int
    end: int
    text: str
    folded: str
    role: str = ""

    @property
    def begin(self):
        """Where what follows the word at the beginning stands."""
        return words.MARK.match(self.folded).end() if self.mark else 0

    def find(self, pattern, start=0):
        """Return what a pattern finds, or its group, as it is written.

        :rtype: str | None
        """
        match = pattern.search(self.folded, start)
        group = 1 if pattern.groups else 0
        return self.text[match.start(group) : match.end(group)] if match else None

    def keep(self, start=0, end=None):
        """Keep only a slice of the part."""
        text, folded = self.text[start:end], self.folded[start:end]
        skipped = len(folded) - len(folded.lstrip(EDGE + "."))
        length = len(folded.rstrip(EDGE))
        self.text, self.folded = text[skipped:length], folded[skipped:length]


def split(text):
    """Cut an address.

    :param str text: by :func:`tidy`
    :return: the parts, and the places of what stands in brackets
    :rtype: tuple[list[Part], list[tuple[int, int]]]
    """
    folded = fold(text)
    brackets = list(_find_brackets(folded))
    for start, end in [*brackets, *(match.span() for match in words.WEIGHT.finditer(folded))]:
        blank = " " * (end - start)
        text = text[:start] + blank + text[end:]
        folded = folded[:start] + blank + folded[end:]
    cuts = dict.fromkeys(match.end() for match in _SIGN.finditer(folded)) | _find_marks(folded)
    positions = sorted({0, *cuts})
    parts = []
    for start, end in zip(positions, [*positions[1:], len(folded)], strict=True):
        part = Part(cuts.get(start), start, end, text, folded)
        part.keep(start, end)
        if part.folded:
            parts.append(part)
    return parts, brackets


def _find_brackets(folded):
    depth = start = 0
    for position, sign in enumerate(folded):
        if sign == "(":
            start = start if depth else position
            depth += 1
        elif sign == ")" and depth:
            depth -= 1
            if not depth:
                yield start, position + 1


def _find_marks(folded):
    """Return where a part begins with a word, and the kind of the word."""
    found, last = {}, None
    for match in words.MARK.finditer(folded):
        # A street may be called after a square or an embankment.
        is_name = last and last.lastgroup == match.lastgroup == "street"
        if is_name and not _SIGN.search(folded, last.end(), match.start()):
            continue
        if not words.BESIDE.search(folded, max(0, match.start() - 20), match.start()):
            found[match.start()] = match.lastgroup
            last = match
    return found
