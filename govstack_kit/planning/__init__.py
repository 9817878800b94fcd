"""What a country decides: one plan file, its use cases with their steps, and how they are kept."""

from govstack_kit.errors import public_names as _public_names

__getattr__, __dir__, __all__ = _public_names(__name__, __file__)
