"""A published use case as the start of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from govstack_kit.planning.names import names_of

from govstack_kit import words
from govstack_kit.errors import UnknownKeyError, did_you_mean
from govstack_kit.planning.plan import DECLARED

if TYPE_CHECKING:
    from govstack_kit.planning.plan import Plan


def add_published(plan: Plan, framework: Any, use_case: str, *, as_template: bool = True) -> str:  # noqa: ANN401
    """Add a published use case with its steps and links; return its key in the plan.

    Parameters
    ----------
    plan, framework
        The plan, and the tables.
    use_case
        Its id, for example ``AGR-2``.
    as_template
        Whether it becomes one of the team's own; otherwise it keeps its id and stands for the
        published one.
    """
    known = framework.use_cases.set_index("use_case", drop=False)
    if use_case not in known.index:
        raise UnknownKeyError(
            f"There is no published use case {use_case!r}. {did_you_mean(use_case, known.index)}"
        )
    case, names = known.loc[use_case].dropna(), names_of(framework)
    own = (
        {"use_case": "", "catalogue": "own", "status": "draft", "version": ""}
        if as_template
        else {}
    )
    with plan.change(f"Start from {case['name']}"):
        fields = {n: case[n] for n in case.index if n in DECLARED["use_cases"].columns} | own
        key = plan.add(
            "use_cases",
            **fields | {"sector": names.name("sector", case["sector"]), "based_on": use_case},
        )
        steps = framework.steps.query("use_case == @use_case").sort_values("order")
        added: dict[str, list[dict[str, Any]]] = {"steps": [], "use_case_targets": []}
        ids: dict[str, str] = {}
        for step in steps.itertuples():
            bare = words.slug(
                step.name, taken={i.removeprefix(f"{key}.") for i in ids.values()}, otherwise="step"
            )
            ids[step.step] = f"{key}.{bare}"
            added["steps"].append(
                {
                    "step": ids[step.step],
                    "use_case": key,
                    "name": step.name,
                    "description": step.summary,
                }
            )
        for code in framework.use_case_targets.query("use_case == @use_case")["sdg"]:
            added["use_case_targets"].append(
                {
                    "use_case": key,
                    "sdg": code,
                    "printed": names.name("target", code),
                    "origin": "published",
                }
            )
        for owner, new in (("use_case", {use_case: key}), ("step", ids)):
            for layer in ("workflow", "building_block"):
                links = getattr(framework, f"{owner}_{layer}s")
                links = links[links[owner].isin(new)]
                places = links[owner].map({o: n for n, o in enumerate(new)})
                links = links.assign(place=places).sort_values(["place", "position"], kind="stable")
                added[f"{owner}_{layer}s"] = [
                    {owner: new[o], layer: k, "printed": p, "origin": "published"}
                    for o, k, p in zip(links[owner], links[layer], links["printed"], strict=True)
                ]
        plan.add_rows(added)
    return str(key)
