"""Links as cells of their owner: ``Payments (well); Consent``, as people like to fill them in.

Definitions
-----------
A *link table* has a key of two columns: its owner, and what the owner is linked to. In a sheet of
the owner it may stand as one column that lists names, each with the value of the table's column
``said`` in brackets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.errors import did_you_mean
from govstack_kit.tables.package import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from govstack_kit.tables.schema import Table
    from govstack_kit.tables.validate import Problems

_ITEM = re.compile(r"(.*?)\s*(?:\(([^()]*)\))?")


def joined(
    links: pd.DataFrame, table: Table, owners: Iterable[str], write: Callable[[str], str]
) -> list[str]:
    """Return for each owner its links as the text of a cell; `write` names a key."""
    owner, other = table.key
    said = table.given.get("said", "")
    texts: dict[str, list[str]] = {}
    for row in links.to_dict("records"):
        name = write(row[other]).replace(";", ",")
        more = text_of(row.get(said)) if said else ""
        texts.setdefault(row[owner], []).append(f"{name} ({more})" if more else name)
    return ["; ".join(texts.get(key, ())) for key in owners]


def split(  # noqa: PLR0913, PLR0917 - what cells mean, and where problems go
    cells: pd.Series[str],
    owners: pd.Series[str],
    table: Table,
    read: Callable[[str], str],
    known: Iterable[str],
    problems: Problems,
    where: str,
) -> pd.DataFrame:
    """Return the links that cells list, as cells of the link table; report names not known.

    Parameters
    ----------
    cells, owners
        The cells, and the keys of their owners.
    table
        The link table.
    read, known
        Returns the key that a name means, or an empty text; and all names.
    problems, where
        Where problems go, and the table that the cells stand in.
    """
    owner, other = table.key
    said = table.given.get("said", "")
    allowed = table.columns[said].enum if said else ()
    found, unknown, odd = [], {}, {}
    for row, text, key in zip(cells.index, cells, owners, strict=True):
        for item in filter(str.strip, re.split(r"[;\n\u061b]", text)):
            whole = read(item)
            match = _ITEM.fullmatch(item.strip())
            name, more = (item, "") if whole or not match else (match[1], match[2] or "")
            target = whole or read(name)
            if not target:
                unknown[row] = name.strip()
                continue
            more = more.strip().lower()
            if more and allowed and more not in allowed:
                odd[row], more = more, ""
            found.append({owner: key, other: target} | ({said: more} if said else {}))
    problems.mask(
        where,
        table.title,
        pd.Series(unknown, dtype="str"),
        "“{}” is not known",
        fix=lambda v: did_you_mean(v, known) or "Use a name from the sheet Lists.",
    )
    problems.mask(
        where,
        table.title,
        pd.Series(odd, dtype="str"),
        "“{}” cannot stand in brackets",
        allowed=", ".join(allowed),
        fix="Choose one of them.",
    )
    return pd.DataFrame(
        found, columns=[owner, other, *([said] if said else [])], dtype="str"
    ).drop_duplicates([owner, other])
