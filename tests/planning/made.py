"""Use cases made at random, with hostile text in every field."""

from __future__ import annotations

import random

from govstack_kit.planning.model import Actor, Choice, Component, Document, Section, Step, UseCase

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
