"""How options meet requirements: what can be asked, what was answered, what rulesets make of it.

Definitions
-----------
A *check* is something that can be answered: a published requirement, a key functionality, an
operation of the published interface, one of the two questions that only rulesets ask, or a
requirement of the team's own. Checks of the kind *cross-functional* hold for every building block;
so did the *superseded* security chapter, which only older rulesets count. What is printed twice is
one check. An *answer* is met, partly, not met or unknown; what is not answered is unknown.

A *ruleset* (table ``rulesets``) has levels; a level is reached when each of its *conditions* (table
``ruleset_rules``) holds. An answer *partly* does not count as met under a published ruleset, for
none of them knows it; in ``kit-fit``, which is the kit's own and meant for comparing and choosing,
it counts half.

Unknown never counts as met. Its effect is a range: *lowest* is the share, claimable today, if
everything unknown turned out not to be met, *highest* if all of it were met. A condition *passes*
if it holds at the lowest, *fails* if it does not even hold at the highest, and otherwise *cannot be
told yet*. Exactly half is not over 50 %. Where nothing is published to check, or nothing of it is
needed, there is no share, and no verdict but that. A level fails if one of its conditions fails; it
passes only if all that are asked pass.

Without a frame of requirements all that is published counts. With one, those that it has as *later*
or *not for us* do not; of what it says nothing about (blocks that the plan does not need,
interfaces, deployment) all that is published counts.

An *answer sheet* is a workbook of the plan's table of answers with what is asked beside them. What
can be read of it is taken; all else is a problem. A row without an answer is left out, so it never
erases one: to take an answer back, choose *unknown*.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from govstack_kit.errors import ArgumentError, expected, known, quote
from govstack_kit.framework.framework import check
from govstack_kit.planning.plan import DECLARED, Plan
from govstack_kit.results import Result
from govstack_kit.selection.needs import as_counted, published, remembered, still_said
from govstack_kit.tables import package, validate, workbook
from govstack_kit.tables.schema import Column, Schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from govstack_kit.framework.framework import Framework

SERVICE, OWN = "service API", "own"
QUESTIONS = [  # of rulesets: kind, key and what is asked
    ("deployment", "deployment:container", "The product can be run as a container"),
    (
        "architecture API",
        "architecture:required-apis",
        "The REQUIRED interface requirements of the architecture specification are met",
    ),
]
KIT = "kit-fit"  # the kit's own figure for comparing and choosing
ALL, ONE, REPORTED, NOT_ASKED = "all", "at least 1", "reported", "not asked"
SHARES = {"over 50 %": 50, "over 90 %": 90}  # per cent that must be exceeded
PASSES, FAILS, OPEN = "passes", "fails", "cannot be told yet"
NOTHING, NONE_NEEDED = "no published requirements here", "no needed requirements here"
ANSWERS = {"met": "met", "partly": "partly", "not met": "not_met", "unknown": "unknown"}
_CHECK = ["requirement", "building_block", "kind", "section", "level", "title"]
_PAIR = ["option", "option_name", "building_block", "building_block_name"]
_SEE = "framework.building_blocks"
_CONDITION = ["ruleset", "level", "condition"]


# --- what can be asked ----------------------------------------------------------------------------


def checks(
    framework: Framework,
    plan: Plan,
    building_blocks: str | Iterable[str] | None = None,
    *,
    requirements: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return everything that an option can be asked about some building blocks.

    Parameters
    ----------
    framework, plan
        The tables, and the plan with the team's own requirements.
    building_blocks
        Keys of building blocks; without it, all of them.
    requirements
        What is needed, as :func:`govstack_kit.requirements` and
        :func:`govstack_kit.selection.joint_requirements` return it; what is not needed is left out,
        and own requirements are taken from there.

    Returns
    -------
    pandas.DataFrame
        One row a check: ``requirement`` (its key, which the answer bears), ``building_block``
        (empty where it holds for every block), ``kind``, ``section``, ``level`` and ``title``.

    Raises
    ------
    UnknownKeyError
        If there is no such building block.
    ArgumentError
        If an argument is of another kind.

    Examples
    --------
    >>> import govstack_kit
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.demonstration()
    >>> checks(framework, plan, "govstack:consent")["kind"].value_counts().to_dict()
    {'superseded': 113, 'cross-functional': 78, 'service API': 42, 'functional': 17,
     'cross-cutting': 3, 'key functionality': 3, 'deployment': 1, 'architecture API': 1}
    """
    found = _asked(framework, plan, requirements)
    found = found.loc[found["counts"], _CHECK]
    if building_blocks is not None:
        blocks = _blocks(framework, _names(framework, plan), building_blocks)
        found = found[found["building_block"].isin(["", *blocks["counted"]])]
    return found.reset_index(drop=True)


def _asked(framework: Framework, plan: Plan, requirements: pd.DataFrame | None) -> pd.DataFrame:
    """Return every check, and whether it counts by the frame of requirements."""
    expected(plan, Plan, "Give a plan, as Plan.open(path) returns it")
    table = published(check(framework))
    operations = framework.api_operations.drop_duplicates(["building_block", "method", "path"])
    title = operations["method"] + " " + operations["path"]
    key = operations["building_block"] + " " + title
    operations = operations.assign(requirement=key, title=title, kind=SERVICE)
    questions = pd.DataFrame(QUESTIONS, columns=["kind", "requirement", "title"])
    found = pd.concat([questions, table, operations], ignore_index=True)
    found = found[_CHECK].assign(counts=True)
    own = plan.own_requirements[plan.own_requirements["decision"] == "needed"]
    if requirements is not None:
        wanted = "Give as requirements what govstack_kit.requirements(framework, plan) returns"
        asked: pd.DataFrame = expected(requirements, pd.DataFrame, wanted)
        if not {*_CHECK, "decision", "own"} <= set(asked):
            raise ArgumentError(f"{wanted}: this frame has other columns.")
        unneeded = asked.loc[asked["decision"] != "needed", "requirement"]
        found["counts"] = ~found["requirement"].isin(unneeded)
        own = asked[asked["own"].astype("bool")]
    own = own.assign(kind=OWN, counts=own["decision"] == "needed")
    own["building_block"] = own["building_block"].fillna("")
    own = as_counted(framework, own.reindex(columns=[*_CHECK, "counts"]))
    found = pd.concat([found, own], ignore_index=True)
    return found.fillna(dict.fromkeys(_CHECK, "")).astype({"counts": "bool"})


def _keys(wanted: str | Iterable[str], what: str) -> list[str]:
    """Return keys that were given one by one or as a list."""
    if not isinstance(wanted, str) and not hasattr(wanted, "__iter__"):
        expected(wanted, str, f"Name {what} by their keys")
    return [wanted] if isinstance(wanted, str) else list(wanted)


def _names(framework: Framework, plan: Plan) -> dict[str, str]:
    """Return the names of all building blocks by their keys; own ones of options have their key."""
    table = plan.framework(framework).building_blocks
    own = [plan.option_building_blocks, plan.own_requirements]
    blocks = [block for frame in own for block in frame["building_block"].dropna()]
    return dict(zip(table["building_block"], table["name"], strict=True)) | {
        block: block for block in blocks if block not in set(table["building_block"])
    }


def _blocks(
    framework: Framework, names: dict[str, str], wanted: str | Iterable[str]
) -> pd.DataFrame:
    """Return the building blocks of these keys, and what each is ``counted`` as."""
    keys = known(_keys(wanted, "building blocks"), names, "building block", _SEE)
    found = pd.DataFrame({"building_block": keys, "counted": keys})
    return as_counted(framework, found, "counted")


# --- what rulesets make of it ---------------------------------------------------------------------


@dataclass(frozen=True)
class Compliance(Result):
    """How options fulfil the conditions of rulesets, block by block.

    Attributes
    ----------
    fit : pandas.DataFrame
        One row an option, building block, ruleset, level and condition, with its ``rule``; the
        numbers of checks ``met``, ``partly``, ``not_met``, ``unknown`` and in ``total``;
        ``evidenced`` (met, with evidence and who said so); ``lowest`` and ``highest`` share,
        missing where there is nothing to check; ``verdict``; ``caveat`` (what else is counted than
        the ruleset means).
    verdicts : pandas.DataFrame
        One row a level: ``verdict`` and ``because``, the conditions that decide it, with their
        numbers and caveats.
    rows : pandas.DataFrame
        The checks behind each condition with their answers: ``requirement``, its ``kind``,
        ``section``, ``requirement_level`` and ``title``, ``every_block`` (whether it holds for
        every block), ``answer``, ``evidence``, ``by``, ``date`` and ``counts`` (1, 0 or what partly
        counts; missing where unknown).
    """

    fit: pd.DataFrame
    verdicts: pd.DataFrame
    rows: pd.DataFrame
    _figure: ClassVar[str] = "plot_fit"

    def sentences(self) -> list[str]:
        """Return each verdict in words, with what it rests on."""
        return [
            f"{row.option_name}, {row.building_block_name}, {row.ruleset}, level {row.level}: "
            f"{row.verdict}. {row.because}"
            for row in self.verdicts.itertuples()
        ]


def fit(  # noqa: PLR0913 - what is judged, by what, and what counts
    framework: Framework,
    plan: Plan,
    *,
    rulesets: str | Iterable[str] | None = None,
    building_blocks: str | Iterable[str] | None = None,
    options: str | Iterable[str] | None = None,
    requirements: pd.DataFrame | None = None,
) -> Compliance:
    """Return how options fulfil the conditions of rulesets, by their answers.

    Parameters
    ----------
    framework, plan
        The tables, and the plan with options and their answers.
    rulesets
        Keys of rulesets (``framework.rulesets``); without it, all.
    building_blocks
        Keys of building blocks; without it, for each option those it covers or answered for.
    options
        Keys of options; without it, all of the plan.
    requirements
        What is needed, as for :func:`checks`; without it, all that is published counts.

    Returns
    -------
    Compliance
        The figures, the verdicts, and the rows behind each figure.

    Raises
    ------
    ArgumentError
        If an argument is of another kind.
    UnknownKeyError
        If there is no such ruleset, building block or option.

    Examples
    --------
    >>> import govstack_kit
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.new(title="Payments")
    >>> hub = plan.add("options", name="Hub")
    >>> _ = plan.add("answers", option=hub, requirement="payments:6b1e3140", answer="met")
    >>> found = fit(framework, plan, rulesets="govspecs-2.0")
    >>> found.fit[["condition", "met", "total", "verdict"]].head(2).values.tolist()
    [['REQUIRED of the core set', 0, 19, 'cannot be told yet'],
     ['REQUIRED of the block', 1, 138, 'cannot be told yet']]
    """
    asked = _asked(framework, plan, requirements)
    table = plan.options
    if options is not None:
        named = known(_keys(options, "options"), table["option"].tolist(), "option", "plan.options")
        table = table[table["option"].isin(named)]
    names = _names(framework, plan)
    pairs = _covered(framework, plan, asked, names)
    if building_blocks is not None:
        blocks = _blocks(framework, names, building_blocks)[["counted"]].drop_duplicates()
        blocks = blocks.rename(columns={"counted": "building_block"})
        pairs = plan.options[["option"]].merge(blocks, "cross")
    pairs = table.merge(pairs, on="option")[["option", "name", "building_block"]]
    pairs = pairs.rename(columns={"name": "option_name"}).assign(pair=range(len(pairs)))
    pairs["building_block_name"] = pairs["building_block"].map(names)
    conditions = _conditions(framework, rulesets)
    answers = plan.answers[still_said(framework, plan.answers)]
    rows = _rows(pairs, conditions, asked, answers)
    fits = _fits(pairs, conditions.drop_duplicates("place"), rows)
    shown = [*_PAIR, *_CONDITION, "requirement", "every_block", "kind", "section"]
    shown += ["requirement_level", "title", "answer", "evidence", "by", "date", "counts"]
    rows = rows[rows["counted"]].sort_values(["pair", "place", "check"], ignore_index=True)
    return Compliance(fits, _verdicts(fits), rows[shown])


def verdicts(framework: Framework, plan: Plan, **what: Any) -> pd.DataFrame:  # noqa: ANN401
    """Return one verdict for each level of each ruleset, with the reason.

    Parameters
    ----------
    framework, plan, **what
        As for :func:`fit`.

    Returns
    -------
    pandas.DataFrame
        The table ``verdicts`` of :class:`Compliance`.

    Examples
    --------
    >>> import govstack_kit
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.new(title="Identity")
    >>> _ = plan.add("options", name="One")
    >>> found = verdicts(
    ...     framework, plan, rulesets="govspecs-2.0", building_blocks="govstack:identity"
    ... )
    >>> found[["verdict", "because"]].values.tolist()
    [['cannot be told yet',
      'REQUIRED of the core set: 19 unknown, of 19. REQUIRED of the block: 49 unknown, of 49.']]
    """
    return fit(framework, plan, **what).verdicts


def fit_scores(
    framework: Framework,
    plan: Plan,
    *,
    building_blocks: str | Iterable[str] | None = None,
    requirements: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return one figure for each option and block, for comparing and choosing.

    It is the kit's own convention, the ruleset ``kit-fit``: met counts 1, partly 0.5, not met and
    unknown 0, over the REQUIRED and RECOMMENDED requirements of the block and the team's own.

    Parameters
    ----------
    framework, plan, building_blocks, requirements
        As for :func:`fit`.

    Returns
    -------
    pandas.DataFrame
        One row an option and block: ``option``, ``option_name``, ``building_block`` (by the key
        that `building_blocks` or the option has for it, also one of 2019), ``fit`` (0 to 1; missing
        where nothing is answered or nothing is there to check), ``lowest`` and ``highest``,
        ``answered`` (share of the checks, 0 to 1) and ``checks`` (their number).

    Examples
    --------
    >>> import govstack_kit
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.new(title="Consent")
    >>> one = plan.add("options", name="One")
    >>> _ = plan.add("answers", option=one, requirement="consent:579d86c7", answer="partly")
    >>> fit_scores(framework, plan)[["fit", "highest", "checks"]].round(3).values.tolist()
    [[0.025, 0.975, 20.0]]
    """
    found = fit(
        framework, plan, rulesets=KIT, building_blocks=building_blocks, requirements=requirements
    ).fit
    links = plan.option_building_blocks[["option", "building_block"]]
    links = as_counted(framework, links.assign(counted=links["building_block"]), "counted")
    if building_blocks is not None:
        named = _blocks(framework, _names(framework, plan), building_blocks)
        links = plan.options[["option"]].merge(named, "cross")
    links = links.rename(columns={"building_block": "key", "counted": "building_block"})
    found = found.merge(links, "left", on=["option", "building_block"])
    # What has several counterparts is judged by the checks of all of them.
    found["building_block"] = found["key"].fillna(found["building_block"])
    found["low"] = found["lowest"].fillna(0) * found["total"]
    by = ["option", "option_name", "building_block"]
    found = found.groupby(by, sort=False)[["low", "unknown", "total"]].sum().reset_index()
    found = _ranged(found).rename(columns={"total": "checks"})
    found["answered"] = 1 - found["unknown"] / found["checks"].where(found["checks"] > 0)
    found["fit"] = found["lowest"].where(found["answered"] > 0)
    return found[[*by, "fit", "lowest", "highest", "answered", "checks"]]


def _ranged(found: pd.DataFrame) -> pd.DataFrame:
    """Add the lowest and the highest share of checks met; missing where there are none."""
    total = found["total"].where(found["total"] > 0)
    high = found["low"] + found["unknown"]
    return found.assign(lowest=found["low"] / total, highest=high / total)


def _conditions(framework: Framework, rulesets: str | Iterable[str] | None) -> pd.DataFrame:
    """Return what each condition counts: one row a kind and level of requirement."""
    table, rules = framework.rulesets, framework.ruleset_rules
    if rulesets is not None:
        there = table["ruleset"].tolist()
        wanted = known(_keys(rulesets, "rulesets"), there, "ruleset", "framework.rulesets")
        table = table[table["ruleset"].isin(wanted)]
    found = table[["ruleset", "partly"]].merge(rules, on="ruleset").fillna({"caveat": ""})
    found["place"] = range(len(found))
    found["kind"] = found["kinds"].str.split(r"\s*;\s*", regex=True)
    found["requirement_level"] = (
        found["requirement_levels"].fillna("").str.split(r"\s*;\s*", regex=True)
    )
    found = found.explode("kind").explode("requirement_level", ignore_index=True)
    return found.drop(columns=["kinds", "requirement_levels", "order", "source"])


def _covered(
    framework: Framework, plan: Plan, asked: pd.DataFrame, names: dict[str, str]
) -> pd.DataFrame:
    """Return which blocks options cover or answered for, in the order of the framework."""
    covered = as_counted(framework, plan.option_building_blocks[["option", "building_block"]])
    asked = asked.loc[asked["counts"] & (asked["building_block"] != "")]
    answered = plan.answers.merge(asked[["requirement", "building_block"]], on="requirement")
    found = pd.concat([covered, answered])
    order = {key: place for place, key in enumerate(names)}
    found = found[["option", "building_block"]].drop_duplicates()
    return found.sort_values("building_block", key=lambda b: b.map(order), kind="stable")


def _rows(
    pairs: pd.DataFrame, conditions: pd.DataFrame, asked: pd.DataFrame, answers: pd.DataFrame
) -> pd.DataFrame:
    """Return the checks behind each figure, also those that do not count, with their answers."""
    # Every pair has the checks of its own block, and those that hold for every block.
    spread = pd.concat([pairs.assign(cell=pairs["building_block"]), pairs.assign(cell="")])
    asked = asked.rename(columns={"building_block": "cell", "level": "requirement_level"})
    asked = asked.rename(columns={"counts": "counted"}).assign(check=range(len(asked)))
    asked = asked[asked["cell"].isin(["", *pairs["building_block"]])]
    rows = asked.merge(conditions, on=["kind", "requirement_level"])
    rows = spread.merge(rows, on="cell").assign(every_block=lambda found: found["cell"] == "")
    rows = rows.merge(answers, "left", on=["option", "requirement"])
    rows = rows.fillna({"answer": "unknown", "evidence": "", "by": "", "date": ""})
    worth = rows["answer"].map({"met": 1.0, "not met": 0.0}).astype("float64")
    worth = worth.fillna(rows["partly"]).mask(rows["answer"] == "unknown")
    return rows.assign(counts=worth)


def _fits(pairs: pd.DataFrame, conditions: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of each pair and condition, with what can be said of it."""
    sums = rows[["pair", "place"]].assign(total=rows["counted"], published=True)
    for name, column in ANSWERS.items():
        sums[column] = rows["counted"] & (rows["answer"] == name)
    sums["evidenced"] = sums["met"] & (rows["evidence"] != "") & (rows["by"] != "")
    sums["low"] = rows["counts"].where(rows["counted"]).fillna(0.0)
    sums = sums.groupby(["pair", "place"], as_index=False).sum()
    about = [*_CONDITION, "rule", "caveat", "place"]
    found = pairs.merge(conditions[about], "cross").merge(sums, "left", on=["pair", "place"])
    numbers = [*ANSWERS.values(), "total", "evidenced", "published"]
    found[numbers] = found[numbers].fillna(0).astype("int64")
    found = _ranged(found.fillna({"low": 0.0}))
    found["verdict"] = [_verdict(row) for row in found.to_dict("records")]
    columns = [
        *_PAIR,
        *_CONDITION,
        "rule",
        *ANSWERS.values(),
        "total",
        "evidenced",
        "lowest",
        "highest",
    ]
    return found[[*columns, "verdict", "caveat"]]


def _verdict(row: dict[Any, Any]) -> str:
    """Return what can be said of a condition, by the numbers of its checks."""
    rule: str = row["rule"]
    total: int = row["total"]
    if rule == NOT_ASKED:
        return NOT_ASKED
    if not total:
        return NONE_NEEDED if row["published"] else NOTHING
    if rule == REPORTED:
        return REPORTED

    def holds(count: float) -> bool:
        if rule in SHARES:
            return count * 100 > SHARES[rule] * total
        return count >= (total if rule == ALL else 1)

    if holds(row["low"]):
        return PASSES
    return OPEN if holds(row["low"] + row["unknown"]) else FAILS


def _verdicts(fits: pd.DataFrame) -> pd.DataFrame:
    """Return the verdict of each level, and why."""
    by, rows = [*_PAIR, "ruleset", "level"], []
    for key, group in groupby(fits.to_dict("records"), key=itemgetter(*by)):
        verdict, deciding = _decided([*group])
        caveats = dict.fromkeys(row["caveat"] for row in deciding if row["caveat"])
        rows.append((*key, verdict, " ".join([*map(_because, deciding), *caveats])))
    return pd.DataFrame(rows, columns=[*by, "verdict", "because"])


def _decided(group: list[dict[Any, Any]]) -> tuple[str, list[dict[Any, Any]]]:
    """Return the verdict of a level, and the conditions that decide it."""
    asked = [row for row in group if row["rule"] not in (NOT_ASKED, REPORTED)]
    if not asked:
        return group[0]["verdict"], group
    found = {row["verdict"] for row in asked}
    verdict = next(said for said in (FAILS, OPEN, NOTHING, NONE_NEEDED, PASSES) if said in found)
    if verdict == FAILS:
        return verdict, [row for row in asked if row["verdict"] == FAILS]
    # What passes says nothing of a level that cannot be told yet.
    return verdict, [row for row in asked if verdict == PASSES or row["verdict"] != PASSES]


def _because(row: dict[Any, Any]) -> str:
    """Return the numbers of a condition as a sentence."""
    total = row["total"]
    if not total:
        return f"{row['condition']}: {row['verdict']}."
    if row["verdict"] == PASSES:
        return f"{row['condition']}: {row['met']} of {total} met."
    numbers = {name: row[column] for name, column in ANSWERS.items()}
    if row["rule"] == ALL:
        del numbers["met"]
    said = [f"{number} {name}" for name, number in numbers.items() if number]
    asked = f" ({row['rule']} must be met)" if row["rule"] in SHARES else ""
    return f"{row['condition']}: {', '.join(said)}, of {total}{asked}."


# --- vendors' answers -----------------------------------------------------------------------------


def _sheet() -> Schema:
    """Return the plan's table of answers as a sheet, with what is asked beside them."""
    table = DECLARED["answers"]
    said = "Empty changes nothing; to take an answer back, choose unknown"
    given = table.columns["answer"].given | {"constraints": {"enum": list(ANSWERS)}}
    given.pop("default")
    about = [
        Column("building_block", "string", "Building block", "For which block it is asked", {}),
        Column("kind", "string", "Kind", "What kind of question it is", {}),
        Column("level", "string", "Level", "How binding the specification says it is", {}),
        Column("title", "string", "What is asked", "In short; see the specification", {"lines": 1}),
    ]
    columns = {name: table.columns[name] for name in ("option", "requirement")}
    columns |= {column.name: column for column in about} | table.columns
    columns["answer"] = replace(table.columns["answer"], description=said, given=given)
    return Schema({"answers": replace(table, columns=columns)})


def answer_sheet(  # noqa: PLR0913 - what is asked of whom
    framework: Framework,
    plan: Plan,
    path: str | Path,
    *,
    option: str,
    building_blocks: str | Iterable[str] | None = None,
    requirements: pd.DataFrame | None = None,
) -> Path:
    """Write a workbook in which a vendor or colleague says how an option meets requirements.

    Parameters
    ----------
    framework, plan
        The tables, and the plan.
    path
        The new file; its ending is ``.xlsx``. A file that exists is never overwritten.
    option
        The option that is asked about; the answers that it has already are filled in.
    building_blocks
        Keys of building blocks; without it, those that the option covers.
    requirements
        What is needed, as for :func:`checks`; without it, all that is published is asked.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ArgumentError
        If the file exists, has another ending or cannot be written, or nothing is to be asked.
    UnknownKeyError
        If there is no such option or building block.

    Examples
    --------
    >>> import govstack_kit, pathlib, tempfile
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.demonstration()
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "digit.xlsx"
    >>> answer_sheet(framework, plan, file, option="digit").name
    'digit.xlsx'
    >>> len(add_answers(framework, plan, file))
    0
    """
    file = Path(expected(path, (str, Path), "Name the file to write"))
    known([option], plan.options["option"].tolist(), "option", "plan.options")
    if file.suffix.lower() != ".xlsx" or file.exists():
        why = "exists already" if file.exists() else "does not end in .xlsx"
        raise ArgumentError(f"{file.name!r} {why}. Choose another name.")
    covered = plan.option_building_blocks.query("option == @option")["building_block"]
    blocks = covered.tolist() if building_blocks is None else building_blocks
    if not blocks:
        raise ArgumentError(f"The option {quote(option)} covers no building block: name some.")
    asked = checks(framework, plan, blocks, requirements=requirements)
    names = _names(framework, plan) | {"": "every building block"}
    asked["building_block"] = asked["building_block"].map(names)
    given = plan.answers.query("option == @option").drop(columns="option")
    rows = asked.merge(given, "left", on="requirement").assign(option=option)
    sheet = _sheet()
    return package.write_file(
        file, workbook.write({"answers": rows[list(sheet["answers"].columns)]}, sheet, {})
    )


def add_answers(framework: Framework, plan: Plan, path: str | Path) -> pd.DataFrame:
    """Take the answers in a filled answer sheet into a plan, as one change.

    Parameters
    ----------
    framework, plan
        The tables, and the plan.
    path
        The workbook. No formula is computed: the result that the spreadsheet saved is taken.

    Returns
    -------
    pandas.DataFrame
        What could not be taken, one row a problem, with the columns that
        :func:`govstack_kit.validate` documents; empty if all was. An answer stands in place of the
        one that the plan had to the same check; one that stands twice in the sheet is a problem.

    Raises
    ------
    TablesError
        If the file cannot be read, or has no sheet of answers; the plan is as before.

    Examples
    --------
    >>> import govstack_kit, pathlib, tempfile
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.demonstration()
    >>> key = "digital-registries:DRS-1"
    >>> _ = plan.add("answers", option="digit", requirement=key, answer="met")
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "digit.xlsx"
    >>> _ = answer_sheet(framework, plan, file, option="digit")
    >>> plan.remove("answers", ("digit", key))
    >>> _ = add_answers(framework, plan, file)
    >>> plan.answers[["option", "requirement", "answer"]].values.tolist()
    [['digit', 'digital-registries:DRS-1', 'met']]
    """
    expected(plan, Plan, "Give a plan, as Plan.open(path) returns it")
    file = Path(expected(path, (str, Path), "Name the workbook with the answers"))
    problems, sheet = validate.Problems(), _sheet()
    cells = package.read_cells(file, sheet, problems).get("answers", pd.DataFrame())
    if not {"option", "requirement", "answer"} <= set(cells):
        problems.add("answers", "no sheet of answers was found", fix="Start from an answer sheet.")
        package.refuse(problems.frame(), file.name)
    cells = cells[[name for name in DECLARED["answers"].columns if name in cells]]
    cells = cells[(cells.drop(columns=["option", "requirement"]) != "").any(axis=1)]
    empty = cells[cells["answer"] == ""]
    problems.mask(
        "answers",
        "answer",
        empty["answer"],
        "there is no answer, so the row was left out; what the plan has stays",
        fix="Choose one; unknown if nobody knows.",
    )
    asked = [*_asked(framework, plan, None)["requirement"], *plan.own_requirements["requirement"]]
    there = {"options": plan.options, "requirements": pd.DataFrame({"requirement": asked})}
    validate.check({"answers": cells}, sheet, there, problems)
    found = problems.frame()
    bad = found.loc[found["table"] == "answers", "row"]
    new = cells[~cells.index.isin([*bad, *empty.index])]
    if len(new):
        both = pd.concat([plan.answers, package.frame_of(new, DECLARED["answers"])])
        both = both.drop_duplicates(["option", "requirement"], keep="last")
        with plan.change("Add answers"):
            plan.replace("answers", remembered(framework, both))
    return found
