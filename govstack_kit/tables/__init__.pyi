from . import difference, overlay, package, schema, storage, validate, workbook
from .package import read_checked, save_tables

__all__ = [
    "difference",
    "overlay",
    "package",
    "read_checked",
    "save_tables",
    "schema",
    "storage",
    "validate",
    "workbook",
]
