import re
from collections import Counter

import pytest

from govstack_kit import Plan, PlanError
from govstack_kit.planning import page, template
from govstack_kit.planning.text import parse


def words_of(markdown):
    """Return the words of a page, as a reader sees them, without its table of identity."""
    body = re.sub(r"^\|.*(ID|Name|Sector|Version|Status|---).*$", "", markdown, flags=re.MULTILINE)
    body = re.sub(r"^# .*$|^description:", "", body, count=2, flags=re.MULTILINE)
    shown = [
        child.content
        for token in parse(body)
        for child in token.children or ()
        if child.type in ("text", "text_special")
    ]
    return Counter(re.findall(r"\w+", " ".join(shown).lower()))


def addresses_of(markdown):
    return {
        str(child.attrs["href"]).replace("(", "%28").replace(")", "%29")
        for token in parse(markdown)
        for child in token.children or ()
        if child.type == "link_open"
    }


def test_all_sixteen_published_use_cases_are_there(all_published_pages):
    assert len(all_published_pages) == 16


class TestPublished:
    def test_a_published_page_comes_back_equal(self, published_page, framework):
        first = page.read(published_page.read_text(encoding="utf-8"), framework)
        written = template.write(first.use_case, framework, systems=first.systems)
        second = page.read(written, framework)
        assert second.use_case == first.use_case
        assert template.write(second.use_case, framework) == written
        assert second.notes == []

    def test_it_goes_through_a_plan_file(self, published_page, framework, tmp_path):
        plan = Plan.new(title="Published")
        added = plan.add_template(published_page.read_text(encoding="utf-8"), framework).use_case
        plan.save(tmp_path / "published")
        again = Plan.open(tmp_path / "published")
        assert again.use_cases == [added]
        other = Plan.new(title="Other")
        other.add_template(again.to_template(added.id, framework), framework)
        assert other.use_cases == plan.use_cases

    def test_every_printed_link_is_in_the_plan(self, published_page, framework):
        use_case = page.read(published_page.read_text(encoding="utf-8"), framework).use_case
        steps = framework.steps.query("use_case == @use_case.id").sort_values("order")
        assert len(use_case.steps) == len(steps)
        for key, step in zip(steps["step"], use_case.steps, strict=True):
            for layer in ("workflow", "building_block"):
                links = getattr(framework, f"step_{layer}s")
                links = links[links["step"] == key]
                assert step.accepted(layer) == links.sort_values("position")[layer].tolist()
        whole = framework.use_case_building_blocks.query("use_case == @use_case.id")
        assert (
            use_case.accepted("building_block")
            == whole.sort_values("position")["building_block"].tolist()
        )
        targets = framework.use_case_targets.query("use_case == @use_case.id")
        assert sorted(use_case.accepted("target")) == sorted(targets["sdg"])

    def test_no_word_and_no_link_of_the_page_is_lost(self, published_page, framework):
        published = published_page.read_text(encoding="utf-8")
        found = page.read(published, framework)
        written = template.write(found.use_case, framework)
        lost = words_of(published) - words_of(written)
        titles = {"step", "sdg", "targets", "goal"} | {str(n) for n in range(20)}
        assert set(lost) - titles <= {"block", "workflows"}  # of “Building Block Workflows”
        assert addresses_of(published) <= addresses_of(written)


def test_corrections_are_told(all_published_pages, framework):
    notes = {
        path.stem[:6]: page.read(path.read_text(encoding="utf-8"), framework).notes
        for path in all_published_pages
    }
    told = {name: said for name, said in notes.items() if said}
    assert sorted(told) == ["inf-1-", "inst-2", "inst-3"]
    assert told["inf-1-"] == ["The title says INF-1, the table URB-1: INF-1 was taken."]
    assert "goal 16 was taken" in told["inst-3"][0]


@pytest.mark.parametrize("seed", range(60))
def test_any_use_case_comes_back_equal(seed, framework, make_use_case):
    use_case = make_use_case(seed)
    written = template.write(use_case, framework)
    again = page.read(written, framework).use_case
    for step, known in zip(again.steps, use_case.steps, strict=True):
        step.id = known.id
    assert again == use_case


@pytest.mark.parametrize("seed", range(20))
def test_nothing_in_a_use_case_becomes_code_or_an_unsafe_link(seed, framework, make_use_case):
    written = template.write(make_use_case(seed), framework)
    for token in parse(written):
        assert token.type not in ("html_block", "fence", "code_block")
        for child in token.children or ():
            assert child.type not in ("html_inline", "code_inline", "image")
            if child.type == "link_open":
                assert str(child.attrs["href"]).startswith("https://")


def test_decisions_stay_in_the_plan_and_systems_go_along(plan, framework):
    system = plan.add_system("Fees register", description="a spreadsheet")
    plan.use_cases[0].systems = [system.id]
    plan.use_cases[0].steps[2].systems = [system.id]
    written = plan.to_template("school-fees", framework)
    assert "Wallet" not in written
    assert "Parents pay" not in written
    assert "* **Fees register**: a spreadsheet" in written.replace(" a spread", ": a spread")
    other = Plan.new(title="Other")
    other.add_system("Another", id="fees-register")
    other.add_template(written, framework)
    assert [s.id for s in other.systems] == ["fees-register", "fees-register-2"]
    assert other.use_cases[0].steps[2].systems == ["fees-register-2"]
    assert other.systems[1].description == "a spreadsheet"


def test_a_page_without_the_template_is_refused_and_changes_nothing(plan):
    before = plan.data()
    for text in ("", "# A page\n\nAbout something else.", "\x00", "## Stepping stones"):
        with pytest.raises(PlanError, match="not a page in the use-case template"):
            plan.add_template(text)
    with pytest.raises(PlanError, match="already"):
        plan.add_template("# School fees\n\n## Steps\n\n### 1 - x\n\n**Systems**\n\n* y")
    with pytest.raises(PlanError, match="more than 2,000,000 characters"):
        plan.add_template("x" * 2_000_001)
    assert plan.data() == before


def test_the_empty_template_itself_can_be_read(framework):
    text = (
        "# \\<Use Case Template>\n\n## Product Use Case Summary\n\n| ID | \\<Abbev> |\n| - | - |\n"
    )
    found = page.read(text + "| Name | \\<Name> |\n| Status | \\<Draft, Approved> |\n", framework)
    assert (found.use_case.id, found.use_case.name) == ("name", "<Name>")
    assert found.use_case.steps == []
    assert "draft was taken" in found.notes[0]


def test_unknown_names_stay_as_own_words(framework):
    text = (
        "# X\n## Steps\n### 1 - Go\n**Workflows**\n* **Herding / Marketing** of goats\n* Weighing"
    )
    step = page.read(text, framework).use_case.steps[0]
    assert step.accepted("workflow") == ["client-communication"]
    assert step.workflows[0].printed == "Marketing"
    assert [(w.words, w.description) for w in step.own_words] == [
        ("Herding", "of goats"),
        ("Weighing", ""),
    ]


def test_a_part_that_stands_twice_is_read_twice(framework):
    twice = "## Stakeholders\n* A\n## Stakeholders\n* B\n## As-Is\nx\n## As-Is\ny\n## Empty\n"
    use_case = page.read(f"# X\n{twice}## Steps\n", framework).use_case
    assert [actor.name for actor in use_case.actors] == ["A", "B"]
    assert use_case.as_is == "x\n\ny"
    assert [section.title for section in use_case.sections] == ["Empty"]
