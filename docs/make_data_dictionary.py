"""Write the data dictionary, docs/data-dictionary.md, from data/datapackage.json.

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
DESCRIPTOR = ROOT / "data" / "datapackage.json"
DICTIONARY = ROOT / "docs" / "data-dictionary.md"
COMMAND = "python docs/make_data_dictionary.py"
TYPES = {"string": "text", "integer": "whole number", "boolean": "true or false"}

HEAD = """\
<!-- Made by {command} from data/datapackage.json: change that file, not this one. -->

# Data dictionary

{description}

The {tables} tables are CSV files in the folder [data](../data); each opens in a spreadsheet, and
`govstack_kit.load()` reads them all. Together they are a data package, described by
[datapackage.json](../data/datapackage.json) in the form that
[Frictionless Data](https://datapackage.org) defines. Version {version}; licence: {licences}.

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
    return "\n".join(
        [
            f"## {resource['name']}",
            "",
            f"**{resource['title']}.** {resource['description']}",
            "",
            f"Key: {names}. File: [{resource['path']}](../data/{resource['path']}).",
            "",
            *("|" + "".join(f" {text} |" if text else " |" for text in row) for row in table),
            "",
        ]
    )


def dictionary(package: Descriptor) -> str:
    """Return the whole data dictionary as Markdown."""
    resources = package["resources"]
    licences = ", ".join(f"[{one['title']}]({one['path']})" for one in package["licenses"])
    contents = "\n".join(
        f"| {link(resource['name'])} | {cell(resource['description'])} |" for resource in resources
    )
    head = HEAD.format(
        command=COMMAND,
        description=package["description"],
        tables=len(resources),
        version=package["version"],
        licences=licences,
        contents=contents,
    )
    return "\n".join([head, *map(section, resources)])


def main(arguments: list[str]) -> int:
    """Write the dictionary, or compare it."""
    parser = argparse.ArgumentParser(description="Write docs/data-dictionary.md.")
    parser.add_argument("--check", action="store_true", help="only compare, write nothing")
    check = parser.parse_args(arguments).check
    text = dictionary(json.loads(DESCRIPTOR.read_text(encoding="utf-8")))
    current = DICTIONARY.read_text(encoding="utf-8") if DICTIONARY.is_file() else ""
    if current == text:
        print("docs/data-dictionary.md is up to date.")
        return 0
    if check:
        print(f"docs/data-dictionary.md is out of date. Make it anew: {COMMAND}", file=sys.stderr)
        return 1
    DICTIONARY.write_text(text, encoding="utf-8", newline="\n")
    print("docs/data-dictionary.md written.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
