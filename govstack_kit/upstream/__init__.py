"""Where the tables come from: one reader a published format, and the update."""

from govstack_kit.errors import public_names as _public_names

__getattr__, __dir__, __all__ = _public_names(__name__, __file__)
