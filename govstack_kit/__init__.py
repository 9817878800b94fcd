"""GovStack Kit: the SDG Digital Investment Framework and GovStack as tables and a graph."""

import lazy_loader as _lazy

_find, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)


def __getattr__(name: str) -> object:
    """Return a public name, loaded when it is first asked for."""
    try:
        return _find(name)
    except ModuleNotFoundError as error:
        from govstack_kit.errors import missing_extra  # noqa: PLC0415 - only where one is missing

        raise missing_extra(error) from None
    except AttributeError as error:
        from govstack_kit.errors import did_you_mean  # noqa: PLC0415 - only for a wrong name

        raise AttributeError(f"{error}. {did_you_mean(name, __all__)}".rstrip()) from None
