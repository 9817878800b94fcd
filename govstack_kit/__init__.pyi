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
from .framework._workbook import save_template
from .framework.graph import from_graph, to_graph
from .framework.questions import architecture, journey, overlap, reuse, step_matrix, uses
from .framework.tables import Framework, load
from .framework.tracing import paths, trace
from .framework.validate import validate
from .planning.decompose import proposals, relations, suggestions
from .planning.plan import Plan
from .planning.portfolio import adds, combine, integration_links, overlap_matrix
from .planning.prioritise import rank, sensitivity
from .views.layered import plot_layered_graph
from .views.plots import plot_architecture, plot_reuse, plot_step_matrix, plot_user_journey
from .views.portfolio import plot_integration, plot_overlap
from .views.quadrants import plot_quadrants
from .views.tables import show
from .widgets.align import guide_align
from .widgets.choice import choose_figure
from .widgets.define import guide_define
from .widgets.explorer import explore
from .widgets.mapping import guide_map
from .widgets.models import open_session
from .widgets.plans import guide_plan
from .widgets.ranking import guide_prioritise

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
    "adds",
    "architecture",
    "choose_figure",
    "combine",
    "explore",
    "from_graph",
    "guide_align",
    "guide_define",
    "guide_map",
    "guide_plan",
    "guide_prioritise",
    "integration_links",
    "journey",
    "load",
    "open_session",
    "overlap",
    "overlap_matrix",
    "paths",
    "plot_architecture",
    "plot_integration",
    "plot_layered_graph",
    "plot_overlap",
    "plot_quadrants",
    "plot_reuse",
    "plot_step_matrix",
    "plot_user_journey",
    "proposals",
    "rank",
    "relations",
    "reuse",
    "save_template",
    "sensitivity",
    "show",
    "step_matrix",
    "suggestions",
    "to_graph",
    "trace",
    "uses",
    "validate",
]
