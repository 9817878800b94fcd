"""The layered picture as people meet it in JupyterLab: by mouse, by keys, and as a table."""

import networkx as nx
import pytest

from govstack_kit.views import layered_chart as layered

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]

SHOW = "import govstack_kit as gk\npicture = gk.explore(gk.load(), 'AGR-2')\npicture"
SAY = "print('selected:', picture.selected)"
PLAN = """
import govstack_kit as gk
names = ["<img src=x onerror=window.hacked=1>", "تسجيل المزارعين", "👩‍🌾🌾", "Ab " * 99]
names += [f"Check paper number {n}" for n in range(196)]
plan = gk.Plan.new(title="<b>Ours</b>")
case = plan.add("use_cases", name="<script>window.hacked=1</script>")
plan.add_rows({"steps": [{"use_case": case, "name": name} for name in names]})
printed = "</script><script>window.hacked=1</script>"
blocks = {"building_block": "govstack:payments", "printed": printed}
plan.add_rows({
    "step_workflows": [{"step": step, "workflow": "marketplace"} for step in plan.steps["step"]],
    "step_building_blocks": [blocks | {"step": step} for step in plan.steps["step"]],
})
picture = gk.explore(plan.framework(gk.load()), case)
picture
"""
PAYMENTS = "building_block:govstack:payments"
CASE, STEP = "use_case:AGR-2", "step:AGR-2.7"
FOCUS = "document.activeElement.dataset.node ?? document.activeElement.textContent"


class Picture:
    def __init__(self, page):
        self.page, self.keys = page, page.keyboard
        self.details = page.locator(".gk-details")
        self.stage = page.locator(".gk-stage")

    def node(self, name):
        return self.page.locator(f"[data-node='{name}']")

    def focus(self):
        return self.page.evaluate(FOCUS)

    def button(self, name):
        return self.page.locator(".gk-tools").get_by_role("button", name=name, exact=True)

    def press(self, *keys):
        for key in keys:
            self.keys.press(key)

    def lit(self):
        return self.page.locator(".gk-node:not(.gk-dim)").evaluate_all(
            "nodes => nodes.map(node => node.dataset.node)"
        )

    def inside(self, name):
        """Whether a box is in sight: within the frame, below the heads of the columns."""
        frame, box = self.stage.bounding_box(), self.node(name).locator(".gk-box").bounding_box()
        top = frame["y"] + self.page.locator(".gk-heads").bounding_box()["height"]
        return (
            box["y"] >= top - 1
            and box["y"] + box["height"] <= frame["y"] + frame["height"] + 1
            and box["x"] >= frame["x"] - 1
            and box["x"] + box["width"] <= frame["x"] + frame["width"] + 1
        )


@pytest.fixture
def shown(run_cells):
    def show(*cells, **options):
        page = run_cells(*(cells or (SHOW,)), **options)
        page.locator(".gk-node").first.wait_for(timeout=90_000)
        return Picture(page)

    return show


def test_keys_lead_to_a_block_and_python_hears_of_it(shown, graph):
    picture = shown(SHOW, SAY)
    before = picture.page.locator(".jp-Cell").count()
    picture.button("Show as table").focus()
    picture.press("Tab")
    assert picture.focus() == CASE  # one stop for the whole picture
    picture.press("ArrowRight", "Home", *["ArrowDown"] * 6)
    assert picture.focus() == STEP
    assert picture.inside(STEP)
    picture.press("ArrowRight", "ArrowRight", "End")
    assert picture.focus() == PAYMENTS
    assert picture.inside(PAYMENTS)
    ring = picture.node(PAYMENTS).locator(".gk-ring")
    assert ring.evaluate("ring => getComputedStyle(ring).stroke") != "none"
    picture.press("Enter")
    picture.details.get_by_role("heading", name="Payments").wait_for()
    told = picture.details.inner_text()
    assert "Handles payments between government" in told
    assert "GovStack building-block specification" in told
    assert "7 Marketplace" in told
    assert picture.focus() == PAYMENTS
    assert picture.node(PAYMENTS).get_attribute("aria-selected") == "true"
    drawing = layered.drawing_of(graph, CASE)
    ways = nx.DiGraph(drawing.edges)
    way = nx.ancestors(ways, PAYMENTS) | nx.descendants(ways, PAYMENTS)
    assert set(picture.lit()) == way | {PAYMENTS}
    assert "Payments" in picture.page.locator(".gk-explorer [role=status]").inner_text()

    # No key went to JupyterLab, and the choice is in the kernel.
    assert picture.page.locator(".jp-Cell").count() == before
    picture.page.evaluate(
        """async () => {
          const { content } = jupyterapp.shell.currentWidget;
          content.activeCellIndex = 1;
          await jupyterapp.commands.execute("notebook:run-cell");
        }"""
    )
    said = picture.page.locator(".jp-Cell-outputWrapper").filter(has_text="selected:")
    said.filter(has_text=PAYMENTS).wait_for(timeout=30_000)
    assert picture.page.outside == []
    assert picture.page.errors == []


def test_escape_clears_and_a_listed_name_leads_on(shown):
    picture = shown()
    picture.node(PAYMENTS).click()
    picture.press("Tab")
    assert picture.focus() == "Close"
    picture.details.get_by_role("button", name="7 Marketplace").focus()
    picture.press("Enter")
    picture.details.get_by_role("heading", name="7 Marketplace").wait_for()
    assert picture.focus() == STEP
    picture.press("Escape")
    assert picture.page.locator(".gk-node[aria-selected=true]").count() == 0
    assert picture.page.locator(".gk-dim").count() == 0
    assert picture.focus() == STEP
    assert picture.page.errors == []


def test_the_table_has_every_link_and_gives_way_to_the_picture(shown, graph):
    picture = shown()
    picture.button("Show as table").focus()
    picture.press("Enter")
    cells = picture.page.locator(".gk-sheet tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.firstChild.textContent))"
    )
    drawing = layered.drawing_of(graph, CASE)
    names = {n: graph.nodes[n]["label"] for edge in drawing.edges for n in edge}
    assert len(cells) == len(drawing.edges) == 69
    for (above, below), (first, relation, second) in zip(drawing.edges, cells, strict=True):
        assert first.endswith(names[above])
        assert second.endswith(names[below])
        assert relation in ("is served by", "has step", "uses")
    assert not picture.stage.is_visible()
    assert picture.page.locator(".gk-sheet th[scope=col]").all_inner_texts() == [
        "What",
        "Link",
        "To what",
    ]
    picture.press("Tab")  # the table can be scrolled by keys
    assert picture.page.evaluate("document.activeElement.className") == "gk-sheet"
    picture.button("Show as picture").click()
    assert picture.stage.is_visible()
    assert picture.page.errors == []


def test_it_is_enlarged_moved_and_reset_by_keys_and_mouse(shown):
    picture = shown()
    size = picture.page.locator(".gk-zoom")
    assert size.inner_text() == "100 %"
    picture.node(CASE).focus()
    picture.press("+", "+")
    assert size.inner_text() == "156 %"
    here = "stage => [stage.scrollLeft, stage.scrollTop]"
    before = picture.stage.evaluate(here)
    picture.press("Shift+ArrowRight", "Shift+ArrowDown")
    moved = picture.stage.evaluate(here)
    assert moved[0] > before[0]
    assert moved[1] > before[1]
    box = picture.stage.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = picture.page.mouse
    mouse.move(*middle)
    mouse.down()
    mouse.move(middle[0] + 60, middle[1] + 40, steps=4)
    mouse.up()
    dragged = picture.stage.evaluate(here)
    assert dragged == [moved[0] - 60, moved[1] - 40]
    assert picture.page.locator(".gk-node[aria-selected=true]").count() == 0  # no click
    picture.press("0")
    assert size.inner_text() == "100 %"
    picture.keys.down("Control")
    mouse.wheel(0, -100)
    picture.keys.up("Control")
    picture.page.wait_for_function("document.querySelector('.gk-zoom').textContent !== '100 %'")
    picture.button("Whole picture").click()
    whole = "stage => stage.scrollHeight <= stage.clientHeight + 1"
    assert picture.stage.evaluate(whole)
    picture.button("Reset").click()
    assert size.inner_text() == "100 %"
    assert picture.page.errors == []


def test_names_are_text_and_two_hundred_steps_can_be_reached(shown):
    picture = shown(PLAN, SAY)
    page = picture.page
    steps = page.locator(".gk-node[data-node^='step:']")
    assert steps.count() == 200
    first = steps.first
    assert first.get_attribute("aria-label") == "1 <img src=x onerror=window.hacked=1>, step"
    assert page.locator(".gk-title").inner_text() == "<script>window.hacked=1</script>"
    steps.nth(1).focus()
    picture.press("End")
    last = steps.last.get_attribute("data-node")
    assert picture.focus() == last
    assert picture.inside(last)
    picture.press("Enter", "ArrowRight", "ArrowRight")
    assert picture.focus() == PAYMENTS  # 200 steps down, and the blocks are there
    assert picture.inside(PAYMENTS)
    picture.press("Enter")
    picture.details.get_by_role("button", name="Show all 200").click()
    assert picture.details.get_by_role("button", name="Check paper number").count() == 196
    picture.button("Show as table").click()
    assert page.locator(".gk-explorer :is(img, script, b)").count() == 0
    assert page.evaluate("window.hacked") is None
    rtl = page.locator(".gk-drawing text[direction=rtl]")
    assert rtl.count() >= 1
    assert page.outside == []
    assert page.errors == []


@pytest.mark.parametrize("width", [1024, 1600])
def test_nothing_is_cut_off_and_python_may_choose(shown, width):
    picture = shown(SHOW, "picture.selected = 'Payments'", width=width, height=900)
    picture.details.get_by_role("heading", name="Payments").wait_for(timeout=30_000)
    assert picture.inside(PAYMENTS)
    overlong = picture.page.locator(".gk-node").evaluate_all(
        """nodes => nodes.filter(node => {
             const box = node.querySelector(".gk-box").getBBox();
             return [...node.querySelectorAll("text")].some(text => {
               const own = text.getBBox();
               return own.x < box.x || own.x + own.width > box.x + box.width + 1 ||
                 own.y < box.y || own.y + own.height > box.y + box.height + 1;
             });
           }).map(node => node.dataset.node)"""
    )
    assert overlong == []
    frame = picture.page.locator(".gk-explorer")
    assert frame.evaluate("frame => frame.scrollWidth <= frame.clientWidth")
    unguarded = ".gk-explorer :is(a, button, [tabindex]):not([data-lm-suppress-shortcuts])"
    assert picture.page.locator(unguarded).count() == 0
    picture.node(CASE).focus()
    picture.press("Escape")
    picture.page.locator(".gk-keys").wait_for()
    overlapping = picture.page.locator(".gk-keys dt").evaluate_all(
        """all => all.filter(key => key.getBoundingClientRect().left + key.scrollWidth >
             key.nextElementSibling.getBoundingClientRect().left).map(key => key.textContent)"""
    )
    assert overlapping == []


def test_less_motion_means_no_transition(shown):
    picture = shown(reduced_motion="reduce")
    edge = picture.page.locator(".gk-edge").first
    assert edge.evaluate("edge => getComputedStyle(edge).transitionDuration") == "0s"
