"""Run every notebook from the top and keep only what readers and tests need of it.

Usage: ``python docs/refresh_notebooks.py [NOTEBOOK ...]``. Outputs are kept; what differs from run
to run or from machine to machine (times, widget ids, versions) is removed. Cells of the guided
notebooks are locked, but for those with the tag ``yours``. Read the difference before you commit.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
VOLATILE = ("application/vnd.jupyter.widget-view+json",)
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


LOCKED = {"editable": False, "deletable": False}  # a stray key changes nothing; cells still run
YOURS = "yours"  # the tag of a cell that its readers are asked to change


def clean(notebook: nbformat.NotebookNode, *, guided: bool = False) -> None:
    """Remove volatile metadata and outputs in place; lock the cells of a guided notebook."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata = {key: cell.metadata[key] for key in ("tags",) if key in cell.metadata}
        if guided and YOURS not in cell.metadata.get("tags", ()):
            cell.metadata.update(LOCKED)
        for output in cell.get("outputs", ()):
            output.pop("metadata", None)
            if output.output_type in ("display_data", "execute_result"):
                output.metadata = {}
                for kind in VOLATILE:
                    output.data.pop(kind, None)


def refresh(path: Path) -> None:
    """Run one notebook in its own folder and write it back."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    clean(notebook, guided=path.parent.name == "guided")
    nbformat.validate(notebook)
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")


def main() -> int:
    """Refresh the notebooks named on the command line, or all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, help="notebooks to run; all if none")
    os.environ["GOVSTACK_KIT_DATA"] = ""  # the tables of the kit, not those of whoever runs this
    chosen = parser.parse_args().notebooks or [
        path for path in sorted(FOLDER.rglob("*.ipynb")) if ".ipynb_checkpoints" not in path.parts
    ]
    for number, path in enumerate(chosen, start=1):
        print(f"{number} of {len(chosen)}: {path.name}", flush=True)
        try:
            refresh(path)
        except CellExecutionError as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
