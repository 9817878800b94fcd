"""How it is touched: controls for notebooks, usable by mouse and keyboard."""

from govstack_kit.errors import public_names as _public_names

__getattr__, __dir__, __all__ = _public_names(__name__, __file__)
