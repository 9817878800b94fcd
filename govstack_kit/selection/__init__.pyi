from .needs import (
    add_requirement,
    decide,
    joint_requirements,
    needs,
    parts,
    priorities,
    requirements,
)

__all__ = [
    "add_requirement",
    "decide",
    "joint_requirements",
    "needs",
    "parts",
    "priorities",
    "requirements",
]
