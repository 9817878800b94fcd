"""What the framework says: its tables, and the graph they make."""

from govstack_kit.errors import public_names as _public_names

__getattr__, __dir__, __all__ = _public_names(__name__, __file__)
