"""What is needed and what there is: the first questions of the guided part *select*.

Definitions
-----------
What the kit *proposes* about a requirement follows from its level, and counts until the team says
otherwise. Products are *taken* to be compared; nothing here is a recommendation.
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets
import pandas as pd

from govstack_kit.errors import ArgumentError, PlanError
from govstack_kit.planning import plan_sheets
from govstack_kit.selection.compliance import add_answers, answer_sheet
from govstack_kit.selection.coverage import add_inventory, coverage, coverage_matrix
from govstack_kit.selection.needs import decide, needs, parts, requirements
from govstack_kit.selection.options import complete
from govstack_kit.selection.shortlist import add_product, shortlist
from govstack_kit.tables import package
from govstack_kit.tables.package import text_of
from govstack_kit.views import made_up_note
from govstack_kit.widgets import fields, markup
from govstack_kit.widgets.choices import Choice, Choices, Verdict
from govstack_kit.widgets.wizard import Question, has, needs_use_case
from govstack_kit.words import amount, count, percent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from govstack_kit.planning.plan import Plan
    from govstack_kit.widgets.session import Session

NOT_MAPPED = (
    "Your plan needs no building block yet. Map a service first, in the part “Map”: what you "
    "accept there says which building blocks it needs."
)
WEIGHT = (
    "The weight is the share of a block in everything that your services need: a service counts "
    "more if it has priority, and a block more the more steps use it. How much more is the kit's "
    "own convention."
)
EVERY_BLOCK = "Every building block"
DECIDING = (
    Verdict("needed", "Needed", "✓ Needed"),
    Verdict("later", "Later", "✓ Later", "later"),
    Verdict("not for us", "Not for us", "✓ Not for us", "off"),
)
SERVING = (
    Verdict("well", "Well", "✓ Well"),
    Verdict("partly", "Partly", "✓ Partly", "later"),
    Verdict("poorly", "Poorly", "✓ Poorly", "off"),
)
FITTING = (
    Verdict("1", "Fully", "✓ Fully"),
    Verdict("0.75", "Mostly", "✓ Mostly"),
    Verdict("0.5", "Half", "✓ Half", "later"),
    Verdict("0.25", "A little", "✓ A little", "off"),
)
WHY = (
    "Say why first, in the field “Reason”: a requirement that is left out without a reason cannot "
    "be defended later."
)
STATES = {
    "nothing": "Nothing is there yet for",
    "partial": "Something is there, but not well enough, for",
    "one": "One system does it well for",
    "several competing": "Several systems compete for",
}
EVIDENCE = {
    "publisher": "named by GovStack or the framework",
    "atlas": "listed in one author's atlas",
    "product": "says so itself",
    "kit": "judged by the kit",
}


# --- what is needed -------------------------------------------------------------------------------


def needed(session: Session) -> pd.DataFrame:
    """Return the building blocks that the plan needs, the weightiest first; kept."""
    return session.remember("needs", lambda: needs(session.framework, session.plan))


def needed_names(session: Session) -> dict[str, str]:
    """Return the names of the building blocks that the plan needs, by their keys."""
    found = needed(session)
    return dict(zip(found["building_block"], found["name"], strict=True))


def waits_for_blocks(session: Session) -> str:
    """Wait for a building block that is needed."""
    return needs_use_case(session) or ("" if len(needed(session)) else NOT_MAPPED)


def _asked(session: Session) -> pd.DataFrame:
    """Return the requirements of the blocks that the plan needs, with what is decided; kept."""
    return session.remember("requirements", lambda: requirements(session.framework, session.plan))


def _weights(session: Session) -> str:
    found, asks = needed(session), _asked(session)["building_block"].value_counts()
    shown = pd.DataFrame(
        {
            "Building block": found["name"],
            "Steps": found["steps"],
            "Services": found["use_cases"],
            "Requirements": found["building_block"].map(asks).fillna(0).astype("int64"),
            "Weight": found["weight"].map(percent),
            "Note": found["note"].str.replace(" with selection.add_requirement()", ""),
        }
    )
    shown["Note"] = shown["Note"].mask(found["foundational"], "foundational")
    table = markup.table(shown, "Building blocks of your plan", look="gsk-numbers")
    return table + markup.sentence(WEIGHT)


def of_block(
    session: Session,
    make: Callable[[Callable[[], str]], Sequence[fields.Part]],
    *,
    every: bool = False,
) -> fields.Part:
    """Return parts about one of the building blocks that are needed, or about all of them."""

    def blocks() -> list[tuple[str, str]]:
        names = needed_names(session) | ({"": EVERY_BLOCK} if every else {})
        return [(name, key) for key, name in names.items()]

    return fields.OneOf(session, "Building block", blocks, make)


class Decisions(Choices):
    """The requirements of one block, narrowed down, and what is decided about each."""

    def __init__(self, session: Session, block: Callable[[], str]) -> None:
        super().__init__(
            session,
            "requirement_decisions",
            self._lines,
            column="decision",
            verdicts=DECIDING,
            reasons=True,
            most=8,
            empty="No requirement of this block is like that. Add your own.",
        )
        self.block = block
        self.part = fields.labelled(ipywidgets.Dropdown(), "Part of it", "", "gsk-narrow")
        self.words = fields.line("With these words", "for example: audit, optional or undecided")
        self.reason = fields.line("Reason", "“Not for us” needs one")
        self.all = ipywidgets.HTML()
        every = (*DECIDING, Verdict("default", "As the kit proposes", ""))
        bulk = [fields.button(session, v.word, partial(self.decide_all, v.value)) for v in every]
        narrow, all_ = fields.actions(self.part, self.words), fields.actions(*bulk, self.reason)
        self.widget = ipywidgets.VBox([narrow, self.all, all_, self.element])
        for control in (self.part, self.words):
            fields.watch(session, control, lambda _value: self.start_anew())

    def _found(self) -> pd.DataFrame:
        found = _asked(self.session)
        found = found[(found["building_block"] == self.block()) & ~found["own"]]
        if self.part.value:
            found = found[found["part"] == self.part.value]
        text = found["title"] + " " + found["level"] + " " + found["kind"]
        text = text.mask(~found["decided"], text + " undecided").str.casefold()
        for word in self.words.value.casefold().split():
            found = found[text[found.index].str.contains(word, regex=False)]
        return found

    def _lines(self) -> list[Choice]:
        return [
            Choice(
                row["requirement"],
                row["title"],
                " · ".join(filter(None, [row["kind"], row["section"]])),
                tag=(row["level"] or "without a level").lower()
                + ("" if row["decided"] else ", as the kit proposes"),
            )
            for row in self._found().to_dict("records")
        ]

    def decided(self) -> dict[str, dict[str, Any]]:
        """Return what counts for each requirement: what is decided, or else proposed."""
        rows = package.records(_asked(self.session))
        return {row["requirement"]: row for row in rows}

    def _decide(self, keys: Sequence[str], verdict: str, reason: str, plan: Plan) -> None:
        if verdict == "not for us" and not reason.strip():
            raise PlanError(WHY)
        decide(self.session.framework, plan, verdict, reason, requirements=keys)

    def _put(self, choice: Choice, verdict: str, plan: Plan) -> None:
        self._decide([choice.key], verdict, choice.reason, plan)

    def _remove(self, choice: Choice, plan: Plan) -> None:
        self._decide([choice.key], "default", "", plan)

    def _explain(self, choice: Choice, text: str, plan: Plan) -> None:
        self._decide([choice.key], self._verdict(choice, self.decided()), text, plan)

    def decide_all(self, verdict: str) -> None:
        """Decide about all requirements of the list at once."""
        keys = self._found()["requirement"].tolist()
        said = f"Decide about {count(len(keys), 'requirement')}"
        self.session.change(said, partial(self._decide, keys, verdict, self.reason.value))
        self.reason.value = ""

    def show(self) -> None:
        """Show the requirements that are asked for."""
        session = self.session
        found = session.remember("parts", lambda: parts(session.framework, session.plan))
        rows = package.records(found[found["building_block"] == self.block()])
        said = "{name} ({needed} of {requirements} needed)"
        named = [(said.format(**row), str(row["part"])) for row in rows]
        fields.offer(self.part, [("all parts", ""), *named])
        super().show()
        number = count(len(self._found()), "requirement")
        self.all.value = markup.sentence(f"Decide about all {number} of this list:")


def _of_each_block(session: Session, block: Callable[[], str]) -> list[fields.Part]:
    columns = ["title", "level", "decision", "reason"]
    here = lambda: {"building_block": block()} if block() else {}  # noqa: E731 - a condition
    return [
        Decisions(session, block),
        fields.Rows(session, "own_requirements", columns, where=here),
    ]


# --- what there is --------------------------------------------------------------------------------


class Covers(Choices):
    """What a system or an option does for each building block, and how well."""

    def __init__(
        self,
        session: Session,
        table: str,
        key: Callable[[], fields.Key],
        verdicts: Sequence[Verdict],
        label: str,
    ) -> None:
        super().__init__(
            session,
            table,
            self._lines,
            owner=lambda: str(key()),
            column="quality" if table.startswith("system") else "fit",
            verdicts=verdicts,
            most=99,
            label=label,
        )
        self.other = fields.labelled(ipywidgets.Dropdown(), "Add another building block")
        self.widget = ipywidgets.VBox([self.element, self.other])
        fields.watch(session, self.other, self._add)

    def _add(self, block: str | None) -> None:
        if block and self.owner:
            link = (self.owner(), block)
            self.session.change(
                "Add a building block", lambda plan: plan.put(self.table.name, link)
            )

    def _names(self) -> dict[str, str]:
        blocks = self.session.laid.building_blocks
        return dict(zip(blocks["building_block"], blocks["name"], strict=True))

    def _lines(self) -> list[Choice]:
        names = self._names()
        linked = {row["building_block"]: row[self.column] for row in self.decided().values()}
        said = {verdict.value for verdict in self.verdicts}
        tags = {
            key: "not judged yet" if value is None else f"fits by {percent(value)}"
            for key, value in linked.items()
            if text_of(value) not in said
        }
        keys = dict.fromkeys([*needed_names(self.session), *linked])
        return [Choice(key, names.get(key, key), tag=tags.get(key, "")) for key in keys]

    def show(self) -> None:
        """Show the blocks that are needed or covered, and all others to add."""
        super().show()
        names = {key: name for key, name in self._names().items() if key.startswith("govstack:")}
        others = [(name, key) for key, name in names.items() if key not in self.shown]
        fields.offer(self.other, [("…", ""), *sorted(others)])


def _systems(session: Session) -> list[fields.Part]:
    framework, links = session.framework, plan_sheets.INVENTORY
    sheet = ipywidgets.HTML()

    def prepare() -> None:
        raw = plan_sheets.write_sheets(framework, session.plan, ["systems"], links)
        sheet.value = f"<p>{markup.download('our-systems.xlsx', raw, 'our-systems.xlsx')}</p>"

    return [
        fields.Text(session, lambda: markup.marked(made_up_note(session.plan, "systems"))),
        fields.Rows(
            session,
            "systems",
            beside=lambda key: [
                Covers(
                    session, "system_building_blocks", key, SERVING,
                    "How well does it serve the building blocks?",
                )
            ],
        ),
        fields.Actions(session, fields.button(session, "Prepare a workbook", prepare), sheet),
        fields.Upload(
            session,
            "Choose the filled-in workbook",
            lambda plan, raw: add_inventory(framework, plan, raw),
        ),
    ]  # fmt: skip


def _covered(session: Session) -> str:
    """Return what the systems cover already, in words, as a picture and as a table."""
    from govstack_kit.views import plot_coverage  # noqa: PLC0415 - loads the figures

    framework, plan = session.framework, session.plan
    found, note = coverage(framework, plan), made_up_note(plan, "systems")
    wanted = found[found["needed"]]
    said = [
        f"{words} {', '.join(wanted.loc[wanted['state'] == state, 'name'])}."
        for state, words in STATES.items()
        if (wanted["state"] == state).any()
    ]
    shown = pd.DataFrame(
        {
            "Building block": found["name"],
            "State": found["state"].where(found["needed"], "not needed"),
            "Served by": found["served_by"],
            "At best": found["best"],
            "Annual cost": found["annual_cost"].map(amount).where(found["systems"] > 0, ""),
        }
    )
    picture = ""
    if not plan.system_building_blocks.empty:
        figure, _axes = plot_coverage(coverage_matrix(framework, plan), note=note)
        picture = markup.image(figure)
    table = markup.table(shown, "Building blocks and the systems that serve them")
    return markup.marked(note) + "".join(map(markup.sentence, said)) + picture + table


# --- what could be taken --------------------------------------------------------------------------


class Products(Choices):
    """The products that could do what one block must do: those to be compared."""

    def __init__(self, session: Session, block: Callable[[], str]) -> None:
        super().__init__(
            session,
            "options",
            self._lines,
            verdicts=(Verdict("taken", "Take", "✓ Taken"),),
            empty="No product is linked with it like that.",
        )
        self.block, self.said = block, ipywidgets.HTML()
        self.open_source = ipywidgets.Checkbox(indent=False, description="Only open source")
        self.good = ipywidgets.Checkbox(indent=False, description="Only digital public goods")
        self.region = fields.line("Deployed in", "anywhere; or a country or region, such as Kenya")
        own = fields.actions(fields.button(session, "Add an own build", self.build_own))
        narrow = (self.open_source, self.good, self.region)
        self.widget = ipywidgets.VBox([fields.actions(*narrow), self.said, self.element, own])
        for control in narrow:
            fields.watch(session, control, lambda _value: self.start_anew())

    def _found(self) -> pd.DataFrame:
        session, block = self.session, self.block()
        if block not in set(session.framework.building_blocks["building_block"]):
            return pd.DataFrame(columns=["product"])
        given: dict[str, Any] = {
            "open_source": self.open_source.value or None,
            "digital_public_good": self.good.value or None,
            "region": self.region.value.strip() or None,
        }
        return session.remember(
            f"shortlist {block} {given}",
            lambda: shortlist(session.framework, block, plan=session.plan, **given),
            "options",
        )

    def _lines(self) -> list[Choice]:
        try:
            table = self._found()
        except ArgumentError as error:
            self.said.value = markup.sentence(str(error), "gsk-wrong")
            return []
        self.said.value = markup.sentence(f"{count(len(table), 'product')} could do it.")
        return [_product(row) for row in table.to_dict("records")]

    def decided(self) -> dict[str, dict[str, Any]]:
        """Return which products are taken for the block, by their keys."""
        plan = self.session.plan
        links = plan.rows("option_building_blocks", building_block=self.block())
        there = {link["option"] for link in links}
        return {
            row["product"]: {"status": "taken", "option": row["option"]}
            for row in plan.rows("options")
            if row["product"] and row["option"] in there
        }

    def _put(self, choice: Choice, _verdict: str, plan: Plan) -> None:
        add_product(self.session.framework, plan, choice.key, [self.block()])

    def _remove(self, choice: Choice, plan: Plan) -> None:
        option = self.decided()[choice.key]["option"]
        plan.remove("option_building_blocks", (option, self.block()))
        if not plan.rows("option_building_blocks", option=option):
            plan.remove("options", option)

    def build_own(self) -> None:
        """Add an own build to the options for the block."""
        name = f"Own build: {needed_names(self.session)[self.block()]}"

        def add(plan: Plan) -> None:
            if plan.rows("options", name=name):
                raise ArgumentError(f"“{name}” is there already.")
            key = str(plan.add("options", name=name, kind="own build"))
            plan.put("option_building_blocks", (key, self.block()))

        self.session.change(f"Add {name}", add)


def _product(row: dict[Any, Any]) -> Choice:
    """Return a candidate as a line to decide about."""
    licence = f"Licence: {row['licence']}" if row["licence"] else "Licence not on record"
    good = "Digital public good" if row["digital_public_good"] == "yes" else ""
    about = [row["reason"], licence, good, row["note"]]
    why = " · ".join(filter(None, (said.rstrip(".") for said in about)))
    tag = EVIDENCE.get(row["said_by"], row["evidence"])
    return Choice(row["product"], row["product_name"], why, tag=tag)


def _without(session: Session) -> str:
    """Say for which blocks there is nothing to compare yet."""
    plan = session.plan
    there = {row["building_block"] for row in plan.rows("option_building_blocks")}
    there |= {row["building_block"] for row in plan.rows("system_building_blocks")}
    names = [name for key, name in needed_names(session).items() if key not in there]
    return markup.sentence(f"Nothing is taken yet for: {', '.join(names)}." if names else "")


def _unknowns(session: Session) -> str:
    """Say what is not known about the options."""
    found = complete(session.framework, session.plan)
    costs = found[["build_cost", "integration_cost", "annual_cost"]].isna().sum(axis=1)
    fits = session.plan.option_building_blocks
    open_fit = found["option"].isin(fits.loc[fits["fit"].isna(), "option"])
    said = []
    for words, which in (
        ("No cost is known of", costs == 3),  # noqa: PLR2004 - all of them
        ("Only part of the costs is known of", costs.between(1, 2)),
        ("How well it fits is not judged everywhere for", open_fit),
    ):
        if which.any():
            said.append(f"{words} {markup.few(found.loc[which, 'option_name'].tolist())}.")
    return "".join(map(markup.sentence, said))


def _answers(session: Session, key: Callable[[], fields.Key]) -> list[fields.Part]:
    """Return the answer sheet of an option: to be saved, filled in by others and loaded."""
    saved = ipywidgets.HTML()

    def prepare() -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, f"answers-{key()}.xlsx")
            answer_sheet(session.framework, session.plan, file, option=str(key()))
            saved.value = f"<p>{markup.download(file.name, file.read_bytes(), file.name)}</p>"

    def take(plan: Plan, raw: bytes) -> pd.DataFrame:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "answers.xlsx")
            file.write_bytes(raw)
            return add_answers(session.framework, plan, file)

    return [
        fields.Actions(session, fields.button(session, "Prepare an answer sheet", prepare), saved),
        fields.Upload(session, "Choose the filled-in answer sheet", take),
    ]


def _options(session: Session) -> list[fields.Part]:
    columns = ["name", "kind", "vendor", "licence", "open_source"]
    columns += ["build_cost", "integration_cost", "annual_cost", "note"]
    covers = "Which blocks does it cover, and how well?"
    return [
        fields.Text(session, lambda: _unknowns(session)),
        fields.Rows(
            session,
            "options",
            columns,
            beside=lambda key: [
                Covers(session, "option_building_blocks", key, FITTING, covers),
                *_answers(session, key),
            ],
        ),
    ]


QUESTIONS = (
    Question(
        "blocks",
        "Building blocks",
        "Which building blocks do you need?",
        "This follows from the services that you mapped: nothing is asked here. The more steps and "
        "services need a block, the more it weighs.",
        lambda session: [fields.Text(session, lambda: _weights(session))],
        waits=waits_for_blocks,
    ),
    Question(
        "requirements",
        "Requirements",
        "What must each of them do?",
        "The kit proposes an answer for every requirement, so you can go on at once. Change what "
        "matters to you: one by one, a part of the block at once, or all that are shown together.",
        lambda session: [of_block(session, partial(_of_each_block, session), every=True)],
        waits=waits_for_blocks,
        answered=has("requirement_decisions"),
    ),
    Question(
        "systems",
        "Systems today",
        "What do you have already?",
        "Systems of any ministry that could serve again: registers, payment gateways, messaging. "
        "Leave empty what nobody knows; an empty field is never taken for zero.",
        _systems,
        waits=waits_for_blocks,
        answered=has("systems"),
    ),
    Question(
        "coverage",
        "Covered today",
        "What do your systems cover already?",
        "A gap is a block that nothing serves well. Where several systems serve a block, ask "
        "whether all of them have to go on.",
        lambda session: [fields.Result(session, "coverage", lambda: _covered(session), str)],
        waits=waits_for_blocks,
    ),
    Question(
        "products",
        "Products",
        "Which products could do it?",
        "Take every product that you would seriously consider: the comparison comes later. Each "
        "says where its link with the block comes from; none of this is a recommendation.",
        lambda session: [
            fields.Text(session, lambda: markup.marked(made_up_note(session.plan, "options"))),
            of_block(session, lambda block: [Products(session, block)]),
            fields.Text(session, lambda: _without(session)),
        ],
        waits=waits_for_blocks,
        answered=has("options"),
    ),
    Question(
        "offers",
        "Fit and cost",
        "How well does each fit, and what does it cost?",
        "For each product or own build: which blocks it covers, how well, and its costs. Leave "
        "empty what nobody knows: the result then says so, and never counts it as zero. Systems "
        "that you have are compared with what using them here adds: that stands in question 3.",
        _options,
        waits=waits_for_blocks,
        answered=has("option_building_blocks"),
    ),
)
