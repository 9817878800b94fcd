"""What stands beneath a guide follows the open plan, in JupyterLab, without a cell run again."""

import pytest
from guided_parts import PATIENCE

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]
CELL = """import govstack_kit as gk, ipywidgets
session = gk.open_session("ours")
@gk.widgets.follow(session, "Your services.")
def services():
    return list(session.names("use_cases").values())
press = ipywidgets.Button(description="Add")
add = lambda plan: plan.add("use_cases", name="School fees")
press.on_click(lambda _: session.change("Add", add))
press"""


def test_a_press_in_a_guide_changes_what_stands_beneath(run_cells):
    page = run_cells(CELL)
    outputs = page.locator(".jp-Cell-outputWrapper")
    outputs.get_by_text("Your services. This will stand here").wait_for(timeout=PATIENCE)
    page.get_by_role("button", name="Add", exact=True).click()
    outputs.get_by_text("School fees", exact=True).wait_for(timeout=PATIENCE)
    assert outputs.get_by_text("This will stand here").count() == 0
