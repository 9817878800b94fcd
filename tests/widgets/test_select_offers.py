"""What is needed and what there is: the first questions of select, through their controls."""

from datetime import UTC, datetime

import pytest

import govstack_kit as gk
from govstack_kit.widgets.guide_select import guide_select
from govstack_kit.widgets.wizard import BLOCKED

PAYMENTS, MESSAGING = "govstack:payments", "govstack:messaging"


@pytest.fixture
def mapped(fees):
    """The service, which needs Payments for one step and Messaging for both."""

    def map_(plan):
        for step, block in (
            ("registration", MESSAGING),
            ("payment", MESSAGING),
            ("payment", PAYMENTS),
        ):
            plan.put("step_building_blocks", (f"school-fees.{step}", block), status="accepted")

    fees.change("Map", map_)
    return fees


@pytest.fixture
def shown(mapped, page):
    return page(guide_select(mapped))


def upload_of(content):
    return {
        "name": "b.xlsx", "type": "", "size": len(content), "content": memoryview(content),
        "last_modified": datetime.now(UTC),
    }  # fmt: skip


def decisions(session):
    return session.plan.requirement_decisions[["requirement", "decision"]].to_numpy().tolist()


def test_without_a_mapped_service_nothing_is_asked(fees, page):
    shown = page(guide_select(fees))
    assert set(shown.states) == {BLOCKED}
    assert "Map a service first" in shown.head["help"]


def test_the_blocks_are_shown_with_their_weights(shown):
    shown.at("blocks")
    assert "Messaging" in shown.text()
    assert shown.text().index("Messaging") < shown.text().index("Payments")
    assert "add_requirement()" not in shown.text()


# --- requirements -----------------------------------------------------------------------------


def first(shown):
    return next(shown.lines())[0]


def test_the_kit_proposes_and_the_team_decides_one_by_one(shown, mapped):
    shown.at("requirements")
    assert [key for _, key in shown.field("Building block").options] == [MESSAGING, PAYMENTS, ""]
    line = first(shown)
    assert line["status"] == "needed"
    assert "as the kit proposes" in line["tag"]
    shown.press(f"Later: {line['name']}")
    assert decisions(mapped) == [[line["key"], "later"]]
    assert "as the kit proposes" not in first(shown)["tag"]
    shown.press(f"✓ Later: {line['name']}")
    assert decisions(mapped) == []


def test_nothing_is_left_out_without_a_reason(shown, mapped):
    shown.at("requirements")
    line = first(shown)
    shown.press(f"Not for us: {line['name']}")
    assert "Say why first" in mapped.notice
    assert decisions(mapped) == []
    (element,) = shown.elements("choices")
    element.tell({"press": line["key"], "status": "not for us", "reason": "<b>No</b> cash"})
    assert mapped.plan.requirement_decisions["reason"].tolist() == ["<b>No</b> cash"]
    element.tell({"explain": line["key"], "text": "Because"})
    assert mapped.plan.requirement_decisions["reason"].tolist() == ["Because"]


def test_a_part_is_decided_at_once_and_taken_back(shown, mapped):
    shown.at("requirements").field("Building block").value = PAYMENTS
    part = next(key for said, key in shown.field("Part of it").options if "Vouchers" in said)
    shown.field("Part of it").value = part
    number = len(gk.requirements(mapped.framework, mapped.plan).query("part == @part"))
    assert f"all {number} requirements" in shown.text()
    shown.press("Not for us")
    assert "Say why first" in mapped.notice
    shown.field("Reason").value = "No vouchers here"
    shown.press("Not for us")
    assert {decision for _, decision in decisions(mapped)} == {"not for us"}
    assert len(decisions(mapped)) == number
    assert shown.field("Reason").value == ""
    shown.press("As the kit proposes")
    assert decisions(mapped) == []


def test_what_newer_tables_change_is_said_with_a_table(shown, mapped):
    shown.at("requirements")
    assert "decided on or has answers to" not in shown.text()
    said = {"decision": "later", "fingerprint": "0" * 12, "said": "Print <b>vouchers</b>"}
    mapped.change(
        "Of before", lambda plan: plan.put("requirement_decisions", "payments:x1", **said)
    )
    shown.at("requirements")
    assert (
        "1 requirement that this plan decided on or has answers to changed or went" in shown.text()
    )
    assert "Print <b>vouchers</b>" not in shown.text()
    assert "payments:x1" in shown.text()
    assert decisions(mapped) == [["payments:x1", "later"]]


def test_requirements_are_found_by_their_words(shown):
    shown.at("requirements").field("With these words").value = "undecided qqqq"
    (element,) = shown.elements("choices")
    assert element.state["lines"] == []
    assert "No requirement" in element.state["empty"]
    shown.field("With these words").value = "REQUIRED undecided"
    assert all(line["tag"].startswith("required") for line, _, _ in shown.lines())


def test_own_requirements_are_added_to_the_block_that_is_open(shown, mapped):
    shown.at("requirements").press("Next building block")
    shown.field("Add a requirement: what it must do").value = "Speaks Swahili"
    row = mapped.plan.row("own_requirements", "speaks-swahili")
    assert (row["building_block"], row["decision"]) == (PAYMENTS, "needed")
    shown.press("Next building block")
    shown.field("Add a requirement: what it must do").value = "Holds for all"
    assert mapped.plan.row("own_requirements", "holds-for-all")["building_block"] is None
    shown.field("Building block").value = PAYMENTS
    said = [said for said, _ in shown.field("Own requirements").options]
    assert said == ["1. Speaks Swahili"]


# --- systems ----------------------------------------------------------------------------------


def test_a_system_serves_blocks_more_or_less_well(shown, mapped):
    shown.at("systems").field("Add a system: name").value = "Till"
    shown.press("Partly: Payments")
    assert mapped.plan.system_building_blocks[
        ["building_block", "quality"]
    ].to_numpy().tolist() == [[PAYMENTS, "partly"]]
    shown.press("✓ Partly: Payments")
    assert mapped.plan.system_building_blocks.empty
    shown.field("Add another building block").value = "govstack:identity"
    (line,) = [line for line, _, _ in shown.lines() if line["name"] == "Identity"]
    assert line["tag"] == "not judged yet"
    shown.press("Well: Identity")
    assert mapped.plan.system_building_blocks["quality"].tolist() == ["well"]


def test_systems_go_out_and_come_back_as_a_workbook(shown, mapped, framework):
    from govstack_kit.planning import plan_sheets

    shown.at("systems").press("Prepare a workbook")
    assert 'download="our-systems.xlsx"' in shown.text()
    other = gk.Plan.new(title="Other")
    other.add("systems", name="Till", users=5)
    other.put("system_building_blocks", ("till", PAYMENTS), quality="well")
    raw = plan_sheets.write_sheets(framework, other, ["systems"], plan_sheets.INVENTORY)
    shown.field("Choose the filled-in workbook").value = [upload_of(raw)]
    assert mapped.plan.row("systems", "till")["users"] == 5
    assert mapped.plan.system_building_blocks["quality"].tolist() == ["well"]
    shown.field("Choose the filled-in workbook").value = [upload_of(b"nonsense")]
    assert "Nothing was taken" in mapped.notice or "cannot be" in mapped.notice


def test_what_is_covered_is_said_and_drawn(shown, mapped):
    def serve(plan):
        plan.add("systems", name="Till <b>")
        plan.put("system_building_blocks", ("till-b", PAYMENTS), quality="partly")

    mapped.change("Serve", serve)
    said = shown.at("coverage").text()
    assert "Something is there, but not well enough, for Payments." in said
    assert "Nothing is there yet for Messaging." in said
    assert "Till &lt;b&gt;" in said
    assert "<img" in said


# --- products and options ---------------------------------------------------------------------


def test_products_are_taken_and_left(shown, mapped):
    shown.at("products").field("Building block").value = PAYMENTS
    assert "Nothing is taken yet for: Messaging, Payments." in shown.text()
    shown.press("Take: ")
    option = mapped.plan.options["option"].item()
    assert mapped.plan.option_building_blocks["building_block"].tolist() == [PAYMENTS]
    assert "Nothing is taken yet for: Messaging." in shown.text()
    shown.press("✓ Taken: ")
    assert mapped.plan.options.empty, option


def test_products_in_use_in_the_country_of_the_plan_come_first_and_say_so(shown, mapped):
    mapped.change("Country", lambda plan: plan.set("plan", country="uganda"))
    shown.at("products").field("Building block").value = PAYMENTS
    found = [(line["name"], "In use in uganda" in line["why"]) for line, _, _ in shown.lines()]
    used = [here for _, here in found]
    assert used == sorted(used, reverse=True)
    assert used[0]
    assert not used[-1]


def test_a_product_for_two_blocks_stays_with_its_last(shown, mapped):
    mapped.change(
        "Take",
        lambda plan: gk.selection.add_product(
            mapped.framework, plan, "dpg:openg2p", [PAYMENTS, MESSAGING]
        ),
    )
    shown.at("products").field("Building block").value = PAYMENTS
    shown.press("✓ Taken: OpenG2P")
    assert mapped.plan.option_building_blocks["building_block"].tolist() == [MESSAGING]
    assert len(mapped.plan.options) == 1


def test_filters_narrow_down_and_a_place_nobody_knows_is_a_sentence(shown):
    shown.at("products").field("Building block").value = PAYMENTS
    everything = len(list(shown.lines()))
    shown.field("Deployed in").value = "Kenya"
    assert len(list(shown.lines())) < everything
    shown.field("Deployed in").value = "Kenia"
    assert "Did you mean Kenya" in shown.text()
    assert list(shown.lines()) == []
    shown.field("Deployed in").value = ""
    shown.field("Only open source").value = True
    assert list(shown.lines())


def test_an_own_build_is_an_option_too(shown, mapped):
    shown.at("products").field("Building block").value = MESSAGING
    shown.press("Add an own build")
    row = mapped.plan.row("options", "own-build-messaging")
    assert (row["name"], row["kind"]) == ("Own build: Messaging", "own build")
    shown.press("Add an own build")
    assert "is there already" in mapped.notice


def test_fits_and_costs_are_said_and_what_is_unknown_is_told(shown, mapped):
    shown.at("products").field("Building block").value = MESSAGING
    shown.press("Add an own build")
    shown.at("offers")
    assert "No cost is known of Own build: Messaging." in shown.text()
    shown.field("Cost to build").value = "1,200"
    assert "Only part of the costs is known of Own build: Messaging." in shown.text()
    assert "How well it fits is not judged everywhere for Own build: Messaging." in shown.text()
    shown.press("Mostly: Messaging")
    assert mapped.plan.option_building_blocks["fit"].tolist() == [0.75]
    mapped.change(
        "Fit",
        lambda plan: plan.set(
            "option_building_blocks", ("own-build-messaging", MESSAGING), fit=0.7
        ),
    )
    (line,) = [line for line, _, _ in shown.lines() if line["name"] == "Messaging"]
    assert line["tag"] == "fits by 70\N{NO-BREAK SPACE}%"


def test_an_answer_sheet_goes_out_and_comes_back(shown, mapped, framework, tmp_path):
    shown.at("products").field("Building block").value = MESSAGING
    shown.press("Add an own build")
    shown.at("offers").press("Prepare an answer sheet")
    assert 'download="answers-own-build-messaging.xlsx"' in shown.text()
    other = gk.Plan.open(mapped.plan.path)
    asked = gk.selection.checks(framework, other, [MESSAGING])["requirement"].iloc[0]
    other.add("answers", option="own-build-messaging", requirement=asked, answer="met")
    file = gk.selection.answer_sheet(
        framework, other, tmp_path / "a.xlsx", option="own-build-messaging"
    )
    shown.field("Choose the filled-in answer sheet").value = [upload_of(file.read_bytes())]
    assert mapped.plan.answers["answer"].tolist() == ["met"]
