"""What the names of variations of one product have in common, and in what they differ."""

import re

# What stands between the parts of a name.
SEPARATORS = " \t,;:|/\\-\u2013\u2014\u00b7"
BRACKETS = {")": "(", "]": "[", "}": "{"}
WORD = re.compile(r"[^\W\d_][\w'\u2019-]*")


def split_names(names):
    """Split the names of variations.

    The common part is the words at the beginning and, where that leaves whole words in between,
    those at the end. ``A cup S red`` and ``A cup M red`` give ``A cup red``, ``S`` and ``M``.

    :param list[str] names: at least one
    :return: the common part, and for each name the rest, which may be empty
    :rtype: tuple[str, list[str]]
    """
    words = [name.split() for name in names]
    start = _count_common(words)
    rests = [row[start:] for row in words]
    end = _count_common_end(rests)
    common = [*words[0][:start], *(rests[0][len(rests[0]) - end :] if end else ())]
    parts = [_clean(" ".join(row[: len(row) - end])) for row in rests]
    return _clean(" ".join(common), keep_start=True), parts


def _count_common(rows):
    """Return by how many equal words all rows begin."""
    count = 0
    for words in zip(*rows, strict=False):
        if len(set(words)) > 1:
            break
        count += 1
    return count


def _count_common_end(rows):
    """Return with how many equal words all rows end that say nothing about what is before them."""
    count = 0
    for words in zip(*(reversed(row) for row in rows), strict=False):
        # A unit belongs to its number, and a bracket to what it closes.
        before = [row[len(row) - count - 2] for row in rows if len(row) > count + 1]
        is_word = len(set(words)) == 1 and WORD.fullmatch(words[0])
        if not is_word or any(word[-1].isdigit() for word in before):
            break
        count += 1
    while count and any(not _is_balanced(" ".join(row[: len(row) - count])) for row in rows):
        count -= 1
    return count


def _clean(text, keep_start=False):
    """Return a text without what separated it from others, and without brackets around it."""
    before = None
    while text != before:
        before = text
        text = text.rstrip(SEPARATORS) if keep_start else text.strip(SEPARATORS)
        if not _is_balanced(text):
            if text[-1:] in BRACKETS.values():
                text = text[:-1]
            elif not keep_start and text[:1] in BRACKETS:
                text = text[1:]
        elif not keep_start and BRACKETS.get(text[-1:]) == text[:1] and text:
            inner = text[1:-1]
            text = inner if _is_balanced(inner) else text
    return text


def _is_balanced(text):
    """Tell whether every bracket has its partner."""
    open_ones = []
    for sign in text:
        if sign in BRACKETS.values():
            open_ones.append(sign)
        elif sign in BRACKETS and (not open_ones or open_ones.pop() != BRACKETS[sign]):
            return False
    return not open_ones
