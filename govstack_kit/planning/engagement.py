"""How a country takes part: the way that fits a plan, where to join, what could go back upstream.

Definitions
-----------
A way to take part *fits* a plan if the plan holds something for it: services with building blocks
for a country that implements, open software of one's own for one that promotes digital public
goods, requirements or decisions of one's own for technical contribution. Learning fits every plan;
its courses are about the blocks of the plan. What the team wrote itself could *go back*: its own
services as use-case pages, its own requirements, reasons why published ones are not for it, and
what it builds openly. All of this is the kit's own judgement; whether to offer it is the team's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.framework.framework import check
from govstack_kit.planning.safeguards import blocks_of
from govstack_kit.results import Result
from govstack_kit.words import count, listed

if TYPE_CHECKING:
    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan

_KINDS = {  # what goes back: the way it belongs to, and where it goes
    "use case": ("implement", "use-cases"),
    "requirement": ("technical-contribution", "contributing"),
    "feedback on a requirement": ("technical-contribution", "contributing"),
    "open software": ("promote-dpgs", "govmarket"),
}


@dataclass(frozen=True)
class TakePart(Result):
    """How a country with this plan can take part in GovStack.

    Attributes
    ----------
    streams : pandas.DataFrame
        The ways to take part: ``stream``, ``name``, ``role``, ``fits`` and ``because``, ``url``.
    opportunities : pandas.DataFrame
        What they offer: ``stream``, ``label``, ``url``; courses only for blocks of the plan.
    contributions : pandas.DataFrame
        What of the plan could go back: ``kind``, ``name``, ``stream``, ``channel``, ``url``.
    channels : pandas.DataFrame
        Where the community is: ``name``, ``kind``, ``purpose``, ``url``.
    """

    streams: pd.DataFrame
    opportunities: pd.DataFrame
    contributions: pd.DataFrame
    channels: pd.DataFrame

    def sentences(self) -> list[str]:
        """Return which ways fit and why, and what could go back where."""
        fits = self.streams[self.streams["fits"]]
        said = [
            f"{row['name']}, as {row['role']}: {row['because']}" for row in fits.to_dict("records")
        ]
        for kind, rows in self.contributions.groupby("kind", sort=False):
            where = f"{rows['channel'].iloc[0]}, {rows['url'].iloc[0]}"
            said.append(f"Could go back, {kind}: {listed(rows['name'])}. Where: {where}.")
        return said


def _contributions(plan: Plan) -> pd.DataFrame:
    """Return what the team wrote itself, by kind."""
    own = plan.use_cases.query("catalogue == 'own'")["name"]
    asked = plan.own_requirements.query("decision != 'not for us'")["title"]
    refused = plan.requirement_decisions.query("decision == 'not for us'")
    openly = plan.options.query("kind != 'product' and open_source == 'yes'")["name"]
    systems = plan.systems.query("open_source == 'yes'")["name"]
    found = {
        "use case": own,
        "requirement": asked,
        "feedback on a requirement": refused.dropna(subset="reason")["requirement"],
        "open software": pd.concat([openly, systems]).drop_duplicates(),
    }
    rows = [(kind, name, *_KINDS[kind]) for kind, names in found.items() for name in names]
    return pd.DataFrame(rows, columns=["kind", "name", "stream", "channel"], dtype="str")


def take_part(framework: Framework, plan: Plan) -> TakePart:
    """Return which way to take part in GovStack fits a plan, where to join, what could go back.

    Parameters
    ----------
    framework, plan
        The tables, and the plan.

    Returns
    -------
    TakePart
        Its tables and sentences. The plan stays as it is.

    Examples
    --------
    >>> import govstack_kit
    >>> found = take_part(govstack_kit.load(), govstack_kit.Plan.demonstration())
    >>> found.streams.query("fits")["stream"].tolist()
    ['implement', 'promote-dpgs', 'learning-and-exchange']
    """
    blocks, mine = blocks_of(check(framework), plan), _contributions(plan)
    offered, channels = framework.engagement_opportunities, framework.community_channels
    about = offered["building_block"]
    offered = offered[about.isna() | about.isin(blocks)]
    courses = offered["building_block"].notna().sum()
    given = mine.groupby("stream").size()
    because = {
        "implement": f"the plan has {count(len(blocks), 'building block')} to bring into use."
        if blocks
        else "",
        "learning-and-exchange": "forums and courses are open to all; "
        f"{count(courses, 'course')} on building blocks of the plan.",
    }
    for stream in ("promote-dpgs", "technical-contribution"):
        if stream in given:
            because[stream] = f"the plan has {count(given[stream], 'thing')} that others could use."
    streams = framework.engagement_streams
    said = streams["stream"].map(because).fillna("").astype("str")
    places = channels.set_index("channel")[["name", "url"]]
    places = places.rename(columns={"name": "channel"}).reindex(mine["channel"])
    mine = mine.drop(columns="channel").join(places.reset_index(drop=True))
    return TakePart(
        streams.assign(because=said, fits=said != "")[
            ["stream", "name", "role", "fits", "because", "url"]
        ],
        offered[["stream", "label", "url"]].fillna("").reset_index(drop=True),
        mine,
        channels[["name", "kind", "purpose", "url"]],
    )
