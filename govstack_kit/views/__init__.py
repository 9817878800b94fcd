"""How it is shown: figures, tables for reading, and what a figure says in words.

Every figure is a function of :mod:`govstack_kit.views.figures`: a call of one kind of chart with a
tidy frame or a result.
"""

from govstack_kit.errors import public_names as _public_names

__getattr__, __dir__, __all__ = _public_names(__name__, __file__)
