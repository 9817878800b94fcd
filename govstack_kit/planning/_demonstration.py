"""Scores made up for the demonstration of prioritising, so that a notebook has something to show.

They say nothing about any country: a team scores its own candidates. The order of the columns is
that of the table ``prioritisation_criteria``; a dot is a question that nobody has answered yet.
"""

from __future__ import annotations

MADE_UP = "Illustration only: these scores are made up for the demonstration."

CRITERIA = (
    "users-demand",
    "complexity-of-access",
    "government-impact",
    "business-impact",
    "technical-impact",
    "digital-skills",
    "reusable-building-blocks",
    "existing-infrastructure",
    "national-agenda",
    "regional-harmonisation",
    "stakeholder-consensus",
)
SCORES = {
    "AGR-1": "4 4 2 5 3  2 3 2 4 2 3",
    "AGR-2": "5 4 3 3 4  4 4 3 5 3 4",
    "EDU-1": "4 2 3 2 3  3 3 2 4 . 3",
    "EGOV-1": "3 2 2 3 2  3 4 4 3 3 4",
    "ENV-1": "1 3 4 3 2  2 2 3 2 2 2",
    "FINC-1": "4 5 4 5 3  3 3 4 5 4 3",
    "HLTC-2": "3 5 2 1 3  2 2 1 3 . 3",
    "HLTC-3": "3 2 3 1 2  4 3 4 3 4 4",
    "INF-1": "3 5 4 4 2  2 3 3 2 2 1",
    "INST-3": ". 3 2 1 .  . 3 . 2 . 3",
}


def scores() -> dict[str, dict[str, float | None]]:
    """Return the made-up scores by use case and criterion; None where a question is open.

    Examples
    --------
    >>> scores()["AGR-2"]["users-demand"], scores()["EDU-1"]["regional-harmonisation"]
    (5.0, None)
    """
    return {
        use_case: {
            criterion: None if cell == "." else float(cell)
            for criterion, cell in zip(CRITERIA, row.split(), strict=True)
        }
        for use_case, row in SCORES.items()
    }
