"""The guided part *select*: what each block must do, what is there, and the best set."""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import TYPE_CHECKING

from govstack_kit.widgets import numbers, parts
from govstack_kit.widgets.best import Best, Sure
from govstack_kit.widgets.building_on import BuildOn
from govstack_kit.widgets.choosing import Products
from govstack_kit.widgets.inventory import Coverage, Systems
from govstack_kit.widgets.offering import Offers
from govstack_kit.widgets.requiring import NOT_MAPPED, Requirements
from govstack_kit.widgets.results import asked, needed
from govstack_kit.widgets.ruling import Rules
from govstack_kit.widgets.wizard import Panel, Wizard

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import ipywidgets
    import pandas as pd

    from govstack_kit.widgets.models import Session

HEADS = ("Building block", "Steps", "Services", "Requirements")
WEIGHT = (
    "The weight is the share of a block in everything that your services need: a service counts "
    "more if it has priority, and a block more the more steps use it. How much more is the kit's "
    "own convention."
)


class Blocks(Panel):
    """Which building blocks the plan needs, and how much of it stands on each."""

    key, short, title = "blocks", "Building blocks", "Which building blocks do you need?"
    help = (
        "This follows from the services that you mapped: nothing is asked here. The more steps and "
        "services need a block, the more it weighs."
    )

    def waits_for(self) -> str:
        """Wait for something mapped."""
        return "" if len(needed(self.session)) else NOT_MAPPED

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the place for the table with its bars."""
        self.table = parts.html()
        return [self.table]

    def update(self) -> None:
        """Show the blocks with their weights."""
        asks = Counter(asked(self.session)["building_block"])
        self.table.value = weights_table(needed(self.session), asks)

    def answer(self) -> object:
        """Return the blocks with their weights."""
        found = needed(self.session)
        return found[["building_block", "weight"]].to_numpy().tolist()


def weights_table(found: pd.DataFrame, asks: Mapping[str, int]) -> str:
    """Return the blocks that are needed, a bar for the weight of each, as HTML.

    Parameters
    ----------
    found
        What :func:`govstack_kit.selection.needs.needs` returns.
    asks
        How many requirements each block has that can be decided about.
    """
    widest = max(found["weight"].max(), 1e-9) if len(found) else 1.0
    rows = []
    for row in found.to_dict("records"):
        width = round(100 * row["weight"] / widest)
        base = '<span class="gsk-tag">foundational</span>' if row["foundational"] else ""
        said = row["note"].replace(" with add_requirement()", "")  # here, a field does that
        note = f'<span class="gsk-why">{escape(said)}</span>' if said else ""
        rows.append(
            f'<tr><th scope="row" dir="auto">{escape(row["name"])}{base}{note}</th>'
            f"<td>{row['steps']}</td><td>{row['use_cases']}</td>"
            f"<td>{asks.get(row['building_block'], 0)}</td>"
            f'<td class="gsk-barred"><span style="width: {width}%"></span></td>'
            f"<td>{numbers.percent(round(row['weight'], 3))}</td></tr>"
        )
    heads = "".join(f'<th scope="col">{head}</th>' for head in HEADS)
    heads += '<th scope="colgroup" colspan="2">Weight</th>'
    return (
        '<table class="gsk-table gsk-figures"><caption>Building blocks of your plan</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        f"{parts.sentence(WEIGHT)}"
    )


_PANELS = (Blocks, Requirements, Systems, Coverage, Products, Offers, Rules, Best, Sure, BuildOn)


def wizard(session: Session) -> Wizard:
    """Return the wizard of this part."""
    panels: list[Panel] = [panel(session) for panel in _PANELS]
    whole = Wizard(
        session,
        "Select: which building blocks, which products?",
        lambda: panels,
        ending="You know the best set and what you build on. Go on with costs and the roadmap.",
    )
    keys = [panel.key for panel in panels]
    for panel in panels:
        if isinstance(panel, Best):
            panel.go = lambda key: whole.go(keys.index(key))
    return whole


def guide_select(session: Session) -> ipywidgets.VBox:
    """Return the guided part that chooses products for the building blocks of a plan.

    Parameters
    ----------
    session
        What :func:`govstack_kit.open_session` returns.

    Returns
    -------
    ipywidgets.VBox
        The questions; every answer is saved in the plan at once.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> from govstack_kit.widgets.selecting import guide_select
    >>> guide_select(gk.open_session("nowhere/plan")).__class__.__name__
    'VBox'
    """
    return wizard(session).widget
