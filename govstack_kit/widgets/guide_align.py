"""The guided part *align*: which targets a service serves, and what its steps have in common."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import ipywidgets

from govstack_kit.errors import ArgumentError
from govstack_kit.planning.decisions import Owner, owners
from govstack_kit.planning.mapping import review
from govstack_kit.planning.names import LAYERS, names_of
from govstack_kit.planning.search import search_targets, search_words
from govstack_kit.planning.suggest import suggestions
from govstack_kit.tables.package import text_of
from govstack_kit.widgets import fields, markup
from govstack_kit.widgets.choices import Choice, Choices
from govstack_kit.widgets.guide_map import SAID, steps_with_needs
from govstack_kit.widgets.stylesheet import Element, visible
from govstack_kit.widgets.wizard import Question, Wizard, has, of_use_case

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from govstack_kit.planning.names import Layer
    from govstack_kit.planning.plan import Plan
    from govstack_kit.widgets.session import Session

FOUND = 6  # targets that a search shows
TITLES = {
    "workflow": "Workflows: what happens in the same way elsewhere",
    "building_block": "Building blocks: software that others can share",
}
STEP_HELP = (
    "Each suggestion says what it does, and why it is made. Accept what the step needs; say “Not "
    "for us” to what it does not. Nothing is accepted by itself."
)
STEP_LACKS = "Accept a workflow or a building block, or say what is specific to your sector."
_DECISIONS = (
    "own_words",
    *(f"{kind}_{layer}s" for kind in ("step", "use_case") for layer in LAYERS),
)
RESTS_ON = ("use_cases", "steps", *_DECISIONS)


def decided(session: Session) -> list[Owner]:
    """Return the service as a whole and its steps, with what is decided; kept until a change."""
    case = session.use_case
    return session.remember(f"decided {case}", lambda: owners(session.plan, case), *RESTS_ON)


# --- targets --------------------------------------------------------------------------------------


class Targets(fields.Part):
    """A search for SDG targets, and those to decide about."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.objective = fields.labelled(ipywidgets.Dropdown(), "Search with an objective")
        self.words = fields.line("Or search in your own words", "for example: school fees")
        self.choices = Choices(
            session,
            "use_case_targets",
            self._found,
            owner=lambda: session.use_case,
            values=lambda choice: {"origin": "suggested", "reason": choice.why},
            most=FOUND,
            empty="No target has these words. Try others.",
        )
        self._asked, self._showing = "", False
        asking = ipywidgets.HBox([self.objective, self.words])
        asking.add_class("gsk-form")
        self.widget = ipywidgets.VBox([asking, self.choices.widget])
        fields.watch(session, self.objective, self.search)
        fields.watch(session, self.words, self.search)

    def search(self, text: str | None) -> None:
        """Look for what a text leads to."""
        if not self._showing:
            self._asked, self.choices.shown = text or "", {}
            self.choices.show()

    def _found(self) -> list[Choice]:
        """Return what is decided already, and what the search finds."""
        names = names_of(self.session.framework)
        rows = self.session.plan.rows("use_case_targets", use_case=self.session.use_case)
        found = {row["sdg"]: text_of(row["reason"]) for row in rows}
        hits = search_targets(self.session.framework, self._asked, top=FOUND)
        found = dict(zip(hits["target"], hits["reason"], strict=True)) | found
        return [
            Choice(key, f"{key} {names.name('target', key)}", why) for key, why in found.items()
        ]

    def show(self) -> None:
        """Show the objectives to search with, what was decided, and what is found."""
        rows = self.session.plan.rows("objectives", use_case=self.session.use_case)
        options = [(markup.shorten(row["text"], 90), row["text"]) for row in rows]
        self._showing = True
        if list(self.objective.options) != options:
            self.objective.options = options
            self._asked = options[0][1] if options else self.words.value
            self.objective.value = self._asked if options else None
        self._showing = False
        visible(self.objective, on=bool(options))
        self.choices.show()


# --- one step -------------------------------------------------------------------------------------


def _ranked(session: Session, step: str, layer: Layer) -> pd.DataFrame:
    """Return what a step may need; while people decide about it, it is not ranked anew."""
    return session.remember(
        f"suggested {layer} {step}",
        lambda: suggestions(session.framework, session.plan, step, layer, top=99),
        *(table for table in RESTS_ON if table != f"step_{layer}s"),
    )


def _suggested(session: Session, step: str, layer: Layer) -> list[Choice]:
    """Return what is decided for a step, and what it may need, likeliest first."""
    ranked, names = _ranked(session, step, layer), names_of(session.framework)
    whys = {
        row[layer]: "Named in the published use case."
        if row["origin"] == "published" and not row["reason"]
        else text_of(row["reason"])
        for row in session.plan.rows(f"step_{layer}s", step=step)
    }
    whys |= dict(zip(ranked[layer], ranked["reason"], strict=True))
    return [Choice(key, names.name(layer, key), names.about(key), why) for key, why in whys.items()]


def _few(session: Session, step: str, layer: Layer) -> int:
    """Return how many lines to show at first: what is decided, and what is likely."""
    decided = len(session.plan.rows(f"step_{layer}s", step=step))
    return max(decided + int(_ranked(session, step, layer)["likely"].sum()), 1)


class OwnWords(fields.Part):
    """What the team calls things itself, and what that is elsewhere."""

    def __init__(self, session: Session, step: str) -> None:
        super().__init__(session)
        self.step = step
        hint = "a process or a system of your own, such as: eligibility"
        self.words = fields.line("What do you call it?", hint)
        kinds = [("a process", "workflow"), ("a system or software", "building_block")]
        kind = ipywidgets.Dropdown(options=kinds)
        self.kind = fields.labelled(kind, "It is", "", "gsk-narrow")
        self.matches = Element("choices", session.guard(self._match))
        self.mine = Element("choices", session.guard(self._remove))
        specific = fields.button(session, "It is specific to our sector", self._specific)
        self._keep = fields.actions(self.kind, specific)
        heading = ipywidgets.HTML(markup.heading("In your own words"))
        parts = [heading, self.words, self.matches, self._keep, self.mine]
        self.widget = ipywidgets.VBox(parts)
        fields.watch(session, self.words, lambda _text: self.show())

    def show(self) -> None:
        """Show what the words may mean, and those that are placed."""
        text, names = self.words.value.strip(), names_of(self.session.framework)
        found = search_words(self.session.framework, text, top=4).to_dict("records") if text else []
        lines = [
            _line(f"{row['layer']} {row[row['layer']]}", row["name"], row["reason"], row["layer"])
            for row in found
        ]
        _draw(self.matches, lines, ("This is it", "Taken"))
        visible(self._keep, on=bool(text))
        placed = []
        for row in self.session.plan.rows("own_words", step=self.step):
            said = "Specific to the sector" if row["sector_specific"] else "Not placed yet"
            if row["key"]:
                said = f"{SAID[row['kind']]}: {names.name(row['kind'], row['key'])}"
            placed.append(_line(row["word"], row["name"], said))
        _draw(self.mine, placed, ("Remove", "Removed"))

    def _match(self, told: dict[str, Any]) -> None:
        layer, _, key = told["press"].partition(" ")
        self._place({"kind": layer, "key": key})

    def _specific(self) -> None:
        self._place({"kind": self.kind.value, "sector_specific": True})

    def _place(self, values: dict[str, Any]) -> None:
        """Take the words over into the plan, in place of what they were said to mean before."""
        name, session = self.words.value.strip(), self.session
        if not name:
            raise ArgumentError("Write first what you call it.")

        def place(plan: Plan) -> None:
            for row in plan.rows("own_words", step=self.step, name=name):
                plan.remove("own_words", row["word"])
            here = {"use_case": session.use_case, "step": self.step, "name": name}
            plan.add("own_words", **here, **values)

        session.change(f"Place the words {markup.shorten(name)}", place)
        self.words.value = ""
        self.show()

    def _remove(self, told: dict[str, Any]) -> None:
        word = told["press"]
        self.session.change("Remove own words", lambda plan: plan.remove("own_words", word))
        self.show()


def _line(key: str, name: str, why: str, layer: str = "") -> dict[str, str]:
    line = {"key": key, "name": name, "why": why, "tag": SAID.get(layer, "")}
    return line | dict.fromkeys(("more", "group", "status", "reason"), "")


def _draw(element: Element, lines: list[dict[str, str]], words: tuple[str, str]) -> None:
    """Show lines with one button each."""
    element.state = {"lines": lines, "states": [["on", *words, "on"]]}
    visible(element, on=bool(lines))


def _step_parts(step: str, session: Session) -> list[fields.Part]:
    def about() -> str:
        return markup.sentence(text_of(session.plan.row("steps", step)["description"]))

    found: list[fields.Part] = [fields.Text(session, about)]
    for layer in LAYERS:
        choices = Choices(
            session,
            f"step_{layer}s",
            partial(_suggested, session, step, layer),
            owner=lambda: step,
            values=lambda choice: {"origin": "suggested", "reason": choice.more},
            most=_few(session, step, layer),
            label=TITLES[layer],
            empty="No more suggestions.",
        )
        found.append(choices)
    return [*found, OwnWords(session, step)]


def _of_step(step: str, session: Session) -> Owner:
    return next(owner for owner in decided(session) if owner.step == step)


def _step_missing(step: str, session: Session) -> list[str]:
    owner = _of_step(step, session)
    placed = any(word["sector_specific"] for word in owner.own_words)
    return [] if placed or any(owner.accepted.values()) else [STEP_LACKS]


def _step_answered(step: str, session: Session) -> bool:
    owner = _of_step(step, session)
    return bool(owner.own_words) or any([*owner.accepted.values(), *owner.rejected.values()])


# --- the whole ------------------------------------------------------------------------------------


def _counted(session: Session) -> str:
    """Say how much the steps have in common with others."""
    steps = [owner for owner in decided(session) if owner.step]
    used = {layer: {key for step in steps for key in step.accepted[layer]} for layer in LAYERS}
    return markup.sentence(
        f"The steps use {len(used['workflow'])} different workflows and "
        f"{len(used['building_block'])} different building blocks."
    )


def _questions(session: Session) -> Sequence[Question]:
    """Return the questions: targets, each step, and the whole."""
    steps = [owner for owner in decided(session) if owner.step] if session.use_case else []
    return [
        Question(
            "targets",
            "SDG targets",
            "Which SDG targets does the service serve?",
            "Choose an objective, or search in your own words, such as “school fees” or “job "
            "training”. Accept the targets that the service really moves: one to three is usual.",
            lambda session: [Targets(session)],
            missing=_targets_missing,
            answered=has("use_case_targets", of_use_case),
        ),
        *(
            Question(
                f"step-{owner.step}",
                f"Step {owner.order}",
                f"Step {owner.order}, “{owner.name}”: what does it need?",
                STEP_HELP,
                partial(_step_parts, owner.step),
                missing=partial(_step_missing, owner.step),
                answered=partial(_step_answered, owner.step),
            )
            for owner in steps
        ),
        Question(
            "check",
            "Check",
            "Is everything aligned?",
            "The table below shows each step with its workflows and building blocks.",
            lambda session: [fields.Text(session, lambda: _counted(session))],
            missing=lambda session: review(
                session.framework, session.plan, session.use_case, "align"
            ),
        ),
    ]


def _targets_missing(session: Session) -> list[str]:
    here = {"use_case": session.use_case, "status": "accepted"}
    if session.plan.rows("use_case_targets", **here):
        return []
    return ["Accept at least one SDG target that the service contributes to."]


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
    >>> gk.guide_align(session)
    Guided part “Align: find what you have in common with others”. Run this cell to open it.
    """
    return Wizard(
        session,
        "Align: find what you have in common with others",
        _questions,
        beneath=steps_with_needs,
        ending="Every step is aligned. Go on with the part “Map”.",
    ).widget
