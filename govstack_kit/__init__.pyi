from ._errors import (
    ArgumentError,
    DataPackageError,
    GovStackKitError,
    PlanConflictError,
    PlanError,
    PlanFileError,
    PlanFileWarning,
    UnknownKeyError,
    UnknownNodeError,
)
from .framework.graph import from_graph, paths, to_graph, trace
from .framework.questions import architecture, journey, overlap, reuse, step_matrix, uses
from .framework.tables import Framework, load
from .framework.validate import validate
from .planning.plan import Plan

__all__ = [
    "ArgumentError",
    "DataPackageError",
    "Framework",
    "GovStackKitError",
    "Plan",
    "PlanConflictError",
    "PlanError",
    "PlanFileError",
    "PlanFileWarning",
    "UnknownKeyError",
    "UnknownNodeError",
    "architecture",
    "from_graph",
    "journey",
    "load",
    "overlap",
    "paths",
    "reuse",
    "step_matrix",
    "to_graph",
    "trace",
    "uses",
    "validate",
]
