from . import business_case, coverage, needs, roadmap
from .business_case import business_case_tornado, illustration, illustration_plan, shared_blocks
from .coverage import coverage_matrix
from .needs import add_requirement, decide, joint_requirements, parts, priorities
from .roadmap import dependencies

__all__ = [
    "add_requirement",
    "business_case",
    "business_case_tornado",
    "coverage",
    "coverage_matrix",
    "decide",
    "dependencies",
    "illustration",
    "illustration_plan",
    "joint_requirements",
    "needs",
    "parts",
    "priorities",
    "roadmap",
    "shared_blocks",
]
