from .framework import Framework, load, validate
from .graph import paths, to_graph, trace
from .questions import architecture, journey, links, overlap, reuse, step_matrix

__all__ = [
    "Framework",
    "architecture",
    "journey",
    "links",
    "load",
    "overlap",
    "paths",
    "reuse",
    "step_matrix",
    "to_graph",
    "trace",
    "validate",
]
