"""Pages in GovStack's template: out of a plan and back, and nothing in them runs."""

import re
from functools import cache

import pytest
from markdown_it import MarkdownIt

from govstack_kit import Plan, TablesError, UnknownKeyError
from govstack_kit.errors import ArgumentError
from govstack_kit.planning import page
from govstack_kit.planning.page import add_page, write_page


def parse(markdown):
    parser = MarkdownIt("commonmark").enable("table").disable("code")
    parser.normalizeLink = lambda url: url
    return parser.parse(re.sub(r"\A---\n.*?\n---\n", "", markdown, flags=re.DOTALL))


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
    return set(re.findall(r"\w+", " ".join(shown).lower()))


def addresses_of(markdown):
    return {
        str(child.attrs["href"]).replace("(", "%28").replace(")", "%29").replace("%5C", "")
        for token in parse(markdown)
        for child in token.children or ()
        if child.type == "link_open"
    }


@cache
def read(framework, markdown):
    """Return a plan with the use case on a page, and its key; not to be changed."""
    plan = Plan.new(title="A plan")
    return plan, add_page(framework, plan, markdown).use_case


def test_all_sixteen_published_use_cases_are_there(all_published_pages):
    assert len(all_published_pages) == 16


class TestPublished:
    def test_a_published_page_comes_back_equal(self, published_page, framework, tmp_path):
        plan, key = read(framework, published_page.read_text(encoding="utf-8"))
        written = write_page(framework, plan, key)
        again = Plan.new(title="A plan")
        assert add_page(framework, again, written).notes == []
        assert plan.diff(again).empty
        assert write_page(framework, again, key) == written
        saved = Plan.open(plan.save(tmp_path / "published"))
        assert write_page(framework, saved, key) == written

    def test_every_printed_link_is_in_the_plan(self, published_page, framework):
        plan, key = read(framework, published_page.read_text(encoding="utf-8"))
        assert plan.has("use_cases", key)
        steps = framework.steps.query("use_case == @key").sort_values("order")
        assert len(plan.steps) == len(steps)
        for published, step in zip(steps["step"], plan.steps["step"], strict=True):
            for layer in ("workflow", "building_block"):
                links = getattr(framework, f"step_{layer}s")
                links = links[links["step"] == published].sort_values("position")
                found = [row[layer] for row in plan.rows(f"step_{layer}s", step=step)]
                assert found == links[layer].tolist()
        whole = framework.use_case_building_blocks.query("use_case == @key")
        assert (
            plan.use_case_building_blocks["building_block"].tolist()
            == whole.sort_values("position")["building_block"].tolist()
        )
        targets = framework.use_case_targets.query("use_case == @key")
        assert sorted(plan.use_case_targets["sdg"]) == sorted(targets["sdg"])

    def test_no_word_and_no_link_of_the_page_is_lost(self, published_page, framework):
        published = published_page.read_text(encoding="utf-8")
        plan, key = read(framework, published)
        written = write_page(framework, plan, key)
        lost = words_of(re.sub(r"\{%.*?%\}", "", published)) - words_of(written)
        titles = {"step", "sdg", "targets", "goal"} | {str(n) for n in range(20)}
        assert lost - titles <= {"block", "workflows"}  # of “Building Block Workflows”
        unread = {
            a
            for a in addresses_of(published)
            if a not in written.replace("&amp;", "&").replace("\\", "")
        }
        assert unread == set()


def test_corrections_are_told(all_published_pages, framework):
    told = {}
    for path in all_published_pages:
        added = add_page(framework, Plan.new(title="A"), path.read_text(encoding="utf-8"))
        if added.notes:
            told[path.stem[:6]] = added.notes
    assert sorted(told) == ["inf-1-", "inst-2", "inst-3"]
    assert told["inf-1-"] == ["The title says INF-1, the table URB-1: INF-1 was taken."]
    assert "goal 16 was taken" in told["inst-3"][0]


def seen(text):
    """Return a name as the reader of pages sees it: without invisible signs."""
    return " ".join(text.replace("\u200d", "").split())


@pytest.mark.parametrize("seed", range(6))
def test_any_use_case_comes_back(seed, framework, make_plan):
    """Names as they were, and everything the same once it has been on a page."""
    made = make_plan(seed)
    plan, key = read(framework, write_page(framework, made, "school-fees"))
    assert key == "school-fees"
    assert plan.row("use_cases", key)["name"] == seen(made.row("use_cases", key)["name"])
    assert list(plan.steps["name"]) == [seen(name) for name in made.steps["name"]]
    assert len(plan.objectives) == len(made.objectives)
    for table, column in (("step_workflows", "workflow"), ("use_case_targets", "sdg")):
        assert set(made.table(table)[column]) <= set(plan.table(table)[column])
    again, _ = read(framework, write_page(framework, plan, key))
    twice, _ = read(framework, write_page(framework, again, key))
    assert write_page(framework, again, key) == write_page(framework, twice, key)


@pytest.mark.parametrize("seed", range(6))
def test_nothing_in_a_use_case_becomes_code_or_an_unsafe_link(seed, framework, make_plan):
    written = write_page(framework, make_plan(seed), "school-fees")
    for token in parse(written):
        assert token.type not in ("html_block", "fence", "code_block")
        for child in token.children or ():
            assert child.type not in ("html_inline", "code_inline", "image")
            if child.type == "link_open":
                assert str(child.attrs["href"]).startswith("https://")


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>)",
        "# Steps\n\n## Steps",
        "Title\n===",
        "{{ 7 * 7 }} {% include x %}",
        "| a | b |\n| - | - |",
        "&lt;script&gt;",
        "```\ncode\n```",
        "1. a\n2. b",
    ],
)
def test_hostile_text_becomes_words_only(hostile):
    tokens = parse(page.prose(hostile))
    kinds = {t.type for t in tokens} | {c.type for t in tokens for c in t.children or ()}
    lists = {f"{kind}_{end}" for kind in ("bullet_list", "list_item") for end in ("open", "close")}
    text = {"paragraph_open", "paragraph_close", "inline", "text", "hardbreak", "text_special"}
    assert kinds <= text | lists
    shown = " ".join(
        "".join(c.content for c in t.children if c.content) for t in tokens if t.type == "inline"
    )
    shown = shown.replace("\u2060", "")
    assert "".join(re.sub(r"\d\.", "", shown).split()) == "".join(
        re.sub(r"\d\.", "", hostile).split()
    )


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "a b<c", "", None]
)
def test_unsafe_addresses_are_never_links(address):
    assert page.link("x", address) == "x"


def test_decisions_stay_in_the_plan_and_systems_are_on_the_page(plan, framework):
    system = plan.add("systems", name="Fees register", description="a spreadsheet")
    plan.add("use_case_systems", use_case="school-fees", system=system)
    plan.add("step_systems", step="school-fees.pay", system=system)
    plan.add("actors", use_case="school-fees", name="Parent", kind="person", role="pays")
    plan.add("step_actors", step="school-fees.pay", actor="school-fees.parent")
    written = write_page(framework, plan, "school-fees")
    assert "Wallet" not in written
    assert "Parents pay" not in written
    assert written.count("* **Fees register**: a spreadsheet") == 2
    other, _ = read(framework, written)
    assert "Fees register: a spreadsheet" in other.use_case_texts["text"].item()
    assert "Fees register" in other.row("steps", "school-fees.pay")["description"]
    assert other.actors[["name", "role"]].values.tolist() == [["Parent", "person; pays"]]
    assert other.step_actors["step"].tolist() == ["school-fees.pay"]


def test_a_page_without_the_template_is_refused_and_changes_nothing(plan, framework):
    before = plan.copy()
    for text in ("", "# A page\n\nAbout something else.", "\x00", "## Stepping stones"):
        with pytest.raises(ArgumentError, match="not a page in the use-case template"):
            add_page(framework, plan, text)
    with pytest.raises(TablesError, match="stands more than once"):
        add_page(framework, plan, write_page(framework, plan, "school-fees"))
    with pytest.raises(ArgumentError, match="more than 2,000,000 characters"):
        add_page(framework, plan, "x" * 2_000_001)
    with pytest.raises(ArgumentError, match="A page is a text, not"):
        add_page(framework, plan, None)
    with pytest.raises(UnknownKeyError, match="no service 'fees'"):
        write_page(framework, plan, "fees")
    assert before.diff(plan).empty


def test_the_empty_template_itself_can_be_read(framework):
    text = (
        "# \\<Use Case Template>\n\n## Product Use Case Summary\n\n| ID | \\<Abbev> |\n| - | - |\n"
        "| Name | \\<Name> |\n| Status | \\<Draft, Approved> |\n"
    )
    plan = Plan.new(title="A")
    added = add_page(framework, plan, text)
    assert (added.use_case, plan.use_cases["name"].item()) == ("name", "<Name>")
    assert plan.steps.empty
    assert "draft was taken" in added.notes[0]


def test_unknown_names_stay_as_own_words(framework):
    text = (
        "# X\n## Steps\n### 1 - Go\n**Workflows**\n* **Herding / Marketing** of goats\n* Weighing"
    )
    plan, _ = read(framework, text)
    assert plan.step_workflows["workflow"].tolist() == ["client-communication"]
    assert plan.step_workflows["printed"].tolist() == ["Marketing"]
    assert plan.own_words["name"].tolist() == ["Herding", "Weighing"]


def test_a_part_that_stands_twice_is_read_twice(framework):
    twice = "## Stakeholders\n* A\n## Stakeholders\n* B\n## As-Is\nx\n## As-Is\ny\n## Empty\nz\n"
    plan, key = read(framework, f"# X\n{twice}## Steps\n### 1 - Go\n")
    assert plan.actors["name"].tolist() == ["A", "B"]
    assert plan.row("use_cases", key)["as_is"] == "x\n\ny"
    assert plan.use_case_texts["title"].tolist() == ["Empty"]
