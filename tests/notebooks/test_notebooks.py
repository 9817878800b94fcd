"""The form of every notebook: skeleton, short cells, run from top to bottom, no traces of a machine."""

import json
import re
import statistics
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted(
    path for path in (ROOT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
)
LONGEST, MEDIAN = 10, 4
LEFT_BY_MACHINES = re.compile(r"/home/|/root/|/tmp/|/work/|/Users/|[A-Z]:\\\\|at 0x[0-9a-f]{6}")


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture
def cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def source(cell):
    return "".join(cell["source"])


def code(cells):
    return [cell for cell in cells if cell["cell_type"] == "code"]


def test_there_are_notebooks():
    assert len(NOTEBOOKS) >= 3


def test_opening_says_what_for_whom_how_long_and_what_is_needed(cells):
    opening = source(cells[0])
    assert opening.startswith("# ")
    for part in ("you will be able to", "**For**", "**Time**", "**You need**"):
        assert part in opening


def test_closing_says_what_was_done_and_what_comes_next(cells):
    closing = source(cells[-1])
    assert "## What you did" in closing
    assert "## Where to go next" in closing


def test_cells_are_short(cells):
    lengths = [len(source(cell).strip().splitlines()) for cell in code(cells)]
    assert max(lengths) <= LONGEST
    assert statistics.median(lengths) <= MEDIAN


def test_every_code_cell_is_introduced_in_words(cells):
    for before, cell in zip(cells, cells[1:], strict=False):
        if cell["cell_type"] == "code":
            assert before["cell_type"] == "markdown", source(cell)


def test_executed_once_from_top_to_bottom(cells):
    counts = [cell["execution_count"] for cell in code(cells)]
    assert counts == list(range(1, len(counts) + 1))


def test_no_output_is_an_error_or_a_warning(cells):
    for cell in code(cells):
        for output in cell["outputs"]:
            assert output["output_type"] != "error", source(cell)
            assert output.get("name") != "stderr", source(cell)


def test_nothing_of_a_machine_is_left(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        assert set(cell["metadata"]) <= {"tags", "editable", "deletable"}
        for output in cell.get("outputs", []):
            text = json.dumps({k: v for k, v in output.get("data", {}).items() if "png" not in k})
            assert not LEFT_BY_MACHINES.search(text), source(cell)
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}


def test_links_lead_somewhere(path, cells):
    for cell in cells:
        if cell["cell_type"] == "markdown":
            for target in re.findall(r"\]\(([^)#]+)\)", source(cell)):
                if not target.startswith("https://"):
                    assert (path.parent / target).exists(), target


def test_cells_of_guided_notebooks_are_locked_but_those_that_readers_change(path, cells):
    for before, cell in zip([None, *cells], cells, strict=False):
        locked = (cell["metadata"].get("editable"), cell["metadata"].get("deletable"))
        if path.parent.name == "analyst":
            assert locked == (None, None)
        elif "yours" in cell["metadata"].get("tags", ()):
            assert locked == (None, None)
            assert "yours to change" in source(before)
        else:
            assert locked == (False, False)


def test_guided_notebooks_say_first_how_to_start(path, cells):
    if path.parent.name == "guided":
        assert "**Start** Press ▶▶" in source(cells[0])
        assert "python run.py app" in source(cells[0])


def test_no_output_is_a_raw_box(cells):
    for cell in code(cells):
        for output in cell["outputs"]:
            assert not "".join(output.get("data", {}).get("text/plain", "")).startswith("VBox(")
