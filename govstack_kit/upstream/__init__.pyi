from . import assemble, specifications, update, use_case_page
from .assemble import Assembly
from .products import Product, read_atlas, read_registry
from .specifications import Specification
from .update import Options, affected, described
from .use_case_page import UseCasePage

__all__ = [
    "Assembly",
    "Options",
    "Product",
    "Specification",
    "UseCasePage",
    "affected",
    "assemble",
    "described",
    "read_atlas",
    "read_registry",
    "specifications",
    "update",
    "use_case_page",
]
