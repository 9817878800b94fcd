"""Answer sheets for one option: saved, loaded, and the fit that follows from the answers.

Definitions
-----------
The *fit from the answers* is what :func:`govstack_kit.selection.compliance.fit_scores` says: the
share of requirements that are met, where what nobody has answered counts as not met. It is a
suggestion: the fit of an option changes only when people take it over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets
import pandas as pd

from govstack_kit.errors import PlanError, PlanFileError
from govstack_kit.planning.selected import Cover
from govstack_kit.views.style import count
from govstack_kit.widgets import numbers, parts
from govstack_kit.widgets.coverage import block_names
from govstack_kit.widgets.forms import problems_table
from govstack_kit.widgets.results import OPTIONS, asked, remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from govstack_kit.planning.selected import Option
    from govstack_kit.widgets.offering import Offers

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ABOUT = (
    "Let those who know the product say which requirements it meets: save a workbook, send it to "
    "them, and load it when it is filled in."
)
NO_BLOCK = "Say first which blocks it covers: the sheet asks about their requirements."
CAREFUL = (
    "Met counts 1 and partly a half; what nobody has answered counts as not met. Take the fit over "
    "only if enough is answered."
)


class Sheets:
    """What stands beneath an option: its answer sheet, and the fit that follows from it.

    Parameters
    ----------
    panel
        The question they belong to.
    change
        Called with what is done and a function that changes the chosen option.
    covers
        Returns what an option covers.
    """

    def __init__(
        self,
        panel: Offers,
        change: Callable[[str, Callable[[Option], object]], object],
        covers: Callable[[Option], list[Cover]],
    ) -> None:
        self._panel, self._change, self._covers = panel, change, covers
        self._about = ""  # the option that the message is about
        self._save = panel.button("Save an answer sheet", self._write)
        self.upload = ipywidgets.FileUpload(
            accept=".xlsx", multiple=False, description="Choose the filled-in answer sheet"
        )
        self.upload.add_class("gsk-button")
        panel.on(self.upload, self._load)
        self.said, self.suggested = parts.html(), parts.html()
        self._take = panel.button("Take over the fit from the answers", self._take_over)
        self._take_row = parts.row(self._take)
        head = parts.html(f"<h3>What does it do of what you need?</h3>{parts.sentence(ABOUT)}")
        buttons = parts.row(self._save, self.upload)
        self.widget = ipywidgets.VBox([head, buttons, self.said, self.suggested, self._take_row])

    # --- showing ---------------------------------------------------------------------------------

    def show(self, option: Option) -> None:
        """Show what follows from the answers about an option."""
        if self._about != option.id:
            self._about, self.said.value = option.id, ""
        self._save.tooltip = self.upload.tooltip = option.name
        found = self._found(option)
        self.suggested.value = self._table(option, found) if len(found) else ""
        parts.visible(self._take_row, on=bool(self._new(option, found)))

    def _found(self, option: Option) -> pd.DataFrame:
        """Return the fit from the answers, for the blocks about which there are any."""
        if not option.answers:
            return pd.DataFrame()
        from govstack_kit.selection.compliance import fit_scores  # noqa: PLC0415 - heavy

        session = self._panel.session

        def work() -> pd.DataFrame:
            plan = session.plan.model_copy(update={"options": [option]})
            found = fit_scores(session.framework, plan, requirements=asked(session))
            return found.dropna(subset=["fit"])

        return remembered(session, f"answers of {option.id}", OPTIONS, work)

    def _table(self, option: Option, found: pd.DataFrame) -> str:
        names = block_names(self._panel.session, found["building_block"])
        fits = {cover.key: cover.fit for cover in self._covers(option)}
        rows = [
            (
                names.get(row["building_block"], row["building_block"]),
                numbers.percent(fits.get(row["building_block"])) or "not known",
                numbers.percent(round(row["fit"], 2)),
                numbers.percent(round(row["highest"], 2)),
                f"{round(row['answered'] * row['checks'])} of {row['checks']}",
            )
            for row in found.to_dict("records")
        ]
        heads = ["Building block", "Fit now", "From the answers", "At most", "Answered"]
        table = parts.table(pd.DataFrame(rows, columns=heads), "What follows from the answers")
        return f'<div class="gsk-numbers">{table}</div>{parts.sentence(CAREFUL)}'

    def _new(self, option: Option, found: pd.DataFrame) -> dict[str, float]:
        """Return the fits that follow from the answers and are not those of the option."""
        fits = {cover.key: cover.fit for cover in self._covers(option)}
        rows = found.to_dict("records")
        new = {row["building_block"]: round(float(row["fit"]), 2) for row in rows}
        return {key: fit for key, fit in new.items() if fits.get(key) != fit}

    # --- changing --------------------------------------------------------------------------------

    def _option(self) -> Option:
        found: Option = self._panel.entries()[self._panel.place]
        return found

    def _write(self) -> None:
        from govstack_kit.selection.answers import answer_sheet  # noqa: PLC0415 - heavy

        session, option = self._panel.session, self._option()
        known = set(session.framework.building_blocks["building_block"])
        blocks = [cover.key for cover in self._covers(option) if cover.key in known]
        if not blocks:
            raise PlanError(NO_BLOCK)
        path = _free(session.folder, f"answers-{option.id[:60]}")
        answer_sheet(
            path,
            session.framework,
            blocks,
            option,
            plan=session.plan,
            requirements=asked(session),
        )
        link = parts.download(path.name, path.read_bytes(), "download it from here", WORKBOOK)
        text = parts.sentence(f"Saved beside your plan as {path.name}; or")
        self.said.value = f"{text.removesuffix('</p>')} {link}.</p>"

    def _load(self, files: Sequence[Any]) -> None:
        from govstack_kit.selection.answers import read_answers  # noqa: PLC0415 - heavy

        if not files:
            return
        raw = bytes(files[0]["content"])
        with self._panel.loading():
            self.upload.value = ()
        session, option = self._panel.session, self._option()
        read = read_answers(raw, session.framework, plan=session.plan)
        if read.option and read.option != option.id:
            names = {one.id: one.name for one in session.plan.options}
            name = names.get(read.option, read.option)
            raise PlanError(
                f"This sheet was made for “{name}”, not for “{option.name}”. Nothing was taken: "
                "choose the option in the list that the sheet is about, and load it again."
            )
        changed = self._answer(option, read.answers)
        said = f"{count(len(read.answers), 'answer')} in the sheet, {changed} of them new."
        self.said.value = parts.sentence(said) + problems_table(read.problems)

    def _answer(self, option: Option, answers: Iterable[Any]) -> int:
        from govstack_kit.selection.answers import take_answers  # noqa: PLC0415 - heavy

        return self._panel.session.change(
            f"Load answers about {option.name}",
            lambda plan: take_answers(plan, option.id, answers),
        )

    def _take_over(self) -> None:
        option = self._option()
        fits = self._new(option, self._found(option))

        def take(chosen: Option) -> None:
            covers = {cover.key: cover.model_copy() for cover in self._covers(chosen)}
            for key, fit in fits.items():
                covers.setdefault(key, Cover(key=key)).fit = fit
            chosen.covers = list(covers.values())

        self._change("the fit", take)


def _free(folder: Path, name: str) -> Path:
    """Return a file in a folder that does not exist yet."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PlanFileError(
            f"The folder {folder} cannot be made: {error.strerror or error}."
        ) from None
    names = (f"{name}{f'-{n}' if n else ''}.xlsx" for n in range(1000))
    return next(path for path in map(folder.joinpath, names) if not path.exists())
