from . import compliance, coverage, needs
from .compliance import Compliance, add_answers, answer_sheet, checks, fit, fit_scores, verdicts
from .coverage import coverage_matrix
from .needs import add_requirement, decide, joint_requirements, parts, priorities

__all__ = [
    "Compliance",
    "add_answers",
    "add_requirement",
    "answer_sheet",
    "checks",
    "compliance",
    "coverage",
    "coverage_matrix",
    "decide",
    "fit",
    "fit_scores",
    "joint_requirements",
    "needs",
    "parts",
    "priorities",
    "verdicts",
]
