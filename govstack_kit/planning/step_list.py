"""Steps out of a list that somebody pastes: numbered, with bullets, or one line each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from govstack_kit.errors import ArgumentError, expected
from govstack_kit.words import clean

if TYPE_CHECKING:
    from govstack_kit.planning.plan import Plan

MOST = 2_000  # steps of a use case
_WORDS = "step|étape|etape|paso|passo|schritt|шаг|الخطوة|خطوة|hatua"
_DASH = "\\-\u2013\u2014"
_BULLETS = "*\u2022\u00b7\u25cf\u25aa\u25e6\u2023-\u2013\u2014"
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
_SPLIT = re.compile(r"(?:\s+[-\u2013\u2014]\s+|[:\uff1a]\s+|\t+)")
_LONGEST, _SHORT = 300, 120  # characters of a name, and of one that was cut out of a longer line


class Listed(NamedTuple):
    """A step of a list: its name, and what else the list says about it."""

    name: str
    description: str


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
    rest = words[found.end() :].strip() if found else words
    if words.lstrip("# ").startswith("**") and rest.endswith("**"):
        rest = rest.removesuffix("**").removeprefix("**")
    return "\t".join(clean(cell) for cell in rest.split("\t")) or clean(words)


def _split(text: str) -> Listed:
    """Return the name and the description in one line of a list."""
    name, *rest = _SPLIT.split(text, maxsplit=1)
    if rest and 0 < len(name) <= _SHORT:
        return Listed(clean(name), clean(rest[0]))
    whole = clean(text)
    if len(whole) <= _LONGEST:
        return Listed(whole, "")
    return Listed(f"{whole[:_SHORT].rsplit(' ', 1)[0]}…", whole)


def steps_in(text: str) -> list[Listed]:
    r"""Return the steps in a pasted list.

    Parameters
    ----------
    text
        The list. Lines without a number or bullet go on with the step above; if no line has one,
        every line is a step. ``name: what happens`` gives a name and a description.

    Examples
    --------
    >>> for step in steps_in("1. Apply: online or by post\n2) Check\n   at school\n\n- Pay"):
    ...     print(step.name, "|", step.description)
    Apply | online or by post
    Check | at school
    Pay |
    """
    lines = [line for line in text.splitlines() if clean(line)]
    marked = any(_MARK.match(line.strip()) for line in lines)
    if marked and clean(lines[0]).endswith(":") and not _MARK.match(lines[0].strip()):
        del lines[0]  # "The steps are:"
    found: list[Listed] = []
    for line in lines:
        mark = _MARK.match(line.strip())
        nested = mark and found and line[0] in " \t" and mark[0][0] in _BULLETS
        if (mark or not marked or not found) and not nested:
            found.append(_split(unmark(line)))
        else:
            item = f"- {clean(unmark(line))}" if nested else clean(line)
            found[-1] = Listed(found[-1].name, f"{found[-1].description}\n{item}".strip())
    return [step for step in found if step.name]


def add_from_list(plan: Plan, name: str, text: str, **values: Any) -> str:  # noqa: ANN401
    r"""Add a use case whose steps are pasted as a list; return its key.

    Parameters
    ----------
    plan
        The plan.
    name
        What the service is called.
    text
        The steps, as :func:`steps_in` reads them.
    **values
        Other columns of the use case, such as ``sector``.

    Raises
    ------
    ArgumentError
        If there is no step in the text, or too many; the plan is as before.

    Examples
    --------
    >>> from govstack_kit.planning.plan import Plan
    >>> plan = Plan.new(title="School services")
    >>> add_from_list(plan, "School fees", "1. Apply: online\n2) Pay", sector="Education")
    'school-fees'
    >>> plan.steps[["name", "description"]].values.tolist()
    [['Apply', 'online'], ['Pay', nan]]
    """
    found = steps_in(expected(text, str, "The steps are a text, one step a line"))
    if not found:
        raise ArgumentError("No step was found in the list. Write one step a line.")
    if len(found) > MOST:
        raise ArgumentError(f"The list has {len(found):,} steps; a use case may have {MOST:,}.")
    with plan.change(f"Add {name}"):
        use_case = str(plan.add("use_cases", name=name, **values))
        plan.add_rows({"steps": [{"use_case": use_case, **step._asdict()} for step in found]})
    return use_case
