from . import coverage, needs
from .coverage import coverage_matrix
from .needs import add_requirement, decide, joint_requirements, parts, priorities

__all__ = [
    "add_requirement",
    "coverage",
    "coverage_matrix",
    "decide",
    "joint_requirements",
    "needs",
    "parts",
    "priorities",
]
