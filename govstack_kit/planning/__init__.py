"""What a country decides: one plan file, its use cases with their steps, and how they are kept."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
