"""What a use case of one's own starts from: a published one, or a list of steps that is pasted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from govstack_kit import words
from govstack_kit.errors import ArgumentError, UnknownKeyError, did_you_mean, expected
from govstack_kit.planning.names import names_of
from govstack_kit.planning.plan import DECLARED
from govstack_kit.words import clean

if TYPE_CHECKING:
    import pandas as pd

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan

_OWN = {"use_case": "", "catalogue": "own", "status": "draft", "version": ""}
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


def add_published(
    framework: Framework, plan: Plan, use_case: str, *, as_template: bool = True
) -> str:
    """Add a published use case to a plan, with its steps and links.

    Parameters
    ----------
    framework, plan
        The tables, and the plan.
    use_case
        Its id, for example ``AGR-2``.
    as_template
        Whether it becomes one of the team's own; otherwise it keeps its id and stands for the
        published one.

    Returns
    -------
    str
        Its key in the plan.

    Raises
    ------
    UnknownKeyError
        If there is no such use case; the message names the nearest ones.
    TablesError
        If the plan has it already.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="Advice")
    >>> add_published(govstack_kit.load(), plan, "AGR-2")
    'rural-advisory-service-for-farmers'
    >>> len(plan.steps)
    8
    """
    known = framework.use_cases.set_index("use_case", drop=False)
    if use_case not in known.index:
        hint = did_you_mean(str(use_case), known.index)
        raise UnknownKeyError(f"There is no published use case {use_case!r}. {hint}".strip())
    case, names = known.loc[use_case].dropna(), names_of(framework)
    fields = {name: case[name] for name in case.index if name in DECLARED["use_cases"].columns}
    fields |= {"sector": names.name("sector", str(case["sector"])), "based_on": use_case}
    with plan.change(f"Start from {case['name']}"):
        key = str(plan.add("use_cases", **fields | (_OWN if as_template else {})))
        steps = framework.steps.query("use_case == @use_case").sort_values("order")
        keys = _step_keys(key, steps)
        added: dict[str, list[dict[str, Any]]] = {
            "steps": [
                {"step": keys[step], "use_case": key, "name": name, "description": summary}
                for step, name, summary in zip(
                    steps["step"], steps["name"], steps["summary"], strict=True
                )
            ],
            "use_case_targets": [
                {"use_case": key, "sdg": code, "printed": names.name("target", code)}
                for code in framework.use_case_targets.query("use_case == @use_case")["sdg"]
            ],
        }
        for owner, own_keys in (("use_case", {use_case: key}), ("step", keys)):
            for layer in ("workflow", "building_block"):
                links = getattr(framework, f"{owner}_{layer}s")
                added[f"{owner}_{layer}s"] = _links(links, owner, layer, own_keys)
        for name in set(added) - {"steps"}:
            added[name] = [row | {"origin": "published"} for row in added[name]]
        plan.add_rows(added)
    return key


def _step_keys(use_case: str, steps: pd.DataFrame) -> dict[str, str]:
    taken: list[str] = []
    for name in steps["name"]:
        taken.append(words.slug(name, taken=taken, otherwise="step"))
    return dict(zip(steps["step"], (f"{use_case}.{bare}" for bare in taken), strict=True))


def _links(
    links: pd.DataFrame, owner: str, layer: str, keys: dict[str, str]
) -> list[dict[str, Any]]:
    """Return the links of use cases or steps, in their order, as rows of the plan."""
    links = links[links[owner].isin(keys)]
    places = links[owner].map({key: place for place, key in enumerate(keys)})
    links = links.assign(place=places).sort_values(["place", "position"], kind="stable")
    rows = zip(links[owner], links[layer], links["printed"], strict=True)
    return [{owner: keys[key], layer: other, "printed": printed} for key, other, printed in rows]
