"""Guided parts by clicks and keys: in JupyterLab, in two windows, and in the app."""

import os
import re
import socket
import subprocess
import sys
import time

import pytest
from guided_parts import PATIENCE, RESTART, Part, picture

import govstack_kit as gk
from govstack_kit.widgets.app import APP

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]

DEFINE = "Define: describe your service"
QUESTIONS = (
    "What is it called",
    "What should get better",
    "How does it work today",
    "Who takes part?",
    "Which systems",
    "What happens",
    "Who could be left out",
    "Does this describe",
)
SHOW = """import govstack_kit as gk
session = gk.open_session()
gk.guide_define(session)"""
PARTS = """import ipywidgets
import govstack_kit as gk
session = gk.open_session()
ipywidgets.VBox([gk.guide_define(session), gk.guide_align(session), gk.guide_map(session)])"""


def describe(page):
    """Describe a service from the first question to the last, with keys where that is quick."""
    part = Part(page, DEFINE)
    part.at("Which service will you describe?")
    picture(page, "define-1")
    part.field("Name of the service").focus()
    page.keyboard.type("School fees <b>now</b>")
    part.keys("Tab")
    part.focus("Start with this")
    part.keys("Enter")
    part.says("You are describing “School fees <b>now</b>”")
    page.get_by_text("Saved at").locator("visible=true").first.wait_for(timeout=PATIENCE)
    part.keys("Tab")
    part.focus("Next")
    part.keys("Enter")
    part.focus("What is it called, and whose is it?")
    page.keyboard.press("Tab")  # at once: the page must not take the focus back
    page.wait_for_timeout(300)
    part.focus("Name")
    part.press("Next")  # too early: it goes to what is missing, and says it there
    part.focus("Sector")
    sector = part.field("Sector")
    assert sector.get_attribute("aria-invalid") is not None
    beneath = part.box.locator(f"#{sector.get_attribute('aria-describedby')}")
    assert beneath.text_content() == "Choose the sector, or write your own."
    picture(page, "define-missing")
    part.write("Sector", "Education")
    part.next("What should get better")
    for objective in ("Poor children attend school", "School fees are paid by phone"):
        part.add("Add an objective: what gets better", objective)
    part.next("How does it work today")
    part.next("Who takes part?")
    part.add("Add an actor: name", "Parent")
    part.write("Role", "pays the fee")
    part.next("Which systems are in use today?")
    part.next("What happens, step by step?")
    steps = "1. Registration: the parent registers the child\n2. Payment: the parent pays the fee"
    part.write("Or paste a numbered list, one step a line", steps)
    part.press("Add these steps")
    part.lists("2. Payment")
    part.box.get_by_role("checkbox", name="Parent").check()
    picture(page, "define-steps")
    part.next("Who could be left out, or harmed?")
    part.next("Does this describe the service?")
    part.says("The service is described.")


def align(page):
    part = Part(page, "Align: find what you have in common with others")
    part.at("Which SDG targets")
    part.write("Or search in your own words", "school fees")
    part.press("Accept: 4.1")
    part.button("✓ Accepted: 4.1").wait_for(timeout=PATIENCE)
    part.next("“Registration”")
    picture(page, "align-step")
    part.press("Accept: Identification and registration")
    part.button("✓ Accepted: Identification and registration").wait_for(timeout=PATIENCE)
    part.next("“Payment”")
    part.press("Accept: Financial services")
    part.button("✓ Accepted: Financial services").wait_for(timeout=PATIENCE)
    part.write("What do you call it?", "Bursary committee")
    part.press("It is specific to our sector")
    part.says("Specific to the sector")
    part.next("Is everything aligned?")
    part.says("Every step is aligned.")


def follow(page):
    part = Part(page, "Map: follow the links until nothing new appears")
    part.at("What do the links of the framework add?")
    picture(page, "map-1")
    rest = "Reject the open ones shown here"
    high = part.rows()
    part.press("Accept: Payments for Payment")
    part.button("✓ Accepted: Payments for Payment").wait_for(timeout=PATIENCE)
    part.settle()
    assert part.rows()[: len(high)] == high  # no button has moved; what it leads to comes after
    part.press_while_it_moves(rest)
    for _ in range(12):
        part.settle()
        more = part.box.get_by_role("button", name=re.compile("^Show .* more"))
        if not more.is_visible():
            break
        more.click()
        part.settle()
        at = page.evaluate("document.activeElement.closest('.gsk-row')?.textContent ?? ''")
        assert at, "what is new has the focus"
        part.press(rest)
    part.says("Nothing new appears")
    part.next("What is each of them for, in one line?")
    part.next("This is your service in the framework")
    part.says("Bursary committee")
    picture(page, "map-result")
    part.says("The service is mapped.")


def described(folder):
    (path,) = folder.glob("*.govplan.json")
    plan = gk.Plan.open(path)
    assert plan.use_cases[["name", "sector"]].to_numpy().tolist() == [
        ["School fees <b>now</b>", "Education"]
    ]
    assert plan.actors["role"].tolist() == ["pays the fee"]
    assert plan.steps["name"].tolist() == ["Registration", "Payment"]
    assert len(plan.step_actors) == 1


def mapped(folder):
    described(folder)
    plan = gk.Plan.open(next(folder.glob("*.govplan.json")))
    assert plan.use_case_targets["sdg"].tolist() == ["4.1"]
    accepted = {
        key
        for table, column in (
            ("step_workflows", "workflow"),
            ("step_building_blocks", "building_block"),
        )
        for key in plan.table(table).query("status == 'accepted'")[column]
    }
    assert {"identification-and-registration", "govstack:payments"} <= accepted
    assert "rejected" in set(plan.step_building_blocks["status"])


def test_a_blank_plan_is_mapped_in_jupyterlab_and_there_after_a_restart(run_cells, plans):
    page = run_cells(PARTS)
    describe(page)
    align(page)
    follow(page)
    mapped(plans)
    assert page.errors == []
    page.evaluate(RESTART)
    part = Part(page, DEFINE)
    part.says("Opened from my-plan.govplan.json")
    part.says("The service is described.")
    part.says("School fees <b>now</b>")
    again = Part(page, "Map: follow the links until nothing new appears")
    again.at("What is each of them for, in one line?")
    picture(page, "restarted")
    assert page.locator(".jp-RenderedText[data-mime-type*='stderr']").count() == 0
    assert page.outside == []


def test_the_question_is_in_view_and_has_the_focus_after_every_next(run_cells):
    page = run_cells(SHOW, width=1024, height=600)
    part = Part(page, DEFINE)
    part.at("Which service will you describe?")
    for question in QUESTIONS:
        foot = part.box.locator(".gsk-foot .gsk-main")
        foot.scroll_into_view_if_needed()
        part.next(question)
        part.focus(question)
        page.wait_for_timeout(600)
        box = part.box.locator(".gsk-heading").bounding_box()
        notebook = page.locator(".jp-WindowedPanel-outer").first.bounding_box()
        assert notebook["y"] <= box["y"] <= notebook["y"] + notebook["height"] / 2, question


def test_what_is_typed_is_saved_before_the_field_is_left(run_cells, plans):
    page = run_cells(SHOW)
    part = Part(page, DEFINE)
    part.at("Which service will you describe?")
    part.write("Name of the service", "School fees")
    part.press("Start with this")
    part.next("What is it called")
    part.settle()
    part.field("In short").click()
    page.keyboard.type("Parents pay ")
    part.settle()
    page.wait_for_timeout(2_500)
    (path,) = plans.glob("*.govplan.json")
    assert gk.Plan.open(path).use_cases["summary"].item() == "Parents pay"
    page.keyboard.type("by phone")  # the field was left as it is, with the cursor at its end
    assert part.field("In short").input_value() == "Parents pay by phone"
    page.keyboard.press("Tab")
    part.settle()
    assert gk.Plan.open(path).use_cases["summary"].item() == "Parents pay by phone"
    part.press("Undo")
    part.settle()
    assert part.field("In short").input_value() == ""


def test_keys_pressed_in_a_guided_part_are_no_commands_of_jupyterlab(run_cells):
    page = run_cells(SHOW)
    part = Part(page, DEFINE)
    part.at("Which service will you describe?")
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    part.box.locator(".gsk-help").click()
    page.keyboard.type("add a school, dd")
    page.wait_for_timeout(500)
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells
    part.at("Which service will you describe?")


def test_of_the_same_field_in_two_windows_one_value_is_chosen(run_cells, plans):
    page = run_cells(SHOW)
    part = Part(page, DEFINE)
    part.at("Which service will you describe?")
    part.write("Name of the service", "School fees")
    part.press("Start with this")
    part.next("What is it called")
    (path,) = plans.glob("*.govplan.json")
    other = gk.Plan.open(path)
    other.set("use_cases", "school-fees", summary="<b>By post</b>", sector="Education")
    other.save()
    part.write("In short", "By phone")
    part.says("Another window says: “<b>By post</b>”.")
    assert part.field("Sector").input_value() == "Education"
    picture(page, "two-windows")
    part.press("Take that")
    part.settle()
    assert part.field("In short").input_value() == "<b>By post</b>"
    plan = gk.Plan.open(path)
    assert plan.use_cases["summary"].item() == "<b>By post</b>"
    assert plan.conflicts["other"].tolist() == ["By phone"]


# --- the app ----------------------------------------------------------------------------------


@pytest.fixture
def app(tmp_path, page_factory):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "govstack_kit.cli", "app", str(tmp_path), "--no-browser"]
    own = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data"), "PYTHONUNBUFFERED": "1"}
    page = page_factory(viewport={"width": 1024, "height": 768})
    page.outside, page.errors, page.missing = [], [], []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda m: page.errors.append(m.text) if m.type == "error" else None)
    page.on("response", lambda r: page.missing.append(r.url) if r.status >= 400 else None)
    ours = (f"http://127.0.0.1:{port}", f"ws://127.0.0.1:{port}", "data:", "blob:")
    page.on(
        "request",
        lambda asked: None if asked.url.startswith(ours) else page.outside.append(asked.url),
    )

    def start():
        with (tmp_path / "app.log").open("w") as log:
            page.server = subprocess.Popen(
                [*command, f"--port={port}"], stdout=log, stderr=log, cwd=tmp_path, env=own
            )
        wait_until_it_listens(port, page.server)
        said = (tmp_path / "app.log").read_text()
        page.address = re.search(r"http://\S+\?token=\S+", said)[0]

    page.start = start
    try:
        start()
        yield page
    finally:
        page.close()
        page.server.terminate()
        try:
            page.server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            page.server.kill()
            page.server.wait()


def wait_until_it_listens(port, server):
    for _ in range(300):
        assert server.poll() is None, "the app ended while starting"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail("the app did not answer in time")


def opened(app, part):
    """Open a part by its button at the top."""
    app.locator(f'.gsk-frame button[data-part="{part}"]').click(timeout=60_000)


def test_the_app_does_the_same_without_code_and_without_the_network(app, tmp_path):
    app.goto(app.address)
    app.get_by_role("heading", name="Plan a digital service").wait_for(timeout=60_000)
    app.get_by_role("button", name="Go on with Your plan").wait_for()
    opened(app, "Define")
    describe(app)
    app.get_by_role("button", name="Go on with Align").click()
    app.wait_for_function("document.activeElement.classList.contains('gsk-heading')")
    align(app)
    opened(app, "Map")
    follow(app)
    mapped(tmp_path / "my-plans")
    opened(app, "Start")
    app.get_by_role("link", name="its page in GovStack's template").wait_for()
    assert app.errors == []
    assert app.outside == []
    assert app.missing == []
    assert app.locator("text=guide_").count() == 0


def test_what_is_typed_outlives_a_kit_that_was_stopped_and_started_again(app, tmp_path):
    app.goto(app.address)
    opened(app, "Define")
    app.get_by_label("Name of the service").fill("Birth registration")
    app.get_by_role("button", name="Start with this").click()
    app.get_by_role("button", name="Next", exact=True).click()
    words = app.get_by_label("In short")
    words.press_sequentially("Saved while it is typed")
    app.get_by_text("Saved at").first.wait_for(timeout=3_000)
    app.server.kill()
    app.server.wait()
    words.press_sequentially(", and after the kit has gone")
    app.get_by_role("alert").filter(has_text="does not answer").wait_for(timeout=5_000)
    app.start()
    (path,) = (tmp_path / "my-plans").glob("*.govplan.json")
    until = time.monotonic() + 40
    while "after the kit has gone" not in path.read_text("utf-8"):
        assert time.monotonic() < until
        app.wait_for_timeout(200)
    assert words.input_value() == "Saved while it is typed, and after the kit has gone"
    assert not app.get_by_role("alert").filter(has_text="does not answer").is_visible()


@pytest.mark.parametrize("width", [1024, 1366, 1920])
def test_every_part_opens_at_its_top_and_never_wider_than_the_window(app, width):
    app.set_viewport_size({"width": width, "height": 768})
    app.goto(app.address)
    for part in APP["parts"]:
        opened(app, part["title"])
        heading = app.locator(".gsk-heading:visible")
        heading.wait_for()
        app.wait_for_function("document.activeElement.classList.contains('gsk-heading')")
        assert 0 <= heading.bounding_box()["y"] < 500
        wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert app.evaluate(wide), part["title"]
