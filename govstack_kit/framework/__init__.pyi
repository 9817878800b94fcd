from .framework import Framework, load, save_template, validate
from .graph import paths, save_graph, to_graph, trace
from .questions import architecture, counterparts, journey, links, overlap, reuse, step_matrix

__all__ = [
    "Framework",
    "architecture",
    "counterparts",
    "journey",
    "links",
    "load",
    "overlap",
    "paths",
    "reuse",
    "save_graph",
    "save_template",
    "step_matrix",
    "to_graph",
    "trace",
    "validate",
]
