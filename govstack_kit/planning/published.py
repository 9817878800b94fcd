"""A published use case as the start of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from govstack_kit import words
from govstack_kit.errors import UnknownKeyError, did_you_mean
from govstack_kit.planning.names import names_of
from govstack_kit.planning.plan import DECLARED

if TYPE_CHECKING:
    import pandas as pd

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan

_OWN = {"use_case": "", "catalogue": "own", "status": "draft", "version": ""}


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
