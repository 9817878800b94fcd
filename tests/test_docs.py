"""The generated pages of docs/ say what the files they are made from say."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def maker():
    spec = importlib.util.spec_from_file_location(
        "make_data_dictionary", ROOT / "docs" / "make_data_dictionary.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PAGES = {"data-dictionary": "datapackage", "plan-tables": "plan"}


def read(page):
    return (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")


@pytest.fixture(params=PAGES)
def explained(request):
    """A page, and the declarations that it explains."""
    descriptor = ROOT / "data" / f"{PAGES[request.param]}.json"
    return read(request.param), json.loads(descriptor.read_text(encoding="utf-8"))


def test_the_data_dictionary_is_up_to_date(maker, capsys):
    assert maker.main(["--check"]) == 0, capsys.readouterr().err


def test_a_stale_data_dictionary_is_reported_and_made_anew(maker, monkeypatch, tmp_path, capsys):
    stale = tmp_path / "data-dictionary.md"
    monkeypatch.setattr(maker, "FOLDER", tmp_path)
    stale.write_text("old", encoding="utf-8")
    assert maker.main(["--check"]) == 1
    assert "python docs/make_data_dictionary.py" in capsys.readouterr().err
    assert stale.read_text(encoding="utf-8") == "old"
    assert maker.main([]) == 0
    assert maker.main(["--check"]) == 0


def test_every_table_and_column_is_explained(explained):
    page, package = explained
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    for resource in package["resources"]:
        text = sections[resource["name"]]
        for field in resource["schema"]["fields"]:
            rows = [line for line in text.splitlines() if f"`{field['name']}`" in line[:60]]
            assert any(field["description"].replace("|", "\\|") in row for row in rows)


def test_rules_are_written_out():
    page = read("data-dictionary")
    steps = page.split("\n## steps\n")[1].split("\n## ")[0]
    assert "| `use_case` | text | yes | a row of [use_cases](#use_cases) |" in steps
    assert "Key: `step`." in steps
    links = page.split("\n## step_workflows\n")[1].split("\n## ")[0]
    assert "Key: `step` and `workflow` together." in links
    goals = page.split("\n## sdg_goals\n")[1].split("\n## ")[0]
    assert "| **`goal`** | whole number | yes | 1 to 17 |" in goals


def test_every_row_of_every_table_has_as_many_cells_as_its_header(explained):
    page, _ = explained
    width = 0
    for line in page.splitlines():
        if not line.startswith("|"):
            width = 0
            continue
        cells = len(re.findall(r"(?<!\\)\|", line)) - 1
        width = width or cells
        assert cells == width, line


def test_links_lead_to_tables(explained):
    page, _ = explained
    headings = set(re.findall(r"^## (\w+)$", page, re.MULTILINE))
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= headings


def test_text_cannot_break_out_of_its_cell(maker):
    assert maker.cell("a|b\nc") == "a\\|b c"
