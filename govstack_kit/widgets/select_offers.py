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
from govstack_kit.selection.requirement_changes import requirement_changes, sentence
from govstack_kit.selection.shortlist import add_product, shortlist
from govstack_kit.tables import package
from govstack_kit.tables.package import text_of
from govstack_kit.views import made_up_note
from govstack_kit.widgets import fields, markup
from govstack_kit.widgets.choices import Choice, Choices, Place
from govstack_kit.widgets.markup import GUIDED
from govstack_kit.widgets.wizard import Guide, lacking
from govstack_kit.words import amount, count, percent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from govstack_kit.planning.plan import Plan
    from govstack_kit.widgets.session import Session

GUIDE = Guide("select")
SAID = GUIDE.said


# --- what is needed -------------------------------------------------------------------------------


def needed_names(session: Session) -> dict[str, str]:
    """Return the names of the building blocks that the plan needs, by their keys."""
    found = session.ask(needs)
    return dict(zip(found["building_block"], found["name"], strict=True))


def no_blocks(session: Session) -> list[str]:
    """Wait for a building block that is needed."""
    waiting = lacking(session, GUIDED["waits"])
    return waiting or ([SAID["no block"]] if session.ask(needs).empty else [])


def weights(session: Session) -> str:
    """Return the building blocks with their weights."""
    found, asked = session.ask(needs), session.ask(requirements)["building_block"].value_counts()
    note = found["note"].str.replace(" with selection.add_requirement()", "")
    shown = found.assign(
        requirements=found["building_block"].map(asked).fillna(0).astype("int64"),
        note=note.mask(found["foundational"], "foundational"),
    )
    return GUIDE.table("weights", shown) + markup.sentence(SAID["weight"])


def of_block(
    session: Session,
    make: Callable[[Callable[[], str]], Sequence[fields.Part]],
    *,
    every: bool = False,
) -> fields.Part:
    """Return parts about one of the building blocks that are needed, or about all of them."""

    def blocks() -> list[tuple[str, str]]:
        names = needed_names(session) | ({"": SAID["every block"]} if every else {})
        return [(name, key) for key, name in names.items()]

    return fields.OneOf(session, "Building block", blocks, make)


class Decisions(Choices):
    """The requirements of one block, narrowed down, and what is decided about each."""

    def __init__(self, session: Session, block: Callable[[], str]) -> None:
        super().__init__(
            session,
            "requirement_decisions",
            column="decision",
            verdicts="requirement",
            reasons=True,
            most=8,
            empty=SAID["no requirement"],
        )
        self.block = block
        self.part = fields.labelled(ipywidgets.Dropdown(), "Part of it", "", "gsk-narrow")
        self.words = fields.line("With these words", "for example: audit, optional or undecided")
        self.reason = fields.line("Reason", "“Not for us” needs one")
        self.all = ipywidgets.HTML()
        every = {verdict.value: verdict.word for verdict in self.verdicts}
        bulk = [
            fields.button(session, word, partial(self.decide_all, value))
            for value, word in (every | {"default": "As the kit proposes"}).items()
        ]
        narrow, all_ = fields.actions(self.part, self.words), fields.actions(*bulk, self.reason)
        self.widget = ipywidgets.VBox([narrow, self.all, all_, self.element])
        for control in (self.part, self.words):
            fields.watch(session, control, lambda _value: self.start_anew())

    def _asked(self) -> pd.DataFrame:
        """Return the requirements of the block that are looked for."""
        found = self.session.ask(requirements)
        found = found[(found["building_block"] == self.block()) & ~found["own"]]
        if self.part.value:
            found = found[found["part"] == self.part.value]
        text = found["title"] + " " + found["level"] + " " + found["kind"]
        text = text.mask(~found["decided"], text + " undecided").str.casefold()
        for word in self.words.value.casefold().split():
            found = found[text[found.index].str.contains(word, regex=False)]
        return found

    def lines(self) -> list[Choice]:
        """Return the requirements that are looked for."""
        return [
            Choice(
                row["requirement"],
                row["title"],
                " · ".join(filter(None, [row["kind"], row["section"]])),
                tag=(row["level"] or "without a level").lower()
                + ("" if row["decided"] else ", as the kit proposes"),
            )
            for row in self._asked().to_dict("records")
        ]

    def decided(self) -> dict[Place, dict[str, Any]]:
        """Return what counts for each requirement: what is decided, or else proposed."""
        rows = package.records(self.session.ask(requirements))
        return {(self.table.name, row["requirement"]): row for row in rows}

    def _decide(self, keys: Sequence[str], verdict: str, reason: str, plan: Plan) -> None:
        if verdict == "not for us" and not reason.strip():
            raise PlanError(SAID["why"])
        decide(self.session.framework, plan, verdict, reason, requirements=keys)

    def decide(self, choice: Choice, verdict: str, plan: Plan) -> None:
        """Decide about a requirement, or let the proposal of the kit count again."""
        self._decide([choice.key], verdict or "default", choice.reason, plan)

    give_reason = decide

    def decide_all(self, verdict: str) -> None:
        """Decide about all requirements of the list at once."""
        keys = self._asked()["requirement"].tolist()
        said = f"Decide about {count(len(keys), 'requirement')}"
        self.session.change(said, partial(self._decide, keys, verdict, self.reason.value))
        self.reason.value = ""

    def show(self) -> None:
        """Show the requirements that are asked for."""
        found = self.session.ask(parts)
        rows = package.records(found[found["building_block"] == self.block()])
        said = "{name} ({needed} of {requirements} needed)"
        named = [(said.format(**row), str(row["part"])) for row in rows]
        fields.offer(self.part, [("all parts", ""), *named])
        super().show()
        number = count(len(self._asked()), "requirement")
        self.all.value = markup.sentence(f"Decide about all {number} of this list:")


def changed_requirements(session: Session) -> str:
    """Return what newer tables change about what was decided and answered."""
    found = session.ask(requirement_changes)
    shown = found.rename(columns=lambda name: name.replace("_", " ").capitalize())
    said = sentence(found)
    return said and markup.sentence(said) + markup.table(shown, "Changes of requirements")


def requirements_of_block(session: Session) -> fields.Part:
    """Return what is asked of a block, published and of one's own."""
    columns = ["title", "level", "decision", "reason"]

    def asked(block: Callable[[], str]) -> list[fields.Part]:
        here = lambda: {"building_block": block()} if block() else {}  # noqa: E731 - a condition
        own = fields.Rows(session, "own_requirements", columns, where=here)
        return [Decisions(session, block), own]

    return of_block(session, asked, every=True)


# --- what there is --------------------------------------------------------------------------------


class Covers(Choices):
    """What a system or an option does for each building block, and how well."""

    def __init__(self, session: Session, owner: str, key: Callable[[], fields.Key]) -> None:
        super().__init__(
            session,
            f"{owner}_building_blocks",
            owner=lambda: str(key()),
            column={"system": "quality", "option": "fit"}[owner],
            verdicts=f"building blocks of {owner}",
            most=99,
            label=SAID[owner],
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

    def lines(self) -> list[Choice]:
        """Return the blocks that are needed or covered."""
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


def systems(session: Session) -> fields.Part:
    """Return the systems that there are, with the blocks that each serves."""
    return fields.Rows(session, "systems", beside=lambda key: [Covers(session, "system", key)])


def inventory(session: Session) -> str:
    """Return the systems as a workbook to be filled in."""
    links = plan_sheets.INVENTORY
    raw = plan_sheets.write_sheets(session.framework, session.plan, ["systems"], links)
    return markup.download("our-systems.xlsx", raw, "our-systems.xlsx")


def take_inventory(session: Session, plan: Plan, raw: bytes) -> pd.DataFrame:
    """Take a workbook of systems into the plan."""
    return add_inventory(session.framework, plan, raw)


def covered(session: Session, found: pd.DataFrame) -> str:
    """Return what the systems cover already, in words, as a picture and as a table."""
    from govstack_kit.views import plot_coverage  # noqa: PLC0415 - loads the figures

    framework, plan = session.framework, session.plan
    wanted, note = found[found["needed"]], made_up_note(plan, "systems")
    names = wanted.groupby("state", sort=False)["name"].agg(", ".join)
    states = GUIDE.given["states"].items()
    said = [f"{words} {names[state]}." for state, words in states if state in names]
    shown = found.assign(
        state=found["state"].where(found["needed"], "not needed"),
        annual_cost=found["annual_cost"].map(amount).where(found["systems"] > 0, ""),
    )
    picture = ""
    if not plan.system_building_blocks.empty:
        picture = markup.image(plot_coverage(coverage_matrix(framework, plan), note=note)[0])
    sentences = "".join(map(markup.sentence, said))
    return markup.marked(note) + sentences + picture + GUIDE.table("coverage", shown)


# --- what could be taken --------------------------------------------------------------------------


class Products(Choices):
    """The products that could do what one block must do: those to be compared."""

    def __init__(self, session: Session, block: Callable[[], str]) -> None:
        super().__init__(
            session,
            "options",
            verdicts="product",
            empty=SAID["no product"],
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

    def _listed(self) -> pd.DataFrame:
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

    def lines(self) -> list[Choice]:
        """Return the products that are looked for."""
        try:
            table = self._listed()
        except ArgumentError as error:
            self.said.value = markup.sentence(str(error), "gsk-wrong")
            return []
        self.said.value = markup.sentence(f"{count(len(table), 'product')} could do it.")
        country = self.session.plan.row("plan")["country"] or "nowhere"
        rows = table.to_dict("records")
        here = [country.casefold() in row["deployed_in"].casefold().split("; ") for row in rows]
        used = SAID["in use here"].format(country=country)
        lines = [_product(row, used * at) for row, at in zip(rows, here, strict=True)]
        return sorted(lines, key=lambda line: not line.why.startswith(used))

    def decided(self) -> dict[Place, dict[str, Any]]:
        """Return which products are taken for the block, by their keys."""
        plan = self.session.plan
        links = plan.rows("option_building_blocks", building_block=self.block())
        there = {link["option"] for link in links}
        return {
            ("options", row["product"]): {"status": "taken", "option": row["option"]}
            for row in plan.rows("options")
            if row["product"] and row["option"] in there
        }

    def decide(self, choice: Choice, verdict: str, plan: Plan) -> None:
        """Take a product for the block, or leave it."""
        if verdict:
            add_product(self.session.framework, plan, choice.key, [self.block()])
            return
        option = self.decided()["options", choice.key]["option"]
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


def _product(row: dict[Any, Any], used: str) -> Choice:
    """Return a candidate as a line to decide about."""
    licence = f"Licence: {row['licence']}" if row["licence"] else "Licence not on record"
    good = "Digital public good" if row["digital_public_good"] == "yes" else ""
    about = [used, row["reason"], licence, good, row["note"]]
    why = " · ".join(filter(None, (said.rstrip(".") for said in about)))
    tag = GUIDE.given["evidence"].get(row["said_by"], row["evidence"])
    return Choice(row["product"], row["product_name"], why, tag=tag)


def products(session: Session) -> fields.Part:
    """Return the products that could be taken for each block."""
    return of_block(session, lambda block: [Products(session, block)])


def without_option(session: Session) -> str:
    """Say for which blocks there is nothing to compare yet."""
    tables = ("option_building_blocks", "system_building_blocks")
    there = {row["building_block"] for table in tables for row in session.plan.rows(table)}
    names = [name for key, name in needed_names(session).items() if key not in there]
    said = SAID["without option"].format(names=", ".join(names))
    return markup.sentence(said if names else "")


def unknown_of_options(session: Session) -> str:
    """Say what is not known about the options."""
    found = complete(session.framework, session.plan)
    costs = found[["build_cost", "integration_cost", "annual_cost"]].notna().sum(axis=1)
    fits = session.plan.option_building_blocks
    unknown = {
        "no cost": costs == 0,
        "some costs": costs.between(1, 2),
        "no fit": found["option"].isin(fits.loc[fits["fit"].isna(), "option"]),
    }
    names = {
        said: markup.few([*found.loc[which, "option_name"]]) for said, which in unknown.items()
    }
    said = [SAID[word].format(names=those) for word, those in names.items() if those]
    return "".join(map(markup.sentence, said))


def _answers(session: Session, key: Callable[[], fields.Key]) -> list[fields.Part]:
    """Return the answer sheet of an option: to be saved, filled in by others and loaded."""

    def prepare() -> str:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, f"answers-{key()}.xlsx")
            answer_sheet(session.framework, session.plan, file, option=str(key()))
            return markup.download(file.name, file.read_bytes(), file.name)

    def take(plan: Plan, raw: bytes) -> pd.DataFrame:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "answers.xlsx")
            file.write_bytes(raw)
            return add_answers(session.framework, plan, file)

    return [
        fields.files(session, "Prepare an answer sheet", prepare),
        fields.Upload(session, "Choose the filled-in answer sheet", take),
    ]


def offers(session: Session) -> fields.Part:
    """Return the options, with the blocks that each covers and its answer sheet."""
    columns = ["name", "kind", "vendor", "licence", "open_source"]
    columns += ["build_cost", "integration_cost", "annual_cost", "note"]
    return fields.Rows(
        session,
        "options",
        columns,
        beside=lambda key: [Covers(session, "option", key), *_answers(session, key)],
    )


GUIDE.uses(no_blocks, weights, requirements_of_block, systems, inventory, take_inventory)
GUIDE.uses(coverage, covered, products, without_option, unknown_of_options, offers)
GUIDE.uses(changed_requirements)
