"""The layered picture as data, and its state: no browser."""

import json
import re
from pathlib import Path

import pytest

import govstack_kit as gk
from govstack_kit.views import layered_chart as layered
from govstack_kit.views import style
from govstack_kit.widgets import explorer

PAYMENTS = "building_block:govstack:payments"
FOLDER = Path(explorer.__file__).parent
HOSTILE = "<script>alert(1)</script> تسجيل 👩‍🌾 =cmd|' /C calc'!A0"


def plan_with(*names, name="School fees"):
    plan = gk.Plan.new(title="Ours")
    case = plan.add("use_cases", name=name)
    with plan.change("Add steps"):
        plan.add_rows({"steps": [{"use_case": case, "name": step} for step in names]})
        links = [(step, "marketplace", "govstack:payments") for step in plan.steps["step"]]
        plan.add_rows(
            {
                "step_workflows": [{"step": s, "workflow": w} for s, w, _ in links],
                "step_building_blocks": [{"step": s, "building_block": b} for s, _, b in links],
            }
        )
    return plan, case


@pytest.fixture
def widget(framework):
    return gk.explore(framework, "AGR-2")


def test_the_picture_has_the_boxes_links_and_order_of_the_static_figure(framework, graph, rows):
    for case in (row["use_case"] for row in rows("use_cases")):
        picture = explorer.picture_of(framework, case)
        drawing = layered.drawing_of(graph, f"use_case:{case}")
        assert [column["boxes"] for column in picture["columns"]] == drawing.columns
        assert [(link["above"], link["below"]) for link in picture["links"]] == drawing.edges
        possible = {(x["above"], x["below"]) for x in picture["links"] if x["possible"]}
        assert possible == drawing.possible
        shown = {n for c in drawing.columns for n in c if not n.startswith(layered.LANE)}
        assert set(picture["boxes"]) == shown


def test_every_box_is_described_from_the_tables(framework, rows):
    boxes = explorer.picture_of(framework, "AGR-2")["boxes"]
    (block,) = [r for r in rows("building_blocks") if r["building_block"] == "govstack:payments"]
    (source,) = [r for r in rows("sources") if r["source"] == block["source"]]
    assert boxes[PAYMENTS]["summary"] == block["summary"]
    assert boxes[PAYMENTS]["specification"] == block["url"]
    assert source["title"] in boxes[PAYMENTS]["source"]
    assert boxes[PAYMENTS]["link"] == source["url"]
    assert boxes["step:AGR-2.4"]["number"] == "4"
    assert boxes["step:AGR-2.4"]["about"] == "Step 4 of 8 of the use case."
    assert "Foundational" in boxes["building_block:govstack:identity"]["about"]
    assert all(box["about"] and box["label"] and box["source"] for box in boxes.values())


def test_reuse_beyond_the_use_case_is_counted_as_reuse_does(framework):
    shared = explorer.picture_of(framework, "AGR-2")["boxes"][PAYMENTS]["shared"]
    everywhere = framework.use_cases["use_case"].tolist()
    counted = gk.reuse(framework, "building_block", use_cases=everywhere)
    (users,) = counted.loc[counted["building_block"] == "govstack:payments", "use_cases"]
    assert shared == f"{users - 1} other use cases use it too."


def test_goals_have_their_colours_and_every_text_can_be_read(framework, rows):
    colours = {row["goal"]: row["colour"].lower() for row in rows("sdg_goals")}
    for case in (row["use_case"] for row in rows("use_cases")):
        for node, box in explorer.picture_of(framework, case)["boxes"].items():
            if box["layer"] == "goal":
                assert box["face"] == colours[box["key"]]
            if box["layer"] == "target":
                assert box["face"] == colours[box["key"].split(".")[0]]
            # Some official colours allow no more than 4.2 : 1 with either text.
            least = 4.1 if box["layer"] in ("goal", "target") else 4.5
            assert style.contrast(box["face"], box["ink"]) >= least, node


def test_possible_links_say_so(framework):
    picture = explorer.picture_of(framework, "dif-rural-advisory-service")
    possible = [link for link in picture["links"] if link["possible"]]
    assert len(possible) == 65
    assert {link["relation"] for link in possible} == {"can run on"}


def test_what_is_named_for_no_step_hangs_on_a_box_of_its_own(framework, graph):
    with_whole = [
        case
        for case in (n for n, d in graph.nodes(data=True) if d["layer"] == "use_case")
        if layered.WHOLE in explorer.picture_of(framework, case)["boxes"]
    ]
    assert with_whole
    picture = explorer.picture_of(framework, with_whole[0])
    box = picture["boxes"][layered.WHOLE]
    assert box["dashed"]
    assert "none of its steps" in box["about"]
    assert picture["case"] == with_whole[0]
    assert any(link["below"] == layered.WHOLE for link in picture["links"])


def test_a_plan_is_shown_with_its_own_steps_and_only_what_it_accepted(framework):
    plan, case = plan_with("Enrol the child", "Pay the school")
    link = (plan.steps["step"].iloc[0], "govstack:identity")
    plan.put("step_building_blocks", link, status="rejected")
    picture = explorer.picture_of(plan.framework(framework), case)
    assert [picture["boxes"][n]["label"] for n in picture["columns"][2]["boxes"]] == [
        "Enrol the child",
        "Pay the school",
    ]
    assert picture["columns"][4]["boxes"] == [PAYMENTS]
    assert picture["boxes"]["step:school-fees.enrol-the-child"]["summary"] == ""


def test_hostile_names_stay_the_text_they_are(framework):
    plan, case = plan_with(HOSTILE, "Ab " * 99, name=HOSTILE)
    picture = explorer.picture_of(plan.framework(framework), case)
    assert picture["title"] == HOSTILE
    assert picture["boxes"][picture["columns"][2]["boxes"][0]]["label"] == HOSTILE
    assert json.loads(json.dumps(picture)) == picture


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "", None]
)
def test_only_addresses_of_the_web_become_links(address):
    assert explorer._web(address) == ""


def test_an_address_of_the_web_stays():
    assert explorer._web("https://specs.govstack.global/x") == "https://specs.govstack.global/x"


def test_the_scripts_write_text_never_markup_and_ask_for_nothing_outside():
    for name in (*explorer._PARTS, "explorer.css"):
        text = (FOLDER / name).read_text(encoding="utf-8")
        found = re.findall(
            r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function|DOMParser|"
            r"\bfetch\b|XMLHttp|WebSocket|import\b|@font-face|url\(|https?://(?!www\.w3\.org/2000)",
            text,
        )
        assert found == [], name
        assert len(text.splitlines()) <= 400, name


def test_two_hundred_steps_stay_small(framework):
    plan, case = plan_with(*(f"Check paper number {n}" for n in range(200)))
    picture = explorer.picture_of(plan.framework(framework), case)
    assert len(picture["columns"][2]["boxes"]) == 200
    assert len(picture["links"]) == 600
    assert len(json.dumps(picture)) < 300_000


def test_a_blank_use_case_is_a_picture_too(framework):
    plan, case = plan_with()
    picture = explorer.picture_of(plan.framework(framework), case)
    assert [len(column["boxes"]) for column in picture["columns"]] == [0, 1, 0, 0, 0]
    assert picture["links"] == []


def test_the_widget_sends_picture_and_choice(widget):
    state = widget.get_state()
    assert state["selected"] is None
    assert state["picture"]["title"] == "Rural Advisory Service for Farmers"
    assert "export default" in state["_esm"]
    assert state["_esm"].count("export default") == 1
    assert ".gk-node" in state["_css"]


@pytest.mark.parametrize("name", [PAYMENTS, "govstack:payments", "Payments", " payments "])
def test_a_box_is_selected_by_id_key_or_name(widget, name):
    widget.selected = name
    assert widget.selected == PAYMENTS
    widget.selected = None
    assert widget.selected is None


def test_what_is_not_in_the_picture_cannot_be_selected(widget):
    widget.selected = PAYMENTS
    with pytest.raises(gk.UnknownKeyError, match="no box 'Banana'"):
        widget.selected = "Banana"
    assert widget.selected == PAYMENTS


def test_python_hears_what_is_selected(widget):
    heard = []
    widget.observe(lambda change: heard.append(change["new"]), names="selected")
    widget.set_state({"selected": "step:AGR-2.4"})  # what the browser sends
    assert heard == ["step:AGR-2.4"]


def test_another_use_case_keeps_the_choice_only_if_it_is_there(widget, framework):
    widget.selected = PAYMENTS
    widget.draw(framework, "AGR-1")
    assert widget.picture["title"] == "Market Linkage"
    assert widget.selected == PAYMENTS
    widget.selected = "step:AGR-1.2"
    widget.draw(framework, "AGR-2")
    assert widget.selected is None


def test_the_text_in_a_notebook_is_short_and_always_the_same(widget):
    expected = "<Explorer of 'Rural Advisory Service for Farmers': 31 boxes, 69 links>"
    assert widget._repr_mimebundle_()[0]["text/plain"] == expected


def test_two_widgets_do_not_share_their_choice(framework, widget):
    other = gk.explore(framework, "AGR-2")
    other.selected = PAYMENTS
    assert widget.selected is None


@pytest.mark.parametrize("name", ["Procurement", "Health", "Finance", "Payments"])
def test_a_service_may_be_called_as_other_nodes_are(framework, name):
    plan, case = plan_with("Pay", name=name)
    picture = gk.explore(plan.framework(framework), name)
    assert picture.picture["case"] == f"use_case:{case}"


def test_wrong_subjects_and_use_cases_are_sentences(framework):
    with pytest.raises(gk.UnknownKeyError, match=r"AGR-22.*Did you mean"):
        gk.explore(framework, "AGR-22")
    with pytest.raises(gk.errors.ArgumentError, match="is a step; this picture is of one use case"):
        gk.explore(framework, "AGR-2.4")
    with pytest.raises(gk.errors.ArgumentError, match="not this Plan"):
        gk.explore(gk.Plan.new(title="Ours"), "AGR-2")
    with pytest.raises(gk.errors.ArgumentError, match="A framework"):
        gk.explore("AGR-2", "AGR-2")
