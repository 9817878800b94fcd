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
from .framework.questions import (
    architecture,
    journey,
    overlap,
    reuse,
    step_matrix,
    uses,
)
from .framework.tables import Framework, load
from .framework.tracing import paths, trace
from .framework.validate import validate
from .planning.decompose import proposals, relations, suggestions
from .planning.plan import Plan
from .planning.portfolio import adds, combine, integration_links, overlap_matrix
from .planning.prioritise import rank, sensitivity
from .selection.answers import answer_sheet, read_answers, take_answers
from .selection.business_case import business_case, illustration, tornado
from .selection.capabilities import capabilities
from .selection.choice import choose, chosen_set, recommendation, recommendation_of_plan
from .selection.comparison import compare
from .selection.compliance import fit, fit_rows, fit_scores, verdicts
from .selection.conformance import (
    conformance,
    conformance_details,
    conformance_summary,
    read_interface,
)
from .selection.inventory import (
    add_inventory,
    coverage,
    coverage_matrix,
    inventory_template,
    read_inventory,
)
from .selection.joint import joint_requirements
from .selection.needs import add_requirement, decide, needs, requirements
from .selection.optimise import best_set, best_set_of_plan
from .selection.options import options
from .selection.roadmap import roadmap
from .selection.rulesets import rulesets
from .selection.sensitivity import stability, stability_of_plan
from .selection.shortlist import filter_effect, shortlist, take
from .views.best_set import plot_best_set, plot_constraints, plot_stability
from .views.business_case import plot_business_case, plot_tornado
from .views.conformance import plot_conformance
from .views.inventory import plot_coverage, plot_needs
from .views.layered import plot_layered_graph
from .views.made_up import made_up
from .views.plots import plot_architecture, plot_reuse, plot_step_matrix, plot_user_journey
from .views.portfolio import plot_integration, plot_overlap
from .views.products import plot_fit, plot_radar
from .views.quadrants import plot_quadrants
from .views.roadmap import plot_roadmap, plot_value_curve
from .views.tables import show
from .widgets.align import guide_align
from .widgets.choice import choose_figure
from .widgets.costing import guide_costs
from .widgets.define import guide_define
from .widgets.explorer import explore
from .widgets.mapping import guide_map
from .widgets.models import open_session
from .widgets.phasing import guide_roadmap
from .widgets.plans import guide_plan
from .widgets.ranking import guide_prioritise
from .widgets.selecting import guide_select

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
    "add_inventory",
    "add_requirement",
    "adds",
    "answer_sheet",
    "architecture",
    "best_set",
    "best_set_of_plan",
    "business_case",
    "capabilities",
    "choose",
    "choose_figure",
    "chosen_set",
    "combine",
    "compare",
    "conformance",
    "conformance_details",
    "conformance_summary",
    "coverage",
    "coverage_matrix",
    "decide",
    "explore",
    "filter_effect",
    "fit",
    "fit_rows",
    "fit_scores",
    "from_graph",
    "guide_align",
    "guide_costs",
    "guide_define",
    "guide_map",
    "guide_plan",
    "guide_prioritise",
    "guide_roadmap",
    "guide_select",
    "illustration",
    "integration_links",
    "inventory_template",
    "joint_requirements",
    "journey",
    "load",
    "made_up",
    "needs",
    "open_session",
    "options",
    "overlap",
    "overlap_matrix",
    "paths",
    "plot_architecture",
    "plot_best_set",
    "plot_business_case",
    "plot_conformance",
    "plot_constraints",
    "plot_coverage",
    "plot_fit",
    "plot_integration",
    "plot_layered_graph",
    "plot_needs",
    "plot_overlap",
    "plot_quadrants",
    "plot_radar",
    "plot_reuse",
    "plot_roadmap",
    "plot_stability",
    "plot_step_matrix",
    "plot_tornado",
    "plot_user_journey",
    "plot_value_curve",
    "proposals",
    "rank",
    "read_answers",
    "read_interface",
    "read_inventory",
    "recommendation",
    "recommendation_of_plan",
    "relations",
    "requirements",
    "reuse",
    "roadmap",
    "rulesets",
    "save_template",
    "sensitivity",
    "shortlist",
    "show",
    "stability",
    "stability_of_plan",
    "step_matrix",
    "suggestions",
    "take",
    "take_answers",
    "to_graph",
    "tornado",
    "trace",
    "uses",
    "validate",
    "verdicts",
]
