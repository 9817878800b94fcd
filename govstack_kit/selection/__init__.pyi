from . import business_case, compliance, coverage, needs, roadmap
from .business_case import business_case_tornado, illustration, shared_blocks
from .compliance import Compliance, add_answers, answer_sheet, checks, fit, fit_scores, verdicts
from .coverage import coverage_matrix
from .needs import add_requirement, decide, joint_requirements, parts, priorities
from .roadmap import dependencies

__all__ = [
    "Compliance",
    "add_answers",
    "add_requirement",
    "answer_sheet",
    "business_case",
    "business_case_tornado",
    "checks",
    "compliance",
    "coverage",
    "coverage_matrix",
    "decide",
    "dependencies",
    "fit",
    "fit_scores",
    "illustration",
    "joint_requirements",
    "needs",
    "parts",
    "priorities",
    "roadmap",
    "shared_blocks",
    "verdicts",
]
