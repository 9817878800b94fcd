"""Write the pages of docs/ that explain every table, from the declarations in data/.

python docs/make_data_dictionary.py            write it anew
python docs/make_data_dictionary.py --check    only say whether it is up to date (exit code 0 or 1)
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DATA, FOLDER = ROOT / "data", ROOT / "docs"
PAGES = {"data-dictionary.md": "datapackage.json", "plan-tables.md": "plan.json"}
COMMAND = "python docs/make_data_dictionary.py"
TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "list": "list of texts",
}

HEADS = {
    "data-dictionary.md": """\
<!-- Made by {command} from data/datapackage.json: change that file, not this one. -->

# Data dictionary

{description}

The {tables} tables are CSV files in the folder [data](../data); each opens in a spreadsheet, and
`govstack_kit.load()` reads them all. Together they are a data package, described by
[datapackage.json](../data/datapackage.json) in the form that
[Frictionless Data](https://datapackage.org) defines. Version {version}; licence: {licences}.
""",
    "plan-tables.md": """\
<!-- Made by {command} from data/plan.json: change that file, not this one. -->

# The tables of a plan

What a team decides stands in these {tables} tables, in one file `*.govplan.json`, which is a data
package too: any tool for [Frictionless Data](https://datapackage.org) reads it. In Python
each table is a DataFrame, as in `plan.steps`. Rows stand in their order. Form: {version}.
""",
}
HOW = """
How to read this page:

- **Key**: the columns whose values name a row; no two rows share them. Their names are bold.
- **Required**: the cell may not be empty.
- **Allowed**: the values a cell may have. *A row of* another table means that the value must stand
  in the key of that table. A form is written as a
  [regular expression](https://docs.python.org/3/howto/regex.html).

## Contents

| Table | What it holds |
| --- | --- |
{contents}
"""

Descriptor = dict[str, Any]


def cell(text: str) -> str:
    """Return text that cannot break out of a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")


def code(text: str) -> str:
    """Return text in the type of code."""
    return f"`{cell(text)}`"


def link(table: str) -> str:
    """Return a link to the section of a table."""
    return f"[{table}](#{table})"


def allowed(field: Descriptor, references: list[str]) -> str:
    """Say which values a column takes."""
    constraints = field.get("constraints", {})
    said = [f"a row of {link(table)}" for table in references]
    if "enum" in constraints:
        said.append(", ".join(map(code, constraints["enum"])))
    if "pattern" in constraints:
        said.append(f"in the form {code(constraints['pattern'])}")
    low, high = constraints.get("minimum"), constraints.get("maximum")
    if low is not None and high is not None:
        said.append(f"{low} to {high}")
    elif low is not None:
        said.append(f"{low} or more")
    elif high is not None:
        said.append(f"{high} or less")
    return "; ".join(said)


def section(resource: Descriptor) -> str:
    """Return the section of one table."""
    schema = resource["schema"]
    key = schema["primaryKey"]
    references: dict[str, list[str]] = {}
    for foreign in schema.get("foreignKeys", ()):
        for name in foreign["fields"]:
            references.setdefault(name, []).append(foreign["reference"]["resource"])
    rows = [
        [
            f"**{code(field['name'])}**" if field["name"] in key else code(field["name"]),
            TYPES[field["type"]],
            "yes" if field.get("constraints", {}).get("required") else "",
            allowed(field, references.get(field["name"], [])),
            cell(field.get("description", "")),
        ]
        for field in schema["fields"]
    ]
    table = [["Column", "Type", "Required", "Allowed", "Meaning"], ["---"] * 5, *rows]
    names = " and ".join(map(code, key)) + (" together" if len(key) > 1 else "")
    path = resource.get("path")
    file = f" File: [{path}](../data/{path})." if path else ""
    return "\n".join(
        [
            f"## {resource['name']}",
            "",
            f"**{resource['title']}.** {resource['description']}",
            "",
            f"Key: {names}.{file}",
            "",
            *("|" + "".join(f" {text} |" if text else " |" for text in row) for row in table),
            "",
        ]
    )


def dictionary(page: str, package: Descriptor) -> str:
    """Return a whole page as Markdown."""
    resources = package["resources"]
    licences = ", ".join(f"[{one['title']}]({one['path']})" for one in package.get("licenses", ()))
    contents = "\n".join(
        f"| {link(resource['name'])} | {cell(resource['description'])} |" for resource in resources
    )
    head = HEADS[page] + HOW
    head = head.format(
        command=COMMAND,
        description=package.get("description", ""),
        tables=len(resources),
        version=package["version"],
        licences=licences,
        contents=contents,
    )
    return "\n".join([head, *map(section, resources)])


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them."""
    parser = argparse.ArgumentParser(description="Write the pages that explain every table.")
    parser.add_argument("--check", action="store_true", help="only compare, write nothing")
    check = parser.parse_args(arguments).check
    stale = 0
    for page, descriptor in PAGES.items():
        path = FOLDER / page
        text = dictionary(page, json.loads((DATA / descriptor).read_text(encoding="utf-8")))
        current = path.read_text(encoding="utf-8") if path.is_file() else ""
        if current == text:
            print(f"docs/{page} is up to date.")
        elif check:
            print(f"docs/{page} is out of date. Make it anew: {COMMAND}", file=sys.stderr)
            stale = 1
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"docs/{page} written.")
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
