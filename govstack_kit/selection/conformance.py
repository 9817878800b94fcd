"""How far a product's interface offers what a building block's published interface asks for.

Definitions
-----------
*Published* is the interface of a building block, *candidate* that of a product; both are OpenAPI 3
or Swagger 2 files, or folders of them. A published operation is *there* if the candidate has one
with its method and path; *near* if the method, the path or the operationId is that of another;
*missing* otherwise. Which paths are the same or near, and that operations are paired one to one, is
defined in :mod:`govstack_kit.selection._pairing`; which part stands for which, one for one, in
:mod:`govstack_kit.selection._counterparts`; what parts there are, in
:mod:`govstack_kit.sources._interface_parts` and :mod:`govstack_kit.sources._schemas`. The bundled
tables hold the parts as well, so a building block is compared in full by its name alone.

The *score* runs from 0 to 1. Its weights are the kit's own judgement: GovStack publishes none.

- An operation that is there has 0.4 for its address, and 0.2 each for its parameters, its request
  and its answer. Of shares that are not published and not demanded, it has none, and what is left
  is scaled to 1.
- Within a share every part counts by its weight: 1 if it is required, 0.25 if it is optional. It
  is met in full; by half if it is there but otherwise (another name but for case and punctuation,
  another type, another place, no longer promised in an answer, more demanding in a request, another
  status or media type); or not at all. A parameter or field that a candidate demands, and that is
  not published, is one more required part that is not met: published clients do not send it.
- An operation that is near has half of what it would have if it were there; a missing one has 0.
- The score of the interface is the mean over its published operations.

A table of operations without their parts is compared by these alone: one that is there has 1, one
that is near 0.5, and ``compared`` says ``presence only``. What lies below a field that is circular
is looked for where the circle begins. A reference that leads to nothing says nothing, so what is
published there is not met. Values, formats and limits, refusals (4xx, 5xx), security and what a
server does are not compared: a score of 1 says that the interfaces agree as far as they are
described, not that the product works.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.selection import _pairing as pairing
from govstack_kit.selection._given import result_of
from govstack_kit.selection._openapi import Interface, read_interface
from govstack_kit.selection._outcomes import BODIES, Outcome, outcomes
from govstack_kit.sources._reading import table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from govstack_kit.framework.framework import Framework
    from govstack_kit.selection._differences import Difference

__all__ = [
    "Interface",
    "conformance",
    "conformance_details",
    "conformance_summary",
    "read_interface",
]

STATES = (pairing.THERE, pairing.NEAR, pairing.MISSING)
IN_FULL, PRESENCE = "in full", "presence only"
DEFINITION = {
    IN_FULL: (
        "Mean over the published operations. There: 0.4 for the address, 0.2 each for parameters, "
        "request and answer, by the share of their parts that agree (required parts weigh 1, "
        "optional ones 0.25; half if there but otherwise). Near: half of that. Missing: 0. "
        "The weights are the kit's own."
    ),
    PRESENCE: (
        "Mean over the published operations: 1 if there, 0.5 if near, 0 if missing. Parameters and "
        "fields were not compared, because one of the two interfaces has operations only. "
        "The weights are the kit's own."
    ),
}
COLUMNS = {
    "building_block": "str",
    "file": "str",
    "method": "str",
    "path": "str",
    "state": "str",
    "matched_method": "str",
    "matched_path": "str",
    "score": "float64",
    "compared": "str",
    "parameters": "Int64",
    "parameters_missing": "Int64",
    "fields": "Int64",
    "fields_missing": "Int64",
    "differences": "int64",
    "unusable": "int64",
    "advice": "str",
}
DETAILS = {
    "building_block": "str",
    "file": "str",
    "method": "str",
    "path": "str",
    "matched_method": "str",
    "matched_path": "str",
    "place": "str",
    "name": "str",
    "level": "str",
    "problem": "str",
    "published": "str",
    "candidate": "str",
    "parts": "int64",
    "lost": "float64",
    "advice": "str",
}
_TOLD = 5  # differences in the advice of an operation; all are in the details


def conformance(
    published: Interface | Framework | pd.DataFrame | str | Path,
    candidate: Interface | str | Path,
    *,
    building_block: str | None = None,
) -> pd.DataFrame:
    r"""Return which published operations a product offers, how well, and what to do about it.

    Parameters
    ----------
    published
        The interface of a building block: the framework, which has all published ones with their
        parameters and fields; or what :func:`read_interface` returns, or the path of a file or
        folder. The table ``api_operations`` alone, and a framework without rows for the block in
        ``api_parts``, know operations only, so that only presence is compared.
    candidate
        The interface of the product: what :func:`read_interface` returns, or a path.
    building_block
        The key of the building block, ``govstack:payments`` or ``payments``; needed with the
        framework, and with a folder that holds the repositories of several.

    Returns
    -------
    pandas.DataFrame
        One row a published operation, by file and position: ``building_block``; ``file``;
        ``method`` and ``path``; ``state`` (there, near, missing); ``matched_method`` and
        ``matched_path`` of the candidate's, empty if missing; ``score`` from 0 to 1; ``compared``
        (in full, presence only); how many ``parameters`` are published and
        ``parameters_missing``, ``fields`` and ``fields_missing`` (missing where not compared);
        how many ``differences``; ``unusable``, how many places of the candidate's files could not
        be used, in every row the same: ``read_interface(candidate).unusable`` lists them, and
        operations may be missing because of them; and ``advice``, the weightiest differences in
        words.

    Raises
    ------
    ArgumentError
        If one of the two cannot be read as an interface.
    UnknownKeyError
        If there is no such building block, or it publishes no interface.

    Examples
    --------
    >>> import govstack_kit, pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "ours.yaml")
    ...     _ = path.write_text("openapi: 3.0.0\npaths: {'/v1/processes': {get: {}}}")
    ...     framework = govstack_kit.load()
    ...     found = conformance(framework, path, building_block="workflow")
    >>> found.loc[0, ["state", "method", "path", "matched_path"]].tolist()
    ['there', 'GET', '/processes', '/v1/processes']
    """
    rows = []
    for outcome in outcomes(published, candidate, building_block):
        place, there = outcome.published, outcome.candidate
        rows.append(
            (
                *(place["building_block"], place["file"], place["method"], place["path"]),
                *(outcome.state, there.get("method", ""), there.get("path", "")),
                *(
                    outcome.score,
                    PRESENCE if outcome.published_parts is None else IN_FULL,
                    *_counts(outcome),
                ),
                *(len(outcome.found), outcome.unusable, _advice(outcome.found)),
            )
        )
    return table(rows, COLUMNS)


def conformance_details(
    published: Interface | Framework | pd.DataFrame | str | Path,
    candidate: Interface | str | Path,
    *,
    building_block: str | None = None,
) -> pd.DataFrame:
    r"""Return every difference between a product's interface and the published one.

    Parameters
    ----------
    published, candidate, building_block
        As in :func:`conformance`.

    Returns
    -------
    pandas.DataFrame
        One row a difference, by published operation: ``building_block``, ``file``, ``method``,
        ``path``, ``matched_method``, ``matched_path`` as in :func:`conformance`; ``place``
        (operation, path, query, header, cookie, request, response); ``name`` of the parameter or
        field, empty for all of it; ``level`` (required, optional); ``problem`` (missing, near,
        not seen, other name, other type, other status, other media type, elsewhere, not promised,
        demanded); the types that are ``published`` and in the ``candidate``; ``parts``, how many
        parts it is about, since what lies in a missing field is told with it; ``lost``, what it
        costs the operation's score: they sum to 1 minus the score; ``advice``, what to do.

    Raises
    ------
    ArgumentError
        If one of the two cannot be read as an interface.
    UnknownKeyError
        If there is no such building block, or it publishes no interface.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> form = "openapi: 3.0.0\npaths: {{/vouchers: {{get: {{parameters: [{}]}}}}}}"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ours, theirs = pathlib.Path(folder, "ours.yaml"), pathlib.Path(folder, "theirs.yaml")
    ...     _ = theirs.write_text(form.format("{in: query, name: status, schema: {type: string}}"))
    ...     _ = ours.write_text(form.format("{in: query, name: status, schema: {type: integer}}"))
    ...     found = conformance_details(theirs, ours)
    >>> found["advice"].item()
    'Change the optional query parameter `status`: published as string, yours is integer.'
    """
    rows = []
    for outcome in outcomes(published, candidate, building_block):
        place, there = outcome.published, outcome.candidate
        known = (
            *(place["building_block"], place["file"], place["method"], place["path"]),
            *(
                there.get("method", ""),
                there.get("path", ""),
            ),
        )
        for each in outcome.found:
            rows.append(  # noqa: PERF401 - nested
                (
                    *(*known, each.place, each.name, each.level, each.problem, each.published),
                    *(each.candidate, each.parts, each.lost, each.advice),
                )
            )
    return table(rows, DETAILS)


def conformance_summary(frame: pd.DataFrame) -> pd.DataFrame:
    r"""Return the score of an interface, how it came about, and how it is defined.

    Parameters
    ----------
    frame
        What :func:`conformance` returns, or several of them below each other.

    Returns
    -------
    pandas.DataFrame
        One row a building block: ``building_block``; ``operations`` that are published, and of
        these ``there``, ``near`` and ``missing``; ``in_full``, how many agree in everything;
        ``score`` from 0 to 1; ``compared`` (in full, presence only); ``definition`` of the score,
        which says so if places of the candidate's files could not be used.

    Raises
    ------
    ArgumentError
        If `frame` is not such a frame.

    Examples
    --------
    >>> import govstack_kit, pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "ours.yaml")
    ...     _ = path.write_text("openapi: 3.0.0\npaths: {'/v1/processes': {get: {}}}")
    ...     found = conformance(govstack_kit.load(), path, building_block="workflow")
    >>> conformance_summary(found)[["operations", "there", "near", "missing"]].values.tolist()
    [[9, 1, 0, 8]]
    """
    frame = result_of(frame, COLUMNS, "conformance(published, candidate)", ["score", "unusable"])
    rows = []
    for block, found in frame.groupby("building_block"):
        counts = [int((found["state"] == state).sum()) for state in STATES]
        compared = PRESENCE if (found["compared"] == PRESENCE).any() else IN_FULL
        score = float(found["score"].mean())
        whole = int(((found["differences"] == 0) & (found["compared"] == IN_FULL)).sum())
        definition = DEFINITION[compared] + _left_out(int(found["unusable"].max()))
        rows.append((block, len(found), *counts, whole, score, compared, definition))
    return table(
        rows,
        {
            "building_block": "str",
            "operations": "int64",
            **dict.fromkeys(STATES, "int64"),
            "in_full": "int64",
            "score": "float64",
            "compared": "str",
            "definition": "str",
        },
    )


def _left_out(unusable: int) -> str:
    """Say how much of the candidate's files does not count; nothing if all of it does."""
    if not unusable:
        return ""
    places = "One place" if unusable == 1 else f"{unusable} places"
    return (
        f" {places} of the candidate's files could not be used and count for nothing, so "
        "the score may be too low: see govstack_kit.read_interface(candidate).unusable."
    )


def _counts(outcome: Outcome) -> Iterator[object]:
    """Yield how many parameters are published and missing, and how many fields."""
    if outcome.published_parts is None:
        yield from (pd.NA, pd.NA, pd.NA, pd.NA)
        return
    gone = [each for each in outcome.found if each.problem in ("missing", "not seen")]
    for number, inside in zip(outcome.published_parts, (False, True), strict=True):
        # A body as a whole is no field, but is told with those in it.
        missing = [
            each.parts - (not each.name) for each in gone if (each.place in BODIES) is inside
        ]
        yield number
        yield sum(missing) if outcome.candidate else number


def _advice(found: list[Difference]) -> str:
    """Return the weightiest differences in words, in the order in which they are listed."""
    told = sorted(sorted(range(len(found)), key=lambda at: -found[at].lost)[:_TOLD])
    more = len(found) - len(told)
    said = [found[at].advice for at in told]
    if more:
        said.append(f"And {more} more: see govstack_kit.conformance_details(published, candidate).")
    return " ".join(said)
