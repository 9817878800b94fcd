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

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]

DEFINE = "Define: describe your service"
QUESTIONS = (
    "What is it called",
    "What should get better",
    "How does it work today",
    "Who takes part?",
    "Which systems",
    "What happens",
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
    part.says("Saved at")
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
    assert part.rows() == high  # no button has moved
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
    with (tmp_path / "app.log").open("w") as log:
        server = subprocess.Popen(
            [*command, f"--port={port}"], stdout=log, stderr=subprocess.STDOUT, cwd=tmp_path,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
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
    try:
        wait_until_it_listens(port, server)
        said = (tmp_path / "app.log").read_text()
        page.address = re.search(r"http://\S+\?token=\S+", said)[0]
        yield page
    finally:
        page.close()
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_until_it_listens(port, server):
    for _ in range(300):
        assert server.poll() is None, "the app ended while starting"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail("the app did not answer in time")


def test_the_app_asks_for_its_token(app):
    app.goto(app.address.split("?")[0])
    assert app.get_by_role("tab").count() == 0
    assert "/login" in app.url


def test_the_app_does_the_same_without_code_and_without_the_network(app, tmp_path):
    app.goto(app.address)
    app.get_by_role("tab", name="Define").click(timeout=60_000)
    describe(app)
    app.get_by_role("tab", name="Align").click()
    align(app)
    app.get_by_role("tab", name="Map", exact=True).click()
    follow(app)
    mapped(tmp_path / "my-plans")
    assert app.errors == []
    app.reload()
    app.get_by_text("Opened from my-plan.govplan.json").first.wait_for(timeout=60_000)
    assert app.outside == []
    assert all("/api/shutdown/" in url for url in app.missing)  # refused: kernels left end by time
    assert app.locator("text=guide_").count() == 0
