from . import conformance, openapi
from .conformance import Conformance, compare_interfaces, published_interface
from .openapi import Interface, read_folder, read_interface

__all__ = [
    "Conformance",
    "Interface",
    "compare_interfaces",
    "conformance",
    "openapi",
    "published_interface",
    "read_folder",
    "read_interface",
]
