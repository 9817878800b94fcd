"""From a mapped service to a best set and a roadmap, by clicks and keys, in JupyterLab."""

import json

import pytest
from guided_parts import PATIENCE, RESTART, Part, picture

import govstack_kit as gk

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]

PARTS = """import ipywidgets
import govstack_kit as gk
session = gk.open_session()
ipywidgets.VBox([gk.guide_select(session), gk.guide_roadmap(session)])"""
SELECT, ROADMAP = "Select: which building blocks, which products?", "Roadmap: what is built when?"


def plan_of(folder):
    (path,) = folder.glob("*.govplan.json")
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture
def mapped(tmp_path):
    """Write the plan of a team that has mapped one service, which needs two building blocks."""
    plan = gk.Plan.new(title="School fees")
    case = plan.add_from_list("School fees", "1. Payment\n2. Notice")
    case.steps[0].choose("building_block", "govstack:payments")
    case.steps[1].choose("building_block", "govstack:messaging")
    folder = tmp_path / "work" / "my-plans"

    def write():
        folder.mkdir(parents=True)
        plan.save(folder / "school-fees.govplan.json")
        return folder

    return write


def decide(part):
    part.next("What must each of them do?")
    row = part.box.locator(".gsk-row").first
    row.get_by_role("button", name="Not for us").click()
    part.says("Say why first")
    part.settle()
    row.get_by_label("Reason").fill("<b>No</b> cash")
    part.keys("Tab")
    part.focus("✓ Needed")
    part.keys("Tab", "Tab")
    part.focus("Not for us")
    part.keys("Enter")
    row.get_by_role("button", name="✓ Not for us").wait_for(timeout=PATIENCE)
    picture(part.page, "select-requirements")


def describe_a_system(part):
    part.next("What do you have already?")
    part.field("Name of a system").fill("SMS gateway")
    part.page.keyboard.press("Enter")
    part.box.locator("option", has_text="1. SMS gateway").wait_for(
        state="attached", timeout=PATIENCE
    )
    part.write("Annual cost (USD)", "-5")
    part.says("cannot be less than 0")
    part.settle()
    cost = part.field("Annual cost (USD)")
    assert cost.get_attribute("aria-invalid") == "true"
    beneath = part.box.locator(f"#{cost.get_attribute('aria-describedby')}")
    assert "This is not saved" in beneath.inner_text()
    gap = beneath.bounding_box()["y"] - cost.bounding_box()["y"]
    assert 0 < gap < 60  # beneath its field, not at the foot
    assert part.box.locator(".gsk-foot .gsk-main").is_disabled()
    part.write("Annual cost (USD)", "20 thousand")
    part.settle()
    assert cost.get_attribute("aria-invalid") is None
    part.field("Messaging").focus()
    part.keys("ArrowDown", "ArrowDown", "ArrowDown")
    part.settle()
    part.next("What do your systems cover already?")
    part.says("Something is there, but not well enough, for Messaging.")
    part.says("Nothing is there yet for Payments.")


def take_products(part):
    part.next("Which products could do it?")
    part.choose("Building block", "Messaging (")
    part.press("Take: RapidPro")
    part.button("✓ Taken: RapidPro").wait_for(timeout=PATIENCE)
    part.choose("Building block", "Payments (")
    part.press("Take: Mojaloop")
    part.button("✓ Taken: Mojaloop").wait_for(timeout=PATIENCE)
    part.next("How well does each fit")
    for place, costs in enumerate((("60,000", "5,000", "10,000"), ("0.1 million", "0", "1,000"))):
        part.settle()
        part.field("Options").select_option(index=place)
        part.says(f"Option {place + 1}")
        labels = "Build or set up, once (USD)", "Integration, once (USD)", "Each year (USD)"
        for label, cost in zip(labels, costs, strict=True):
            part.write(label, cost)
        part.choose("Messaging" if place == 0 else "Payments", "fits mostly")
    part.settle()
    picture(part.page, "select-offers")


def choose_the_best_set(part):
    part.next("Under which rules do you choose?")
    part.write("Budget for all years together (USD)", "1")
    part.next("What is the best set, and why?")
    part.says("No set is possible.")
    assert part.box.locator(".gsk-foot .gsk-main").is_disabled()
    part.press("Change the rules")
    part.at("Under which rules do you choose?")
    part.write("Budget for all years together (USD)", "300,000")
    part.next("What is the best set, and why?")
    # RapidPro 60 + 5 + 5 x 10, Mojaloop 100 + 0 + 5 x 1: the gateway has no cost of integration
    part.says("2 options cover 2 building blocks for USD 220,000 over 5 years")
    part.box.locator(".gsk-table", has_text="Each building block, and why").wait_for()
    part.box.locator("img[alt^='The best set.']").wait_for(timeout=PATIENCE)
    picture(part.page, "select-best")
    part.next("How sure is it, when numbers are uncertain?")
    part.next("Which set do you build on?")
    part.says("Nothing is decided yet")
    part.field("Why?").fill("The ministry knows both.")
    part.press("Build on this set")
    part.says("Your plan builds on: Mojaloop, RapidPro.")
    picture(part.page, "select-chosen")


def make_a_roadmap(part):
    part.at("In which phases do you build, and with what money?")
    part.settle()
    part.button("Start with three phases of a year").focus()
    part.keys("Enter")
    part.focus("In which phases")  # the button is gone, the focus is not
    part.press("Undo")
    part.settle()
    part.field("Name of a phase").fill("Pilot")
    part.page.keyboard.press("Enter")
    part.box.locator("option", has_text="1. Pilot").wait_for(state="attached", timeout=PATIENCE)
    part.write("Months", "6")
    part.write("Budget (USD)", "200,000")
    part.next("What is each service worth when it is live?")
    part.next("Which block needs another one first?")
    part.next("What is built when, and what goes live when?")
    part.says("1 use case goes live")
    part.says("It builds on what the team chose, 2 options.")
    part.box.locator("img[alt^='Building blocks by phase.']").wait_for(timeout=PATIENCE)
    picture(part.page, "roadmap")
    part.press("Finish")
    part.says("The roadmap is made.")


def test_a_mapped_plan_gets_its_best_set_and_roadmap_and_keeps_them(run_cells, mapped):
    folder = mapped()
    page = run_cells(PARTS)
    part = Part(page, SELECT)
    part.at("Which building blocks do you need?")
    decide(part)
    describe_a_system(part)
    take_products(part)
    choose_the_best_set(part)
    make_a_roadmap(Part(page, ROADMAP))
    plan = plan_of(folder)
    assert [known["reason"] for known in plan["decisions"]] == ["<b>No</b> cash"]
    assert [system["annual_cost"] for system in plan["systems"]] == [20_000]
    assert plan["systems"][0]["serves"][0]["quality"] == "poorly"
    assert plan["chosen"]["options"] == ["mojaloop", "rapidpro"]
    assert plan["chosen"]["reason"] == "The ministry knows both."
    assert [option["build_cost"] for option in plan["options"]] == [60_000, 100_000]
    assert [(phase["months"], phase["budget"]) for phase in plan["phases"]] == [(6, 200_000)]
    assert page.errors == []
    page.evaluate(RESTART)
    part = Part(page, SELECT)
    part.says("Opened from school-fees.govplan.json")
    part.says("2 options cover 2 building blocks for USD 220,000 over 5 years")
    Part(page, ROADMAP).says("The roadmap is made.")
    picture(page, "select-restarted")
    assert page.locator(".jp-RenderedText[data-mime-type*='stderr']").count() == 0
    assert page.outside == []
