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
weigh by, so all use cases count alike. :func:`values` says where either happened. A use case needs
a block with ``priority x (1 + share of its steps that use it) / 2``: half for needing it at all,
half for how much of it. The *weight* of a block is its share of the sum over all use cases and
blocks. If no use case that needs a block has a priority above 0, all count as 1.

A *requirement* is a published functional or cross-cutting requirement, a key functionality, or one
of the team's own. Those without a building block hold for every block. Each is ``needed``,
``later`` or ``not for us``: the team's *decision*, or a default. By default REQUIRED requirements
and key functionalities are needed, RECOMMENDED, OPTIONAL and draft ones come later, as does the
superseded security chapter, and deprecated ones are not for us. A plan stores only what differs
from the default, so that a new version of the framework brings its new requirements in with theirs,
and what the requirement said, so that a decision never stands for another text.

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

from govstack_kit.errors import ArgumentError, PlanError, expected, known, one_of
from govstack_kit.framework.questions import counterparts, links
from govstack_kit.planning.names import names_of
from govstack_kit.planning.plan import DECLARED, Plan
from govstack_kit.planning.prioritise import prioritise
from govstack_kit.words import amount, listed, slug

if TYPE_CHECKING:
    from govstack_kit.framework.framework import Framework

DECISIONS = ("needed", "later", "not for us")  # the strongest first
DEFAULT = "default"  # the decision that takes a decision back
LEVELS = ("REQUIRED", "RECOMMENDED", "OPTIONAL", "DRAFT", "DEPRECATED")
KINDS = ("functional", "cross-cutting", "key functionality", "cross-functional", "superseded")
FUNCTIONAL, CROSS_CUTTING, FUNCTION, CROSS_FUNCTIONAL, SUPERSEDED = KINDS
QUADRANTS = {"A": 2.0, "B": 1.5, "C": 1.0, "D": 0.5}  # the kit's own; not placed is 1
_BY_LEVEL = {"REQUIRED": "needed", "DEPRECATED": "not for us", "": "needed"}  # otherwise later
_REST = {CROSS_CUTTING: "5", FUNCTION: "4", CROSS_FUNCTIONAL: "6", SUPERSEDED: "5"}
_REST_NAMES = {"Section 5": "What is cross-cutting", "Section 4": "Other key functionalities"}
_NEEDS = ["building_block", "name", "steps", "use_cases", "plans", "weight", "foundational"]
_NEEDS += ["specified", "note"]
_SPECIFIED = r"(?!deployment:|architecture:)[a-z0-9-]+:\S+"  # keys of what specifications print
_KNOWN = ["requirement", "building_block", "kind", "section", "level", "title", "fingerprint"]
_ASKED = ["requirement", "building_block", "part", "kind", "section", "level", "title"]


def plans_of(plan: Plan | Iterable[Plan]) -> list[Plan]:
    """Return one plan or several as a list, if they are plans."""
    several = isinstance(plan, Iterable) and not isinstance(plan, str | Plan)
    given = [*plan] if several else [plan]  # type: ignore[misc]
    wanted = "Give a plan, or a list of plans; open each with Plan.open(path)"
    return [expected(one, Plan, wanted) for one in given or [None]]


# --- which blocks, and how much -------------------------------------------------------------------


def as_counted(
    framework: Framework, frame: pd.DataFrame, column: str = "building_block"
) -> pd.DataFrame:
    """Return rows about building blocks with the blocks of 2019 as those that they count as.

    A row whose block counts as several becomes several rows.
    """
    same = counterparts(framework)
    blocks = frame[column].map(lambda block: same.get(block, [block]))
    found = frame.assign(**{column: blocks}).explode(column, ignore_index=True)
    return found.astype({column: "str"})


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
        block) and ``building_block``.

    Examples
    --------
    >>> import govstack_kit
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.demonstration()
    >>> uses(framework, plan)["building_block"].nunique()
    10
    """
    cases, laid = plan.use_cases["use_case"], plan.framework(framework)
    asked = cases if len(cases) else laid.use_cases["use_case"]
    found = links(laid, "building_block", use_cases=asked).drop(columns="order")
    found = as_counted(framework, found[found["use_case"].isin(cases)])
    return found.drop_duplicates(ignore_index=True)


def values(plan: Plan) -> tuple[pd.Series[float], list[str]]:
    """Return what each use case of a plan is worth, and what was assumed, in sentences."""
    cases = plan.use_cases.set_index("use_case")["name"]
    given = plan.table("values").set_index("use_case")["value"].reindex(cases.index)
    if not given.any():
        zero = "All values are 0, so all use cases count the same: give at least one a value."
        none = "All use cases count the same, because no values are given."
        return pd.Series(1.0, cases.index), [zero if given.notna().any() else none]
    without, mean = cases[given.isna()], given.mean()
    if without.empty:
        return given, []
    lacks = "has no value, so it" if len(without) == 1 else "have no value, so each"
    said = f"{listed(without)} {lacks} counts as the mean of those given, {amount(mean)}."
    return given.fillna(mean), [said]


def priorities(framework: Framework, plan: Plan | Sequence[Plan]) -> pd.DataFrame:
    """Return how much each use case of plans matters; see the definitions of this module.

    Returns
    -------
    pandas.DataFrame
        One row a use case, in the order of the plans: ``plan`` (its number), ``use_case``,
        ``quadrant`` (A to D, empty where no candidate is placed) and ``priority``.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="Two services")
    >>> for name, value in (("School fees", 3), ("Seed vouchers", 1)):
    ...     _ = plan.add("values", use_case=plan.add("use_cases", name=name), value=value)
    >>> priorities(govstack_kit.load(), plan)["priority"].tolist()
    [1.5, 0.5]
    """
    rows = []
    for number, one in enumerate(plans_of(plan)):
        worth, quadrants = values(one)[0], _quadrants(framework, one)
        for case in one.rows("use_cases"):
            key = case["use_case"]
            quadrant = quadrants.get(key) or quadrants.get(case["based_on"], "")
            priority = worth[key] / worth.mean() * QUADRANTS.get(quadrant, 1.0)
            rows.append((number, key, quadrant, priority))
    return pd.DataFrame(rows, columns=["plan", "use_case", "quadrant", "priority"])


def _quadrants(framework: Framework, plan: Plan) -> dict[str, str]:
    """Return the best quadrant of the candidates that stand for each use case."""
    candidates = plan.candidates.dropna(subset="use_case")
    if candidates.empty:
        return {}
    placed = candidates[["candidate", "use_case"]].merge(
        prioritise(framework, plan)[["candidate", "quadrant"]], on="candidate"
    )
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
        One row a building block: ``building_block``; ``name``; ``steps``, ``use_cases`` and
        ``plans`` (how many need it); ``weight`` (0 to 1, all together 1); ``foundational``;
        ``specified`` (whether anything is published that it must do); ``note`` (what to do where
        nothing is). Empty while nothing is accepted: :func:`remarks` says so.

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
    found = pd.concat([uses(framework, one).assign(plan=n) for n, one in enumerate(plans)])
    steps = pd.concat([one.steps[["use_case"]].assign(plan=n) for n, one in enumerate(plans)])
    case = ["plan", "use_case"]
    each = found.groupby([*case, "building_block"])["step"].nunique().rename("steps").reset_index()
    each = each.merge(steps.groupby(case).size().rename("of").reset_index(), "left", on=case)
    each = each.merge(priorities(framework, plans), on=case)
    if not each["priority"].any():
        each["priority"] = 1.0
    each["score"] = each["priority"] * (1 + (each["steps"] / each["of"]).fillna(0)) / 2
    by = each.groupby("building_block")
    found = by.agg(steps=("steps", "sum"), use_cases=("plan", "size"), plans=("plan", "nunique"))
    found["weight"] = by["score"].sum() / each["score"].sum()
    laid = pd.concat([one.framework(framework).building_blocks for one in plans])
    known = laid.drop_duplicates("building_block")[["building_block", "name", "category"]]
    found = found.reset_index().merge(known, "left", on="building_block")
    found["name"] = found["name"].fillna(found["building_block"])
    found["foundational"] = found["category"] == "foundational"
    found["specified"] = found["building_block"].isin(published(framework)["building_block"])
    notes = [_note(framework, block) for block in found["building_block"]]
    found["note"] = pd.Series(notes, dtype="str").where(~found["specified"], "")
    order = ["weight", "name", "building_block"]
    found = found.sort_values(order, ascending=[False, True, True], ignore_index=True)
    return found[_NEEDS]


def _note(framework: Framework, block: str) -> str:
    """Say what to do about a block for which nothing is published."""
    add = "add what it must do with selection.add_requirement()."
    if not block.startswith("dif:"):
        own = block.startswith("own:")
        sources = framework.building_blocks.set_index("building_block")["source"]
        read = str(sources.get(block, "")).startswith("govstack-bb-")
        said = "This is a block of your own" if own else "Its specification has no requirements"
        return f"{said if own or read else 'Its specification was not read here'}: {add}"
    crosswalk = framework.building_block_crosswalk
    related = crosswalk.query("dif == @block and relation == 'related'")["govstack"].dropna()
    if related.empty:
        return f"GovStack has no such block: {add}"
    names = sorted(names_of(framework).name("building_block", key) for key in related)
    return (
        f"GovStack has no such block, only ones that overlap with it: {', '.join(names)}. Accept "
        f"one of them if it does what you need, or {add}"
    )


def block_named(framework: Framework, plan: Plan, name: str) -> str:
    """Return the id of a building block that is named by id or name, as it is counted.

    An empty name stands for what holds for every block.

    Raises
    ------
    UnknownKeyError
        If neither the tables nor the plan have it; the message has the nearest names.
    """
    if not expected(name, str, "Name one building block, for example 'Payments'"):
        return ""
    laid = plan.framework(framework).building_blocks["building_block"]
    there = {*laid, *plan.own_requirements["building_block"].dropna()}
    names = names_of(framework)
    key: str = name if name in there else names.key("building_block", name)
    if key not in there:
        every = [*sorted(there), *names.every("building_block")]
        known([name], every, "building block", "framework.building_blocks")
    counted: list[str] = counterparts(framework).get(key, [key])
    return counted[0]


# --- what they must do ----------------------------------------------------------------------------


@lru_cache(maxsize=4)
def published(framework: Framework) -> pd.DataFrame:
    """Return what is published, in the order of publication, with its part and its default.

    Returns
    -------
    pandas.DataFrame
        One row a requirement or key functionality: ``requirement``, ``building_block`` (empty
        where it holds for every block), ``kind``, ``section``, ``level``, ``title``, ``part`` and
        ``default``, ``fingerprint``. Those that say the same as another are left out. It is kept,
        so copy it before you change it.
    """
    functions = framework.key_functionalities
    functions = functions.rename(columns={"key_functionality": "requirement", "name": "title"})
    both = pd.concat([framework.requirements, functions.assign(kind=FUNCTION)], ignore_index=True)
    both["place"] = both["kind"].map(KINDS.index)
    both = both.sort_values(["building_block", "place", "order"], kind="stable", ignore_index=True)
    found = both.loc[both["same_as"].isna(), _KNOWN].fillna("").astype("str")
    elsewhere = framework.part_sections
    elsewhere = elsewhere[elsewhere["part"].isin(_parts(framework).index)]
    moved: dict[tuple[bool, str], str] = {
        (row["kind"] == FUNCTION, f"{row['part'].partition(':')[0]}:{row['section']}"): row["part"]
        for row in elsewhere.to_dict("records")
    }

    def part(row: dict[Any, str]) -> str:
        block = row["building_block"].split(":")[-1] or "every-block"
        function, printed = row["kind"] == FUNCTION, f"{block}:{row['section']}"
        usual = f"{block}:{_REST.get(row['kind'], _to_second(row['section']))}"
        by_id = moved.get((False, row["requirement"]), usual)
        return moved.get((function, printed), by_id)

    found["part"] = [part(row) for row in found.to_dict("records")]
    level = found["level"].mask(found["kind"] == SUPERSEDED, SUPERSEDED)
    found["default"] = [_BY_LEVEL.get(name, "later") for name in level]
    return found.astype("str")


def still_said(framework: Framework, frame: pd.DataFrame) -> pd.Series[bool]:
    """Return whether what decisions or answers are about is there and says what it said."""
    now = published(framework).set_index("requirement")["fingerprint"]
    here = frame["requirement"].map(now)
    gone = here.isna() & frame["requirement"].str.fullmatch(_SPECIFIED)
    return ~gone & (here.isna() | frame["fingerprint"].isna() | (here == frame["fingerprint"]))


def remembered(framework: Framework, frame: pd.DataFrame) -> pd.DataFrame:
    """Return decisions or answers with what their requirements say, where that is not kept yet."""
    now = published(framework).set_index("requirement")[["fingerprint", "title"]]
    for column, value in zip(("fingerprint", "said"), now, strict=True):
        frame[column] = frame[column].fillna(frame["requirement"].map(now[value].replace("", None)))
    return frame


def see(framework: Framework, plan: Plan, requirements: Iterable[str]) -> None:
    """Keep which requirements the blocks of some had when the team first decided about them."""
    every = published(framework)["requirement"].str.split(":", n=1)
    for block in sorted({key.partition(":")[0] for key in requirements}):
        if not plan.has("known_requirements", block):
            there = " ".join(every[every.str[0] == block].str[1])
            plan.put("known_requirements", block, requirements=there)


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
        them); ``kind`` (functional, cross-cutting, key functionality, cross-functional or
        superseded); ``section``; ``level``
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
    {'needed': 21, 'later': 2}
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
    said = plan.requirement_decisions
    said = said[still_said(framework, said)].set_index("requirement")
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
    if blocks is not None:
        place = {block: number for number, block in enumerate([*blocks, ""] if blocks else [])}
        found = found[found["building_block"].isin(list(place))]
        found = found.sort_values("building_block", key=lambda b: b.map(place), kind="stable")
    found[["decided", "own"]] = found[["decided", "own"]].astype("bool")
    columns = [*_ASKED, "decision", "decided", "reason", "own"]
    return found[columns].reset_index(drop=True)


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
    numbers = _counts(table).assign(decided=table["decided"])
    numbers.insert(0, "requirements", 1)
    by = numbers.groupby([table["building_block"], table["part"]], sort=False)
    found = by.sum().astype("int64").reset_index()
    named, section = _parts(framework), found["part"].str.split(":").str[-1]
    name = ("Section " + section).replace(_REST_NAMES)
    name = name.mask(found["part"] == "every-block:6", "What holds for every block")
    name = name.mask(found["part"] == "every-block:5", "Superseded security chapter")
    always = found["part"].map(named["always"]).astype("boolean")
    found.insert(2, "name", found["part"].map(named["name"]).fillna(name).astype("str"))
    found.insert(3, "always", always.fillna(section.isin(["4", "5"])).astype("bool"))
    return found


def _counts(table: pd.DataFrame) -> pd.DataFrame:
    """Return for each decision whether it is that of a requirement."""
    return pd.DataFrame({said.replace(" ", "_"): table["decision"] == said for said in DECISIONS})


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
    rows["requirement"] = pd.Series(_joint_keys(rows), dtype="str")
    by_key = rows["requirement"]
    for column, ranks in (("level", LEVELS), ("decision", DECISIONS)):
        rank = rows[column].map({said: place for place, said in enumerate(ranks)})
        best = rank.groupby(by_key).transform("min").map(dict(enumerate(ranks)))
        rows[f"joint_{column}"] = best.fillna(rows[column]).astype("str")
    numbers = _counts(rows).assign(decided=rows["decided"]).groupby(by_key).sum().astype("int64")
    wanted = rows[rows["decision"] == "needed"].groupby("requirement")["needed_by"].agg("; ".join)
    rows = rows.assign(level=rows["joint_level"], decision=rows["joint_decision"])
    found = rows.drop_duplicates("requirement")[[*_ASKED, "decision", "own"]]
    found = found.merge(numbers, on="requirement").merge(wanted, "left", on="requirement")
    found["needed_by"] = found["needed_by"].fillna("").astype("str")
    found["plans"] = found["building_block"].map(needing).astype("int64")
    order = [*needs(framework, plans)["building_block"], ""]
    found["place"] = found["building_block"].map({block: n for n, block in enumerate(order)})
    found = found.sort_values(["place", "own"], kind="stable", ignore_index=True)
    return found[[*_ASKED, "decision", "plans", *numbers, "needed_by", "own"]]


def _joint_keys(rows: pd.DataFrame) -> list[str]:
    """Return the keys of requirements: own ones that differ do not have the same."""
    about = ["requirement", "building_block", "title"]
    taken = {*rows["requirement"]}
    keys: dict[tuple[str, ...], str] = {}
    for key, *rest in rows.loc[rows["own"], about].drop_duplicates().to_numpy().tolist():
        new = slug(key, taken=taken) if key in keys.values() else key
        keys[key, *rest] = new
        taken.add(new)
    return [keys.get(tuple(row), row[0]) for row in rows[about].to_numpy().tolist()]


# --- deciding -------------------------------------------------------------------------------------


def decide(  # noqa: PLR0913 - each narrows down what is decided about
    framework: Framework,
    plan: Plan,
    decision: str,
    reason: str = "",
    *,
    building_block: str | None = None,
    part: str | None = None,
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
    requirements
        Requirements by their ids, of any block, also the team's own: those of some rows of what
        :func:`requirements` returns.

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
    if building_block is None and part is None and requirements is None:
        raise ArgumentError(
            "Say which requirements are meant: name a building_block, a part, or the requirements."
        )
    one_of(decision, (*DECISIONS, DEFAULT), "decision")
    _check_reason(decision, reason)
    found = _requirements_of(framework, plan, None)
    if requirements is not None:
        see = "requirements(framework, plan)"
        keys = known(requirements, {*found["requirement"]}, "requirement", see)
        found = found[found["requirement"].isin(keys)]
    if part is not None:
        known([part], {*published(framework)["part"]}, "part", "selection.parts(framework, plan)")
        found = found[found["part"] == part]
    if building_block is not None:
        found = found[found["building_block"] == block_named(framework, plan, building_block)]
    return _write(framework, plan, found, decision, reason.strip())


def _write(
    framework: Framework, plan: Plan, meant: pd.DataFrame, decision: str, reason: str
) -> int:
    """Write a decision about requirements as one change; return how many changed."""
    now = published(framework).set_index("requirement")
    usual = now["default"]
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
            if not is_own:
                mark, title = now.loc[key, ["fingerprint", "title"]]
                rows[key] |= {"fingerprint": mark or None, "said": title}
        changed += rows.get(key) != before
    with plan.change(f"Decide about {changed} requirements"):
        for table, rows in (("requirement_decisions", decided), ("own_requirements", own)):
            frame = pd.DataFrame(rows.values(), columns=list(DECLARED[table].columns))
            if changed:
                plan.replace(table, frame)
        see(framework, plan, decided)
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
    if needs(framework, plans).empty:
        said = "Nothing is needed so far: no step or use case has an accepted building block."
        return [f"{said} Accept some in the parts on aligning and mapping."]
    return list(dict.fromkeys(said for one in plans for said in values(one)[1]))
