"""One line on each relation of a plan: what the step uses it for, the seed of a requirement.

Definitions
-----------
A *seed* is a sentence made of the names and of the kit's own words on what a building block does or
what a workflow is. It says what the block does in general, or names the function of the block whose
words the step has: at least half of them, and two or more. A block of 2019 speaks with the words of
the GovStack block that does the same. It is a start for the team to edit, not a requirement.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from govstack_kit.planning._links import links_of
from govstack_kit.planning._words import spelled
from govstack_kit.planning.names import names_of

if TYPE_CHECKING:
    from govstack_kit.framework.framework import Framework


_FITTING = 0.5  # the share of the words of a function that a step must have
_FEWEST = 2  # and how many words
# What each block does in general: "Registration uses Identity to ...".
_PURPOSES = {
    "govstack:cloud-infrastructure-hosting": "run on computing power shared across government",
    "govstack:cms": "create, review and publish web content",
    "govstack:consent": "ask people whether their data may be used, and record the answer",
    "govstack:digital-registries": "look up and keep official records",
    "govstack:emarketplace": "list offers and take orders",
    "govstack:esignature": "have documents signed so that anyone can check the signature",
    "govstack:gis": "show places on maps and search by place",
    "govstack:identity": "confirm who a person is",
    "govstack:information-mediator": "exchange data safely between systems",
    "govstack:messaging": "send messages and receive the replies",
    "govstack:payments": "pay or collect money, and keep account of it",
    "govstack:registration": "take an application, check it and decide on it",
    "govstack:scheduler": "book times, people and places, and send alerts",
    "govstack:wallet": "let people keep credentials and show them",
    "govstack:workflow": "carry out the process in the right order and by its rules",
    "dif:analytics-and-business-intelligence": "find patterns and results in the data",
    "dif:artificial-intelligence": "recognise patterns and predict from data",
    "dif:client-case-management": "follow each client through the service",
    "dif:collaboration-management": "let a team share documents and meet",
    "dif:data-collection": "record facts in forms, offline too",
    "dif:elearning": "teach with online courses and tests",
    "dif:mobility-management": "manage the phones and tablets of staff",
    "dif:registration": "enter people or things in the programme for the first time",
    "dif:reporting-and-dashboards": "show key figures in reports and dashboards",
    "dif:security": "keep systems and data safe from misuse",
    "dif:shared-data-repositories": "keep data that several organisations share",
    "dif:terminology": "use the same terms and codes everywhere",
}


class Seeds:
    """The seeds that a framework gives.

    Parameters
    ----------
    framework
        The tables.

    Examples
    --------
    >>> import govstack_kit
    >>> seeds = Seeds(govstack_kit.load())
    >>> seeds.line("building_block", "govstack:payments", "Pay the fee")
    'Pay the fee uses Payments to pay or collect money, and keep account of it.'
    """

    def __init__(self, framework: Framework) -> None:
        self._names = names_of(framework)
        table = framework.building_block_functions.sort_values(["building_block", "order"])
        table = table[
            table["building_block"].str.startswith("govstack:")
        ]  # verbs; others are nouns
        self._functions = table.groupby("building_block")["function"].agg(list).to_dict()
        self._links = links_of(framework)
        known = framework.workflows.set_index("workflow")["summary"].fillna("")
        self._summaries = known.to_dict()

    def line(self, layer: str, key: str, step: str, text: str = "", name: str = "") -> str:
        """Return the seed of a relation.

        Parameters
        ----------
        layer, key
            What the step uses: a workflow, a building block or, for a use case, a target.
        step, text
            The name of the step, and its other words.
        name
            What it is called where the framework does not have it.
        """
        found = self._names.name(layer, key)
        name = name if name and found == key else found
        if layer == "target":
            return f"{step} contributes to {self._names.usual('target', key)}: {name}."
        if layer == "workflow":
            about = self._summaries.get(key, "").split(". ")[0].rstrip(".")
            return f"{step} follows the workflow {name}" + (f": {_lower(about)}." if about else ".")
        does = self._fitting(key, f"{step} {text}")
        does = does or _PURPOSES.get(key) or _PURPOSES.get(self._links.twin(key), "")
        return f"{step} uses {name} to {does}." if does else f"{step} uses {name}."

    def _fitting(self, block: str, text: str) -> str:
        """Return the function of a GovStack block whose words a text has, or nothing."""
        asked, found, best = spelled(text).keys(), "", 0.0
        for function in self._functions.get(block, []):
            stems = spelled(function).keys()
            shared = len(stems & asked)
            if shared >= _FEWEST and shared / len(stems) >= max(_FITTING, best + 0.001):
                found, best = function, shared / len(stems)
        return _lower(found.rstrip("."))


def _lower(text: str) -> str:
    """Return a text with a small first letter, unless it begins with an abbreviation."""
    return text if text[1:2].isupper() or text[1:2] == "-" else text[:1].lower() + text[1:]


@lru_cache(maxsize=4)
def seeds_of(framework: Framework) -> Seeds:
    """Return the seeds of a framework, made the first time they are asked for."""
    return Seeds(framework)
