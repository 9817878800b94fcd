"""The parts of a page in the use-case template, and the entries of its lists.

Definitions
-----------
A *part* is what stands below a title; in a step, a title may be a bold paragraph. An *entry* is an
item of a list, a row of a table, or a paragraph where the template has a list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from govstack_kit.planning import template
from govstack_kit.planning.text import address_of, from_tokens, line, render, runs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

DEEPEST = 3  # the level of the headings of steps; deeper ones belong to the text
_BOLD = 7  # stands for the level of a bold title


class Part(NamedTuple):
    """A titled part of a page: the level of its title and the blocks below it."""

    level: int
    title: str
    tokens: list[Token]


class Entry(NamedTuple):
    """An entry of a list: the name it starts with, where that leads, what follows, and all of it.

    The name is empty where an entry starts with neither bold words nor a link; `words` is all of
    the first line without markup, in the row of a table all but the name.
    """

    name: str
    url: str
    rest: str
    words: str
    whole: str
    below: str


def _heading(tokens: Sequence[Token], at: int) -> tuple[int, str]:
    """Return the level and text of the heading or bold paragraph at a place; level 0 for none."""
    token = tokens[at]
    if token.level or token.type not in ("heading_open", "paragraph_open"):
        return 0, ""
    runs = list(runs_of(tokens[at + 1].children or ()))
    title = line(render(runs, markup=False))
    if token.type == "heading_open":
        return int(token.tag[1]), title
    marked = [run for run in runs if run.words.strip(" :\u00a0")]
    whole = bool(marked) and all(run.bold and not run.address for run in marked)
    return (_BOLD, title) if whole else (0, "")


def parts_of(tokens: Sequence[Token], *, step: bool = False) -> list[Part]:
    """Return the parts of a page; of a step, those that the template knows."""
    found = [Part(0, "", [])]
    at = 0
    while at < len(tokens):
        level, title = _heading(tokens, at)
        known = template.part_of(title)
        if known in template.STEP_PARTS if step else 0 < level <= DEEPEST:
            found.append(Part(level, title, []))
            at += 3
        else:
            found[-1].tokens.append(tokens[at])
            at += 1
    return found


def _entry(tokens: Sequence[Token]) -> Entry | None:
    """Return the entry that blocks make; None if they are empty."""
    inline = tokens[0].type == "paragraph_open" if tokens else False
    runs = [*runs_of(tokens[1].children or ())] if inline else []
    below = from_tokens(tokens[3:] if inline else tokens)
    marked = [bool(run.bold or run.address) for run in runs]
    end = 0
    while end < len(runs) and (
        marked[end] or (not runs[end].words.strip(" /") and any(marked[end + 1 : end + 2]))
    ):
        end += 1
    head = runs[:end]
    if not (render(runs).strip() or below):
        return None
    return Entry(
        name=line(render(head, markup=False)),
        url=address_of(next((run.address for run in head if run.address), "")),
        rest=f"{render(runs[end:]).rstrip()}\n\n{below}".rstrip(),
        words=line(render(runs, markup=False)),
        whole=render(runs).strip(),
        below=below,
    )


def _row(tokens: Sequence[Token]) -> Entry | None:
    cells = [t.children or () for t in tokens if t.type == "inline"]
    words = [line(render(runs_of(cell), markup=False)) for cell in cells]
    texts = [render(runs_of(cell)).strip() for cell in cells]
    if not any(words):
        return None
    joined = " | ".join
    return Entry(words[0], "", joined(texts[1:]), joined(words[1:]), joined(texts), "")


def entries_of(tokens: Sequence[Token], *, lines: bool = False) -> tuple[list[Entry], str]:
    """Return the entries of lists and tables, and the text beside them.

    With `lines`, or where there is no list, every paragraph is an entry too.
    """
    lines = lines or not any(t.type in ("list_item_open", "tr_open") for t in tokens)
    found: list[Entry | None] = []
    beside: list[Token] = []
    at = 0
    while at < len(tokens):
        kind, end = tokens[at].type, at + 1
        if kind in ("list_item_open", "tr_open"):
            closing = kind.replace("open", "close")
            while (tokens[end].type, tokens[end].level) != (closing, tokens[at].level):
                end += 1
            inner = tokens[at + 1 : end]
            found.append(_row(inner) if kind == "tr_open" else _entry(inner))
        elif kind == "paragraph_open":
            end = at + 3
            entry = _entry(tokens[at:end])
            if lines or (entry and entry.name):
                found.append(entry)
            else:
                beside += tokens[at:end]
        elif not kind.startswith(("bullet_list", "ordered_list", "table", "thead", "tbody")):
            beside.append(tokens[at])
        at = end
    return [entry for entry in found if entry], from_tokens(beside)
