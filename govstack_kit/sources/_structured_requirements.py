"""Requirements published as GovSpecs 2.0 front matter: YAML at the head of a markdown file.

The model has a level, an observability and a mutability, each with a published default. Earlier
drafts of the same model print other keys; both are read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from govstack_kit.sources import _requirement_levels as levels
from govstack_kit.sources._html import clean
from govstack_kit.sources._markdown import split_front_matter
from govstack_kit.sources._reading import SourceError, load_yaml_text
from govstack_kit.sources._requirement_chapters import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govstack_kit.sources._reading import Unplaced

_LOOKS_LIKE = re.compile(
    r"^(?:\s*-?\s*)(?:fr_id|cfr_id|requirement_level|observability_level|mutability_level)\s*:",
    re.MULTILINE,
)
_REQUIREMENTS = re.compile(r"^requirements\s*:", re.MULTILINE)
_ITEM = re.compile(r"^(\s*)-\s")
_NO_LEVEL = "no level is printed: the published default"


def looks_structured(text: str) -> bool:
    r"""Return whether a file starts with front matter that has requirements.

    Examples
    --------
    >>> looks_structured("---\nfr_id: 1\nrequirements: []\n---\n")
    True
    >>> looks_structured("---\ndescription: fr\n---\n")
    False
    """
    head = text[: text.find("\n---", 4)] if "\n---" in text[4:] else text
    return text.startswith("---\n") and bool(
        _LOOKS_LIKE.search(head) or (_REQUIREMENTS.search(head) and "level" in head)
    )


def _first(values: dict[str, Any], *keys: str) -> str:
    """Return the first of some values that is there, as text."""
    for key in keys:
        value = values.get(key)
        if value not in (None, "") and not isinstance(value, (dict, list)):
            return str(value).strip()
    return ""


def _word(value: str, allowed: tuple[str, ...], default: str) -> str:
    """Return one of the allowed words, or nothing where another one is printed."""
    if not value or levels.PLACEHOLDER.fullmatch(value):
        return default
    return value.upper() if value.upper() in allowed else ""


def _lines(front: str) -> list[int]:
    """Return the line where each requirement starts."""
    lines = front.split("\n")
    at = next((n for n, line in enumerate(lines) if line.startswith("requirements")), 0)
    found: list[int] = []
    indent = None
    for number, line in enumerate(lines[at + 1 :], start=at + 3):
        item = _ITEM.match(line)
        if item and (indent is None or item[1] == indent):
            indent = item[1]
            found.append(number)
        elif line[:1].strip() and not item:
            break
    return found


class Structured:
    """Reads the front matter of one file.

    Attributes
    ----------
    cross_cutting : bool
        Whether its requirements are cross-cutting ones.
    requirements : list of Requirement
        Those it has, with all three classifiers.
    """

    def __init__(self, text: str, file: str, unplaced: Unplaced) -> None:
        self.requirements: list[Requirement] = []
        self.cross_cutting = "cross" in file.lower()
        self._file, self._unplaced = file, unplaced
        front, _ = split_front_matter(text)
        if not front:
            unplaced.add(file, 1, text[:60], "its front matter has no end")
            return
        try:
            data = load_yaml_text(front, file)
        except SourceError as error:
            unplaced.add(file, 1, "", str(error))
            return
        if not isinstance(data, dict) or not isinstance(data.get("requirements"), list):
            unplaced.add(file, 1, "", "its front matter has no list of requirements")
            return
        self.requirements = list(self._read(data, front))

    def _read(self, data: dict[str, Any], front: str) -> Iterator[Requirement]:
        number = _first(data, "fr_id", "cfr_id", "id", "number", "slug")
        self.cross_cutting = self.cross_cutting or "cfr_id" in data or "cfr" in number.lower()
        name = _first(data, "name", "title")
        if levels.PLACEHOLDER.fullmatch(number):
            number = _first(data, "slug")
        lines = _lines(front)
        for place, values in enumerate(data["requirements"]):
            line = lines[place] if place < len(lines) else 1
            if not isinstance(values, dict):
                self._unplaced.add(self._file, line, str(values), "not a requirement with fields")
                continue
            title = _first(values, "title", "name", "statement")
            content = _first(values, "content", "description", "documentation")
            same = content.rstrip(".") == title.rstrip(".")
            text = content if same else f"{title}\n{content}".strip()
            if not text or levels.PLACEHOLDER.fullmatch(title or text):
                self._unplaced.add(self._file, line, text, "a placeholder")
                continue
            marker = self._marker(values, line, text)
            if marker:
                identifier = _first(values, "identifier", "id", "number")
                identifier = "" if levels.PLACEHOLDER.fullmatch(identifier) else identifier
                text = "\n".join(filter(None, (clean(part) for part in text.split("\n"))))
                yield Requirement(number, name, marker, identifier, text, line)

    def _marker(self, values: dict[str, Any], line: int, text: str) -> levels.Marker | None:
        level, observable, mutable = levels.DEFAULTS
        printed = _first(values, "requirement_level", "level")
        verdict = levels.judge(printed) if printed else levels.Marker(0, 0, level, _NO_LEVEL)
        if printed and not isinstance(verdict, levels.Marker):
            verdict = levels.judge(printed.upper())
        if not isinstance(verdict, levels.Marker):
            why = f"{printed!r} is no level: {', '.join(levels.LEVELS)} are"
            self._unplaced.add(self._file, line, text, why)
            return None
        words = []
        for name, allowed, default in (
            ("observability", levels.OBSERVABILITY, observable),
            ("mutability", levels.MUTABILITY, mutable),
        ):
            value = _first(values, f"{name}_level", name)
            word = _word(value, allowed, default)
            if not word:
                why = f"{value!r} is no {name}: {', '.join(allowed)} are; {default} is taken"
                self._unplaced.add(self._file, line, text, why)
            words.append(word or default)
        return levels.Marker(0, 0, verdict.level, verdict.note, *words)
