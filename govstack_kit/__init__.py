"""GovStack Kit: the SDG Digital Investment Framework and GovStack as tables and a graph."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
