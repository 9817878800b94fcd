from ._errors import (
    ArgumentError,
    DataPackageError,
    GovStackKitError,
    UnknownKeyError,
    UnknownNodeError,
)
from .framework.graph import from_graph, paths, to_graph, trace
from .framework.questions import architecture, journey, overlap, reuse, step_matrix, uses
from .framework.tables import Framework, load
from .framework.validate import validate

__all__ = [
    "ArgumentError",
    "DataPackageError",
    "Framework",
    "GovStackKitError",
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
