from . import best_set, business_case, compliance, coverage, needs, options, roadmap, shortlist
from .best_set import BestSet, best_set_of_plan
from .business_case import business_case_tornado, illustration, reference_costs, shared_blocks
from .choice import cost_of_choice, decide_set, recommendation
from .compliance import Compliance, add_answers, answer_sheet, checks, fit, fit_scores, verdicts
from .coverage import add_inventory, coverage_matrix
from .needs import add_requirement, decide, joint_requirements, parts, priorities
from .options import compare_options
from .requirement_changes import carry_over, requirement_changes
from .roadmap import dependencies
from .scenarios import compare_plans
from .sensitivity import Stability, best_set_stability, best_set_stability_of_plan
from .shortlist import add_product, filter_effect, is_open_source

__all__ = [
    "BestSet",
    "Compliance",
    "Stability",
    "add_answers",
    "add_inventory",
    "add_product",
    "add_requirement",
    "answer_sheet",
    "best_set",
    "best_set_of_plan",
    "best_set_stability",
    "best_set_stability_of_plan",
    "business_case",
    "business_case_tornado",
    "carry_over",
    "checks",
    "compare_options",
    "compare_plans",
    "compliance",
    "cost_of_choice",
    "coverage",
    "coverage_matrix",
    "decide",
    "decide_set",
    "dependencies",
    "filter_effect",
    "fit",
    "fit_scores",
    "illustration",
    "is_open_source",
    "joint_requirements",
    "needs",
    "options",
    "parts",
    "priorities",
    "recommendation",
    "reference_costs",
    "requirement_changes",
    "roadmap",
    "shared_blocks",
    "shortlist",
    "verdicts",
]
