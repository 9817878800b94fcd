"""Use cases, workflows, building blocks and goals of the Digital Impact Exchange, from JSON.

Definitions
-----------
A *description* is rich text: Quill delta (``{"ops": [{"insert": …}]}``, often as a string within
the JSON), HTML or plain text. Its *sections* begin with a bold heading that ends in a colon; steps,
functions, other names and examples are the lines of theirs, ``short_text`` and ``text`` what stands
under the short and the full description. All of it is upstream text. Keys are the published slugs.

Goals, targets and indicators are repaired as :mod:`~govstack_kit.sources._goals` says; ``repairs``
lists it, ``note`` says so in the row, and what cannot be repaired is in ``unplaced``.

Seen and read: ``data/json/use-cases.json``, ``workflows.json``, ``building-blocks.json`` and
``sdgs.json`` of DIAL-Community/exchange-backend, in which 10.1 is called 10.a, 14.c is called 14.d,
14.6.1 and 14.7.1 lack their last number and 11.b stands among the indicators of 11.a. Not seen but
named by that repository's own code, and read too: the lists ``use_case_steps``, ``sdg_targets``,
``workflows`` and ``…_descriptions`` within a record, and records wrapped in ``results``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govstack_kit.sources._goals import add_goals, official_codes, read_code
from govstack_kit.sources._plain import Rows, items, mapping, plain, words
from govstack_kit.sources._reading import Reading, SourceError, files, load_json
from govstack_kit.sources._rich_text import Line, rich_lines

if TYPE_CHECKING:
    from collections.abc import Iterator


def _columns(*names: str) -> dict[str, str]:
    return {name: "int64" if name in ("order", "goal") else "str" for name in names}


SDG_TABLES = {  # by table: how many columns are the key, and the types of all of them
    "sdg_goals": (1, _columns("goal", "text", "note")),
    "sdg_targets": (1, _columns("target", "goal", "text", "note")),
    "sdg_indicators": (1, _columns("indicator", "target", "text", "note")),
    "repairs": (3, _columns("table", "key", "printed", "why")),
}
TABLES = SDG_TABLES | {
    "use_cases": (1, _columns("use_case", "name", "sector", "text")),
    "use_case_steps": (2, _columns("use_case", "order", "name", "text")),
    "use_case_targets": (2, _columns("use_case", "target", "note")),
    "workflows": (1, _columns("workflow", "name", "short_text", "text")),
    "workflow_names": (2, _columns("workflow", "name")),
    "workflow_examples": (4, _columns("workflow", "sector", "use_case", "text")),
    "building_blocks": (1, _columns("building_block", "name", "category", "short_text", "text")),
    "building_block_names": (2, _columns("building_block", "name")),
    "building_block_functions": (2, _columns("building_block", "order", "text")),
    "building_block_examples": (3, _columns("building_block", "order", "sector", "text")),
    "workflow_building_blocks": (2, _columns("workflow", "building_block")),
}
_KINDS = {  # which file holds what
    "usecases": "use_case",
    "workflows": "workflow",
    "buildingblocks": "building_block",
    "sdgs": "sdg",
    "sustainabledevelopmentgoals": "sdg",
}
_SECTIONS = {  # what each heading of a description opens
    "description": "text",
    "full description": "text",
    "short description": "short_text",
    "other names": "names",
    "sector": "sector",
    "steps for this use case include": "steps",
    "key digital functionalities": "functions",
    "sample mappings of workflows to use case": "examples",
    "examples of use in different sectors": "examples",
}


def _sections(rows: Rows, value: object) -> dict[str, list[Line]]:
    """Return the lines of a description by what its headings open."""
    found: dict[str, list[Line]] = {name: [] for name in _SECTIONS.values()}
    try:
        lines = rich_lines(value)
    except (ValueError, RecursionError):
        rows.refuse(words(value), "a description that begins like Quill text and is none")
        return found
    section = "text"
    for line in lines:
        heading = line.bold.strip().removesuffix(":").strip()
        if line.bold and not line.bullet and line.bold.rstrip().endswith(":"):
            section = _SECTIONS.get(heading.casefold(), "")
            if not section:
                rows.refuse(line.text, "a heading that is not known; its lines are in the text")
                section = "text"
                found[section].append(line)
            elif line.rest.strip():
                found[section].append(Line("", line.rest, 0))
        else:
            found[section].append(line)
    return found


def _joined(lines: list[Line]) -> str:
    return "\n".join(line.text for line in lines)


def _description(kind: str, record: dict[Any, Any]) -> object:
    """Return the description of a record: its own, or the English one of a list."""
    localised = [mapping(entry) for entry in items(record.get(f"{kind}_descriptions"))]
    english = [entry for entry in localised if entry.get("locale", "en") == "en"]
    return next((entry.get("description") for entry in english or localised), None) or record.get(
        "description"
    )


def _add_names(rows: Rows, kind: str, key: str, lines: list[Line]) -> None:
    for line in lines:
        if line.text.endswith("."):
            rows.refuse(line.text, "stands under Other Names and is a sentence")
            continue
        for name in line.text.removeprefix("- ").split(","):
            if name.strip():
                rows.add(f"{kind}_names", key, name.strip())


def _add_record(rows: Rows, kind: str, record: dict[Any, Any]) -> None:
    """Add one use case, workflow or building block."""
    name = rows.text(record, "name")
    key = rows.text(record, "slug") or re.sub(r"\W+", "_", name.casefold()).strip("_")
    if not key:
        rows.refuse(", ".join(map(str, record)), f"a {kind.replace('_', ' ')} without a name")
        return
    parts = _sections(rows, _description(kind, record))
    texts = {section: _joined(lines) for section, lines in parts.items()}
    more: tuple[str, ...] = (texts["short_text"], texts["text"])
    if kind == "use_case":
        sector = words(mapping(record.get("sector")).get("name") or record.get("sector"))
        more = (sector or texts["sector"], texts["text"])
    elif kind == "building_block":
        more = (words(record.get("category")), *more)
    if not rows.add(f"{kind}s", key, name or key, *more):
        rows.refuse(key, "already read from another file or place")
    elif kind == "use_case":
        _add_use_case(rows, key, record, parts["steps"])
    else:
        _add_names(rows, kind, key, parts["names"])
        add_more = _add_workflow if kind == "workflow" else _add_building_block
        add_more(rows, key, record, parts)


def _add_workflow(
    rows: Rows, key: str, record: dict[Any, Any], parts: dict[str, list[Line]]
) -> None:
    """Add the examples and building blocks of a workflow."""
    for line in parts["examples"]:
        sector, _, use_case = line.bold.strip(" :").removeprefix("Use Case ").partition(":")
        rows.add("workflow_examples", key, sector, use_case.strip(), line.rest.strip())
    for block, entry in rows.named(record.get("building_blocks"), "building block", "slug"):
        rows.add("workflow_building_blocks", key, words(entry.get("slug")) or block)


def _add_building_block(
    rows: Rows, key: str, record: dict[Any, Any], parts: dict[str, list[Line]]
) -> None:
    """Add the functions, examples and workflows of a building block."""
    for order, line in enumerate(parts["functions"], 1):
        rows.add("building_block_functions", key, order, line.text.strip(" -"))
    sector, order = "", 0
    for line in parts["examples"]:
        if line.bold.strip():
            sector = re.sub(r"\s*sector\W*$", "", line.bold.strip())
        if line.rest.strip():
            order += 1
            rows.add("building_block_examples", key, order, sector, " ".join(line.rest.split()))
    for workflow, entry in rows.named(record.get("workflows"), "workflow", "slug"):
        rows.add("workflow_building_blocks", words(entry.get("slug")) or workflow, key)


def _add_use_case(rows: Rows, key: str, record: dict[Any, Any], lines: list[Line]) -> None:
    """Add the steps and targets of a use case: its own lists, or the lines of its description."""
    printed: list[tuple[str, dict[Any, Any]]] = [(line.text.strip(" -"), {}) for line in lines]
    steps = rows.named(record.get("use_case_steps"), "step", "name", "slug")
    for order, (name, entry) in enumerate(steps or printed, 1):
        text = _joined(_sections(rows, _description("use_case_step", entry))["text"])
        rows.add("use_case_steps", key, order, name, text)
    targets = rows.named(record.get("sdg_targets"), "target", "target_number", "name")
    known = official_codes().targets if targets else ()
    for name, entry in targets:
        target, why = read_code(words(entry.get("target_number")) or name, known)
        if target:
            rows.add("use_case_targets", key, target, why)
        else:
            rows.refuse(name, "not a target of the goals")


def _records(rows: Rows, data: object) -> Iterator[dict[Any, Any]]:
    """Yield the records of a file: a list, a list wrapped in ``results``, or a single one."""
    if isinstance(data, dict):
        data = data.get("results", [data])
    for record in items(data):
        if isinstance(record, dict):
            yield record
        else:
            rows.refuse(str(record), "not a record with names and values")


def _read(rows: Rows, path: Path, file: str, kind: str) -> None:
    data = rows.load(file, lambda: load_json(path))
    records = list(_records(rows, data)) if data is not None else []
    if kind == "sdg":
        add_goals(rows, records)
        return
    for record in records:
        _add_record(rows, kind, record)


def read_sdgs(path: str | Path) -> Reading:
    """Read goals, targets and indicators from one JSON file, with wrong codes repaired.

    Parameters
    ----------
    path
        A list of goals with ``code``, ``description`` and ``targets``, these with ``indicators``.

    Returns
    -------
    Reading
        Tables ``sdg_goals``, ``sdg_targets``, ``sdg_indicators`` and ``repairs``; see
        :data:`SDG_TABLES`. Targets that the file lacks are in ``unplaced``.

    Raises
    ------
    SourceError
        If there is no such file.

    Examples
    --------
    >>> import json, pathlib, tempfile
    >>> targets = [{"code": "10.a", "description": "10.1 Made-up text"}]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "sdgs.json")
    ...     _ = path.write_text(json.dumps([{"code": "10", "targets": targets}]))
    ...     reading = read_sdgs(path)
    >>> reading.tables["repairs"][["key", "printed"]].values.tolist()
    [['10.1', '10.a']]
    """
    path = Path(path)
    if not path.is_file():
        raise SourceError(f"{path} is not a file")
    rows = Rows(SDG_TABLES)
    _read(rows, path, path.name, "sdg")
    return rows.reading()


def read_exchange(folder: str | Path) -> Reading:
    r"""Read the JSON files of a checkout of the Digital Impact Exchange.

    Parameters
    ----------
    folder
        The checkout, or any folder with the files; they are known by their names, such as
        ``use-cases.json``. Other JSON files are noted and not opened.

    Returns
    -------
    Reading
        Tables of use cases, workflows, building blocks and goals; see :data:`TABLES`.

    Raises
    ------
    SourceError
        If there is no such folder.

    Examples
    --------
    >>> import json, pathlib, tempfile
    >>> text = json.dumps({"ops": [{"insert": "Made-up text\n"}]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "use-cases.json")
    ...     _ = path.write_text(json.dumps([{"slug": "learning", "description": text}]))
    ...     reading = read_exchange(folder)
    >>> reading.tables["use_cases"][["use_case", "text"]].values.tolist()
    [['learning', 'Made-up text']]
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise SourceError(f"{folder} is not a folder")
    rows = Rows(TABLES)
    for path in sorted(folder.rglob("*.json")):
        if path.is_symlink():
            rows.at(path.relative_to(folder).as_posix())
            rows.refuse(path.name, "a link, not followed")
    for path in files(folder, ".json"):
        file = path.relative_to(folder).as_posix()
        kind = _KINDS.get(plain(path.stem))
        if kind:
            _read(rows, path, file, kind)
        else:
            rows.at(file)
            rows.refuse(path.name, "not one of the files with use cases, workflows, blocks, goals")
    return rows.reading()
