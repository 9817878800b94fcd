"""The question which products could do what a building block must do."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from govstack_kit.errors import ArgumentError, PlanError
from govstack_kit.planning.fields import slug
from govstack_kit.planning.model import make
from govstack_kit.planning.selected import Cover
from govstack_kit.planning.selected import Option as Offer
from govstack_kit.views.made_up import is_made_up
from govstack_kit.views.style import count
from govstack_kit.widgets import parts
from govstack_kit.widgets.forms import Fields
from govstack_kit.widgets.marks import mark
from govstack_kit.widgets.offering import compared
from govstack_kit.widgets.options import ACCEPTED, OPEN, Option, Options
from govstack_kit.widgets.requiring import NOT_MAPPED
from govstack_kit.widgets.results import needed, needed_names, remembered
from govstack_kit.widgets.ruling import unrule
from govstack_kit.widgets.wizard import Panel

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ipywidgets

    from govstack_kit.planning.plan import Plan
    from govstack_kit.selection._filters import Filters
    from govstack_kit.widgets.models import Session

FEW, MORE = 6, 10
WORDS = ("Take", "Taken", "", "")
EVIDENCE = {
    "listed": "listed for this block",
    "declared": "says so itself",
    "curated": "judged by the kit",
}
GOOD = "digital public good"
FILTERS = {
    "open_source": "Only open source",
    "digital_public_good": "Only digital public goods",
    "region": "Deployed in",
}
MADE_UP = (
    "Illustration only: what is taken here was taken for the demonstration, with costs and fits "
    "that are made up. It says nothing about the products."
)


class Products(Panel):
    """Which products could do what each block must do: those to be compared."""

    key, short, title = "products", "Products", "Which products could do it?"
    help = (
        "Take every product that you would seriously consider: the comparison comes later. Each "
        "says where its link with the block comes from; none of this is a recommendation."
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.block = ""
        self.most = FEW

    def waits_for(self) -> str:
        """Wait for a building block that is needed."""
        return "" if len(needed(self.session)) else NOT_MAPPED

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the list of blocks, the filters, the rows, and the way to an own build."""
        self.which = parts.drop("Building block")
        self.on(self.which, self._open)
        head = parts.row(self.which, self.button("Next building block", self._following))
        head.add_class("gsk-adding")
        self._asked: Filters = {}
        form = Fields(self, self._filter)
        self.marked = parts.html()
        *ticks, region = FILTERS
        filters = parts.row(*(form.tick(name, FILTERS[name]) for name in ticks))
        hint = "anywhere; or a country or region, such as Kenya or Eastern Africa"
        place = form.line(region, FILTERS[region], hint=hint)
        self.aside, self.effect, self.there = parts.html(), parts.html(), parts.html()
        self.options = Options(
            self, self._decide, words=WORDS, empty="No product is linked with it like that."
        )
        self._more = self.button("Show more products", self._show_more)
        self._all = self.button("Take all that are shown", self._take_all)
        own = self.button("Add an own build", self._own)
        buttons = parts.row(self._more, self._all, own)
        found = [self.effect, self.options.widget, buttons, self.there]
        return [self.marked, head, filters, place, self.aside, *found]

    # --- showing ---------------------------------------------------------------------------------

    def _found(self) -> pd.DataFrame:
        """Return all candidates for all blocks that are needed."""
        from govstack_kit.selection.shortlist import shortlist  # noqa: PLC0415 - with its tables

        return remembered(
            self.session,
            "shortlist",
            ("use_cases",),
            lambda: shortlist(self.session.framework, self._blocks()),
        )

    def _blocks(self) -> list[str]:
        """Return the blocks that are needed and that the framework has."""
        known = set(self.session.framework.building_blocks["building_block"])
        return [key for key in needed(self.session)["building_block"] if key in known]

    def _filtered(self) -> tuple[pd.DataFrame, bool, list[str]]:
        """Return the candidates that pass, whether any filter counts, and what to say of those."""
        from govstack_kit.selection.shortlist import shortlist  # noqa: PLC0415 - with its tables

        if not self._asked:
            return self._found(), False, []
        used, said = self._usable()
        if not used:
            return self._found(), False, said
        session = self.session
        found = shortlist(session.framework, self._blocks(), plan=session.plan, **used)
        return found, True, said

    def _usable(self) -> tuple[Filters, list[str]]:
        """Return the filters that can be applied, and what is to be said about the others."""
        from govstack_kit.selection.shortlist import filter_effect  # noqa: PLC0415 - as above

        session, asked, said = self.session, self._asked, []
        effect_of = partial(filter_effect, session.framework, self._blocks(), plan=session.plan)
        try:
            effect = effect_of(**asked)
        except ArgumentError as error:  # only a place can be wrong: the others are ticked or not
            said, asked = [str(error)], without(asked, "region")
            effect = effect_of(**asked)
        for row in effect[effect["filter"].isin(list(asked))].to_dict("records"):
            name, note = row["filter"], row["note"]
            if pd.isna(row["candidates"]):
                said.append(f"“{FILTERS[name]}” {note[:1].lower()}{note[1:]}")
                asked = without(asked, name)
            elif name == "region":  # nothing on record is no proof, and that is to be read
                said.append(note)
        return asked, said

    def update(self) -> None:
        """Show the candidates for the block that is open."""
        blocks = needed_names(self.session)
        self.block = self.block if self.block in blocks else next(iter(blocks))
        found, filtered, said = self._filtered()
        self.aside.value = "".join(map(parts.sentence, said))
        sizes = self._found().groupby("building_block").size()  # whatever the filters leave
        options = [
            (f"{name} ({self._taken_of(key, sizes.get(key, 0))})", key)
            for key, name in blocks.items()
        ]
        if list(self.which.options) != options:
            self.which.options = options
        self.which.value = self.block
        mine = found[found["building_block"] == self.block].to_dict("records")
        taken = {option.product for option in self._options_of(self.block)}
        self.options.show([_row(row, taken) for row in mine[: self.most]])
        self._shown = [str(row["product"]) for row in mine[: self.most]]
        parts.visible(self._more, on=len(mine) > self.most)
        parts.visible(self._all, on=any(product not in taken for product in self._shown))
        made_up = any(map(is_made_up, self.session.plan.options))
        self.marked.value = mark(MADE_UP if made_up else "")
        self.effect.value = parts.sentence(self._effect(found, blocks, filtered=filtered))
        self.there.value = "".join(map(parts.sentence, self._said(blocks)))

    def _options_of(self, block: str) -> list[Offer]:
        options = self.session.plan.options
        return [o for o in options if any(cover.key == block for cover in o.covers)]

    def _taken(self, block: str) -> int:
        return len(self._options_of(block))

    def _taken_of(self, block: str, size: int) -> str:
        """Say how many products were taken for a block, and what else there is."""
        options = self._options_of(block)
        taken = sum(bool(option.product) for option in options)
        others = f", {len(options) - taken} other" if len(options) > taken else ""
        return f"{taken} of {count(size, 'product')} taken{others}"

    def _effect(self, found: pd.DataFrame, blocks: dict[str, str], *, filtered: bool) -> str:
        """Say what the filters leave, and which blocks they leave with nothing."""
        before = self._found()
        all_, left = before["product"].nunique(), found["product"].nunique()
        if not filtered:
            return f"{count(all_, 'product')} could do something for the blocks that you need."
        lost = set(before["building_block"]) - set(found["building_block"])
        names = ", ".join(name for key, name in blocks.items() if key in lost)
        alone = f" No product is left for: {names}." if names else " Every block keeps some."
        return f"{left} of {count(all_, 'product')} are like that.{alone}"

    def _said(self, blocks: dict[str, str]) -> list[str]:
        """Say what else there is for this block, and which blocks have nothing yet."""
        plan, said = self.session.plan, []
        own = [o.name for o in self._options_of(self.block) if not o.product]
        if own:
            said.append(f"Also to be compared: {parts.few(own)}.")
        for system, missing in compared(plan, self.block):
            so = f"once you say {missing}" if missing else "as well"
            said.append(f"You have something for it already: {system}. It is compared {so}.")
        nothing = [
            name
            for key, name in blocks.items()
            if not self._taken(key) and all(missing for _, missing in compared(plan, key))
        ]
        if nothing:
            said.append(f"Nothing is taken yet for: {', '.join(nothing)}.")
        return said

    # --- changing --------------------------------------------------------------------------------

    def _open(self, block: str | None) -> None:
        if block:
            self.block, self.most = block, FEW
            self.show()

    def _following(self) -> None:
        blocks = needed(self.session)["building_block"].tolist()
        self._open(blocks[(blocks.index(self.block) + 1) % len(blocks)])

    def _filter(self, name: str, value: Any) -> None:  # noqa: ANN401 - yes or no, or a place
        given = value.strip() if isinstance(value, str) else value
        asked = {**without(self._asked, name), **({name: given} if given else {})}
        self._asked = cast("Filters", asked)
        self.show()

    def _show_more(self) -> None:
        self.most += MORE
        self.show()

    def _decide(self, option: Option, state: str, _reason: str) -> None:
        product = str(option.key)
        if state == ACCEPTED:
            self._take([product], f"Take {option.name}")
        elif state == OPEN:
            block = self.block
            self.session.change(f"Take {option.name} out", lambda plan: leave(plan, product, block))

    def _take_all(self) -> None:
        self._take(self._shown, f"Take {count(len(self._shown), 'product')}")

    def _take(self, products: Sequence[str], said: str) -> None:
        from govstack_kit.selection.shortlist import take  # noqa: PLC0415 - with its tables

        block, framework = self.block, self.session.framework

        def change(plan: Plan) -> None:
            for product in products:
                take(plan, framework, product, [block])

        self.session.change(said, change)

    def _own(self) -> None:
        block = self.block
        name = needed_names(self.session)[block]

        def add(plan: Plan) -> None:
            title = f"Own build: {name}"
            if title in (option.name for option in plan.options):
                raise PlanError(f"“{title}” is there already.")
            taken = [option.id for option in plan.options]
            fields = {
                "id": slug(title, taken=taken, otherwise="own-build"),
                "name": title,
                "kind": "own build",
                "covers": [Cover(key=block)],
            }
            plan.options = [*plan.options, make(Offer, fields)]

        self.session.change(f"Add an own build for {name}", add)

    def answer(self) -> object:
        """Return what was taken for which block."""
        blocks = needed(self.session)["building_block"].tolist()
        taken = [[o.id, [cover.key for cover in o.covers]] for o in self.session.plan.options]
        return [blocks, taken] if taken else None


def without(asked: Filters, name: str) -> Filters:
    """Return filters without one of them."""
    return cast("Filters", {key: value for key, value in asked.items() if key != name})


def leave(plan: Plan, product: str, block: str) -> None:
    """Let a product no longer be an option for a block; with its last block, it goes itself.

    Parameters
    ----------
    plan
        The plan, which is changed.
    product
        Its key.
    block
        The building block.
    """
    for option in [option for option in plan.options if option.product == product]:
        option.covers = [cover for cover in option.covers if cover.key != block]
        if not option.covers:
            plan.options = [other for other in plan.options if other is not option]
            unrule(plan, option.id)


def _row(row: dict[Any, Any], taken: set[str]) -> Option:
    """Return a candidate as a row to decide about."""
    licence = f"Licence: {row['licence']}" if row["licence"] else "Licence not on record"
    about = [
        row["reason"],
        licence,
        GOOD.capitalize() if row["digital_public_good"] == "yes" else "",
        row["note"],
    ]
    return Option(
        row["product"],
        row["name"],
        " · ".join(filter(None, (str(part).rstrip(".") for part in about))),
        EVIDENCE.get(row["evidence"], row["evidence"]),
        ACCEPTED if row["product"] in taken else OPEN,
    )
