"""The level markers of requirements, as people really write them.

A *marker* is a level in brackets, in a cell of its own, on a line of its own, or in capitals at the
start or end of a line, set off by a dash, colon or full stop. Capitals count wherever the brackets
stand, lower case only at the end of a line or at its start: "(required fields must be filled)" is
prose. Inside brackets a condition may follow the level; it is kept as a note. Words that only speak
of levels are *refused*, with the reason.
"""

from __future__ import annotations

import re
from bisect import bisect
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govstack_kit.upstream.pages import Block

LEVELS = ("REQUIRED", "RECOMMENDED", "OPTIONAL", "DRAFT", "DEPRECATED")  # the strongest first
CLASSIFIERS = (  # those of GovSpecs 2.0 too: who may look, what may be changed
    *(*LEVELS, "OBSERVABLE", "AUDITABLE"),
    *("IMMUTABLE", "EXTENSIBLE", "REPLACEABLE", "INAPPLICABLE"),
)
DEFAULT = "RECOMMENDED"  # published with the GovSpecs 2.0 model
NO_LEVEL = "no level is printed: the published default"

PLACEHOLDER = re.compile(
    r"[<\[{][^>\]}]*[>\]}]\W*|(?:<[^<>]*>|[^\w<])*|(?:(?:[^\n]*\W)?lorem ipsum\b.*)|"
    r"(?:(?:tbd|tba|tbc|todo|to be (?:determined|defined|added|completed|done)|content required|"
    r"requirements?(?: (?:name|text|title|description))?(?: ?\d+)?|your text here|x+)\W*)",
    re.IGNORECASE | re.DOTALL,
)
_OTHER_WORDS = {
    **dict.fromkeys(("MUST", "MUST NOT", "SHALL", "SHALL NOT", "MANDATORY"), "REQUIRED"),
    **dict.fromkeys(("SHOULD", "SHOULD NOT"), "RECOMMENDED"),
    "MAY": "OPTIONAL",
}
_HINT = re.compile(
    r"requ|recom|optio|draft|deprec|mandat|(?-i:[AI]BLE\b)|[(\[]\s*(?:must|shall|should|may)\b",
    re.IGNORECASE,
)
_WORD = re.compile(rf"\b(?:{'|'.join(LEVELS)})\b", re.IGNORECASE)
_CAPITALS = re.compile(rf"\b(?:{'|'.join(LEVELS)})\b")
_STARTS = re.compile(
    rf"(?:(?:strongly|highly|conditionally)\s+)?(?:{'|'.join(LEVELS)}|mandatory)\b"
    r"(?P<rest>\s*(?:$|[:,;]|(?:if|for|when|where|unless|only|in case|but|except)\b))?",
    re.IGNORECASE,
)
_DENIED = re.compile(rf"\bnot\s+(?:{'|'.join(LEVELS)})\b", re.IGNORECASE)
_TO_THE_END = re.compile(r"[\s.,;:!]*(?:[(\[][^()\[\]]*[)\]][\s.,;:!]*)*$")
_SET_OFF = re.compile(r"(?:[-–—:|.;)\]]|\s{2})\s*$")  # noqa: RUF001 - dashes as published
_SEPARATOR = re.compile(r"\s*[-–—:|)\]]")  # noqa: RUF001
_BRACKETS = re.compile(r"[()\[\]]")
_UNCLOSED_END = re.compile(r"[()\[\]\n]|$")
_MENTION = "a sentence that speaks of a level, not a marker"
_SHORTEST = 4  # letters of a level that is cut off
_AROUND = 200  # characters around a level that decide whether it is a marker
_SHORT = 6  # words in brackets that may hold a level in capitals at their end


@dataclass(frozen=True, slots=True)
class Marker:
    """A level where it stands in a text; `part` is what it alone applies to, if that is said."""

    start: int
    end: int
    level: str
    note: str = ""
    part: str = ""


def stronger(levels: list[str]) -> str:
    """Return the strongest of some levels."""
    return min(levels, key=LEVELS.index)


@cache
def _near(word: str) -> str:
    """Return the level that a misspelt word means, or nothing."""
    if len(word) < _SHORTEST:
        return ""
    cut_off = [level for level in LEVELS if level.startswith(word.upper())]
    return next(iter(cut_off or get_close_matches(word.upper(), LEVELS, 1, 0.82)), "")


def _of_words(words: list[str], content: str, *, edge: bool) -> Marker | str | None:
    """Judge brackets that hold classifiers and nothing else."""
    levels = list(dict.fromkeys(word for word in words if word in LEVELS))
    capitals = any(word.isupper() and word in CLASSIFIERS for word in re.findall(r"\w+", content))
    if not capitals and (not edge or not levels or {"DRAFT", "DEPRECATED"} & set(words)):
        return _MENTION if levels else None
    if len(levels) > (2 if edge else 1):
        return "names the levels without choosing one"
    note = content if levels[1:] else ""
    if not levels:
        if not words[1:]:  # one such word in brackets may be any remark
            return None
        levels, note = [DEFAULT], NO_LEVEL
    return Marker(0, 0, stronger(levels), note)


def judge(content: str, *, edge: bool = True) -> Marker | str | None:
    """Return the marker that some brackets or a cell hold, why they hold none, or nothing.

    Parameters
    ----------
    content
        What stands between the brackets, or in the cell.
    edge
        Whether they stand at the start or end of a line.

    Examples
    --------
    >>> judge("REQUIRED for public clouds").level
    'REQUIRED'
    >>> judge("REQUIRED, RECOMMENDED or OPTIONAL")
    'names the levels without choosing one'
    >>> judge("see chapter 7") is None
    True
    """
    content = " ".join(content.strip(" .:;*_!\n\t").split())
    upper = [word for word in re.split(r"[\s,;/|+&]+", content.upper()) if word]
    words = [word for word in upper if word not in ("OR", "AND")]
    if words and all(word in CLASSIFIERS for word in words):
        return _of_words(words, content, edge=edge)
    other = _OTHER_WORDS.get(" ".join(upper), "")
    if other:
        if content.isupper() or (edge and content.lower() == "mandatory"):
            return Marker(0, 0, other, f"printed {content}")
        return _MENTION
    if len(upper) == 1 and _near(content):
        if content.isupper():
            return Marker(0, 0, _near(content), f"printed {content}")
        return "looks like a level and is not one of the words for it"
    return _of_sentence(content, len(words), edge=edge)


def _of_sentence(content: str, words: int, *, edge: bool) -> Marker | str | None:
    """Judge brackets that hold a level and more words."""
    found = [word.group() for word in _WORD.finditer(content)]
    if not found:
        return None
    if _DENIED.search(content):
        return "says what a level is not"
    starts = _STARTS.match(content)
    capitals = [word for word in found if word.isupper()]
    if capitals and (starts or (content.endswith(capitals[-1]) and words <= _SHORT)):
        return Marker(0, 0, stronger(capitals), content)
    if starts and starts["rest"] is not None and edge and not capitals:
        level = found[0].upper()
        if level not in ("DRAFT", "DEPRECATED"):
            part = content.partition(":")[2].strip()
            return Marker(0, 0, level, "" if part else content, part=part)
    return _MENTION


def _groups(text: str) -> list[tuple[int, int, str]]:
    """Return the brackets in a text, inner ones first; an unclosed one ends with its line."""
    found, pending = [], []
    for bracket in _BRACKETS.finditer(text):
        if bracket.group() in "([":
            pending.append(bracket.start())
        elif pending:
            start = pending.pop()
            found.append((start, bracket.end(), text[start + 1 : bracket.start()]))
    for start in pending:
        end = _UNCLOSED_END.search(text, start + 1)
        stop = end.start() if end else len(text)
        content = text[start + 1 : stop].strip()
        if _CAPITALS.match(content) or (content.isalpha() and content.isupper() and _near(content)):
            found.append((start, stop, content))
    return found


def _line(text: str, start: int, end: int) -> tuple[str, str]:
    """Return what stands before and after a place on its line."""
    before = text[max(0, start - _AROUND) : start].rpartition("\n")[2]
    return before, text[end : end + _AROUND].partition("\n")[0]


def markers(text: str) -> tuple[list[Marker], list[tuple[str, str]]]:
    """Return the markers in a text in order, and the level words that are none, with the reason.

    Examples
    --------
    >>> found, refused = markers("Logs are kept(REQUIRED) and signed (optional).")
    >>> [m.level for m in found]
    ['REQUIRED', 'OPTIONAL']
    >>> markers("It is RECOMMENDED to log.")[1]
    [('It is RECOMMENDED to log.', 'a sentence that speaks of a level, not a marker')]
    """
    if not _HINT.search(text):
        return [], []
    found: list[Marker] = []
    refused: list[tuple[str, str]] = []
    taken: list[tuple[int, int]] = []
    for start, end, content in _groups(text):
        if taken and start < taken[-1][0] < end:
            continue  # the brackets inside these have been read
        before, after = _line(text, start, end)
        verdict = judge(content, edge=not before.strip() or bool(_TO_THE_END.match(after)))
        if verdict is None:
            continue
        taken.append((start, end))
        if isinstance(verdict, Marker):
            found.append(replace(verdict, start=start, end=end))
        else:
            refused.append((text[max(0, start - 60) : end + 60], verdict))
    taken.sort()
    until = 0
    for word in _CAPITALS.finditer(text):
        start, end = word.span()
        place = bisect(taken, (start, len(text) + 1)) - 1
        if start < until or (place >= 0 and start < taken[place][1]):
            continue
        if marker := _bare(text, start, end):
            until = marker.end
            found.append(marker)
        else:
            refused.append((text[max(0, start - 60) : end + 60], _MENTION))
    found.sort(key=lambda marker: marker.start)
    return _raised(text, found), refused


def _bare(text: str, start: int, end: int) -> Marker | None:
    """Return the marker that a level in capitals without brackets is, if it is one."""
    before, after = _line(text, start, end)
    separated = _SEPARATOR.match(after)
    if separated and not before.strip():
        return Marker(start, end + separated.end(), text[start:end])
    closed = after.lstrip().startswith((")", "]")) or not before.strip()
    if re.fullmatch(r"[\s.;:)\]]*", after) and (closed or _SET_OFF.search(before)):
        return Marker(start, end + len(after), text[start:end])
    return None


def _raised(text: str, found: list[Marker]) -> list[Marker]:
    """Return markers with "from [A] to [B]" read as B."""
    before = text[: found[0].start].rstrip(" *") if len(found) > 1 else ""
    if before.lower().endswith("from"):
        first, second = found[:2]
        if text[first.end : second.start].strip(" *").lower() == "to":
            start = len(before) - len("from")
            return [replace(second, start=start, note=f"{first.level} before"), *found[2:]]
    return found


def without(text: str, found: list[Marker]) -> str:
    """Return a text without its markers, on clean lines.

    Examples
    --------
    >>> text = "Logs are kept (REQUIRED)."
    >>> without(text, markers(text)[0])
    'Logs are kept.'
    """
    pieces, at = [], 0
    for marker in found:
        pieces.append(text[at : marker.start])
        at = marker.end
    text = " ".join([*pieces, text[at:]])
    lines = (" ".join(line.split()) for line in text.split("\n"))
    text = "\n".join(line for line in lines if line)
    return re.sub(r"(?<=\S) +(?=[.,;:])", "", text).strip(" :-–—")  # noqa: RUF001


def parts(text: str, found: list[Marker]) -> list[tuple[Marker, str]]:
    """Return each level of a text with the part that it applies to.

    One level, also when printed twice, gives one part. Different levels give one part each where
    the text distinguishes them, each with what follows the last marker; else the stronger stands
    for the whole and the note names the others.

    Examples
    --------
    >>> text = "Show (REQUIRED) and optionally print (OPTIONAL) the receipt"
    >>> [(marker.level, part) for marker, part in parts(text, markers(text)[0])]
    [('REQUIRED', 'Show the receipt'), ('OPTIONAL', 'and optionally print the receipt')]
    """
    level = stronger([marker.level for marker in found])
    first = next(marker for marker in found if marker.level == level)
    if len({marker.level for marker in found}) == 1:
        notes = dict.fromkeys(marker.note for marker in found if marker.note)
        note = "; ".join(notes) or (f"printed {len(found)} times" if len(found) > 1 else "")
        return [(replace(first, note=note), without(text, found))]
    own = [marker for marker in found if marker.part]
    rest = [marker for marker in found if not marker.part]
    starts = [0, *(marker.end for marker in rest)]
    tail = text[starts[-1] :].lstrip(" .;,")
    split = [(m, f"{text[at : m.start]} {tail}") for m, at in zip(rest, starts, strict=False)]
    cleaned = [(m, without(part, markers(part)[0]).strip(" ;,")) for m, part in split]
    cleaned += [(marker, marker.part) for marker in own]
    if all(part for _, part in cleaned):
        noted = f"one of {len(cleaned)} levels in one item"
        return [(replace(m, note=f"{noted}; {m.note}" if m.note else noted), p) for m, p in cleaned]
    others = ", ".join(marker.level for marker in found if marker.level != level)
    return [(replace(first, note=f"also printed: {others}"), without(text, found))]


# --- levels in tables ---

_COLUMN = re.compile(
    r"must|should|\bmay\b|level|type|priorit|optional|requir|moscow", re.IGNORECASE
)
_TITLE_WORDS = 8  # of the name of a column
_LEVEL_LENGTH = 80  # of a cell that holds a level and perhaps a condition
_CELL_WORDS = 2  # of a cell that holds a level in other words, such as "Must not"


def row_levels(rows: list[Block]) -> Iterator[tuple[Block, list[Marker], list[tuple[str, str]]]]:
    """Yield each row of a table below its header, with its markers and the words that are none.

    The markers are taken out of the cells of the row.
    """
    header = next((row for row in rows[:2] if any(row.cells)), None)
    names = header.cells if header and (header.header or _is_header(header)) else ()
    for row in rows:
        if row.header or row.cells == names:
            continue
        found: list[Marker] = []
        refused: list[tuple[str, str]] = []
        rest: list[str] = []
        for place, cell in enumerate(row.cells):
            marker = _cell(cell, names[place] if place < len(names) else "")
            inside, others = ([marker], []) if marker else markers(cell)
            found += inside
            refused += others
            rest += [] if marker else [without(cell, inside)]
        row.cells = tuple(filter(None, rest)) if found else row.cells
        yield row, found, refused


def _is_header(row: Block) -> bool:
    """Return whether a row names columns, one of them that of the level."""
    cells = [cell for cell in row.cells if cell]
    short = all(len(cell.split()) <= _TITLE_WORDS for cell in cells)
    levels = any(markers(cell)[0] or _cell(cell, "level") for cell in cells)
    return short and not levels and any(_COLUMN.search(cell) for cell in cells)


def _cell(cell: str, name: str) -> Marker | None:
    """Return the level that a cell holds, in a column of that name."""
    if not cell or len(cell) > _LEVEL_LENGTH:
        return None
    verdict, words = judge(cell), len(cell.split())
    if isinstance(verdict, Marker):
        return verdict if words == 1 or cell.isupper() or _COLUMN.search(name) else None
    if words <= _CELL_WORDS and _COLUMN.search(name):
        verdict = judge(cell.upper())
    return verdict if isinstance(verdict, Marker) else None
