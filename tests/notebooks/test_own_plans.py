"""The guided notebooks with a plan of one's own in which things are missing: run all of them.

Where a result cannot be worked out yet, a notebook says so in a sentence. It never shows an
error, and all of its guides are there to fill in what is missing.
"""

import asyncio
import contextlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbclient
import nbformat
import pytest
from jupyter_client import AsyncKernelManager

import govstack_kit as kit

GUIDED = sorted((Path(__file__).resolve().parents[2] / "notebooks/guided").glob("0[3-8]*.ipynb"))


def empty(_plan):
    pass


def mapped(plan):
    fees = plan.add("use_cases", name="School fees")
    pay = plan.add("steps", use_case=fees, name="Payment")
    plan.add("steps", use_case=fees, name="Receipt")
    plan.add("step_building_blocks", step=pay, building_block="govstack:payments")


@pytest.fixture(scope="module")
def kernel():
    """Start one kernel for all notebooks; in a thread of its own, as browser tests leave a loop."""
    manager = AsyncKernelManager(kernel_name="python3")
    loop = asyncio.new_event_loop()
    with ThreadPoolExecutor(1) as thread:

        def wait_for(work):
            return thread.submit(loop.run_until_complete, work).result()

        wait_for(manager.start_kernel(cwd=str(GUIDED[0].parent)))
        yield manager, wait_for
        wait_for(manager.shutdown_kernel(now=True))
        thread.submit(loop.close).result()


def _run(path, folder, kernel):
    """Run a notebook as in a kernel of its own: without the names and plans of those before."""
    manager, wait_for = kernel
    book = nbformat.read(path, 4)
    fresh = f"%reset -f\nimport os\nos.environ['GOVSTACK_KIT_PLANS'] = {str(folder)!r}"
    book.cells.insert(0, nbformat.v4.new_code_cell(fresh))
    client = nbclient.NotebookClient(book, km=manager, timeout=300)
    with contextlib.suppress(nbclient.exceptions.CellExecutionError):
        wait_for(client.async_execute())  # as in JupyterLab, the cells below an error are not run
    client.kc.stop_channels()
    del book.cells[0]
    return book


def named(plan):
    plan.set("plan", country="Nepal")
    for name in ("Birth registration", "Child grant"):
        plan.add("use_cases", name=name)
        plan.add("candidates", name=name)


FILLS = [empty, named, mapped]


@pytest.mark.parametrize("path", GUIDED, ids=lambda path: path.stem)
@pytest.mark.parametrize("fill", FILLS, ids=lambda fill: fill.__name__)
def test_what_is_missing_is_said_in_a_sentence(path, fill, tmp_path, kernel):
    plan = kit.Plan.new(title="Our own")
    fill(plan)
    plan.save(tmp_path / "our-own.govplan.json")
    book = _run(path, tmp_path, kernel)
    outputs = [output for cell in book.cells for output in cell.get("outputs", [])]
    assert {output["output_type"] for output in outputs} <= {"display_data", "execute_result"}
    guides = [cell for cell in book.cells if cell.source.startswith("gk.guide_")]
    assert guides
    assert all(cell["outputs"] for cell in guides)
    following = [cell for cell in book.cells if cell.source.startswith("@gk.widgets.follow")]
    assert following
    assert all(cell["outputs"] for cell in following)
    assert (fill is not empty) or "will stand here" in json.dumps(following[0]["outputs"])
    assert "Our own" in json.dumps(book.cells[2])


def test_nothing_of_others_stands_in_a_plan_of_ones_own():
    for path in GUIDED:
        made = " ".join(cell.source for cell in nbformat.read(path, 4).cells)
        for foreign in ("AGR-2", "FINC-1", "Telemedicine", '"Africa"'):
            assert foreign not in made, path.stem
