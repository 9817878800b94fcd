"""From a blank plan to a mapped use case, by clicks and keys: in JupyterLab and in the app."""

import json
import socket
import subprocess
import sys

import pytest
from guided_parts import PATIENCE, RESTART, Part, picture

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]

PARTS = """import ipywidgets
import govstack_kit as gk
session = gk.open_session()
ipywidgets.VBox([gk.guide_define(session), gk.guide_align(session), gk.guide_map(session)])"""


def describe(page):
    part = Part(page, "Define: describe your service")
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
    part.focus("Name of the service")
    assert part.box.locator(".gsk-foot .gsk-main").is_disabled()
    part.says("Choose the sector")
    part.write("Sector (choose one, or write your own)", "Education")
    part.next("What should get better")
    part.write(
        "Objectives, one a line", "Poor children attend school\nSchool fees are paid by phone"
    )
    part.next("How does it work today")
    part.next("Who takes part?")
    part.field("Name of an actor").fill("Parent")
    page.keyboard.press("Enter")
    part.box.locator("option", has_text="1. Parent").wait_for(state="attached", timeout=PATIENCE)
    part.write("Role", "pays the fee")
    part.next("Which systems are in use today?")
    part.next("What happens, step by step?")
    steps = "1. Registration: the parent registers the child\n2. Payment: the parent pays the fee"
    part.write("Or paste a numbered list, one step a line", steps)
    part.press("Add these steps")
    part.box.locator("option", has_text="2. Payment").wait_for(state="attached", timeout=PATIENCE)
    picture(page, "define-steps")
    part.next("Does this describe the service?")
    part.press("Finish")
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
    part.press("Finish")
    part.says("Every step is aligned.")


def follow(page):
    part = Part(page, "Map: follow the links until nothing new appears")
    part.at("What do the links of the framework add?")
    picture(page, "map-1")
    rest, following = "Reject the open ones shown here", "Show the next proposals"
    high = part.rows()
    part.press("Accept: Payments for Payment")
    part.button("✓ Accepted: Payments for Payment").wait_for(timeout=PATIENCE)
    part.settle()
    assert part.rows() == high  # no button has moved
    part.press_while_it_moves(rest)
    for _ in range(12):
        part.button(rest).wait_for(state="hidden", timeout=PATIENCE)
        part.settle()
        assert part.rows() == high
        if not part.button(following).is_visible():
            break
        part.press(following)
        part.button(rest).wait_for(timeout=PATIENCE)
        part.settle()
        high = part.rows()
        part.press(rest)
    part.says("Nothing new appears")
    part.next("What is each of them for, in one line?")
    part.next("This is your service in the framework")
    part.says("Bursary committee")
    picture(page, "map-result")
    part.press("Finish")
    part.says("The service is mapped.")


def mapped(folder):
    (path,) = folder.glob("*.govplan.json")
    (case,) = json.loads(path.read_text(encoding="utf-8"))["use_cases"]
    choices = [
        (choice["key"], choice["status"])
        for step in case["steps"]
        for layer in ("workflows", "building_blocks")
        for choice in step[layer]
    ]
    assert case["name"] == "School fees <b>now</b>"
    assert [actor["role"] for actor in case["actors"]] == ["pays the fee"]
    assert [target["key"] for target in case["targets"]] == ["4.1"]
    assert ("identification-and-registration", "accepted") in choices
    assert ("govstack:payments", "accepted") in choices
    assert "rejected" in dict(choices).values()


def test_a_blank_plan_is_mapped_in_jupyterlab_and_there_after_a_restart(run_cells, tmp_path):
    page = run_cells(PARTS)
    describe(page)
    align(page)
    follow(page)
    mapped(tmp_path / "work" / "my-plans")
    assert page.errors == []
    page.evaluate(RESTART)
    part = Part(page, "Define: describe your service")
    part.says("Opened from my-plan.govplan.json")
    part.says("The service is described.")
    part.says("School fees <b>now</b>")
    again = Part(page, "Map: follow the links until nothing new appears")
    again.says("The service is mapped.")
    again.box.locator(".gsk-table", has_text="Financial services").wait_for(timeout=PATIENCE)
    picture(page, "restarted")
    assert page.locator(".jp-RenderedText[data-mime-type*='stderr']").count() == 0
    assert page.outside == []


@pytest.fixture
def app(tmp_path, page_factory):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "govstack_kit.cli", "app", str(tmp_path), "--no-browser"]
    with (tmp_path / "app.log").open("w") as log:
        server = subprocess.Popen(
            [*command, f"--port={port}"], stdout=log, stderr=subprocess.STDOUT, cwd=tmp_path
        )
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
    page.address = f"http://127.0.0.1:{port}/"
    try:
        wait_until_it_listens(port, server)
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
    import time

    for _ in range(300):
        assert server.poll() is None, "the app ended while starting"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail("the app did not answer in time")


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
