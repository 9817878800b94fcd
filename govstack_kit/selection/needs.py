"""What is needed: building blocks with their weight, and what each of them must do.

Definitions
-----------
A block is *needed* when a step or use case of the plan accepted it, or an own word that is mapped
to it. A block of the 2019 framework counts as the GovStack block that does the same (crosswalk:
exact, broader or narrower), so that one need is counted once. One that only overlaps with GovStack
blocks (related) or has no counterpart (none) stays visible under its own name, without a
specification.

The numbers here are the kit's own convention; nobody publishes any. The *priority* of a use case is
its value divided by the mean of the values given in its plan, times a factor for its quadrant,
where a candidate stands for it: A 2, B 1.5, C 1, D 0.5, and 1 where it is not placed. A value that
is missing counts as the mean of those given; where all are 0 or none is given, there is nothing to
weigh by, so all use cases count alike. :func:`remarks` says where either happened. A use case needs
a block with ``priority x (1 + share of its steps that use it) / 2``: half for needing it at all,
half for how much of it. The *weight* of a block is its share of the sum over all use cases and
blocks. If no use case that needs a block has a priority above 0, all count as 1.

A *requirement* is a published functional or cross-cutting requirement, a key functionality, or one
of the team's own. Those without a building block hold for every block. Each is ``needed``,
``later`` or ``not for us``: the team's *decision*, or a default. By default REQUIRED requirements
and key functionalities are needed, RECOMMENDED, OPTIONAL and draft ones come later, and deprecated
ones are not for us. A plan stores only what differs from the default, so that a new version of the
framework brings its new requirements in with theirs.

A *part* of a block is a section of its functional requirements, to the second number (6.2 with
6.2.1), with the key functionalities on the same matter, and with requirements that stand elsewhere
in the specification but are on that matter only. All else that is cross-cutting is one part (5),
and so are key functionalities that belong to no section (4). The tables ``building_block_parts``
and ``part_sections`` hold their names, and which are *always* needed by whoever uses the block, as
this project judged from the specification; they count while a block has the version that was read.

Several plans ask for something *together* when each needs the building block. The *joint decision*
is the strongest of theirs: *needed* where one of them needs it, otherwise *later* where one of them
comes to it later, otherwise *not for us*. So whoever fulfils the joint requirements fulfils those
of each plan. Own requirements of several plans are one where id, block and title are the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit.errors import (
    ArgumentError,
    PlanError,
    UnknownKeyError,
    did_you_mean,
    expected,
    known,
    one_of,
    quote,
)
from govstack_kit.framework.questions import counterparts, links
from govstack_kit.planning.names import names_of
from govstack_kit.planning.plan import DECLARED, Plan
from govstack_kit.planning.prioritise import prioritise

if TYPE_CHECKING:
    from govstack_kit.framework.framework import Framework

DECISIONS = ("needed", "later", "not for us")  # the strongest first
DEFAULT = "default"  # the decision that takes a decision back
LEVELS = ("REQUIRED", "RECOMMENDED", "OPTIONAL", "DRAFT", "DEPRECATED")
KINDS = ("functional", "cross-cutting", "key functionality")
FUNCTIONAL, CROSS_CUTTING, FUNCTION = KINDS
EVERY_BLOCK = "Every building block"
QUADRANTS = {"A": 2.0, "B": 1.5, "C": 1.0, "D": 0.5}  # the kit's own; not placed is 1
_BY_LEVEL = {"REQUIRED": "needed", "DEPRECATED": "not for us", "": "needed"}  # otherwise later
_REST = {CROSS_CUTTING: "5", FUNCTION: "4"}
_KNOWN = ["requirement", "building_block", "kind", "section", "level", "title"]
_SHOWN = 3  # keys that a sentence names


def plans_of(plan: Plan | Iterable[Plan]) -> list[Plan]:
    """Return one plan or several as a list, if they are plans."""
    several = isinstance(plan, Iterable) and not isinstance(plan, str | Plan)
    given = [*plan] if several else [plan]  # type: ignore[misc]
    wanted = "Give a plan, or a list of plans; open each with Plan.open(path)"
    return [expected(one, Plan, wanted) for one in given or [None]]


# --- which blocks, and how much -------------------------------------------------------------------


def uses(framework: Framework, plan: Plan) -> pd.DataFrame:
    """Return which use cases and steps of a plan need which building blocks, as they are counted.

    Parameters
    ----------
    framework, plan
        The tables, and the plan.

    Returns
    -------
    pandas.DataFrame
        One row a use: ``use_case``, ``step`` (missing where the use case as a whole names the
        block), ``building_block`` and ``counted_from``, the block of 2019 that stands for it.

    Examples
    --------
    >>> import govstack_kit
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.demonstration()
    >>> uses(framework, plan)["building_block"].nunique()
    10
    """
    cases, laid = plan.use_cases["use_case"], plan.framework(framework)
    asked = cases if len(cases) else laid.use_cases["use_case"]
    found = links(laid, "building_block", use_cases=asked)
    found = found[found["use_case"].isin(cases)].reset_index(drop=True)
    same = found["building_block"].map(counterparts(framework))
    found["counted_from"] = found["building_block"].where(same.notna())
    found["building_block"] = same.where(same.notna(), found["building_block"])
    found = found.explode("building_block", ignore_index=True).astype({"building_block": "str"})
    return found.drop(columns="order")


def priorities(framework: Framework, plan: Plan | Sequence[Plan]) -> pd.DataFrame:
    """Return how much each use case of plans matters; see the definitions of this module.

    Returns
    -------
    pandas.DataFrame
        One row a use case, in the order of the plans: ``plan`` (its number), ``use_case``,
        ``name``, ``value`` (missing where none is given), ``quadrant`` (A to D, empty where no
        candidate is placed) and ``priority``.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="Two services")
    >>> for name, value in (("School fees", 3), ("Seed vouchers", 1)):
    ...     _ = plan.add("values", use_case=plan.add("use_cases", name=name), value=value)
    >>> priorities(govstack_kit.load(), plan)["priority"].tolist()
    [1.5, 0.5]
    """
    parts = []
    for number, one in enumerate(plans_of(plan)):
        cases = one.use_cases[["use_case", "name", "based_on"]]
        values = one.table("values").set_index("use_case")["value"]
        value = cases["use_case"].map(values).astype("float64")
        worth = (value / value.mean()).fillna(1.0) if value.mean() else 1.0
        quadrants = _quadrants(framework, one)
        placed = cases["use_case"].map(quadrants).astype("object")
        placed = placed.fillna(cases["based_on"].map(quadrants).astype("object"))
        parts.append(
            cases[["use_case", "name"]].assign(
                plan=number,
                value=value,
                quadrant=placed.fillna("").astype("str"),
                priority=worth * placed.map(QUADRANTS).astype("float64").fillna(1.0),
            )
        )
    columns = ["plan", "use_case", "name", "value", "quadrant", "priority"]
    return pd.concat(parts, ignore_index=True)[columns]


def _quadrants(framework: Framework, plan: Plan) -> dict[str, str]:
    """Return the best quadrant of the candidates that stand for each use case."""
    candidates = plan.candidates.dropna(subset="use_case")
    if candidates.empty:
        return {}
    ranked = prioritise(framework, plan).set_index("candidate")["quadrant"]
    placed = candidates.assign(quadrant=candidates["candidate"].map(ranked))
    placed = placed[placed["quadrant"].isin(list(QUADRANTS))]
    return dict(placed.groupby("use_case")["quadrant"].min())


def needs(framework: Framework, plan: Plan | Sequence[Plan]) -> pd.DataFrame:
    """Return the building blocks that a plan needs, the most needed first.

    Parameters
    ----------
    framework
        The tables.
    plan
        The plan; a list of plans is counted together.

    Returns
    -------
    pandas.DataFrame
        One row a building block: ``building_block``; ``name``; ``category`` (foundational, feature
        or empty); ``steps``, ``use_cases`` and ``plans`` (how many need it); ``priority`` (the mean
        of the use cases that need it, 1 is ordinary); ``weight`` (0 to 1, all together 1);
        ``foundational``; ``specified`` (whether anything is published that it must do);
        ``requirements`` (how many of its own are published); ``counted_from`` (blocks of the 2019
        framework counted here); ``note`` (what to do where nothing is published). Empty while
        nothing is accepted: :func:`remarks` says so.

    Raises
    ------
    ArgumentError
        If something given is no plan.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.demonstration()
    >>> needs(govstack_kit.load(), plan)[["name", "steps"]].head(2).values.tolist()
    [['Scheduler', 6], ['Workflow', 6]]
    """
    plans = plans_of(plan)
    parts = [uses(framework, one).assign(plan=number) for number, one in enumerate(plans)]
    found = pd.concat(parts, ignore_index=True)
    case = ["plan", "use_case"]
    number = pd.concat([one.steps[["use_case"]].assign(plan=n) for n, one in enumerate(plans)])
    each = found.groupby([*case, "building_block"])["step"].nunique().rename("steps").reset_index()
    each = each.merge(number.groupby(case).size().rename("of").reset_index(), on=case, how="left")
    each = each.merge(priorities(framework, plans)[[*case, "priority"]], on=case)
    if not each["priority"].any():
        each["priority"] = 1.0
    each["score"] = each["priority"] * (1 + (each["steps"] / each["of"]).fillna(0)) / 2
    by = each.groupby("building_block")
    result = pd.DataFrame(
        {
            "steps": by["steps"].sum(),
            "use_cases": by.size(),
            "plans": by["plan"].nunique(),
            "priority": by["priority"].mean(),
            "weight": by["score"].sum() / each["score"].sum(),
            "counted_from": found.groupby("building_block")["counted_from"].agg(
                lambda keys: "; ".join(sorted(keys.dropna().unique()))
            ),
        }
    ).reset_index()
    return _described(framework, plans, result)


def _described(framework: Framework, plans: Sequence[Plan], found: pd.DataFrame) -> pd.DataFrame:
    """Add what the tables say about the blocks, and put the most needed first."""
    laid = pd.concat([plan.framework(framework).building_blocks for plan in plans])
    table = laid.drop_duplicates("building_block").set_index("building_block")
    key = found["building_block"]
    functions = framework.key_functionalities["building_block"]
    counted = key.map(framework.requirements["building_block"].value_counts()).fillna(0)
    found["name"] = key.map(table["name"]).fillna(key).astype("str")
    found["category"] = key.map(table["category"]).fillna("").astype("str")
    found["foundational"] = found["category"] == "foundational"
    found["requirements"] = counted.astype("int64")
    found["specified"] = (counted > 0) | key.isin(functions)
    pairs = zip(key, found["specified"], strict=True)
    found["note"] = ["" if specified else _note(framework, block) for block, specified in pairs]
    found = found.astype({"counted_from": "str", "note": "str"})
    columns = ["building_block", "name", "category", "steps", "use_cases", "plans", "priority"]
    columns += ["weight", "foundational", "specified", "requirements", "counted_from", "note"]
    order = ["weight", "name", "building_block"]
    found = found.sort_values(order, ascending=[False, True, True], ignore_index=True)
    return found[columns]


def _note(framework: Framework, block: str) -> str:
    """Say why there is nothing to specify a block by."""
    add = "add what it must do with selection.add_requirement()."
    if not block.startswith("dif:"):
        own = block.startswith("own:")
        said = "This is a block of your own" if own else "No requirements are published for it"
        return f"{said}: {add}"
    crosswalk = framework.building_block_crosswalk
    related = crosswalk.query("dif == @block and relation == 'related'")["govstack"]
    names = sorted(names_of(framework).name("building_block", key) for key in related.dropna())
    if not names:
        return f"GovStack has no such block: {add}"
    return (
        f"GovStack has no such block; {', '.join(names)} only "
        f"{'overlaps' if len(names) == 1 else 'overlap'} with it. Accept one of them if it does "
        f"what you need, or {add}"
    )


def block_named(framework: Framework, plan: Plan, name: str) -> str:
    """Return the id of a building block that is named by id or name, as it is counted.

    Raises
    ------
    UnknownKeyError
        If neither the tables nor the plan have it; the message has the nearest names.
    """
    expected(name, str, "Name one building block, for example 'Payments'")
    laid = plan.framework(framework).building_blocks["building_block"]
    there = {*laid, *plan.own_requirements["building_block"].dropna(), ""}
    names = names_of(framework)
    key = name if name in there else names.key("building_block", name)
    if key not in there or (name and not key):
        hint = did_you_mean(name, [*sorted(there - {""}), *names.every("building_block")])
        raise UnknownKeyError(f"There is no building block {quote(name)}. {hint}".strip())
    return counterparts(framework).get(key, [key])[0]


# --- what they must do ----------------------------------------------------------------------------


@lru_cache(maxsize=4)
def published(framework: Framework) -> pd.DataFrame:
    """Return what is published, in the order of publication, with its part and its default.

    Returns
    -------
    pandas.DataFrame
        One row a requirement or key functionality: ``requirement``, ``building_block`` (empty
        where it holds for every block), ``kind``, ``section``, ``level``, ``title``, ``part`` and
        ``default``. It is kept, so copy it before you change it.
    """
    functions = framework.key_functionalities
    functions = functions.rename(columns={"key_functionality": "requirement", "name": "title"})
    both = pd.concat([framework.requirements, functions.assign(kind=FUNCTION)], ignore_index=True)
    both["place"] = both["kind"].map(KINDS.index)
    both = both.sort_values(["building_block", "place", "order"], kind="stable", ignore_index=True)
    found = both[_KNOWN].fillna("").astype("str")
    block = found["building_block"].str.split(":").str[-1].replace("", "every-block")
    section = found["section"].map(_to_second)
    section = section.where(found["kind"] == FUNCTIONAL, found["kind"].map(_REST))
    elsewhere = framework.part_sections[
        framework.part_sections["part"].isin(_parts(framework).index)
    ]
    owner = elsewhere["part"].str.partition(":")[0] + ":" + elsewhere["section"]
    function = elsewhere["kind"] == FUNCTION
    of_functions = dict(zip(owner[function], elsewhere["part"][function], strict=True))
    of_others = dict(zip(owner[~function], elsewhere["part"][~function], strict=True))
    printed = block + ":" + found["section"]
    found["part"] = (
        printed.where(found["kind"] == FUNCTION)
        .map(of_functions)
        .fillna(found["requirement"].map(of_others))
        .fillna(printed.where(found["kind"] != FUNCTION).map(of_others))
        .fillna(block + ":" + section)
        .astype("str")
    )
    found["default"] = found["level"].map(lambda level: _BY_LEVEL.get(level, "later")).astype("str")
    return found


def _to_second(number: str) -> str:
    """Return a number of sections or versions up to its second part: 6.2 of 6.2.1."""
    return ".".join(number.split(".")[:2])


@lru_cache(maxsize=4)
def _parts(framework: Framework) -> pd.DataFrame:
    """Return the named parts of blocks, by key, as far as their specification is the one read."""
    versions = framework.building_blocks.set_index("building_block")["version"].fillna("")
    named = framework.building_block_parts.set_index("part")
    now = named["building_block"].map(versions).fillna("").map(_to_second)
    return named[named["version"].fillna("").map(_to_second) == now]


def requirements(
    framework: Framework, plan: Plan, building_block: str | None = None
) -> pd.DataFrame:
    """Return what the needed building blocks must do, and what is decided about it.

    Parameters
    ----------
    framework
        The tables.
    plan
        The plan.
    building_block
        One block by id or name, needed or not; without it, all that the plan needs, the most needed
        first. What holds for every block comes last.

    Returns
    -------
    pandas.DataFrame
        One row a requirement: ``requirement`` (its id); ``building_block`` (empty where it holds
        for every block); ``part`` (of the block, empty for the team's own; :func:`parts` names
        them); ``kind`` (functional, cross-cutting or key functionality); ``section``; ``level``
        (empty for key functionalities); ``title``; ``decision`` (needed, later, not for us);
        ``decided`` (whether by the team, otherwise by its level); ``reason``; ``own`` (whether the
        team added it). Empty while nothing is needed.

    Raises
    ------
    UnknownKeyError
        If there is no such building block.

    Examples
    --------
    >>> import govstack_kit
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.demonstration()
    >>> found = requirements(framework, plan, "Consent")
    >>> found.query("building_block != ''")["decision"].value_counts().to_dict()
    {'needed': 22, 'later': 3}
    """
    if building_block is None:
        blocks = needs(framework, plan)["building_block"].tolist()
    else:
        blocks = [block_named(framework, plan, building_block)]
    return _requirements_of(framework, plan, blocks)


def _requirements_of(
    framework: Framework, plan: Plan, blocks: Sequence[str] | None
) -> pd.DataFrame:
    """Return what some blocks, and every block, must do for a plan; None stands for all blocks."""
    said = plan.requirement_decisions.set_index("requirement")
    found = published(framework)
    decision = found["requirement"].map(said["decision"])
    found = found.assign(
        decision=decision.where(decision.notna(), found["default"]),
        decided=decision.notna(),
        reason=found["requirement"].map(said["reason"]).astype("str"),
        own=False,
    )
    own = plan.own_requirements.assign(part="", section="", decided=True, own=True)
    found = pd.concat([found, own], ignore_index=True).fillna({"building_block": "", "reason": ""})
    blocks = found["building_block"].unique().tolist() if blocks is None else blocks
    place = {block: number for number, block in enumerate([*blocks, ""] if blocks else [])}
    found = found[found["building_block"].isin(list(place))]
    found = found.sort_values("building_block", key=lambda b: b.map(place), kind="stable")
    columns = ["requirement", "building_block", "part", "kind", "section", "level", "title"]
    columns += ["decision", "decided", "reason", "own"]
    texts = dict.fromkeys(columns, "str") | {"decided": "bool", "own": "bool"}
    return found[columns].astype(texts).reset_index(drop=True)


def parts(framework: Framework, plan: Plan, building_block: str | None = None) -> pd.DataFrame:
    """Return the parts of the needed building blocks, and how each is decided.

    Parameters
    ----------
    framework, plan, building_block
        As for :func:`requirements`.

    Returns
    -------
    pandas.DataFrame
        One row a part of a block: ``building_block`` (empty for what holds for every block),
        ``part``, ``name``, ``always`` (whether whoever uses the block needs it, as this project
        judged), and the numbers of ``requirements``, of those ``needed``, ``later`` and
        ``not_for_us``, and of those ``decided`` by the team. The team's own requirements are not
        among them.

    Examples
    --------
    >>> import govstack_kit
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.demonstration()
    >>> found = parts(framework, plan, "Payments").set_index("name")
    >>> found.loc["Vouchers", ["part", "requirements", "needed"]].astype("str").tolist()
    ['payments:6.2', '33', '31']
    """
    table = requirements(framework, plan, building_block).query("not own")
    counted = table.assign(
        requirements=1,
        **{said.replace(" ", "_"): table["decision"] == said for said in DECISIONS},
    )
    numbers = ["requirements", "needed", "later", "not_for_us", "decided"]
    by = counted.groupby(["building_block", "part"], sort=False)
    found = by[numbers].sum().astype("int64").reset_index()
    named, key = _parts(framework), found["part"]
    section = key.str.split(":").str[-1]
    rest = ("Section " + section).mask(section == "5", "What is cross-cutting")
    rest = rest.mask(section == "4", "Other key functionalities")
    rest = rest.mask(found["building_block"] == "", "What holds for every block")
    name = key.map(named["name"]).fillna(rest).astype("str")
    always = key.map(named["always"]).astype("boolean").fillna(section.isin(["4", "5"]))
    found.insert(2, "name", name)
    found.insert(3, "always", always.astype("bool"))
    return found


def joint_requirements(framework: Framework, plan: Plan | Sequence[Plan]) -> pd.DataFrame:
    """Return what the needed building blocks must do for all of several plans.

    Parameters
    ----------
    framework
        The tables.
    plan
        The plans; see the definitions of this module.

    Returns
    -------
    pandas.DataFrame
        One row a requirement, by blocks in the order of :func:`needs` of all plans; what holds for
        every block comes last. The columns of :func:`requirements` without ``reason``, with
        ``decision``, the strongest of the plans that need the block; ``plans`` (how many these
        are); in how many of them it is ``needed``, comes ``later`` and is ``not_for_us``, and in
        how many the team ``decided``; and ``needed_by`` (the titles of the plans that need it). A
        requirement that a team added is only in the plans that have it; where another plan has the
        same id for something else, the later one gets a number, as in ``read-aloud-2``. The frame
        goes where functions take ``requirements``.

    Raises
    ------
    ArgumentError
        If something given is no plan.

    Examples
    --------
    >>> import govstack_kit
    >>> framework, farming = govstack_kit.load(), govstack_kit.Plan.demonstration()
    >>> health = farming.scenario("Ministry of Health")
    >>> _ = decide(framework, health, "later", building_block="Payments")
    >>> found = joint_requirements(framework, [farming, health])
    >>> found = found.query("part == 'payments:6.1'")
    >>> found[["decision", "plans", "needed", "later"]].head(1).values.tolist()
    [['needed', 2, 1, 1]]
    """
    plans = plans_of(plan)
    needing: Counter[str] = Counter()
    frames = []
    for one in plans:
        blocks = needs(framework, one)["building_block"].tolist()
        needing.update([*blocks, ""] if blocks else [])
        title = one.row("plan")["title"]
        frames.append(_requirements_of(framework, one, blocks).assign(needed_by=title))
    rows = pd.concat(frames, ignore_index=True)
    rows["requirement"] = _joint_keys(rows)
    counts = {said.replace(" ", "_"): rows["decision"] == said for said in DECISIONS}
    rows = rows.assign(**counts)
    for column, ranks in (("level", LEVELS), ("decision", DECISIONS)):
        rank = rows[column].map({said: place for place, said in enumerate(ranks)})
        best = rank.groupby(rows["requirement"]).transform("min")
        rows[column] = best.map(dict(enumerate(ranks))).fillna(rows[column]).astype("str")
    by = rows.groupby("requirement", sort=False)
    found = by[[*_KNOWN[1:], "part", "decision", "own"]].first()
    found[[*counts, "decided"]] = by[[*counts, "decided"]].sum().astype("int64")
    found["plans"] = found["building_block"].map(needing).astype("int64")
    wanted = rows[rows["needed"]].groupby("requirement")["needed_by"].agg("; ".join)
    found["needed_by"] = wanted.reindex(found.index, fill_value="").astype("str")
    order = [*needs(framework, plans)["building_block"], ""]
    found["place"] = found["building_block"].map({block: n for n, block in enumerate(order)})
    found = found.reset_index().sort_values(["place", "own"], kind="stable", ignore_index=True)
    columns = ["requirement", "building_block", "part", "kind", "section", "level", "title"]
    columns += ["decision", "plans", *counts, "decided", "needed_by", "own"]
    return found[columns].astype({"requirement": "str"})


def _joint_keys(rows: pd.DataFrame) -> list[str]:
    """Return the keys of requirements: own ones that differ do not have the same."""
    listed = list(zip(rows["requirement"], rows["building_block"], rows["title"], strict=True))
    own = dict.fromkeys(part for part, is_own in zip(listed, rows["own"], strict=True) if is_own)
    taken = {part[0] for part in own}
    keys: dict[tuple[str, str, str], str] = {}
    for part in own:
        key, number = part[0], 1
        while key in keys.values() or (number > 1 and key in taken):
            number += 1
            key = f"{part[0]}-{number}"
        keys[part] = key
    return [keys.get(part, part[0]) for part in listed]


# --- deciding -------------------------------------------------------------------------------------


def decide(  # noqa: PLR0913 - each narrows down what is decided about
    framework: Framework,
    plan: Plan,
    decision: str,
    reason: str = "",
    *,
    building_block: str | None = None,
    part: str | None = None,
    level: str | None = None,
    kind: str | None = None,
    requirements: Iterable[str] | None = None,
) -> int:
    """Decide about many requirements at once: all that meet every condition given.

    Parameters
    ----------
    framework
        The tables.
    plan
        The plan that the decisions are written to, as one change.
    decision
        ``needed``, ``later``, ``not for us``, or ``default`` to take decisions back. The team's own
        requirements have no default and keep theirs.
    reason
        Why; needed for ``not for us``.
    building_block
        A block by id or name; empty for what holds for every block.
    part
        A part of a block, by its key in :func:`parts`.
    level
        ``REQUIRED``, ``RECOMMENDED``, ``OPTIONAL``, …
    kind
        ``functional``, ``cross-cutting`` or ``key functionality``.
    requirements
        Requirements by their ids, of any block, also the team's own. Without it and without a
        block or part, those of all needed blocks are meant.

    Returns
    -------
    int
        How many changed.

    Raises
    ------
    ArgumentError
        If a value is not allowed, or nothing says which requirements are meant.
    UnknownKeyError
        If a requirement, part or block does not exist.
    PlanError
        If ``not for us`` comes without a reason. The plan is as before, as with every error.

    Examples
    --------
    >>> import govstack_kit
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.demonstration()
    >>> decide(framework, plan, "later", "Next year", part="payments:6.2")
    33
    """
    chosen = None if requirements is None else list(requirements)
    if all(given is None for given in (building_block, part, level, kind, chosen)):
        raise ArgumentError(
            "Say which requirements are meant: name a building_block, part, level, kind, or the "
            "requirements themselves."
        )
    one_of(decision, (*DECISIONS, DEFAULT), "decision")
    for what, value, allowed in (("level", level, LEVELS), ("kind", kind, KINDS)):
        if value is not None:
            one_of(value, allowed, what)
    _check_reason(decision, reason)
    found = _meant(framework, plan, building_block, part, chosen)
    for column, value in (("level", level), ("kind", kind)):
        if value is not None:
            found = found[found[column] == value]
    return _write(framework, plan, found, decision, reason)


def _meant(
    framework: Framework,
    plan: Plan,
    building_block: str | None,
    part: str | None,
    chosen: list[str] | None,
) -> pd.DataFrame:
    """Return the requirements of blocks or parts, or those named."""
    found = _requirements_of(framework, plan, None)
    for what, keys in (("part", [part] if part else None), ("requirement", chosen)):
        if keys is not None:
            keys = known(keys, {*found[what]} - {""}, what, f"selection.{what}s(framework, plan)")  # noqa: PLW2901
            found = found[found[what].isin(keys)]
    if building_block is not None:
        return found[found["building_block"] == block_named(framework, plan, building_block)]
    if part is None and chosen is None:
        blocks = needs(framework, plan)["building_block"].tolist()
        return found[found["building_block"].isin([*blocks, ""] if blocks else [])]
    return found


def _write(
    framework: Framework, plan: Plan, meant: pd.DataFrame, decision: str, reason: str
) -> int:
    """Write a decision about requirements as one change; return how many changed."""
    usual = published(framework).set_index("requirement")["default"]
    reason = reason.strip()
    decided = {row["requirement"]: row for row in plan.rows("requirement_decisions")}
    own = {row["requirement"]: row for row in plan.rows("own_requirements")}
    new, changed = {"decision": decision, "reason": reason or None}, 0
    for key, is_own in zip(meant["requirement"], meant["own"], strict=True):
        rows = own if is_own else decided
        before = rows.get(key)
        if is_own and decision == DEFAULT:
            continue
        if decision == DEFAULT or (not is_own and not reason and usual[key] == decision):
            rows.pop(key, None)
        else:
            rows[key] = (before or {"requirement": key}) | new
        changed += rows.get(key) != before
    with plan.change(f"Decide about {changed} requirements"):
        for table, rows in (("requirement_decisions", decided), ("own_requirements", own)):
            if list(rows.values()) != plan.rows(table):
                plan.replace(
                    table, pd.DataFrame(rows.values(), columns=list(DECLARED[table].columns))
                )
    return changed


def add_requirement(
    framework: Framework,
    plan: Plan,
    building_block: str,
    title: str,
    **values: Any,  # noqa: ANN401 - of columns
) -> str:
    """Add a requirement of the team's own; return its key.

    Parameters
    ----------
    framework, plan
        The tables, and the plan.
    building_block
        The block by id or name; empty for one that holds for every block.
    title
        What must be true or possible, in a few words.
    **values
        Other columns of the plan's table ``own_requirements``: ``level``, ``kind``, ``decision``,
        and ``reason``, which ``not for us`` needs.

    Returns
    -------
    str
        Its key; ``plan.remove("own_requirements", key)`` removes it.

    Raises
    ------
    UnknownKeyError
        If there is no such building block or column.
    TablesError, PlanError
        If a value cannot be used, or ``not for us`` comes without a reason; the plan is as before.

    Examples
    --------
    >>> import govstack_kit
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.demonstration()
    >>> add_requirement(framework, plan, "Messaging", "Read messages aloud in Kiswahili")
    'read-messages-aloud-in-kiswahili'
    """
    block = block_named(framework, plan, building_block)
    _check_reason(values.get("decision", ""), values.get("reason", ""))
    key = plan.add("own_requirements", building_block=block, title=title, **values)
    return str(key)


def _check_reason(decision: str, reason: str) -> None:
    """Raise if something is left out and nobody says why."""
    expected(reason, str, "reason is a text")
    if decision == DECISIONS[-1] and not any(sign.isalnum() for sign in reason):
        raise PlanError(
            "Say why these requirements are not for you: a requirement that is left out without a "
            "reason cannot be defended later. Pass reason='…'."
        )


# --- what to know about it ------------------------------------------------------------------------


def remarks(framework: Framework, plan: Plan | Sequence[Plan]) -> list[str]:
    """Return what to know about the needs of plans, in plain sentences.

    Parameters
    ----------
    framework, plan
        The tables, and the plan or plans.

    Returns
    -------
    list of str
        The most basic first; empty when there is nothing to say.

    Examples
    --------
    >>> import govstack_kit
    >>> remarks(govstack_kit.load(), govstack_kit.Plan.new(title="New"))
    ['Nothing is needed so far: no step or use case has an accepted building block. ...']
    """
    plans = plans_of(plan)
    found = needs(framework, plans)
    if found.empty:
        said = "Nothing is needed so far: no step or use case has an accepted building block."
        return [f"{said} Accept some in the parts on aligning and mapping."]
    matter, remarked = priorities(framework, plans), []
    for number, one in enumerate(plans):
        title = quote(one.row("plan")["title"])
        remarked += _of_values(title, matter[matter["plan"] == number])
        keys = one.requirement_decisions["requirement"]
        gone = sorted(set(keys) - set(published(framework)["requirement"]))
        if gone:
            count = "1 decision is" if len(gone) == 1 else f"{len(gone)} decisions are"
            remarked.append(
                f"In {title}, {count} about no requirements of the framework that are there: "
                f"{_some(gone)}. They do not count, and are kept in case what they are about comes "
                "back."
            )
    needing = [
        (n, case) for n, one in enumerate(plans) for case in uses(framework, one)["use_case"]
    ]
    weights = matter.set_index(["plan", "use_case"])["priority"]
    if weights.any() and not weights.loc[needing].any():
        remarked.append(
            "No use case that needs a building block has a value above 0, so these count alike. "
            "Give at least one of them a value above 0."
        )
    bare = found.loc[~found["specified"], "name"].tolist()
    if bare:
        remarked.append(
            f"Nothing is published that these must do: {', '.join(bare)}. Add requirements of your "
            "own, or accept another block for the same need."
        )
    return remarked


def _of_values(title: str, matter: pd.DataFrame) -> list[str]:
    """Say where values of use cases are missing, or cannot weigh anything."""
    value = matter["value"]
    if value.notna().any() and not value.any():
        said = f"All values of use cases in {title} are 0. There is nothing to weigh by,"
        return [f"{said} so all use cases count alike. Give at least one a value above 0."]
    missing = sorted(matter.loc[value.isna(), "use_case"])
    if value.isna().all() or not missing:
        return []
    what = "use case has" if len(missing) == 1 else "use cases have"
    said = f"In {title}, {len(missing)} {what} no value: {_some(missing)}. Until you give one,"
    return [f"{said} each counts as the mean of those given."]


def _some(keys: list[str]) -> str:
    return ", ".join(keys[:_SHOWN]) + (" …" if len(keys) > _SHOWN else "")
