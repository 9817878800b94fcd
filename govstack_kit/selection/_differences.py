"""What a developer would have to change so that one operation conforms, and what each is worth.

The score is defined in :mod:`govstack_kit.selection.conformance`; its weights stand here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from govstack_kit.selection._counterparts import BY_NAME, Names, Part, holders, of_place, served
from govstack_kit.sources._schemas import ANY, CIRCULAR, NOT_SEEN

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARES = {"address": 0.4, "parameters": 0.2, "request": 0.2, "response": 0.2}
REQUIRED, OPTIONAL = 1.0, 0.25  # weight of a part within its share
HALF = 0.5  # what a part is worth that is there, but otherwise
NEAR = 0.5  # what an operation is worth that is only near
_OPEN = (ANY, CIRCULAR, NOT_SEEN)


class Difference(NamedTuple):
    """One difference: `lost` is what it costs the score, `parts` how many parts it is about."""

    place: str
    name: str
    level: str
    problem: str
    published: str
    candidate: str
    lost: float
    parts: int
    advice: str


class Compared(NamedTuple):
    """The result for one operation: its score if it is there, and all differences."""

    score: float
    differences: list[Difference]


class _Found(NamedTuple):
    """A part, what of it counts, and what is wrong with it; `folded` is told with another."""

    part: Part
    value: float
    problem: str = ""
    candidate: str = ""
    advice: str = ""
    folded: int = -1  # place in the list of the part that it lies in


def compare(published: list[Part], candidate: list[Part]) -> Compared:
    """Return how well the parts of an operation agree with the published ones."""
    groups = {
        "parameters": _parameters(published, candidate),
        "request": list(_body(*of_place((published, candidate), "request"))),
        "response": list(_body(*of_place((published, candidate), "response"))),
    }
    whole = SHARES["address"] + sum(SHARES[name] for name, found in groups.items() if found)
    lost, differences = 0.0, []
    for name, found in groups.items():
        total = sum(_weight(each.part) for each in found) * whole / SHARES[name]
        inside: dict[int, list[_Found]] = {}
        for each in found:
            inside.setdefault(each.folded, []).append(each)
        for at, each in enumerate(found):
            if each.problem and each.folded < 0:
                family = inside.get(at, [])
                share = sum(_weight(f.part) * (1 - f.value) for f in [each, *family]) / total
                lost += share
                differences.append(_told(each, len(family), share))
    return Compared(max(1 - lost, 0.0), differences)


def _weight(part: Part) -> float:
    return REQUIRED if part.required else OPTIONAL


def _told(found: _Found, more: int, lost: float) -> Difference:
    part = found.part
    within = f" with the {more} field{'s' * (more != 1)} in it" if more else ""
    return Difference(
        *(part.place, part.name, part.level, found.problem),
        *("" if found.problem == "demanded" else part.type, found.candidate, lost, 1 + more),
        found.advice.replace("<within>", within),
    )


def _parameters(published: list[Part], candidate: list[Part]) -> list[_Found]:
    """Compare the parameters; those in the path by their order from its end, others by name."""
    ours, theirs = of_place((published, candidate), "path")
    found = []
    for at, part in enumerate(reversed(ours), start=1):
        there = theirs[-at] if at <= len(theirs) else None
        found.append(_judged(part, there, named=False) if there else _missing(part))
    found.reverse()
    asked = [part for place in BY_NAME for part in published if part.place == place]
    serving = served(asked, published, candidate)
    for part in asked:
        one = serving.get(part)
        if not one:
            found.append(_missing(part))
        elif one.place == part.place:
            found.append(_judged(part, one, named=part.place != "header"))
        else:
            advice = f"Take the {part.level} {part}; yours is the {one}."
            found.append(_Found(part, HALF, "elsewhere", str(one), advice))
    used = set(serving.values())
    left = [part for part in candidate if part.place in BY_NAME and part not in used]
    found += [_demanded(part) for part in left if part.required]
    return found


def _body(ours: list[Part], theirs: list[Part]) -> Iterator[_Found]:
    """Compare the fields of a request or an answer."""
    if not ours:
        # A body that nobody publishes does no harm unless it is demanded.
        if theirs and theirs[0].place == "request" and theirs[0].required:
            yield _demanded(theirs[0])
        return
    names, used = Names(theirs, ours), set()
    places: dict[str, int] = {}  # of what is missing
    for at, part in enumerate(ours):
        there = names.find(part.name) or names.around_again(part.name)
        if there:
            used.add(there.name)
            yield _whole(part, there) if not part.name else _judged(part, there, named=True)
            continue
        within = next((places[name] for name in holders(part.name) if name in places), -1)
        places[part.name] = at if within < 0 else within
        if within >= 0:
            yield _missing(part)._replace(folded=within)
            continue
        around = next(filter(None, map(names.find, holders(part.name))), None)
        if around and around.type == NOT_SEEN:
            advice = (
                f"Check the {part.level} {part} ({part.type}): yours refers to something that "
                "was not opened, or not found."
            )
            yield _Found(part, 0.0, "not seen", NOT_SEEN, advice)
        else:
            yield _missing(part)
    if ours[0].place == "request":
        yield from _extra(ours, theirs, used)


def _extra(ours: list[Part], theirs: list[Part], used: set[str]) -> Iterator[_Found]:
    """Yield the fields that a request demands although nobody publishes them."""
    places: dict[str, int] = {}
    free = {part.name for part in ours if part.type in _OPEN}
    at = len(ours)
    for part in theirs:
        around = list(holders(part.name))
        if part.name in used or not part.required or any(name in free for name in around):
            continue
        within = next((places[name] for name in around if name in places), -1)
        places[part.name] = at if within < 0 else within
        yield _demanded(part)._replace(folded=within)
        at += 1


def _missing(part: Part) -> _Found:
    many = "<within>" if part.place in ("request", "response") else ""
    kind = "" if part.type in _OPEN else f"; published as {part.type}"
    return _Found(part, 0.0, "missing", "", f"Add the {part.level} {part}{kind}{many}.")


def _demanded(part: Part) -> _Found:
    advice = f"Make the {part} optional: it is not published, so nobody sends it<within>."
    return _Found(part, 0.0, "demanded", part.type, advice)


def _judged(part: Part, there: Part, *, named: bool) -> _Found:
    """Compare a part with the one that stands for it."""
    if part == there:
        return _Found(part, 1.0)
    problems, advice = [], []
    mine, yours = part.name.split(".")[-1], there.name.split(".")[-1]
    if named and mine != yours:
        problems.append("other name")
        advice.append(f"Rename the {there} to `{mine}`.")
    if not _agree(part, there):
        problems.append("other type")
        advice.append(
            f"Change the {part.level} {part}: published as {part.type}, yours is {there.type}."
        )
    if part.place == "response" and part.required and not there.required:
        problems.append("not promised")
        advice.append(f"Mark the {part} as required: it is published as always there.")
    if part.place != "response" and there.required and not part.required:
        problems.append("demanded")
        advice.append(f"Make the {part} optional, as published.")
    return _result(part, there, problems, advice)


def _whole(part: Part, there: Part) -> _Found:
    """Compare a body as a whole: its type, its status and its media."""
    problems, advice = [], []
    if not _agree(part, there):
        problems.append("other type")
        advice.append(f"Change the {part}: published as {part.type}, yours is {there.type}.")
    if part.place == "request" and there.required and not part.required:
        problems.append("demanded")
        advice.append("Make the request body optional, as published.")
    numbers = {part.status, there.status}
    if len(numbers) > 1 and all(number.isdecimal() for number in numbers):
        problems.append("other status")
        advice.append(f"Answer with status {part.status}; yours is {there.status}.")
    ours, theirs = (set(side.media.split("; ")) - {""} for side in (part, there))
    if ours and theirs and not ours & theirs and "any" not in ours | theirs:
        problems.append("other media type")
        verb = "Take the request" if part.place == "request" else "Answer"
        advice.append(f"{verb} as {part.media}; yours is {there.media}.")
    return _result(part, there, problems, advice)


def _result(part: Part, there: Part, problems: list[str], advice: list[str]) -> _Found:
    value = HALF if problems else 1.0
    return _Found(part, value, ", ".join(problems), there.type, " ".join(advice))


def _agree(part: Part, there: Part) -> bool:
    """Return whether types fit: a server takes at least, and sends at most, what is published."""
    if part.type in _OPEN or there.type in _OPEN:
        return True
    ours, theirs = (set(side.type.split(" or ")) for side in (part, there))
    given, taken = (theirs, ours) if part.place == "response" else (ours, theirs)
    return all(kind in taken or (kind == "integer" and "number" in taken) for kind in given)
