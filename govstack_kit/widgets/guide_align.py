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
from govstack_kit.widgets.choices import VERDICTS, Choice, Choices, line_of
from govstack_kit.widgets.guide_map import LAYER, steps_with_needs
from govstack_kit.widgets.markup import Element, visible
from govstack_kit.widgets.wizard import Guide

if TYPE_CHECKING:
    import pandas as pd

    from govstack_kit.planning.names import Layer
    from govstack_kit.planning.plan import Plan
    from govstack_kit.widgets.session import Session

FOUND = 6  # targets that a search shows
GUIDE = Guide("align")
SAID = GUIDE.said
_DECISIONS = (
    "own_words",
    *(f"{kind}_{layer}s" for kind in ("step", "use_case") for layer in LAYERS),
)
RESTS_ON = ("use_cases", "steps", *_DECISIONS)


def _steps(session: Session) -> list[Owner]:
    """Return the steps of the service with what is decided; kept until a change."""
    case = session.use_case
    found = session.remember(f"owners {case}", lambda: owners(session.plan, case), *RESTS_ON)
    return found[1:]  # the first is the service as a whole


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
            empty=SAID["no hit"],
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
        names, hits = (
            names_of(self.session.framework),
            search_targets(self.session.framework, self._asked, top=FOUND),
        )
        rows = self.session.plan.rows("use_case_targets", use_case=self.session.use_case)
        found = dict(zip(hits["target"], hits["reason"], strict=True))
        found |= {row["sdg"]: text_of(row["reason"]) for row in rows}
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
        row[layer]: SAID["published"]
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


def choices_of_step(step: str, session: Session) -> list[Choices]:
    """Return what a step may need: workflows, and building blocks."""
    return [
        Choices(
            session,
            f"step_{layer}s",
            partial(_suggested, session, step, layer),
            owner=lambda: step,
            values=lambda choice: {"origin": "suggested", "reason": choice.more},
            most=_few(session, step, layer),
            label=SAID[layer],
            empty=SAID["no more"],
        )
        for layer in LAYERS
    ]


class OwnWords(fields.Part):
    """What the team calls things itself, and what that is elsewhere."""

    def __init__(self, step: str, session: Session) -> None:
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
        heading = ipywidgets.HTML(markup.heading(SAID["own words"]))
        parts = [heading, self.words, self.matches, self._keep, self.mine]
        self.widget = ipywidgets.VBox(parts)
        fields.watch(session, self.words, lambda _text: self.show())

    def show(self) -> None:
        """Show what the words may mean, and those that are placed."""
        text, names = self.words.value.strip(), names_of(self.session.framework)
        found = search_words(self.session.framework, text, top=4).to_dict("records") if text else []
        lines = [
            Choice(
                f"{row['layer']} {row[row['layer']]}",
                row["name"],
                row["reason"],
                tag=LAYER[row["layer"]],
            )
            for row in found
        ]
        _draw(self.matches, lines, "meaning")
        visible(self._keep, on=bool(text))
        placed = []
        for row in self.session.plan.rows("own_words", step=self.step):
            said = SAID["specific" if row["sector_specific"] else "not placed"]
            if row["key"]:
                said = f"{LAYER[row['kind']]}: {names.name(row['kind'], row['key'])}"
            placed.append(Choice(row["word"], row["name"], said))
        _draw(self.mine, placed, "own word")

    def _match(self, told: dict[str, Any]) -> None:
        layer, _, key = told["press"].partition(" ")
        self._place({"kind": layer, "key": key})

    def _specific(self) -> None:
        self._place({"kind": self.kind.value, "sector_specific": True})

    def _place(self, values: dict[str, Any]) -> None:
        """Take the words over into the plan, in place of what they were said to mean before."""
        name, session = self.words.value.strip(), self.session
        if not name:
            raise ArgumentError(SAID["no words"])

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


def _draw(element: Element, choices: list[Choice], verdict: str) -> None:
    """Show lines with one button each."""
    element.state = {"lines": [*map(line_of, choices)], "states": [*map(list, VERDICTS[verdict])]}
    visible(element, on=bool(choices))


def about_step(step: str, session: Session) -> str:
    """Return what happens in a step."""
    return markup.sentence(text_of(session.plan.row("steps", step)["description"]))


def _of_step(step: str, session: Session) -> Owner:
    return next(owner for owner in _steps(session) if owner.step == step)


def nothing_placed(step: str, session: Session) -> list[str]:
    """Ask for something that a step needs."""
    owner = _of_step(step, session)
    placed = any(word["sector_specific"] for word in owner.own_words)
    return [] if placed or any(owner.accepted.values()) else [SAID["nothing placed"]]


def something_decided(step: str, session: Session) -> bool:
    """Return whether anything is said about a step."""
    owner = _of_step(step, session)
    return bool(owner.own_words) or any([*owner.accepted.values(), *owner.rejected.values()])


# --- the whole ------------------------------------------------------------------------------------


def steps_to_align(session: Session) -> list[dict[str, Any]]:
    """Return the steps of the service: there is a question about each."""
    steps = _steps(session) if session.use_case else []
    return [{"step": step.step, "order": step.order, "name": step.name} for step in steps]


def counted(session: Session) -> str:
    """Say how much the steps have in common with others."""
    used = {layer: {k for s in _steps(session) for k in s.accepted[layer]} for layer in LAYERS}
    return markup.sentence(SAID["counted"].format(**{k: len(keys) for k, keys in used.items()}))


def unaligned(session: Session) -> list[str]:
    """Say what is not aligned yet."""
    return review(session.framework, session.plan, session.use_case, "align")


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
    return GUIDE.open(session)


GUIDE.uses(Targets, steps_to_align, about_step, choices_of_step, OwnWords)
GUIDE.uses(nothing_placed, something_decided, counted, unaligned, steps_with_needs)
