"""How far a product's interface offers what a building block's published interface asks for."""

from govstack_kit.errors import public_names as _public_names

__getattr__, __dir__, __all__ = _public_names(__name__, __file__)
