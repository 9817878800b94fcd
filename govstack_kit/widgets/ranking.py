"""The guided part *prioritise*: which service to digitise first, by the country's own weights."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

from govstack_kit.errors import PlanError
from govstack_kit.planning import prioritise
from govstack_kit.planning.fields import slug
from govstack_kit.planning.listing import steps_in
from govstack_kit.planning.model import Candidate, Criterion, make
from govstack_kit.views.style import count
from govstack_kit.widgets import parts
from govstack_kit.widgets.choice import image_html
from govstack_kit.widgets.criteria import Columns
from govstack_kit.widgets.lists import ListPanel
from govstack_kit.widgets.wizard import Panel, Wizard

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ipywidgets

    from govstack_kit.planning.plan import Plan
    from govstack_kit.widgets.models import Session

WEIGHTS = [
    ("does not count", 0.0),
    ("half", 0.5),
    ("normal", 1.0),
    ("double", 2.0),
    ("three times", 3.0),
]
SCORES = [("not answered", None), *((str(score), float(score)) for score in range(1, 6))]
NO_CANDIDATE = "Name the candidate services first: that is question 1."


def _criteria(session: Session) -> list[Criterion]:
    return list(session.plan.criteria) or prioritise.default_criteria()


def _advised(plan: Plan) -> str:
    """Return what would make the ranking better, as HTML that looks like no obstacle."""
    said = "".join(f"<li>{escape(one)}</li>" for one in prioritise.advice(plan))
    if not said:
        return ""
    return f'<div class="gsk-advice">You can go on; better still:<ul dir="auto">{said}</ul></div>'


class Candidates(ListPanel):
    """Which services might come first."""

    key, short, title = "candidates", "Candidates", "Which services might come first?"
    help = (
        "Name the services that people use or ask for. The playbook recommends at least ten; with "
        "fewer you can go on just as well."
    )
    one, add_label, list_label = "candidate", "Name of a service", "Candidates"
    add_hint = "for example: School fees"

    def waits_for(self) -> str:
        """Wait for nothing."""
        return ""

    def entries(self) -> Sequence[Candidate]:
        """Return the candidates."""
        return self.session.plan.candidates

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the list, and a field for pasting many names."""
        self.said = parts.html()
        children = list(super().build())
        own = self.button("Start with an empty list", self._start)
        self._own = parts.row(own)
        self.pasted = parts.area("Or paste a list, one service a line", rows=4)
        adding = self.button("Add these candidates", self._paste)
        return [self.said, self._own, *children, self.pasted, parts.row(adding)]

    def fields(self) -> Sequence[ipywidgets.Widget]:
        """Make the fields of a candidate."""
        self.texts = {
            "name": parts.line("Name"),
            "description": parts.area("What it is", rows=3),
            "note": parts.area("Note", rows=2),
        }
        for field, control in self.texts.items():
            self.on(control, partial(self._set, field))
        return list(self.texts.values())

    def fill(self, entry: Any) -> None:  # noqa: ANN401
        """Show a candidate."""
        for field, control in self.texts.items():
            control.value = getattr(entry, field)

    def update(self) -> None:
        """Show the candidates."""
        super().update()
        demonstrating = self.session.demonstrating
        parts.visible(self._own, on=demonstrating)
        self.said.value = parts.sentence(
            "You see the demonstration: published use cases with made-up scores. "
            "Change it, or start with a list of your own."
            if demonstrating
            else ""
        )

    def _start(self) -> None:
        def start(plan: Plan) -> None:
            plan.criteria = prioritise.default_criteria()

        self.session.change("Start a list of candidates", start, fresh=True)

    def _append(self, plan: Plan, name: str, description: str = "") -> None:
        if name.casefold() in (known.name.casefold() for known in plan.candidates):
            raise PlanError(f"There is a candidate called “{name}” already.")
        key = slug(name, taken=[known.id for known in plan.candidates], otherwise="candidate")
        fields = {"id": key, "name": name, "description": description}
        plan.candidates.append(make(Candidate, fields))

    def add(self, name: str) -> None:
        """Add a candidate."""
        self.session.change(f"Add candidate {name}", lambda plan: self._append(plan, name))

    def _paste(self) -> None:
        found = steps_in(self.pasted.value)
        if not found:
            raise PlanError("No name was found in the list. Write one service a line.")

        def add(plan: Plan) -> None:
            for one in found:
                self._append(plan, one.name, one.description)

        self.session.change(f"Add {count(len(found), 'candidate')}", add)
        with self.loading():
            self.pasted.value = ""

    def _set(self, field: str, text: str) -> None:
        key = self.entries()[self.place].id

        def change(plan: Plan) -> None:
            setattr(next(known for known in plan.candidates if known.id == key), field, text)

        self.session.change(f"Change {field} of candidate", change)

    def take_out(self) -> None:
        """Remove the candidate."""
        key = self.entries()[self.place].id

        def remove(plan: Plan) -> None:
            plan.candidates[:] = [known for known in plan.candidates if known.id != key]

        self.session.change("Remove candidate", remove)

    def move_to(self, place: int, to: int) -> None:
        """Move a candidate."""
        self.session.change(
            "Move candidate", lambda plan: plan.candidates.insert(to, plan.candidates.pop(place))
        )

    def blockers(self) -> list[str]:
        """Two make a comparison; ten are recommended, which is said and stops nobody."""
        return prioritise.blockers(self.session.plan, "candidates")

    def answer(self) -> object:
        """Return the names."""
        return [[known.id, known.name] for known in self.entries()]


class Weights(Panel):
    """How much each criterion counts."""

    key, short, title = "weights", "Weights", "What counts for your country, and how much?"
    help = "These are the criteria of GovStack's playbook. Give more weight to what matters more."

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make a list of weights for each criterion, and the way back to those of the playbook."""
        self.columns = Columns(self, self._set, WEIGHTS, other="{:g} times")
        again = self.button("Use the criteria of the playbook", self._again)
        self._offer = parts.row(again)
        return [self.columns.widget, self._offer]

    def update(self) -> None:
        """Show the weights; the playbook's are offered where criteria or weights are missing."""
        criteria = _criteria(self.session)
        self.columns.show(criteria, {one.id: one.weight for one in reversed(criteria)})
        parts.visible(self._offer, on=bool(self.blockers()))

    def _again(self) -> None:
        def change(plan: Plan) -> None:
            plan.criteria = prioritise.default_criteria()

        self.session.change("Use the criteria of the playbook", change)

    def _set(self, key: str, weight: float | None) -> None:
        def change(plan: Plan) -> None:
            if not plan.criteria:
                plan.criteria = prioritise.default_criteria()
            next(known for known in plan.criteria if known.id == key).weight = weight or 0.0

        self.session.change("Change a weight", change)

    def blockers(self) -> list[str]:
        """On each axis something has to count."""
        return prioritise.blockers(self.session.plan, "weights")

    def answer(self) -> object:
        """Return the weights."""
        return [[known.id, known.weight] for known in self.session.plan.criteria]


class Scores(Panel):
    """How each candidate does on each criterion."""

    key, short, title = "scores", "Scores", "How does each service score?"
    help = (
        "From 1 to 5; a higher score always speaks for doing it earlier. Leave open what you do "
        "not know: an open question is not a low score."
    )

    def waits_for(self) -> str:
        """Wait for candidates."""
        return "" if self.session.plan.candidates else NO_CANDIDATE

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the list of candidates, and a list of scores for each criterion."""
        self.place = 0
        self.which = parts.drop("Candidate")
        self.on(self.which, self._choose)
        self.columns = Columns(self, self._set, SCORES, told=True)
        following = self.button("Next candidate", lambda: self._choose(self.place + 1))
        return [self.which, self.columns.widget, parts.row(following)]

    def _choose(self, place: int | None) -> None:
        if place is not None:
            self.place = place % max(len(self.session.plan.candidates), 1)
            self.show()

    def update(self) -> None:
        """Show the scores of a candidate."""
        candidates = self.session.plan.candidates
        self.place = min(self.place, len(candidates) - 1)
        self.columns.show(_criteria(self.session), candidates[self.place].scores)
        of = len(self.columns.drops)
        options = [
            (f"{n}. {c.name} ({self._answered(c)} of {of} answered)", n - 1)
            for n, c in enumerate(candidates, start=1)
        ]
        if list(self.which.options) != options:
            self.which.options = options
        self.which.value = self.place

    def _answered(self, candidate: Candidate) -> int:
        return sum(candidate.scores.get(key) is not None for key in self.columns.drops)

    def _set(self, criterion: str, score: float | None) -> None:
        key = self.session.plan.candidates[self.place].id

        def change(plan: Plan) -> None:
            found = next(known for known in plan.candidates if known.id == key)
            found.scores = {**found.scores, criterion: score}

        self.session.change("Change a score", change)

    def blockers(self) -> list[str]:
        """Two candidates have to be placed."""
        return prioritise.blockers(self.session.plan, "scores")

    def answer(self) -> object:
        """Return the scores."""
        plan = self.session.plan
        scores = [[known.id, known.scores] for known in plan.candidates]
        return scores if any(known.scores for known in plan.candidates) else None


class Ranking(Panel):
    """What comes out, and how much it hangs on the weights."""

    key, short, title = "ranking", "Result", "What comes first, and how sure is it?"
    help = (
        "A: do first. B: important but hard. C: easy, of lower value. D: later. The picture also "
        "says how often a service stays where it is when the weights change by up to a half."
    )

    def waits_for(self) -> str:
        """Wait for candidates."""
        return "" if self.session.plan.candidates else NO_CANDIDATE

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the places for the picture and what is open."""
        self.picture, self.open = parts.html(), parts.html()
        return [self.picture, self.open]

    def update(self) -> None:
        """Draw the quadrants."""
        from govstack_kit.views.quadrants import plot_quadrants  # noqa: PLC0415 - heavy

        plan = self.session.plan
        ranked = prioritise.rank(plan)
        figure, _axes = plot_quadrants(ranked, sensitivity=prioritise.sensitivity(plan))
        said = "; ".join(
            f"{row['name']}: {row['quadrant']}" for row in ranked.head(20).to_dict("records")
        )
        self.picture.value = image_html(figure, f"Candidates by quadrant. {said}")
        self.open.value = _advised(plan)

    def answer(self) -> object:
        """Return what the ranking rests on."""
        plan = self.session.plan
        return [
            [known.model_dump() for known in plan.candidates],
            [known.model_dump() for known in plan.criteria],
        ]


_PANELS = (Candidates, Weights, Scores, Ranking)


def _beneath(session: Session) -> str:
    plan = session.plan
    if not plan.candidates:
        return ""
    ranked = prioritise.rank(plan)
    shown = ranked[["name", "quadrant", "importance", "feasibility", "note"]].rename(
        columns={
            "name": "Service",
            "quadrant": "Quadrant",
            "importance": "Importance",
            "feasibility": "Feasibility",
            "note": "Note",
        }
    )
    return parts.table(shown, "What your plan says now")


def wizard(session: Session) -> Wizard:
    """Return the wizard of this part."""
    panels = [panel(session) for panel in _PANELS]
    return Wizard(
        session,
        "Prioritise: which service first?",
        lambda: panels,
        beneath=lambda: _beneath(session),
        ending="The candidates are ranked. Go on with the part “Define” for the one you choose.",
    )


def guide_prioritise(session: Session) -> ipywidgets.VBox:
    """Return the guided part that ranks candidate services.

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
    >>> gk.guide_prioritise(session).__class__.__name__
    'VBox'
    """
    return wizard(session).widget
