"""Every exception that the kit raises on purpose.

Each message says what is wrong, where, what is allowed and how to fix it, so that the last line of
an error is enough to go on. All of them derive from :class:`GovStackKitError`.
"""

from __future__ import annotations

import difflib
from importlib import import_module
from typing import TYPE_CHECKING, Any

import lazy_loader

from govstack_kit.words import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
    from pathlib import Path
    from types import ModuleType

    import pandas as pd

SHOWN = 20  # problems printed in a message; the frame on the exception holds them all
_LONGEST = 80  # characters of a value, and of what is allowed, shown in a message


def quote(value: object) -> str:
    """Return a value as Python writes it, cut to a length that fits into a message.

    Examples
    --------
    >>> quote("AGR-2")
    "'AGR-2'"
    """
    shown = " ".join(repr(value).split())
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 2]}…{shown[-1]}"


def nearest(word: str, known: Iterable[str], count: int = 3) -> list[str]:
    """Return up to `count` known names that resemble `word`, best first, whatever their case.

    Examples
    --------
    >>> nearest("paymnts", ["payments", "messaging"])
    ['payments']
    """
    word = str(word)  # a key that somebody gave may be anything
    by_lower: dict[str, str] = {}
    for name in known:
        by_lower.setdefault(str(name).lower(), str(name))
    found = difflib.get_close_matches(word.lower(), by_lower, n=count, cutoff=0.5)
    # A part is the commonest way of not knowing a name: "payments" for "govstack:payments".
    parts = sorted((name for name in by_lower if word.lower() in name), key=len) if word else []
    return [by_lower[name] for name in dict.fromkeys([*parts[:count], *found])][:count]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a sentence with the nearest known names, or an empty string when nothing is near.

    Examples
    --------
    >>> did_you_mean("AGR2", ["AGR-1", "AGR-2"])
    'Did you mean AGR-2 or AGR-1?'
    """
    names = nearest(word, known)
    return f"Did you mean {' or '.join(names)}?" if names else ""


def expected(value: object, kind: type | tuple[type, ...], wanted: str) -> Any:  # noqa: ANN401
    """Return a value if it is of a kind; else say what is wanted.

    Examples
    --------
    >>> expected(5, str, "Name one use case, for example 'AGR-2'")
    Traceback (most recent call last):
    govstack_kit.errors.ArgumentError: Name one use case, for example 'AGR-2', not 5.
    """
    if isinstance(value, kind):
        return value
    plain = value is None or isinstance(value, str | int | float | list | tuple)
    given = quote(value) if plain else f"this {type(value).__name__}"
    raise ArgumentError(f"{wanted}, not {given}.")


def one_of(value: object, allowed: Iterable[str], what: str) -> Any:  # noqa: ANN401
    """Return a value if it is among those allowed; else say which they are.

    Examples
    --------
    >>> one_of("left", ["up", "down"], "direction")
    Traceback (most recent call last):
    govstack_kit.errors.ArgumentError: direction is 'up' or 'down', not 'left'.
    """
    names = list(allowed)
    if isinstance(value, str) and value in names:
        return value
    said = listed(map(repr, names), "or", most=len(names))
    raise ArgumentError(f"{what} is {said}, not {quote(value)}.")


def known(wanted: Iterable[object], there: Collection[str], what: str, see: str) -> list[str]:
    """Return names that all exist; else name each that does not, with the nearest that do.

    Parameters
    ----------
    wanted, there
        The names asked for, and those there are.
    what, see
        What they are called, as in ``There is no use case 'AGR'``, and where all of them are.

    Examples
    --------
    >>> known(["AGR2"], ["AGR-1", "AGR-2"], "use case", "framework.use_cases")
    Traceback (most recent call last):
    govstack_kit.errors.UnknownKeyError: There is no use case 'AGR2'. Did you mean AGR-2 or AGR-1?
    All are in framework.use_cases.
    """
    names, found = list(wanted), set(there)
    if unknown := [name for name in names if not isinstance(name, str) or name not in found]:
        hints = (f"There is no {what} {quote(n)}. {did_you_mean(str(n), there)}" for n in unknown)
        raise UnknownKeyError(f"{' '.join(map(str.strip, hints))} All are in {see}.")
    return list(dict.fromkeys(map(str, names)))


class GovStackKitError(Exception):
    """Base of every error of the kit."""

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows in place of a traceback: the sentence alone."""
        return [f"{type(self).__name__}: {self}"]


class ArgumentError(GovStackKitError, ValueError):
    """An argument has a value that the function cannot use."""


class TablesError(GovStackKitError, ValueError):
    """Tables, or a change of a plan, have problems; `problems` lists all of them.

    Attributes
    ----------
    problems : pandas.DataFrame
        One row a problem, with the columns that :func:`govstack_kit.validate` documents.
    """

    def __init__(self, where: str, problems: pd.DataFrame) -> None:
        self.where, self.problems = where, problems
        lines = [problem_sentence(row) for row in problems.head(SHOWN).to_dict("records")]
        if len(problems) > SHOWN:
            lines.append(f"And {len(problems) - SHOWN} more: see .problems of this error.")
        super().__init__("\n- ".join([f"{where}:", *lines]) if where else "\n".join(lines))

    def __reduce__(self) -> tuple[type[TablesError], tuple[str, pd.DataFrame]]:
        """Let the error travel between processes."""
        return type(self), (self.where, self.problems)


def problem_sentence(problem: Mapping[Hashable, Any]) -> str:
    """Return a row of a frame of problems as a sentence.

    In a file the place is told as a spreadsheet numbers it, elsewhere as people call it.
    """
    row = f"row {problem['row']}" if problem["row"] else ""
    place = ", ".join(filter(None, (problem["table"], row, problem["column"])))
    if not row and problem.get("about"):
        place = problem["about"]
    few = 0 < len(problem["allowed"]) <= _LONGEST
    allowed = f" Allowed: {problem['allowed']}." if few else ""
    return f"{place}: {problem['problem']}.{allowed} {problem['fix']}".strip()


class UnknownKeyError(GovStackKitError, KeyError):
    """A name was asked for that no table or graph has."""

    def __str__(self) -> str:  # KeyError would show the message in quotation marks
        return str(self.args[0]) if self.args else ""


class UnknownNodeError(UnknownKeyError):
    """A node was asked for that the graph does not have."""


class UpdateError(GovStackKitError, OSError):
    """The tables could not be updated from upstream; those that are installed are unchanged."""


class PlanError(GovStackKitError, ValueError):
    """A plan holds, or was given, something that it cannot use.

    Attributes
    ----------
    problems : list of str
        One sentence a problem.
    """

    def __init__(self, message: str, problems: Iterable[str] = ()) -> None:
        self.problems = list(problems)
        super().__init__(message)


class PlanFileError(GovStackKitError, OSError):
    """A plan file could not be read or written; the plan in memory and the old file stay."""


class PlanConflictError(PlanFileError):
    """The plan file was changed by someone else since it was opened.

    Attributes
    ----------
    saved_as : pathlib.Path
        Where this version of the plan was saved instead, so that nothing is lost.
    """

    def __init__(self, message: str, saved_as: Path) -> None:
        self.saved_as = saved_as
        super().__init__(message)


class PlanFileWarning(UserWarning):
    """A plan was opened, but not quite as the file stands; the message says what was done."""


class MissingExtraError(GovStackKitError, ImportError):
    """Something needs packages that are not installed; the message names the extra."""


EXTRAS = {  # the packages that come with an extra, by what they are imported as
    "notebooks": ("ipywidgets", "anywidget", "IPython", "jupyterlab", "traitlets"),
    "app": ("solara", "starlette", "uvicorn"),
    "select": ("scipy", "highspy", "tqdm"),
    "upstream": ("markdown_it", "bs4", "yaml", "pooch", "referencing"),
    "parquet": ("pyarrow",),
}


def needed(module: str) -> ModuleType:
    """Return a module that comes with an extra of the kit.

    Raises
    ------
    MissingExtraError
        If it is not installed; the sentence says how to get it.

    Examples
    --------
    >>> needed("json").__name__
    'json'
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise missing_extra(error) from None


def missing_extra(error: ModuleNotFoundError) -> ImportError:
    """Return the error with the sentence that names the extra, if one would bring the module."""
    root = (error.name or "").split(".")[0]
    extra = next((name for name, roots in EXTRAS.items() if root in roots), "")
    if not extra:
        return error
    return MissingExtraError(
        f"This needs the package {root}, which is not installed. Install it with: "
        f'pip install "govstack-kit[{extra}]"'
    )


def public_names(
    package: str, file: str
) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """Return what a package needs to load its public names when they are first asked for.

    The names stand in the file ``__init__.pyi`` beside it. A name that is not there comes with the
    nearest ones, and one that needs a package which is not installed with the extra that brings it.

    Examples
    --------
    >>> import govstack_kit
    >>> govstack_kit.sugestions
    Traceback (most recent call last):
        ...
    AttributeError: No govstack_kit attribute sugestions. Did you mean suggestions or ...?
    """
    find, listed, names = lazy_loader.attach_stub(package, file)

    def load(name: str) -> object:
        try:
            return find(name)
        except ModuleNotFoundError as error:
            raise missing_extra(error) from None
        except AttributeError as error:
            raise AttributeError(f"{error}. {did_you_mean(name, names)}".rstrip()) from None

    return load, listed, names
