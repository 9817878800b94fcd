"""Tables laid over tables, by key; rows removed, or named anew, with all that refers to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.tables.validate import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from govstack_kit.tables.schema import Schema


def lay(
    base: Mapping[str, pd.DataFrame], added: Mapping[str, pd.DataFrame], schema: Schema
) -> dict[str, pd.DataFrame]:
    """Return `base` with the rows of `added`: where the same key stood, else at the end."""
    found = dict(base)
    for name, rows in added.items():
        if name not in base or rows.empty:
            continue
        old, table = base[name], schema[name]
        keys = joined(rows, table.key)
        places = pd.Series(range(len(old)), index=joined(old, table.key))
        known = keys.isin(places.index)
        new = pd.DataFrame({c: rows[c] if c in rows else None for c in old})  # noqa: SIM401
        new, kept = new.astype(old.dtypes.to_dict()), old
        if known.any():
            taken = places[keys[known]].to_numpy()
            replaced = new[known.to_numpy()].set_axis(old.index[taken])
            kept = pd.concat([old.drop(old.index[taken]), replaced]).sort_index()
        found[name] = pd.concat([kept, new[~known.to_numpy()]], ignore_index=True)
    return found


def without(
    tables: Mapping[str, pd.DataFrame],
    schema: Schema,
    name: str,
    keys: Iterable[str],
    *,
    keep: Iterable[str] = (),
) -> dict[str, pd.DataFrame]:
    """Return tables without some rows of a table, and without what refers to them.

    Parameters
    ----------
    tables, schema
        The tables.
    name, keys
        The table, and the keys of the rows.
    keep
        Tables that stay as they are, although they refer to it.
    """
    gone, found = set(keys), dict(tables)
    rows = joined(found[name], schema[name].key).isin(gone)
    if not rows.any():
        return found
    found[name] = found[name][~rows].reset_index(drop=True)
    for table, reference in schema.referring(name):
        if table.name not in found or table.name in keep:
            continue
        frame = found[table.name]
        hit = joined(frame, reference.columns).isin(gone) if len(frame) else pd.Series(dtype=bool)
        if not hit.any():
            continue
        if all(table.columns[c].required for c in reference.columns):
            found = without(found, schema, table.name, joined(frame[hit], table.key), keep=keep)
        else:
            found[table.name] = frame.assign(**{c: frame[c].mask(hit) for c in reference.columns})
    return found


def renamed(
    tables: Mapping[str, pd.DataFrame], schema: Schema, name: str, old: str, new: str
) -> dict[str, pd.DataFrame]:
    """Return tables in which a row has another key, wherever it is named.

    Parameters
    ----------
    tables, schema
        The tables.
    name, old, new
        The table, whose key is one column, and the key of the row before and after.
    """
    found = dict(tables)
    for other, column, _ in [(name, schema[name].key[0], ""), *schema.named_in(name)]:
        if other in found and column in found[other]:
            frame = found[other]
            found[other] = frame.assign(**{column: frame[column].replace(old, new)})
    return found
