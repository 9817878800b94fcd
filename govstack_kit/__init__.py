"""GovStack Kit: the SDG Digital Investment Framework and GovStack as tables and a graph."""

from govstack_kit.errors import public_names as _public_names

__getattr__, __dir__, __all__ = _public_names(__name__, __file__)
