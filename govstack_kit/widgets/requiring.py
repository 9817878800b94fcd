"""The question what each building block must do: needed, later or not for us, and why.

Definitions
-----------
A *part* of a block is a capability, as :mod:`govstack_kit.selection.capabilities` defines it with
its use. What no step was seen to use is folded away at first, but counted, and a press shows it:
folding changes no decision. When a part is open, all of it is shown, whatever its use. Where the
steps are hardly in English, it is said that use cannot be seen in their words.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import ipywidgets
import pandas as pd

from govstack_kit.errors import PlanError
from govstack_kit.planning.fields import visible
from govstack_kit.planning.selected import DECISIONS, LEVELS
from govstack_kit.views.style import count
from govstack_kit.widgets import parts
from govstack_kit.widgets.deciding import Question, Verdicts
from govstack_kit.widgets.results import asked, needed, needed_names
from govstack_kit.widgets.using import (
    INFERRED,
    NOT_SEEN,
    UNREAD,
    USES,
    capable,
    in_order,
    part_line,
    parts_table,
    unread,
)
from govstack_kit.widgets.wizard import Panel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from govstack_kit.widgets.models import Session

DEFAULT = "default"  # the decision that takes a decision back
PAGE = 8  # requirements on the screen at once
NOT_MAPPED = (
    "Your plan needs no building block yet. Map a service first, in the part “Map”: what you "
    "accept there says which building blocks it needs."
)
USED, UNSEEN = "used", "unseen"
FILTERS = (
    ("what your services use", USED),
    ("what no step was seen to use", UNSEEN),
    ("all requirements", ""),
    ("required", "REQUIRED"),
    ("recommended", "RECOMMENDED"),
    ("optional", "OPTIONAL"),
    ("without a level", "none"),
    ("those you have not decided", "open"),
)
SAID = {"REQUIRED": "Required", "RECOMMENDED": "Recommended", "OPTIONAL": "Optional"}
EVERY_BLOCK = "Every building block"
NO_LEVEL = "Without a level"
WHY = (
    "Say why first, in the field “Reason”: a requirement that is left out without a reason cannot "
    "be defended later."
)


class Requirements(Panel):
    """What each building block must do for the services of the plan."""

    key, short, title = "requirements", "Requirements", "What must each of them do?"
    help = (
        "The kit proposes an answer for every requirement, so you can go on at once. Change what "
        "matters to you: one by one, a part of the block at once, or all that are shown together."
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.block: str | None = None
        self.first = 0
        self.unfolded = False
        self._stay: list[str] = []

    def waits_for(self) -> str:
        """Wait for a building block that is needed."""
        return "" if len(needed(self.session)) else NOT_MAPPED

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the list of blocks, the counts, the filter, the rows and the field for own ones."""
        self.which = parts.drop("Building block", narrow=True)
        self.on(self.which, self._open)
        following = self.button("Next building block", self._following)
        self.counts = parts.html()
        self.part = parts.drop("Part of it", narrow=True)
        self.on(self.part, self._open_part)
        self._evidence = self.button("Show why", self._unfold)
        self.unread, self.why, self.evidence = parts.html(), parts.html(), parts.html()
        self.folded = parts.html()
        self._unseen = self.button("Show what is not seen in use", self._show_unseen)
        self._folded_row = parts.row(self.folded, self._unseen)
        self.filter = parts.drop("Show", FILTERS, USED, narrow=True)
        self.on(self.filter, lambda _: self._turn(0))
        self.words = parts.line("With these words", hint="for example: audit", narrow=True)
        self.on(self.words, lambda _: self._turn(0))
        self.all = parts.html()
        bulk = [
            self.button(decision.capitalize(), partial(self._bulk, decision))
            for decision in DECISIONS
        ]
        back = self.button("As the kit proposes", lambda: self._bulk(""))
        self.reason = ipywidgets.Text(placeholder="“Not for us” needs one")
        self.reason.description = "Reason"
        self.reason.add_class("gsk-inline")
        self._bulk_row = ipywidgets.VBox([self.all, parts.row(*bulk, back, self.reason)])
        self._bulk_row.add_class("gsk-bulk")
        self.verdicts = Verdicts(self, self._decide, self._remove)
        self.place = parts.html()
        self._before = self.button("Show those before", lambda: self._turn(self.first - PAGE))
        self._after = self.button("Show the next", lambda: self._turn(self.first + PAGE))
        pages = parts.row(self._before, self._after, self.place)
        self.new = parts.line("A requirement of your own", hint="what the block must do for you")
        self.level = parts.drop("Level", [(SAID[level], level) for level in LEVELS], "REQUIRED")
        self.level.add_class("gsk-short")
        adding = parts.row(self.new, self.level, self.button("Add requirement", self._add))
        adding.add_class("gsk-adding")
        head = parts.row(self.which, following)
        head.add_class("gsk-adding")
        part = parts.row(self.part, self._evidence)
        part.add_class("gsk-adding")
        filters = parts.side([self.filter], [self.words])
        use = [part, self.unread, self.why, self.evidence]
        above = [head, self.counts, *use, filters, self._folded_row, self._bulk_row]
        return [*above, self.verdicts.widget, pages, adding]

    # --- showing ---------------------------------------------------------------------------------

    def update(self) -> None:
        """Show the requirements of the block that is open."""
        blocks = self._blocks()
        self.block = self.block if self.block in blocks else next(iter(blocks))
        table = asked(self.session)
        sizes = table.groupby("building_block").size()
        options = [(f"{name} ({sizes.get(key, 0)})", key) for key, name in blocks.items()]
        if list(self.which.options) != options:
            self.which.options = options
        self.which.value = self.block
        mine = table[table["building_block"] == self.block]
        self.counts.value = counts_table(mine, blocks[self.block])
        self._show_parts(blocks[self.block])
        self._show(self._filtered(mine))

    def _blocks(self) -> dict[str, str]:
        """Return the names of the blocks; an empty key stands for what holds for every block."""
        return needed_names(self.session) | {"": EVERY_BLOCK}

    def _parts(self) -> pd.DataFrame:
        """Return the parts of the open block, those seen in use first."""
        found = capable(self.session)
        return found[found["building_block"] == self.block]

    def _show_parts(self, name: str) -> None:
        """Show the parts of the open block, what is said about their use, and what is folded."""
        table = self._parts()
        rows = table.to_dict("records")
        options = [(part_line(row), row["capability"]) for row in rows]
        options.insert(0, (f"all parts ({table['requirements'].sum()})", ""))
        if list(self.part.options) != options:
            before = self.part.value
            self.part.options = options
            self.part.value = before if before in table["capability"].tolist() else ""
        uses = table["use"].value_counts()
        said = "; ".join(f"{USES[use].lower()}: {uses[use]}" for use in USES if use in uses)
        chosen = [row for row in rows if row["capability"] == self.part.value]
        why = f"Parts {said}. {INFERRED}" if len(rows) > 1 and len(uses) > 1 else ""
        if chosen and chosen[0]["evidence"]:
            why = f"{USES[chosen[0]['use']]}: {chosen[0]['evidence']}. {INFERRED}"
        self.why.value = parts.sentence(why)
        parts.visible(self._evidence, on=len(uses) > 1)
        self._evidence.description = "Hide why" if self.unfolded else "Show why"
        shown = self.unfolded and len(uses) > 1
        self.evidence.value = parts_table(table, name) if shown else ""
        unseen = table[table["use"] == NOT_SEEN]
        warned = len(unseen) > 0 and unread(self.session)
        self.unread.value = parts.sentence(UNREAD if warned else "")
        number = int(unseen["requirements"].sum())
        self.folded.value = parts.sentence(
            f"{count(number, 'requirement')} in {count(len(unseen), 'part')} not seen in use "
            f"{'is' if number == 1 else 'are'} folded away; {unseen['needed'].sum()} of them still "
            "count as needed."
        )
        folded = self.filter.value == USED and not self.part.value and number > 0
        parts.visible(self._folded_row, on=folded)

    def _filtered(self, table: pd.DataFrame) -> pd.DataFrame:
        wanted, words = self.filter.value, self.words.value.casefold().split()
        if self.part.value:
            table = table[table["capability"] == self.part.value]
        levels = table["level"]
        if wanted == "open":
            table = table[~table["decided"] | table["requirement"].isin(self._stay)]
        elif wanted in (USED, UNSEEN):
            table = table[(table["use"] == NOT_SEEN) == (wanted == UNSEEN)]
            table = in_order(table, self._parts()["capability"].tolist())
        elif wanted == "none":
            table = table[~levels.isin(LEVELS)]
        elif wanted:
            table = table[levels == wanted]
        for word in words:
            table = table[table["title"].str.casefold().str.contains(word, regex=False)]
        return table

    def _show(self, table: pd.DataFrame) -> None:
        self.first = min(max(self.first, 0), max((len(table) - 1) // PAGE * PAGE, 0))
        page = table.iloc[self.first : self.first + PAGE]
        self._stay = page["requirement"].tolist() if self.filter.value == "open" else []
        known = self._parts()
        titles = dict(zip(known["capability"], known["title"], strict=True))
        self.verdicts.show([question(row, titles) for row in page.to_dict("records")])
        last = self.first + len(page)
        self.place.value = parts.sentence(
            f"{self.first + 1} to {last} of {count(len(table), 'requirement')}"
            if len(table)
            else "No requirement of this block is like that."
        )
        parts.visible(self._before, on=self.first > 0)
        parts.visible(self._after, on=last < len(table))
        parts.visible(self._bulk_row, on=len(table) > 0)
        what = "this one" if len(table) == 1 else f"all {len(table)} of this list"
        self.all.value = f"<p><b>Decide about {what}:</b></p>"

    # --- changing --------------------------------------------------------------------------------

    def _open(self, block: str | None) -> None:
        if block is not None:
            self.block, self.first, self._stay = block, 0, []
            with self.loading():
                if self.part.value:
                    self.part.value = ""
                    self._fold()
            self.show()

    def _open_part(self, _: str | None) -> None:
        with self.loading():
            self._fold()
        self._turn(0)

    def _fold(self) -> None:
        """Show all of a part, and of all parts together what is used."""
        if self.part.value and self.filter.value in (USED, UNSEEN):
            self.filter.value = ""
        elif not self.part.value and not self.filter.value:
            self.filter.value = USED

    def _following(self) -> None:
        blocks = list(self._blocks())
        self._open(blocks[(blocks.index(self.block or "") + 1) % len(blocks)])

    def _unfold(self) -> None:
        self.unfolded = not self.unfolded
        self.show()

    def _show_unseen(self) -> None:
        self.filter.value = UNSEEN

    def _turn(self, first: int) -> None:
        self.first, self._stay = first, []
        self.show()

    def _change(self, keys: Sequence[str], said: str, decision: str, reason: str) -> None:
        from govstack_kit.selection.needs import decide  # noqa: PLC0415 - with its tables

        if decision == DECISIONS[-1] and not visible(reason):
            raise PlanError(WHY)
        framework, chosen = self.session.framework, decision or DEFAULT
        self.session.change(
            f"{said}: {decision or 'as the kit proposes'}",
            lambda plan: decide(plan, framework, chosen, reason, requirements=keys),
        )

    def _decide(self, asked_: Question, decision: str, reason: str) -> None:
        self._change([asked_.key], f"Decide “{asked_.title}”", decision, reason)

    def _bulk(self, decision: str) -> None:
        table = asked(self.session)
        table = self._filtered(table[table["building_block"] == self.block])
        said = f"Decide about {count(len(table), 'requirement')}"
        self._change(table["requirement"].tolist(), said, decision, self.reason.value)
        with self.loading():
            self.reason.value = ""

    def _add(self) -> None:
        from govstack_kit.selection.needs import add_requirement  # noqa: PLC0415 - with its tables

        title, level, block = self.new.value.strip(), self.level.value, self.block or ""
        if not title:
            raise PlanError("Write what the block must do for you, then press the button again.")
        framework = self.session.framework
        self.session.change(
            f"Add requirement {title}",
            lambda plan: add_requirement(plan, framework, block, title, level=level),
        )
        with self.loading():
            self.new.value = ""

    def _remove(self, asked_: Question) -> None:
        from govstack_kit.selection.needs import remove_requirement  # noqa: PLC0415 - as above

        self.session.change(
            f"Remove requirement {asked_.title}",
            lambda plan: remove_requirement(plan, asked_.key),
        )

    def answer(self) -> object:
        """Return what was decided, and for which blocks."""
        plan = self.session.plan
        return [
            needed(self.session)["building_block"].tolist(),
            [known.model_dump() for known in plan.decisions],
            [known.model_dump() for known in plan.own_requirements],
        ]


def question(row: dict[Any, Any], titles: dict[str, str]) -> Question:
    """Return a row of the table of requirements as one to decide about, with its part."""
    section = f"section {row['section']}" if row["section"][:1].isdigit() else row["section"]
    if "." in row["capability"]:
        section = f"{titles[row['capability']]}, {section}"
    use = "" if row["own"] else USES[row["use"]].lower()
    return Question(
        key=row["requirement"],
        title=row["title"],
        about=" · ".join(filter(None, [row["kind"], section, use])),
        tag="your own" if row["own"] else SAID.get(row["level"], NO_LEVEL).lower(),
        decision=row["decision"],
        decided=row["decided"],
        reason=row["reason"],
        own=row["own"],
    )


def counts_table(table: pd.DataFrame, name: str) -> str:
    """Return how many requirements of each level were decided how, as HTML."""
    levels = [SAID.get(level, NO_LEVEL) for level in table["level"]]
    rows = []
    for said in [*SAID.values(), NO_LEVEL]:
        mine = table[[level == said for level in levels]]
        if len(mine):
            decisions = [int((mine["decision"] == decision).sum()) for decision in DECISIONS]
            rows.append([said, *decisions, len(mine), int(mine["decided"].sum())])
    heads = ["Level", *(d.capitalize() for d in DECISIONS), "All", "Decided by you"]
    frame = pd.DataFrame(rows, columns=heads)
    empty = "No requirement of it is published. Add your own."
    found = parts.table(frame, f"What {name} must do", empty=empty)
    return f'<div class="gsk-numbers">{found}</div>'
