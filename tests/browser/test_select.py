"""From a mapped service to a best set and a roadmap, by clicks and keys, in JupyterLab."""

import pytest
from guided_parts import PATIENCE, RESTART, Part, picture

import govstack_kit as gk

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]

PARTS = """import ipywidgets
import govstack_kit as gk
session = gk.open_session()
ipywidgets.VBox([gk.guide_select(session), gk.guide_roadmap(session)])"""
SELECT, ROADMAP = "Select: which building blocks, which products", "Roadmap: what is built when?"


@pytest.fixture
def mapped(plans):
    """Write the plan of a team that has mapped one service, which needs two building blocks."""
    plan = gk.Plan.new(title="School fees")
    plan.add("use_cases", name="School fees")
    for name, block in (("Payment", "payments"), ("Notice", "messaging")):
        step = plan.add("steps", use_case="school-fees", name=name)
        plan.put("step_building_blocks", (step, f"govstack:{block}"), status="accepted")

    def write():
        plans.mkdir(parents=True)
        return plan.save(plans / "school-fees.govplan.json")

    return write


def decide(part):
    part.next("What must each of them do?")
    row = part.box.locator(".gsk-row").first
    row.get_by_role("button", name="Not for us").click()
    part.says("Say why first")
    part.settle()
    row.get_by_label("Reason").fill("<b>No</b> cash")
    row.get_by_role("button", name="Not for us").click()
    row.get_by_role("button", name="✓ Not for us").wait_for(timeout=PATIENCE)
    picture(part.page, "select-requirements")


def describe_a_system(part):
    part.next("What do you have already?")
    part.add("Add a system: name", "SMS gateway")
    part.write("Annual cost (USD)", "-5")
    part.says("This is not saved")
    part.settle()
    cost = part.field("Annual cost (USD)")
    assert cost.get_attribute("aria-invalid") is not None
    beneath = part.box.locator(f"#{cost.get_attribute('aria-describedby')}")
    gap = beneath.bounding_box()["y"] - cost.bounding_box()["y"]
    assert 0 < gap < 60  # beneath its field, not at the foot
    part.press("Next")  # it goes to the field that is to be corrected
    part.focus("Annual cost (USD)")
    part.write("Annual cost (USD)", "20,000")
    part.settle()
    assert cost.get_attribute("aria-invalid") is None
    part.press("Poorly: Messaging")
    part.next("What do your systems cover already?")
    part.says("Something is there, but not well enough, for Messaging.")
    part.says("Nothing is there yet for Payments.")


def take_products(part):
    part.next("Which products could do it?")
    costs = ("60,000", "5,000", "10,000"), ("100,000", "0", "1,000")
    for block, product in (("Messaging", "RapidPro"), ("Payments", "Mojaloop")):
        part.choose("Building block", block)
        part.press(f"Take: {product}")
        part.button(f"✓ Taken: {product}").wait_for(timeout=PATIENCE)
    part.next("How well does each fit")
    for place, (block, amounts) in enumerate(zip(("Messaging", "Payments"), costs, strict=True)):
        part.settle()
        part.field("Options").select_option(index=place)
        part.settle()
        labels = ("Cost to build", "Integration cost", "Annual cost")
        for label, amount in zip(labels, amounts, strict=True):
            part.write(f"{label} (USD)", amount)
        part.press(f"Mostly: {block}")
    part.settle()
    picture(part.page, "select-offers")


def choose_the_best_set(part):
    part.next("Law, institution, data protection")
    part.next("Under which rules do you choose?")
    part.write("Budget (USD)", "1")
    part.next("What is the best set, and why?")
    part.press("Next")
    part.at("What is the best set, and why?")
    part.press("Back")
    part.at("Under which rules do you choose?")
    part.write("Budget (USD)", "300,000")
    part.next("What is the best set, and why?")
    # RapidPro 60 + 5 + 5 x 10, Mojaloop 100 + 0 + 5 x 1: the gateway has no cost of integration
    part.says("220,000")
    part.box.locator(".gsk-table", has_text="Each building block, and why").wait_for()
    picture(part.page, "select-best")
    part.next("How sure is it, when numbers are uncertain?")
    part.next("Which set do you build on?")
    part.write("Why this set", "The ministry knows both.")
    part.press("Build on this set")
    part.button("✓ We build on this set").wait_for(timeout=PATIENCE)
    picture(part.page, "select-chosen")


def make_a_roadmap(part):
    part.at("In which phases do you build, and with what money?")
    part.settle()
    part.button("Start with three phases of a year").focus()
    part.keys("Enter")
    part.focus("In which phases")  # the button is gone, the focus is not
    part.press("Undo")
    part.add("Add a phase: name", "Pilot")
    part.write("Months", "6")
    part.write("Budget (USD)", "200,000")
    part.next("What is each service worth when it is live?")
    part.next("Which block needs another one first?")
    part.next("What is built when, and what goes live when?")
    part.press("Make the roadmap")
    part.box.locator("img").first.wait_for(timeout=PATIENCE)
    part.says("The roadmap is made.")
    picture(part.page, "roadmap")


def test_a_mapped_plan_gets_its_best_set_and_roadmap_and_keeps_them(run_cells, mapped):
    file = mapped()
    page = run_cells(PARTS)
    part = Part(page, SELECT)
    part.at("Which building blocks do you need?")
    decide(part)
    describe_a_system(part)
    take_products(part)
    choose_the_best_set(part)
    make_a_roadmap(Part(page, ROADMAP))
    plan = gk.Plan.open(file)
    assert plan.requirement_decisions["reason"].tolist() == ["<b>No</b> cash"]
    assert plan.systems["annual_cost"].tolist() == [20_000]
    assert plan.system_building_blocks["quality"].tolist() == ["poorly"]
    chosen = plan.option_decisions.query("decision == 'chosen'")["option"]
    assert sorted(chosen) == ["mojaloop", "rapidpro"]
    assert plan.row("rules")["chosen_reason"] == "The ministry knows both."
    assert plan.options["build_cost"].tolist() == [60_000, 100_000]
    assert plan.phases[["months", "budget"]].to_numpy().tolist() == [[6, 200_000]]
    assert page.errors == []
    page.evaluate(RESTART)
    Part(page, SELECT).says("Opened from school-fees.govplan.json")
    Part(page, ROADMAP).at("What is each service worth when it is live?")
    picture(page, "select-restarted")
    assert page.locator(".jp-RenderedText[data-mime-type*='stderr']").count() == 0
    assert page.outside == []
