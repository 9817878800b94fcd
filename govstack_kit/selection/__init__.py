"""Which building blocks, which products, in what order: a country's selection, computed."""

from govstack_kit.errors import public_names as _public_names

__getattr__, __dir__, __all__ = _public_names(__name__, __file__)
