from .mapping import decide_proposal, proposals
from .names import names_of
from .plan import Plan
from .review import relations, review
from .search import search_targets, search_words
from .suggest import suggestions

__all__ = [
    "Plan",
    "decide_proposal",
    "names_of",
    "proposals",
    "relations",
    "review",
    "search_targets",
    "search_words",
    "suggestions",
]
