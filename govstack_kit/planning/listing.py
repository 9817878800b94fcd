"""Steps out of a list that somebody pastes: numbered, with bullets, or one line each."""

from __future__ import annotations

import re
from typing import NamedTuple

from govstack_kit.planning.fields import LONGEST_NAME
from govstack_kit.planning.text import line

_WORDS = "step|étape|etape|paso|passo|schritt|шаг|الخطوة|خطوة|hatua"
_DASH = "\\-\u2013\u2014"
_MARK = re.compile(
    r"(?:#{1,6} +)?(?:\*\*)?(?:"
    rf"(?:{_WORDS}) *\d{{1,3}} *(?:[.:)\u060c{_DASH}]|(?=\s)) *"  # Step 3:
    r"|\(?\d{1,3}(?:\.\d{1,3})+[.):]?(?=\s)"  # 1.1
    r"|\(?\d{1,4}(?:[.):\uff0e\u3001](?!\d)|[)\]\uff09]|(?=\t)|"  # 1. (1) 1)
    rf" +[{_DASH}](?=\s))"  # 1 -
    rf"|[*\u2022\u00b7\u25cf\u25aa\u25e6\u2023{_DASH}](?=\s)"  # bullets
    r")\s*",
    re.IGNORECASE,
)
_BULLETS = "*\u2022\u00b7\u25cf\u25aa\u25e6\u2023-\u2013\u2014"
_SHORT = 120  # characters of a name when a longer line has to be cut
_SPLIT = re.compile(r"(?:\s+[-\u2013\u2014]\s+|[:\uff1a]\s+|\t+)")


class Listed(NamedTuple):
    """A step of a list: its name, and what else the list says about it."""

    name: str
    description: str


def _cells(text: str) -> str:
    """Return text on one line, the tabs between cells kept."""
    return "\t".join(line(cell) for cell in text.strip().split("\t"))


def unmark(text: str) -> str:
    """Return a line without the number, bullet or "Step 3:" that it starts with.

    Examples
    --------
    >>> [unmark(t) for t in ("3 - Pay", "2) Pay", "Step 4: Pay", "٣. Pay", "**7 - Pay**")]
    ['Pay', 'Pay', 'Pay', 'Pay', 'Pay']
    >>> unmark("24 hours")
    '24 hours'
    """
    words = text.strip()
    found = _MARK.match(words)
    rest = words[found.end() :] if found else words
    if words.lstrip("# ").startswith("**") and rest.rstrip().endswith("**"):
        rest = rest.rstrip().removesuffix("**").removeprefix("**")
    return _cells(rest) or line(words)


def _split(text: str) -> Listed:
    """Return the name and the description in one line of a list."""
    parts = _SPLIT.split(text, maxsplit=1)
    if len(parts) == 2 and 0 < len(parts[0]) <= _SHORT:  # noqa: PLR2004 - name and rest
        return Listed(line(parts[0]), line(parts[1]))
    whole = line(text)
    if len(whole) <= LONGEST_NAME:
        return Listed(whole, "")
    cut = whole[:_SHORT].rsplit(" ", 1)[0]
    return Listed(f"{cut}…", whole)


def steps_in(text: str) -> list[Listed]:
    r"""Return the steps in a pasted list.

    Parameters
    ----------
    text
        The list. Lines without a number or bullet go on with the step above; if no line has one,
        every line is a step. ``name: what happens`` gives a name and a description.

    Returns
    -------
    list of Listed
        The steps, in their order.

    Examples
    --------
    >>> for step in steps_in("1. Apply: online or by post\n2) Check\n   at school\n\n- Pay"):
    ...     print(step.name, "|", step.description)
    Apply | online or by post
    Check | at school
    Pay |
    """
    lines = [raw for raw in text.splitlines() if line(raw)]
    marked = any(_MARK.match(raw.strip()) for raw in lines)
    if marked and line(lines[0]).endswith(":") and not _MARK.match(lines[0].strip()):
        del lines[0]  # "The steps are:"
    found: list[Listed] = []
    for raw in lines:
        mark = _MARK.match(raw.strip())
        nested = bool(marked and found and raw[0] in " \t" and mark and mark[0][0] in _BULLETS)
        if (mark or not marked or not found) and not nested:
            found.append(_split(unmark(raw)))
        else:
            item = f"- {line(unmark(raw))}" if nested else line(raw)
            found[-1] = Listed(found[-1].name, f"{found[-1].description}\n{item}".strip())
    return [step for step in found if step.name]
