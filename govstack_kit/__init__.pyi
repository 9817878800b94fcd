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
from .framework.graph import from_graph, to_graph
from .framework.questions import architecture, journey, overlap, reuse, step_matrix, uses
from .framework.tables import Framework, load
from .framework.tracing import paths, trace
from .framework.validate import validate
from .planning.plan import Plan
from .views.layered import plot_layered_graph
from .views.plots import plot_architecture, plot_reuse, plot_step_matrix, plot_user_journey
from .views.tables import show
from .widgets.choice import choose_figure

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
    "choose_figure",
    "from_graph",
    "journey",
    "load",
    "overlap",
    "paths",
    "plot_architecture",
    "plot_layered_graph",
    "plot_reuse",
    "plot_step_matrix",
    "plot_user_journey",
    "reuse",
    "show",
    "step_matrix",
    "to_graph",
    "trace",
    "uses",
    "validate",
]
