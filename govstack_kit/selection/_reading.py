"""Whether the kit can read what the steps of a plan say: it infers use from English words only.

Definitions
-----------
A word is *known* if it is one of the commonest English words, or if its stem occurs in the tables:
in the names and summaries of use cases, steps, workflows and building blocks, in the titles of
requirements, or among the words that call for capabilities. So words that a country lays over the
tables in its own language are known too.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from govstack_kit.planning._words import COMMON, clean, stem

if TYPE_CHECKING:
    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan

LEAST = 8  # words below which nothing can be said
# Shares of known words that were measured. English: from 0.90 on for the steps of each of the 23
# published use cases and from 0.74 on for the names of the steps alone, by what the other use cases
# and tables say; 0.69 to 1 for steps written by hand, but 0.32 to 0.50 where nearly all words are
# local or technical ("Gram panchayat sanctions entitlement"). Written by hand in other languages:
# French 0.08 to 0.31, German 0.26, Spanish and Portuguese 0 to 0.26, Arabic 0 to 0.17 (with some
# brands), Swahili 0 to 0.05; Indonesian, Somali, Hausa, Amharic and Chinese 0. A bare list of words
# that French shares with English ("Transaction, Notification") is not noticed.
SHARE = 0.45
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\d_]+")  # also one sign of Chinese, Japanese
_TEXTS = (
    *(("use_cases", ("name", "summary")), ("steps", ("name", "summary"))),
    *(("workflows", ("name", "summary")), ("building_blocks", ("name", "summary"))),
    *(("requirements", ("title",)), ("key_functionalities", ("name",))),
    ("capability_words", ("word",)),
)


@lru_cache(maxsize=4)
def _known(framework: Framework) -> frozenset[str]:
    """Return the stems of the words in the tables."""
    texts = (
        text
        for table, columns in _TEXTS
        for column in columns
        for text in getattr(framework, table)[column].dropna()
    )
    return frozenset(stem(word) for text in texts for word in _WORD.findall(clean(text)))


def known_share(framework: Framework, plan: Plan) -> float | None:
    """Return the share of known words in the steps of a plan; None if there are hardly any.

    Examples
    --------
    >>> import govstack_kit
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.new(title="Frais scolaires")
    >>> steps = "Inscrire l'élève", "Payer les frais par téléphone"
    >>> _ = plan.add_from_list("Frais", "; ".join(steps))
    >>> known_share(framework, plan)  # one of eight words could be an English one
    0.125
    """
    found = [
        word
        for use_case in plan.use_cases
        for step in use_case.steps
        for text in (step.name, step.description, step.as_is, step.to_be)
        for word in _WORD.findall(clean(text))
    ]
    if len(found) < LEAST:
        return None
    known = _known(framework)
    return sum(word in COMMON or stem(word) in known for word in found) / len(found)


def hardly_read(framework: Framework, plan: Plan) -> bool:
    """Return whether few words in the steps of a plan are known, so that use is hardly seen."""
    share = known_share(framework, plan)
    return share is not None and share < SHARE
