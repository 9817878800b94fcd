"""The guided part *align*: which targets a service serves, and what its steps have in common."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from govstack_kit.errors import PlanError
from govstack_kit.planning import decompose
from govstack_kit.planning.model import Component, make
from govstack_kit.planning.names import names_of
from govstack_kit.planning.search import search_targets, search_words
from govstack_kit.widgets import parts
from govstack_kit.widgets.lists import CasePanel, decisions
from govstack_kit.widgets.options import ACCEPTED, OPEN, REJECTED, Option, Options, arrange
from govstack_kit.widgets.summary import LAYERS, SAID, steps_with_needs
from govstack_kit.widgets.wizard import Wizard

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ipywidgets
    import pandas as pd

    from govstack_kit.planning.model import Choice, Layer, Step, UseCase
    from govstack_kit.widgets.models import Session
    from govstack_kit.widgets.wizard import Panel

FEW, MORE = 4, 5  # suggestions shown at first, and added with each "Show more"


def decided(session: Session, layer: Layer, choices: Sequence[Choice]) -> list[Option]:
    """Return what was decided already, as options, each once."""
    names = names_of(session.framework)
    found: dict[str, Option] = {}
    for choice in choices:
        name = names.name(layer, choice.key)
        if layer == "target":
            name = f"{choice.key} {name}"
        state = ACCEPTED if choice.accepted else REJECTED
        printed = "Named in the published use case." if choice.origin == "published" else ""
        why = choice.reason or printed
        found.setdefault(choice.key, Option(choice.key, name, why, "", state, choice.reason))
    return list(found.values())


class Targets(CasePanel):
    """Which SDG targets the objectives serve."""

    key, short, title = "targets", "SDG targets", "Which SDG targets does the service serve?"
    help = (
        "Choose an objective, or search in your own words, such as “school fees” or "
        "“job training”. Accept the targets that the service really moves: one to three is usual."
    )

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the search and its results."""
        self.objective = parts.drop("Search with an objective")
        self.words = parts.line("Or search in your own words", hint="for example: school fees")
        self.on(self.objective, self._search)
        self.on(self.words, self._search)
        self.options = Options(self, self._decide, empty="No target has these words. Try others.")
        self._asked = ""
        self._found: list[Option] = []
        self._rows: list[Option] = []
        self._stay = False
        return [parts.side([self.objective], [self.words]), self.options.widget]

    def _search(self, text: str | None) -> None:
        self._asked = text or ""
        found = search_targets(self.session.framework, self._asked, top=6)
        self._found = [
            Option(row["target"], f"{row['target']} {row['label']}", row["reason"])
            for row in found.to_dict("records")
        ]
        self.show()

    def update(self) -> None:
        """Show what was decided, then what was found."""
        options = [(one if len(one) < 90 else f"{one[:88]}…", one) for one in self.case.objectives]  # noqa: PLR2004
        if list(self.objective.options) != options:
            self.objective.options = options
            self.objective.value = options[0][1] if options else None
            self._asked = ""
        parts.visible(self.objective, on=bool(options))
        if not self._asked and options:
            self._search(self.objective.value)
            return
        done = decided(self.session, "target", self.case.targets)
        self._rows = arrange(self._rows, done, self._found, stay=self._stay)
        self.options.show(self._rows)

    def _decide(self, option: Option, state: str, _reason: str) -> None:
        self._stay = True
        try:
            choose(self, "", "target", option, state)
        finally:
            self._stay = False

    def blockers(self) -> list[str]:
        """Ask for one target."""
        if self.case.accepted("target"):
            return []
        return ["Accept at least one SDG target that the service contributes to."]

    def answer(self) -> object:
        """Return the targets, and the objectives that they rest on."""
        made = decisions(self.case, "target")
        return [made, self.case.objectives] if made else None


def choose(panel: CasePanel, step: str, layer: Layer, option: Option, state: str) -> None:
    """Accept or reject an option for a step, or for the use case; or forget about it."""
    key = str(option.key)

    def change(case: UseCase) -> None:
        part = case.step(step) if step else case
        if state == ACCEPTED:
            part.choose(layer, key, origin="suggested", reason=option.why)
        elif state == REJECTED:
            part.reject(layer, key, origin="suggested")
        else:
            part.forget(layer, key)

    said = {ACCEPTED: "Accept", REJECTED: "Turn down", OPEN: "Take back"}[state]
    panel.edit(f"{said} {option.name}", change)


class StepNeeds(CasePanel):
    """What one step has in common with steps of other services."""

    help = (
        "Each suggestion says why it is made. Accept what the step needs; say “Not for us” to "
        "what it does not. Nothing is accepted by itself."
    )

    def __init__(self, session: Session, step: str) -> None:
        super().__init__(session)
        self.step_id = step
        self.key = f"step-{step}"
        self._count: dict[Layer, int] = dict.fromkeys(LAYERS, FEW)
        self._rows: dict[Layer, list[Option]] = {layer: [] for layer in LAYERS}
        self._pressed = ""  # the layer in which rows keep their places

    @property
    def step(self) -> Step:
        """The step."""
        return self.case.step(self.step_id)

    @property
    def place(self) -> int:
        """The position of the step, from 1."""
        return [step.id for step in self.case.steps].index(self.step_id) + 1

    @property
    def short(self) -> str:  # type: ignore[override]
        """The step, by its number."""
        return f"Step {self.place}"

    @property
    def title(self) -> str:  # type: ignore[override]
        """The question, with the name of the step."""
        return f"Step {self.place}, “{self.step.name}”: what does it need?"

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the rows, and the field for the team's own words."""
        self.about = parts.html()
        self.options: dict[Layer, Options] = {}
        children: list[ipywidgets.Widget] = [self.about]
        titles = {
            "workflow": "Workflows: what happens in the same way elsewhere",
            "building_block": "Building blocks: software that others can share",
        }
        for layer in LAYERS:
            options = Options(
                self,
                partial(self._decide, layer),
                empty="No more suggestions.",
            )
            self.options[layer] = options
            more = self.button(
                "Show more", partial(self._more, layer),
                about=f"More suggestions: {SAID[layer].lower()}s",
            )  # fmt: skip
            heading = parts.html(f"<h3>{titles[layer]}</h3>")
            children += [heading, options.widget, parts.row(more)]
        return [*children, *self._own()]

    def _own(self) -> list[ipywidgets.Widget]:
        heading = parts.html("<h3>In your own words</h3>")
        self.words = parts.line(
            "What do you call it?", hint="a process or a system of your own, such as: eligibility"
        )
        self.kind = parts.drop(
            "It is", [("a process", "workflow"), ("a system or software", "building_block")],
            "workflow", narrow=True,
        )  # fmt: skip
        self.on(self.words, lambda _text: self.show())
        self.matches = Options(
            self, self._match, words=("This is it", "Taken", "None of these", "")
        )
        specific = self.button("It is specific to our sector", self._specific)
        self._keep = parts.row(specific)
        self.mine = Options(self, self._forget, words=("", "", "Remove", ""))
        return [heading, self.words, self.matches.widget, self.kind, self._keep, self.mine.widget]

    # --- showing ---------------------------------------------------------------------------------

    def update(self) -> None:
        """Show what was decided and what is suggested."""
        step = self.step
        self.about.value = parts.sentence(step.description)
        for layer in LAYERS:
            self._rank(layer)
            self.options[layer].show(self._rows[layer])
        self._show_words()

    def _rank(self, layer: Layer) -> None:
        """Rank anew what is not decided, unless people are deciding just there."""
        done = decided(self.session, layer, self.step.choices(layer))
        found = decompose.suggestions(
            self.session.framework, self.session.plan, self.case.id, self.step_id,
            "workflow" if layer == "workflow" else "building_block", top=self._count[layer],
        )  # fmt: skip
        ranked = [
            Option(row["key"], row["name"], row["reason"]) for row in found.to_dict("records")
        ]
        stay = layer == self._pressed
        self._rows[layer] = arrange(self._rows[layer], done, ranked, stay=stay)

    def _show_words(self) -> None:
        text = self.words.value.strip()
        found: pd.DataFrame | None = None
        if text:
            found = search_words(self.session.framework, text, top=4)
        rows = [] if found is None else found.to_dict("records")
        self.matches.show(
            [Option((r["layer"], r["id"]), r["name"], r["reason"], SAID[r["layer"]]) for r in rows]
        )
        parts.visible(self.kind, on=bool(text))
        parts.visible(self._keep, on=bool(text))
        names = names_of(self.session.framework)
        self.mine.show(
            [
                Option(place, word.words, self._said(word, names.name(word.kind, word.key)))
                for place, word in enumerate(self.step.own_words)
            ]
        )

    @staticmethod
    def _said(word: Component, name: str) -> str:
        if word.key:
            return f"{SAID[word.kind]}: {name}"
        return "Specific to the sector" if word.sector_specific else "Not placed yet"

    # --- deciding --------------------------------------------------------------------------------

    def _more(self, layer: Layer) -> None:
        self._count[layer] += MORE
        self.show()

    def _decide(self, layer: Layer, option: Option, state: str, _reason: str) -> None:
        self._pressed = layer
        try:
            choose(self, self.step_id, layer, option, state)
        finally:
            self._pressed = ""

    def _match(self, option: Option, state: str, _reason: str) -> None:
        if state == ACCEPTED and isinstance(option.key, tuple):
            layer, key = option.key
            self._keep_word(kind=layer, key=key, reason=option.why)
        else:
            with self.loading():
                self.words.value = ""
            self.show()

    def _specific(self) -> None:
        self._keep_word(kind=self.kind.value, sector_specific=True)

    def _keep_word(self, **fields: object) -> None:
        text = self.words.value.strip()
        if not text:
            raise PlanError("Write first what you call it.")
        word = make(Component, {"words": text, **fields})

        def keep(case: UseCase) -> None:
            words = case.step(self.step_id).own_words
            words[:] = [*(other for other in words if other.words != word.words), word]

        with self.loading():
            self.words.value = ""
        self.edit(f"Place the words {text}", keep)

    def _forget(self, option: Option, state: str, _reason: str) -> None:
        if state != REJECTED:
            return

        def forget(case: UseCase) -> None:
            words = case.step(self.step_id).own_words
            words[:] = [word for word in words if word.words != option.name]

        self.edit(f"Remove the words {option.name}", forget)

    def blockers(self) -> list[str]:
        """Ask for one workflow, block or word of the sector."""
        step = self.step
        placed = any(word.key or word.sector_specific for word in step.own_words)
        if placed or any(step.accepted(layer) for layer in LAYERS):
            return []
        return ["Accept a workflow or a building block, or say what is specific to your sector."]

    def answer(self) -> object:
        """Return what was decided, and the words that it rests on."""
        step = self.step
        made = decisions(step, *LAYERS)
        return [made, step.name, step.description] if made else None


class Aligned(CasePanel):
    """What is aligned as a whole."""

    key, short, title = "check", "Check", "Is everything aligned?"
    help = "The table below shows each step with its workflows and building blocks."

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make nothing more: the table is beneath."""
        self.said = parts.html()
        return [self.said]

    def update(self) -> None:
        """Say how much there is."""
        used = {
            layer: {key for step in self.case.steps for key in step.accepted(layer)}
            for layer in LAYERS
        }
        self.said.value = parts.sentence(
            f"The steps use {len(used['workflow'])} different workflows and "
            f"{len(used['building_block'])} different building blocks."
        )

    def blockers(self) -> list[str]:
        """List what is missing in the whole part."""
        return decompose.blockers(self.session.plan, self.case.id, "align")

    def answer(self) -> object:
        """Return all that was decided."""
        steps = [[step.id, decisions(step, *LAYERS)] for step in self.case.steps]
        return [steps, decisions(self.case, "target", *LAYERS)]


def wizard(session: Session) -> Wizard:
    """Return the wizard of this part."""
    targets, check = Targets(session), Aligned(session)
    needs: dict[str, StepNeeds] = {}

    def panels() -> list[Panel]:
        case = session.use_case
        steps = [] if case is None else [step.id for step in case.steps]
        for step in steps:
            needs.setdefault(step, StepNeeds(session, step))
        return [targets, *(needs[step] for step in steps), check]

    return Wizard(
        session,
        "Align: find what you have in common with others",
        panels,
        beneath=lambda: steps_with_needs(session),
        ending="Every step is aligned. Go on with the part “Map”.",
    )


def guide_align(session: Session) -> ipywidgets.VBox:
    """Return the guided part that aligns a service with targets, workflows and building blocks.

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
    >>> session = gk.open_session("nowhere/plan")
    >>> gk.guide_align(session).__class__.__name__
    'VBox'
    """
    return wizard(session).widget
