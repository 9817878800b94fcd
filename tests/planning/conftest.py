"""What the tests of plans share: a plan, the published pages, and odd use cases."""

import os
import random
from functools import cache
from pathlib import Path

import pytest

from govstack_kit import Plan
from govstack_kit.planning.starting_points import add_from_list

REPOSITORY = Path(__file__).resolve().parents[2]


def shared_folder() -> Path | None:
    """Return the folder with the publications, beside the repository or where a variable says."""
    for place in (REPOSITORY.parent / "shared", Path(os.environ.get("GOVSTACK_KIT_SHARED", "."))):
        if (place / "upstream").is_dir():
            return place
    return None


def pytest_generate_tests(metafunc):
    """Give a test with the argument `published_page` each of the published use cases."""
    if "published_page" in metafunc.fixturenames:
        metafunc.parametrize("published_page", published_pages(), ids=lambda path: path.stem[:20])


def published_pages() -> list[Path]:
    shared = shared_folder()
    if shared is None:
        return []
    folder = shared / "upstream/GovStackWorkingGroup/product-use-cases/use-cases"
    return sorted(folder.glob("*.md"))


@pytest.fixture
def plan():
    plan = Plan.new(title="School services", country="Kenya")
    listed = "1. Apply: online\n2. Check\n3. Pay"
    fees = add_from_list(plan, "School fees", listed, sector="Education")
    pay = f"{fees}.pay"
    plan.add(
        "step_workflows",
        step=pay,
        workflow="financial-services",
        reason="Parents pay",
        origin="suggested",
    )
    plan.add("step_building_blocks", step=pay, building_block="govstack:payments")
    plan.add(
        "step_building_blocks",
        step=pay,
        building_block="govstack:wallet",
        status="rejected",
        reason="Too early",
    )
    plan.add("use_case_targets", use_case=fees, sdg="4.1")
    return plan


@pytest.fixture(scope="session")
def all_published_pages():
    if not published_pages():
        pytest.skip("the published use cases are not here")
    return published_pages()


WORDS = [
    *("fees", "Pay", "the", "ministry", "(of health)", "a/b", "A / B", "<script>alert(1)</script>"),
    *("=cmd|' /C calc'!A0", "@SUM(A1)", "+1", "-2", "# Steps", "**Workflows**", "| x |", "\\", "`"),
    *("[x](javascript:1)", "[y](https://e.org/?a=1&b=2)", "{{7*7}}", "{% raw %}", "&lt;", "مرحبا"),
    *("👩\u200d🌾", "日本", "1.", "2)", "*", "_em_", "Payments", "Client communication", "SDG 4"),
    *("Step 3:", ":", ";", "—", "é", "~~~", "***", "!", "[", "]", "https://e.org/x_(y)"),
]


class Maker:
    """Makes a plan with one use case, the same one for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self.plan = Plan.new(title=self.name())

    def words(self, least: int = 1, most: int = 5) -> str:
        return " ".join(self.chance.choices(WORDS, k=self.chance.randint(least, most)))

    def name(self) -> str:
        return f"{self.words()} n"

    def text(self) -> str:
        joints = ["\n", "\n\n", "\n- ", "\n  - ", "\n1. ", " "]
        return "".join(self.words() + self.chance.choice(joints) for _ in range(3))

    def maybe(self, text: str) -> str:
        return text if self.chance.random() < 0.7 else ""

    def choose(self, table: str, column: str, keys: list[str], **owner: str) -> None:
        for key in self.chance.sample(keys, self.chance.randint(0, len(keys))):
            self.plan.add(table, **owner, **{column: key}, description=self.maybe(self.text()))

    def step(self, use_case: str, actors: list[str]) -> None:
        plan = self.plan
        step = plan.add(
            "steps",
            use_case=use_case,
            name=self.name(),
            description=self.maybe(self.text()),
            as_is=self.maybe(self.text()),
            to_be=self.maybe(self.text()),
            example=self.maybe(self.text()),
        )
        for actor in self.chance.sample(actors, min(2, len(actors))):
            plan.add("step_actors", step=step, actor=actor)
        workflows = ["client-communication", "financial-services", "procurement"]
        self.choose("step_workflows", "workflow", workflows, step=step)
        blocks = ["govstack:payments", "own:tills", "dif:payments"]
        self.choose("step_building_blocks", "building_block", blocks, step=step)
        own = {"use_case": use_case, "step": step}
        plan.add(
            "own_words", **own, name=f"till {self.name()}", description=self.maybe(self.text())
        )
        plan.add("own_words", **own, name=self.name(), kind="building_block", sector_specific=True)
        plan.add("own_words", **own, name=self.name(), key="procurement", description=self.text())

    def use_case(self) -> Plan:
        plan = self.plan
        case = plan.add(
            "use_cases",
            use_case="school-fees",
            name=self.name(),
            sector=self.words(),
            version=self.words(),
            summary=self.text(),
            description=self.text(),
            as_is=self.maybe(self.text()),
            to_be=self.maybe(self.text()),
        )
        for _ in range(2):
            plan.add("objectives", use_case=case, text=self.text())
        self.choose("use_case_targets", "sdg", ["4", "4.1", "9.c"], use_case=case)
        actors = [
            plan.add(
                "actors",
                use_case=case,
                name=self.name(),
                role=self.maybe("chief clerk"),
                note=self.maybe(self.text()),
            )
            for _ in range(3)
        ]
        actors.append(plan.add("actors", use_case=case, name=self.name(), kind="organisation"))
        blocks = ["govstack:identity", "own:tills"]
        self.choose("use_case_building_blocks", "building_block", blocks, use_case=case)
        self.choose("use_case_workflows", "workflow", ["marketplace"], use_case=case)
        about = {"use_case": case}
        address = "https://e.org/a_b?c=1&d=2"
        plan.add("use_case_texts", **about, kind="document", title=self.name(), url=address)
        plan.add("use_case_texts", **about, kind="document", title=self.name(), text=self.text())
        plan.add("use_case_texts", **about, kind="contributor", title=self.name())
        title = f"Triggers {self.name()}"
        plan.add("use_case_texts", **about, kind="section", title=title, text=self.text())
        for _ in range(4):
            self.step(case, actors)
        return plan


@pytest.fixture(scope="session")
def make_plan():
    """Make a plan at random, with hostile text in every field, the same for the same seed."""
    return cache(lambda seed: Maker(seed).use_case())
