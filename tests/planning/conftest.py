"""What the tests of plans share: a plan, the published pages, and odd use cases."""

import os
import random
from pathlib import Path

import pytest

import govstack_kit
from govstack_kit.planning import _writing
from govstack_kit.planning.model import Actor, Choice, Component, Document, Section, Step, UseCase

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
    plan = govstack_kit.Plan.new(title="School services", country="Kenya")
    fees = plan.add_from_list(
        "School fees", "1. Apply: online\n2. Check\n3. Pay", sector="Education"
    )
    fees.steps[2].choose("workflow", "financial-services", reason="Parents pay", origin="suggested")
    fees.steps[2].choose("building_block", "govstack:payments")
    fees.steps[2].reject("building_block", "govstack:wallet", reason="Too early")
    fees.choose("target", "4.1")
    return plan


@pytest.fixture
def saved(plan, tmp_path):
    plan.save(tmp_path / "kenya")
    return plan


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(_writing, "_WAIT", 1.0)


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
    """Makes parts of a plan, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - repeatable, not secret

    def words(self, least: int = 1, most: int = 5) -> str:
        return " ".join(self.chance.choices(WORDS, k=self.chance.randint(least, most)))

    def name(self) -> str:
        return f"{self.words()} n"

    def text(self) -> str:
        joints = ["\n", "\n\n", "\n- ", "\n  - ", "\n1. ", " "]
        return "".join(self.words() + self.chance.choice(joints) for _ in range(3))

    def maybe(self, text: str) -> str:
        return text if self.chance.random() < 0.7 else ""

    def choices(self, keys: list[str]) -> list[Choice]:
        keys = self.chance.sample(keys, self.chance.randint(0, len(keys)))
        return [Choice(key=key, description=self.maybe(self.text())) for key in keys]

    def step(self, number: int, actors: list[str]) -> Step:
        return Step(
            id=f"s{number}",
            name=self.name(),
            description=self.maybe(self.text()),
            as_is=self.maybe(self.text()),
            to_be=self.maybe(self.text()),
            actors=self.chance.sample(actors, min(2, len(actors))),
            workflows=self.choices(["client-communication", "financial-services", "procurement"]),
            building_blocks=self.choices(["govstack:payments", "own:tills", "dif:payments"]),
            own_words=[
                Component(words=f"till {self.name()}", description=self.maybe(self.text())),
                Component(words=self.name(), kind="building_block", sector_specific=True),
                Component(words=self.name(), key="procurement", description=self.text()),
            ],
            example=self.maybe(self.text()),
        )

    def use_case(self) -> UseCase:
        actors = [
            Actor(name=self.name(), role=self.maybe("chief clerk"), note=self.maybe(self.text()))
            for _ in range(3)
        ]
        actors.append(Actor(name=self.name(), kind="organisation"))
        names = [actor.name for actor in actors]
        return UseCase(
            id="school-fees",
            name=self.name(),
            sector=self.words(),
            version=self.words(),
            summary=self.text(),
            description=self.text(),
            as_is=self.maybe(self.text()),
            to_be=self.maybe(self.text()),
            objectives=[self.text() for _ in range(2)],
            targets=self.choices(["4", "4.1", "9.c"]),
            actors=actors,
            source_documents=[
                Document(title=self.name(), url="https://e.org/a_b?c=1&d=2"),
                Document(title=self.name(), note=self.maybe(self.text())),
            ],
            building_blocks=self.choices(["govstack:identity", "own:tills"]),
            workflows=self.choices(["marketplace"]),
            steps=[self.step(number, names) for number in range(4)],
            contributors=[self.text()],
            sections=[Section(title=f"Triggers {self.name()}", text=self.text())],
        )


@pytest.fixture(scope="session")
def make_use_case():
    """Make a use case at random, with hostile text in every field, the same for the same seed."""
    return lambda seed: Maker(seed).use_case()
