from .choices import Choice, Choices, Ticks, Verdict
from .explorer import explore
from .fields import Actions, Form, Lack, Part, Result, Rows, Text, Upload, button
from .guide_align import guide_align
from .guide_costs import guide_costs
from .guide_define import guide_define
from .guide_map import guide_map
from .guide_plan import guide_plan
from .guide_prioritise import guide_prioritise
from .guide_roadmap import guide_roadmap
from .guide_select import guide_select
from .markup import choose_figure, follow
from .session import Session, open_session
from .wizard import Guide, Question, Wizard

__all__ = [
    "Actions",
    "Choice",
    "Choices",
    "Form",
    "Guide",
    "Lack",
    "Part",
    "Question",
    "Result",
    "Rows",
    "Session",
    "Text",
    "Ticks",
    "Upload",
    "Verdict",
    "Wizard",
    "button",
    "choose_figure",
    "explore",
    "follow",
    "guide_align",
    "guide_costs",
    "guide_define",
    "guide_map",
    "guide_plan",
    "guide_prioritise",
    "guide_roadmap",
    "guide_select",
    "open_session",
]
