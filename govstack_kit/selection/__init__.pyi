from . import needs
from .needs import add_requirement, decide, joint_requirements, parts, priorities

__all__ = [
    "add_requirement",
    "decide",
    "joint_requirements",
    "needs",
    "parts",
    "priorities",
]
