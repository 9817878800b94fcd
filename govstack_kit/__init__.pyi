from . import framework, interfaces, planning, selection, tables, upstream, views, widgets
from .errors import (
    GovStackKitError,
    PlanFileError,
    TablesError,
    UnknownKeyError,
)
from .framework.framework import Framework, load, validate
from .framework.graph import paths, save_graph, to_graph, trace
from .framework.questions import architecture, journey, links, overlap, reuse, step_matrix
from .interfaces.conformance import conformance
from .planning.mapping import proposals
from .planning.plan import Plan
from .planning.portfolio import (
    covering_blocks,
    newly_needed,
    overlap_matrix,
    with_plans,
)
from .planning.prioritise import prioritise
from .planning.suggest import suggestions
from .selection.best_set import best_set, best_set_of_plan
from .selection.business_case import business_case
from .selection.compliance import fit, verdicts
from .selection.coverage import coverage
from .selection.needs import needs, requirements
from .selection.options import compare_options, options
from .selection.roadmap import roadmap
from .selection.scenarios import compare_plans
from .selection.sensitivity import best_set_stability, best_set_stability_of_plan
from .selection.shortlist import shortlist
from .tables.package import save_tables
from .views.figures import (
    plot_architecture,
    plot_graph,
    plot_journey,
    plot_overlap,
    plot_quadrants,
    plot_reuse,
    plot_step_matrix,
)
from .views.readable import readable
from .widgets.explorer import explore
from .widgets.guide_align import guide_align
from .widgets.guide_costs import guide_costs
from .widgets.guide_define import guide_define
from .widgets.guide_map import guide_map
from .widgets.guide_plan import guide_plan
from .widgets.guide_prioritise import guide_prioritise
from .widgets.guide_roadmap import guide_roadmap
from .widgets.guide_select import guide_select
from .widgets.session import open_session

__all__ = [
    "Framework",
    "GovStackKitError",
    "Plan",
    "PlanFileError",
    "TablesError",
    "UnknownKeyError",
    "architecture",
    "best_set",
    "best_set_of_plan",
    "best_set_stability",
    "best_set_stability_of_plan",
    "business_case",
    "compare_options",
    "compare_plans",
    "conformance",
    "coverage",
    "covering_blocks",
    "explore",
    "fit",
    "guide_align",
    "guide_costs",
    "guide_define",
    "guide_map",
    "guide_plan",
    "guide_prioritise",
    "guide_roadmap",
    "guide_select",
    "journey",
    "links",
    "load",
    "needs",
    "newly_needed",
    "open_session",
    "options",
    "overlap",
    "overlap_matrix",
    "paths",
    "plot_architecture",
    "plot_graph",
    "plot_journey",
    "plot_overlap",
    "plot_quadrants",
    "plot_reuse",
    "plot_step_matrix",
    "prioritise",
    "proposals",
    "readable",
    "requirements",
    "reuse",
    "roadmap",
    "save_graph",
    "save_tables",
    "shortlist",
    "step_matrix",
    "suggestions",
    "to_graph",
    "trace",
    "validate",
    "verdicts",
    "with_plans",
]
