from . import page
from .engagement import take_part
from .mapping import decide_proposal, proposals, relations, review
from .names import names_of
from .page import add_page, write_page
from .plan import Plan
from .plan_sheets import add_sheets, write_sheets
from .portfolio import (
    covering_blocks,
    integration_links,
    newly_needed,
    overlap_matrix,
    with_plans,
)
from .prioritise import (
    default_criteria,
    prioritise,
    prioritise_advice,
    prioritise_review,
    prioritise_stability,
)
from .safeguards import risks, safeguards
from .search import search_targets, search_words
from .starting_points import add_from_list, add_published
from .suggest import suggestions

__all__ = [
    "Plan",
    "add_from_list",
    "add_page",
    "add_published",
    "add_sheets",
    "covering_blocks",
    "decide_proposal",
    "default_criteria",
    "integration_links",
    "names_of",
    "newly_needed",
    "overlap_matrix",
    "page",
    "prioritise",
    "prioritise_advice",
    "prioritise_review",
    "prioritise_stability",
    "proposals",
    "relations",
    "review",
    "risks",
    "safeguards",
    "search_targets",
    "search_words",
    "suggestions",
    "take_part",
    "with_plans",
    "write_page",
    "write_sheets",
]
