"""The kinds of values in a plan: what each may be, and plain sentences for what it may not.

Definitions
-----------
A *line* is text without line ends, a *name* is a line that is not empty, a *text* may have
paragraphs (see :mod:`govstack_kit.planning.text`), a *note* is a text that follows a name, without
the dash between. All of them lose control characters and keep every other character.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    ValidationInfo,
)

from govstack_kit._errors import PlanError, did_you_mean
from govstack_kit.planning.text import line, starts_with_list, tidy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LONGEST_NAME = 300  # characters
LONGEST_LINE = 2_000
LONGEST_ID = 80
LONGEST_TEXT = 30_000  # below what one cell of a spreadsheet can hold
MOST_STEPS = 2_000
MOST_ITEMS = 5_000
_T = TypeVar("_T")
_BROKEN = re.compile("[\ud800-\udfff]")  # halves of letters, which no file can hold
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters and signs of which nothing is seen
_SHOWN = 10  # problems named in a message
_LABELS = {
    "use_cases": "use case",
    "steps": "step",
    "actors": "actor",
    "targets": "target",
    "workflows": "workflow",
    "building_blocks": "building block",
    "own_words": "own word",
    "source_documents": "source document",
    "systems": "system",
    "candidates": "candidate",
    "criteria": "criterion",
    "objectives": "objective",
    "contributors": "contributor",
    "sections": "section",
    "conflicts": "conflict",
    "serves": "served building block",
    "covers": "covered building block",
    "decisions": "decision",
    "own_requirements": "own requirement",
    "answers": "answer",
    "options": "option",
    "values": "value of use case",
    "dependencies": "dependency",
    "phases": "phase",
    "projects": "project",
    "as_is": "as-is",
    "to_be": "to-be",
    "based_on": "based on",
}
_LIMITS = {  # pydantic's words for a limit, which it puts the number behind
    "Input should be greater than or equal to ": "must be at least ",
    "Input should be less than or equal to ": "must be at most ",
    "Input should be greater than ": "must be more than ",
    "Input should be less than ": "must be less than ",
}
_SENTENCES = {
    "missing": "is missing",
    "string_type": "must be text",
    "list_type": "must be a list",
    "dict_type": "must be a group of named values",
    "model_type": "must be a group of named values",
    "model_attributes_type": "must be a group of named values",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
}


def _to_text(value: object) -> object:
    """Return numbers as text, since a version typed as 1.0 is a name; leave out broken letters."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _BROKEN.sub("", value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _limit(most: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        if len(text) > most:
            raise ValueError(
                f"is too long: it has {len(text):,} characters, {most:,} are allowed. "
                "Shorten it, or put the rest into the description"
            )
        return text

    return check


def visible(text: str) -> bool:
    """Return whether a text has a character that can be seen.

    Examples
    --------
    >>> visible("No cash"), visible("-"), visible(" "), visible(chr(0x200B))
    (True, True, False, False)
    """
    return any(unicodedata.category(c)[0] in "LNSP" and c not in _BLANK for c in text)


def _filled(text: str) -> str:
    if not visible(text):
        raise ValueError("is empty: give it a name")
    return text


def most(count: int) -> AfterValidator:
    """Return a check that a list has at most `count` entries."""

    def check(items: list[Any]) -> list[Any]:
        if len(items) > count:
            raise ValueError(f"has {len(items):,} entries, {count:,} are allowed")
        return items

    return AfterValidator(check)


def distinct(what: str) -> AfterValidator:
    """Return a check that no two parts of a list have one id, whatever its case."""

    def check(parts: list[Any]) -> list[Any]:
        seen: dict[str, str] = {}
        for part in parts:
            same = seen.get(part.id.casefold())
            if same is not None:
                raise PlanError(
                    f"has two {what} with the id {part.id!r} ({same!r} and {part.name!r}): "
                    "change one of the ids"
                )
            seen[part.id.casefold()] = part.name
        return parts

    return AfterValidator(check)


def known(*values: str) -> AfterValidator:
    """Return a check that a value is one of `values`, the first of which stands for none.

    In a plan of a newer version any value passes.
    """

    def check(value: str, info: ValidationInfo) -> str:
        value = value or values[0]
        newer = isinstance(info.context, dict) and info.context.get("newer")
        if value not in values and not newer:
            raise ValueError(f"is {value[:40]!r}; allowed: {', '.join(values)}")
        return value

    return AfterValidator(check)


def _lead(text: str) -> str:
    """Return a tidy text without the dash or colon that joined it to a name; lists stay."""
    while not (starts_with_list(text) and "\n" in text):
        found = tidy(_LEAD.sub("", text))
        if found == text:
            break
        text = found
    return text


_LEAD = re.compile("^[-:;,\u2013\u2014\\s]+")
_ID = re.compile(r"[^\W_](?:[\w-]*[^\W_])?")


def is_identifier(text: str) -> bool:
    """Return whether a text can be the id of something in a plan.

    Examples
    --------
    >>> is_identifier("AGR-2"), is_identifier("two words")
    (True, False)
    """
    return len(text) <= LONGEST_ID and bool(_ID.fullmatch(text))


def _identifier(text: str) -> str:
    if not is_identifier(text):
        raise ValueError(
            f"is {text[:40]!r}: use at most 80 letters, digits and hyphens, such as school-fees"
        )
    return text


def _no_truth(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("must be a number")  # noqa: TRY004 - pydantic collects these
    return value


NUMBER = BeforeValidator(_no_truth)  # true and false are no numbers, though Python counts with them
_TEXT = BeforeValidator(_to_text)
Many = Annotated[list[_T], most(MOST_ITEMS)]
Line = Annotated[str, _TEXT, AfterValidator(line), AfterValidator(_limit(LONGEST_LINE))]
Name = Annotated[
    str, _TEXT, AfterValidator(line), AfterValidator(_limit(LONGEST_NAME)), AfterValidator(_filled)
]
Text = Annotated[str, _TEXT, AfterValidator(tidy), AfterValidator(_limit(LONGEST_TEXT))]
Note = Annotated[
    str,
    _TEXT,
    AfterValidator(tidy),
    AfterValidator(_lead),
    AfterValidator(_limit(LONGEST_TEXT)),
]
Identifier = Annotated[str, _TEXT, AfterValidator(line), AfterValidator(_identifier)]


def _place(path: tuple[int | str, ...]) -> str:
    """Return where something is in a plan, as people say it: use case 1, step 3, name."""
    parts: list[str] = []
    for part in path:
        if isinstance(part, int) and parts:
            parts[-1] = f"{parts[-1]} {part + 1}"
        else:
            parts.append(_LABELS.get(str(part), str(part).replace("_", " ")))
    return ", ".join(parts)


def sentences(error: ValidationError) -> list[str]:
    """Return what is wrong as plain sentences, one a problem."""
    found = []
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        said = problem["msg"].removeprefix("Value error, ")
        said = _SENTENCES.get(problem["type"], said)
        for printed, plain in _LIMITS.items():
            said = said.replace(printed, plain)
        place = _place(problem["loc"])
        found.append(f"{place[:1].upper()}{place[1:]} {said}." if place else f"{said}.")
    return found


def plan_error(error: ValidationError, before: str = "This cannot stand in a plan:") -> PlanError:
    """Return the error of the kit for an error of pydantic."""
    found = sentences(error)
    shown = found[:_SHOWN]
    if len(found) > _SHOWN:
        shown.append(f"And {len(found) - _SHOWN} more.")
    return PlanError(" ".join([before, *shown]), found)


def slug(text: str, *, taken: Iterable[str] = (), otherwise: str = "item") -> str:
    """Return an identifier made from a name, different from those that are taken.

    Examples
    --------
    >>> slug("École & fees"), slug("School fees", taken=["school-fees"]), slug("رسوم المدرسة")
    ('ecole-fees', 'school-fees-2', 'رسوم-المدرسة')
    """
    bare = "".join(
        c for c in unicodedata.normalize("NFKD", line(text)) if not unicodedata.combining(c)
    )
    words = re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", bare).lower()).strip("-")
    base = words[:60].strip("-") or otherwise
    known = set(taken)
    return next(
        n for k in range(1, len(known) + 3) if (n := base if k == 1 else f"{base}-{k}") not in known
    )


class Part(BaseModel):
    """Base of everything in a plan: checks what is assigned, keeps fields that it does not know."""

    model_config = ConfigDict(
        extra="allow", validate_assignment=True, allow_inf_nan=False, ser_json_inf_nan="null"
    )

    def __init__(self, **fields: Any) -> None:  # noqa: ANN401 - pydantic checks them
        try:
            super().__init__(**fields)
        except ValidationError as error:
            raise plan_error(error) from None

    # What is inside something else is built as pydantic does it, so that it can say where it is.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("_") and name not in (self.model_extra or {}):
            check_names(type(self), [name])
        try:
            super().__setattr__(name, value)
        except ValidationError as error:
            raise plan_error(error) from None


def check_names(kind: type[Part], names: Iterable[str]) -> None:
    """Raise if a part of a plan has no field of these names, so that no typing mistake is kept.

    Raises
    ------
    PlanError
        With the nearest names that there are.
    """
    for name in names:
        if name not in kind.model_fields:
            hint = (
                did_you_mean(name, kind.model_fields) or f"Fields: {', '.join(kind.model_fields)}."
            )
            raise PlanError(f"A {kind.__name__} has no field {name!r}. {hint}")
