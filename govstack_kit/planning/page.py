"""A use case of a plan as a page in GovStack's use-case template, and such a page as a use case.

Definitions
-----------
The *template* is the markdown page of GovStackWorkingGroup/product-use-cases: a table of identity,
prose, lists of stakeholders, goals, building blocks and documents, then a section for each step.
What a plan has beyond it stands in sections of its own: objectives, as-is and to-be, systems, own
words; the short summary is the description in the front matter. Decisions do not belong on a page:
what was rejected, reasons and origins stay in the plan. Every word is escaped: nothing in a plan
becomes markup, code or a link by accident. A page is read by the reader of published pages
(:mod:`govstack_kit.upstream.use_case_page`), as plain text; a name that the framework does not know
becomes an own word, and parts that have no table there, such as systems and own words that are
placed, are kept as text.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from govstack_kit.errors import ArgumentError, expected
from govstack_kit.planning.names import names_of
from govstack_kit.planning.plan import DECLARED
from govstack_kit.words import clean, fold, slug

if TYPE_CHECKING:
    from collections.abc import Iterable

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.names import Names
    from govstack_kit.planning.plan import Plan
    from govstack_kit.upstream.use_case_page import UseCasePage

    Row = dict[str, Any]

LARGEST = 2_000_000  # characters: the longest published page has 27,000
_LONGEST_NAME = 300
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>&|#~])")
_ITEM = re.compile(r"( *)(?:[-\u2022\u2013\u2014]|[0-9]{1,9}[.)]) +(?=\S)")
_ADDRESS = re.compile(
    r"(?:https?://|mailto:|(?![a-z][a-z0-9+.-]*:)(?!//))[^\s<>\[\]\\]+", re.IGNORECASE
)
_LINKED = re.compile(r"(?:- )?(.+) \((https?://\S+)\)")
_TITLES = ("workflows", "buildingblocks", "exampleimplementation", "exampleimplementations")
_CODED = re.compile(r"([A-Z]{2,}-\d+)\s+[-\u2013\u2014]\s+(.+)")
_ACTOR = re.compile(r"([^():]+?)(?: \(([^()]*)\))?(?:: (.*))?")


# --- markdown -------------------------------------------------------------------------------------


def _inline(text: str | None) -> str:
    """Return plain words, on one line, as markdown that shows them as they are."""
    inert = clean(text or "").replace("{%", "{\u2060%")  # an invisible sign: no tag of GitBook
    return _SPECIAL.sub(r"\\\1", inert)


def escape(text: str | None) -> str:
    r"""Return plain words as a line of markdown that is neither a title, a list nor a rule.

    Examples
    --------
    >>> print(escape("=cmd|' /C calc'!A0 <b>"), escape("1. x"))
    \=cmd\|' /C calc'!A0 \<b\> 1\. x
    """
    return re.sub(r"^(\d*)(?=[-+=.)])", r"\1\\", _inline(text))


def link(written: str, address: str | None) -> str:
    """Return a link round some markdown, or the markdown alone if there is no safe address.

    Examples
    --------
    >>> link("Guide", "https://example.org/a (b)"), link("Guide", "javascript:alert(1)")
    ('[Guide](https://example.org/a%20%28b%29)', 'Guide')
    """
    target = _target(address)
    if not _ADDRESS.fullmatch(target):
        return written
    return f"[{written}]({target.replace('&', '&amp;')})"


def _target(address: str | None) -> str:
    """Return an address without the characters that end a link."""
    return clean(address or "").replace("(", "%28").replace(")", "%29").replace(" ", "%20")


def prose(text: str | None) -> str:
    r"""Return a text as markdown: paragraphs, and lists where lines begin with a bullet.

    Examples
    --------
    >>> print(prose("Needs:\n- <script>\n  - |"))
    Needs:
    <BLANKLINE>
    * \<script\>
      * \|
    """
    blocks: list[list[str]] = [[]]
    depths: list[int] = []  # of the items that are open
    for line in clean(text or "", lines=True).split("\n"):
        item = _ITEM.match(line)
        if bool(item) != bool(depths) or not line.strip():
            blocks.append([])
            depths = []
        if item:
            depths = [depth for depth in depths if depth < len(item[1])] + [len(item[1])]
            blocks[-1].append("  " * (len(depths) - 1) + f"* {escape(line[item.end() :])}")
        elif line.strip():
            blocks[-1].append(escape(line))
    written = []
    for block in filter(None, blocks):
        joint = "\n" if block[0].startswith("* ") else "\\\n"
        alone = len(block) == 1 and fold(block[0]) in _TITLES  # would be read as a title
        written.append(f"* {block[0]}" if alone else joint.join(block))
    return "\n\n".join(written)


def _item(name: str, text: str | None = "", *, more: str = "", url: str | None = "") -> str:
    """Return an item of a list: a name, what is said in brackets, and the text that follows."""
    lead = link(f"**{_inline(name)}**", url) + (f" ({_inline(more)})" if more else "")
    joint = ": " * bool(clean(text or ""))
    return f"* {lead}{joint}{_inline(text)}"


# --- writing --------------------------------------------------------------------------------------


class _Writer:
    """A page under construction: blocks with a blank line between."""

    def __init__(self, plan: Plan, names: Names, use_case: str) -> None:
        self.plan, self.names, self.use_case = plan, names, use_case
        self.blocks: list[str] = []
        self.systems = {row["system"]: row for row in plan.rows("systems")}
        self.words = plan.rows("own_words", use_case=use_case)
        self.intros: dict[str, str] = {}
        for row in plan.rows("use_case_texts", use_case=use_case, kind="section"):
            self.intros[row["title"]] = row["text"] or ""

    def part(self, title: str, items: Iterable[str], *, step: bool = False) -> None:
        """Add a titled list, if it has items, after what the plan says under that title."""
        intro = "" if step else prose(self.intros.pop(title, ""))
        found = [*([intro] if intro else []), "\n".join(items)]
        if any(found):
            self.blocks += [f"**{title}**" if step else f"## {title}", *filter(None, found)]

    def text(self, title: str, text: str | None, *, step: bool = False) -> None:
        """Add a titled text, if there is one."""
        if text:
            self.blocks += [f"**{title}**" if step else f"## {title}", prose(text)]

    def choices(self, layer: str, kind: str, owner: str) -> list[str]:
        """Return what is accepted of a layer, and the open own words of it, as items."""
        table, column = f"{kind}_{layer}s", "sdg" if layer == "target" else layer
        items = []
        for row in self.plan.rows(table, **{kind: owner}):
            if row["status"] == "accepted":
                key = row[column]
                name = self.names.written(layer, key, row["printed"] or "")
                about = row["description"]
                if layer == "target":
                    about = about or self.names.name(layer, key)
                items.append(_item(name, about, url=row["url"]))
        step = owner if kind == "step" else None
        return items + [
            _item(word["name"], word["description"])
            for word in self.words
            if word["kind"] == layer and word["step"] == step and not _settled(word)
        ]

    def settled_words(self, step: str | None) -> list[str]:
        """Return the own words that are mapped, or specific to the sector, as items."""
        items = []
        for word in self.words:
            if word["step"] == step and _settled(word):
                said = [word["kind"].replace("_", " ")]
                if word["key"]:
                    said.append(f"is {self.names.written(word['kind'], word['key'])}")
                said += ["specific to the sector"] * word["sector_specific"]
                items.append(_item(word["name"], word["description"], more="; ".join(said)))
        return items

    def used_systems(self, kind: str, owner: str) -> list[str]:
        """Return the systems of a step or use case as items."""
        rows = self.plan.rows(f"{kind}_systems", **{kind: owner})
        found = [self.systems[row["system"]] for row in rows]
        return [_item(row["name"], row["description"]) for row in found]

    def step(self, number: int, step: Row, actors: dict[str, str]) -> None:
        """Add the section of a step."""
        key = step["step"]
        self.blocks += [f"### {number} - {escape(step['name'])}", prose(step["description"])]
        self.text("As-Is", step["as_is"], step=True)
        self.text("To-Be", step["to_be"], step=True)
        acting = self.plan.rows("step_actors", step=key)
        self.part("Actors", (_item(actors[row["actor"]]) for row in acting), step=True)
        self.part("Legacy Systems", self.used_systems("step", key), step=True)
        self.part("Workflows", self.choices("workflow", "step", key), step=True)
        lines = [_LINKED.fullmatch(line) for line in (step["example"] or "").split("\n")]
        if step["example"] and all(lines):
            items = [f"* {link(_inline(line[1]), line[2])}" for line in lines if line]
            self.part("Example Implementation", items, step=True)
        else:
            self.text("Example Implementation", step["example"], step=True)
        self.part("Building Blocks", self.choices("building_block", "step", key), step=True)
        self.part("Own Words", self.settled_words(key), step=True)


def _actor(row: Row) -> str:
    if row["name"].endswith("…") and (row["note"] or "").startswith(row["name"][:-1]):
        return f"* {escape(row['note'])}"  # too long for a name
    more = "; ".join(filter(None, (row["kind"], row["role"])))
    return _item(row["name"], row["note"], more=more)


def _settled(word: Row) -> bool:
    return bool(word["key"] or word["sector_specific"])


def write_page(framework: Framework, plan: Plan, use_case: str) -> str:
    """Return a use case as a page of GovStack's use-case template.

    Parameters
    ----------
    framework
        The tables, for the names of workflows and building blocks.
    plan
        The plan.
    use_case
        The key of the use case.

    Returns
    -------
    str
        Markdown.

    Raises
    ------
    UnknownKeyError
        If the plan has no such use case.

    Examples
    --------
    >>> from govstack_kit import Plan, load
    >>> plan = Plan.new(title="School services")
    >>> fees = plan.add("use_cases", name="School fees")
    >>> pay = plan.add("steps", use_case=fees, name="Pay", description="at any shop")
    >>> values = {"workflow": "financial-services", "description": "collects the fees"}
    >>> _ = plan.add("step_workflows", step=pay, **values)
    >>> print(write_page(load(), plan, fees).split("## Steps")[1].strip())
    ### 1 - Pay
    <BLANKLINE>
    at any shop
    <BLANKLINE>
    **Workflows**
    <BLANKLINE>
    * **Financial services**: collects the fees
    """
    case = plan.row("use_cases", use_case)
    page = _Writer(plan, names_of(framework), use_case)
    about = {"use_case": use_case}
    if case["summary"]:
        said = json.dumps(clean(case["summary"]), ensure_ascii=False)
        page.blocks.append(f"---\ndescription: {said}\n---")
    page.blocks += [f"# {use_case} - {_inline(case['name'])}", "## Product Use Case Summary"]
    values = [use_case, *(case[name] or "" for name in ("name", "sector", "version", "status"))]
    identity = zip(("ID", "Name", "Sector", "Version", "Status"), values, strict=True)
    rows = [f"| {name} | {_inline(value)} |" for name, value in identity]
    page.blocks += ["\n".join([rows[0], "| --- | --- |", *rows[1:]]), prose(case["description"])]
    page.part("Objectives", (f"* {escape(r['text'])}" for r in plan.rows("objectives", **about)))
    actors = plan.rows("actors", **about)
    page.part("Stakeholders", map(_actor, actors))
    goals = page.choices("target", "use_case", use_case)
    page.part("Sustainable Development Goals (SDGs)", goals)
    for layer, title in (("building_block", "Building Blocks"), ("workflow", "Workflows")):
        page.part(title, page.choices(layer, "use_case", use_case))
    documents = plan.rows("use_case_texts", **about, kind="document")
    items = (_item(row["title"], row["text"], url=row["url"]) for row in documents)
    page.part("Source Documents", items)
    page.text("As-Is", case["as_is"])
    page.text("To-Be", case["to_be"])
    page.part("Legacy Systems", page.used_systems("use_case", use_case))
    page.part("Own Words", page.settled_words(None))
    steps = page.intros.pop("Steps", "")
    for title, text in page.intros.items():
        page.text(escape(title), text)
    page.blocks += ["## Steps", prose(steps)]
    named = {row["actor"]: row["name"] for row in actors}
    for number, step in enumerate(plan.rows("steps", **about), start=1):
        page.step(number, step, named)
    people = plan.rows("use_case_texts", **about, kind="contributor")
    page.part("Contributors", (f"* {escape(row['title'])}" for row in people))
    return "\n\n".join(filter(None, page.blocks)) + "\n"


# --- reading --------------------------------------------------------------------------------------


class Added(NamedTuple):
    """A use case that was read from a page: its key, and what was read otherwise or left out."""

    use_case: str
    notes: list[str]


def add_page(framework: Framework, plan: Plan, markdown: str) -> Added:
    r"""Add the use case on a page in GovStack's use-case template.

    Parameters
    ----------
    framework
        The tables, for the names of workflows, building blocks and goals.
    plan
        The plan.
    markdown
        The page.

    Returns
    -------
    Added
        The key of the use case, and sentences on what was read in another way than it stands.

    Raises
    ------
    ArgumentError
        If it is no such page; the plan is as before.
    TablesError
        If the plan has a use case with its id already, or cannot hold something of it.

    Examples
    --------
    >>> from govstack_kit import Plan, load
    >>> plan = Plan.new(title="School services")
    >>> text = "# School fees\n## Steps\n### 1 - Pay\n**Workflows**\n* **Financial services**"
    >>> add_page(load(), plan, text)
    Added(use_case='school-fees', notes=[])
    >>> plan.step_workflows[["step", "workflow"]].values.tolist()
    [['school-fees.pay', 'financial-services']]
    """
    from govstack_kit.interfaces.plain_files import SourceError  # noqa: PLC0415 - an extra
    from govstack_kit.upstream import use_case_page  # noqa: PLC0415 - an extra

    if len(expected(markdown, str, "A page is a text")) > LARGEST:
        raise ArgumentError(f"The page has more than {LARGEST:,} characters: it is no use case.")
    try:
        page = use_case_page.read(markdown, framework)
    except SourceError as error:
        raise ArgumentError(f"This page cannot be read: {error}.") from None
    if not page.fields and not page.tables["steps"]:
        raise ArgumentError(
            "This is not a page in the use-case template: it has neither a summary with ID and "
            "name nor steps."
        )
    reader = _Reader(plan, names_of(framework), page)
    with plan.change(f"Read {page.name or 'a page'}"):
        return Added(reader.read(), reader.notes)


class _Reader:
    """Makes rows of a plan from what is on a page."""

    def __init__(self, plan: Plan, names: Names, page: UseCasePage) -> None:
        self.plan, self.names, self.page = plan, names, page
        listed = [*page.tables["workflows"], *page.tables["building_blocks"]]
        own = {row["text"] for row in listed}  # those that nothing has become own words
        self.notes = [f"“{t}”: {why}" for _, t, why in page.unplaced if t and t not in own]
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.actors: dict[str, str] = {}
        self.use_case = ""

    def read(self) -> str:
        """Add everything to the plan; return the key of the use case."""
        sections: dict[int, list[Row]] = defaultdict(list)
        for row in self.page.tables["sections"]:
            sections[row["step"]].append(row)
        case = self._identity() | {"description": _kept(self.page.text)}
        case |= self._texts(sections[0])
        self.use_case = str(self.plan.add("use_cases", **case))
        for row in self.page.tables["stakeholders"]:
            if not row["step"]:
                self._actor(row["text"])
        steps = [""]
        for row in self.page.tables["steps"]:
            name = clean(row["name"])[:_LONGEST_NAME] or f"Step {row['order']}"
            key = f"{self.use_case}.{slug(name, taken=self._taken(steps), otherwise='step')}"
            steps.append(key)
            step = {"step": key, "use_case": self.use_case, "name": name}
            step |= self._texts(sections[row["order"]])
            beside = [f"{part['title']}:\n\n{part['text']}" for part in sections[row["order"]]]
            step["description"] = "\n\n".join(map(_kept, filter(None, (row["text"], *beside))))
            self.rows["steps"].append(step)
        for row in self.page.tables["stakeholders"]:
            if row["step"]:
                link_ = {"step": steps[row["step"]], "actor": self._actor(row["text"])}
                self.rows["step_actors"].append(link_)
        self._chosen(steps)
        for row in sections[0]:
            self._section(row["title"], _kept(row["text"]))
        self.plan.add_rows({name: _first(name, rows) for name, rows in self.rows.items()})
        return self.use_case

    def _identity(self) -> Row:
        """Return id, name, sector, version and status, and say what is corrected."""
        page, code = self.page, self.page.fields.get("id", "")
        coded = _CODED.fullmatch(page.title)
        if coded and code != coded[1]:
            if code:
                said = f"The title says {coded[1]}, the table {code}: {coded[1]} was taken."
                self.notes.append(said)
            code = coded[1]
        columns = DECLARED["use_cases"].columns
        if not re.fullmatch(columns["use_case"].limits["pattern"], code):
            code = ""  # made from the name
        status = page.fields.get("status", "").strip(" .").lower()
        if status and status not in columns["status"].enum:
            self.notes.append(f"The status “{status}” is not known: draft was taken.")
            status = ""
        name = page.fields.get("name") or (coded[2] if coded else page.title)
        found = {name: page.fields.get(name, "") for name in ("sector", "version")}
        return found | {
            "use_case": code,
            "name": name[:_LONGEST_NAME] or "Untitled use case",
            "status": status,
        }

    def _texts(self, sections: list[Row]) -> Row:
        """Return the columns that are texts of their own on the page, and take their sections."""
        found: Row = {}
        for row in list(sections):
            title, text = fold(row["title"]), _kept(row["text"])
            column = {"asis": "as_is", "tobe": "to_be", "frontmatter": "summary"}.get(title)
            if column:
                text = _front_matter(row["text"]) if column == "summary" else text
                found[column] = "\n\n".join(filter(None, (found.get(column), text)))
                sections.remove(row)
        return found

    def _taken(self, keys: Iterable[str]) -> set[str]:
        return {key.removeprefix(f"{self.use_case}.") for key in keys}

    def _actor(self, text: str) -> str:
        """Return the key of an actor, added if it is new."""
        found = _ACTOR.fullmatch(text)
        name, said, note = (found[1], found[2] or "", found[3]) if found else (text, "", "")
        if len(name) > _LONGEST_NAME:
            name, note = f"{text[: _LONGEST_NAME - 1].rsplit(' ', 1)[0]}…", text
        if name not in self.actors:
            bare = slug(name, taken=self._taken(self.actors.values()), otherwise="actor")
            key = self.actors[name] = f"{self.use_case}.{bare}"
            row = {"actor": key, "use_case": self.use_case, "name": name, "role": said}
            self.rows["actors"].append(row | {"note": note})
        return self.actors[name]

    def _chosen(self, steps: list[str]) -> None:
        """Take the links to targets, workflows and building blocks, documents and examples."""
        for row in self.page.tables["targets"]:
            if " of goal " in row["note"]:
                self.notes.append(f"“{row['text']}”: goal {row['sdg']} was taken. {row['note']}.")
            about = row["text"].split(row["printed"] or ": ", 1)[-1].lstrip(" :\u2013-")
            about = "" if about == self.names.name("target", row["sdg"]) else about
            link_ = {"use_case": self.use_case, "sdg": row["sdg"], "url": _target(row["url"])}
            self.rows["use_case_targets"].append(link_ | {"description": about})
        for layer in ("workflow", "building_block"):
            for row in self.page.tables[f"{layer}s"]:
                printed, text = row["printed"] or row["text"], clean(row["text"])
                about = text[text.find(printed) + len(printed) :] if printed in text else text
                values = {"description": about, "url": _target(row["url"])}
                self._choice(layer, row[layer], steps[row["step"]], printed, values)
        for row in self.page.tables["documents"]:
            document = {"use_case": self.use_case, "kind": "document", "title": row["text"]}
            self.rows["use_case_texts"].append(document | {"url": _target(row["url"])})
        for row in self.page.tables["examples"]:
            step = self.rows["steps"][row["step"] - 1]
            line = f"{row['text']} ({row['url']})"
            step["example"] = "\n".join(filter(None, (step.get("example"), f"- {line}")))

    def _choice(self, layer: str, key: str, step: str, name: str, values: Row) -> None:
        """Take a name of a layer: a choice, or an own word if nothing has that name."""
        printed, about = name, values["description"].lstrip(" :,;\u2013-")
        if not key:
            name, _, more = printed.partition(": ")
            key, about = self.names.key(layer, name), about or more
        if not key:
            if len(name) > _LONGEST_NAME:
                name, about = f"{name[: _LONGEST_NAME - 1]}…", f"{name} {about}".strip()
            word = {"use_case": self.use_case, "step": step, "kind": layer, "name": name}
            self.rows["own_words"].append(word | {"description": about})
            return
        kind, owner = ("step", step) if step else ("use_case", self.use_case)
        shown = "" if name == self.names.written(layer, key) else name
        row = {kind: owner, layer: key, "printed": shown} | values | {"description": about}
        self.rows[f"{kind}_{layer}s"].append(row)

    def _section(self, title: str, text: str) -> None:
        """Take a section of the use case that has no table of its own on the page."""
        here = {"use_case": self.use_case}
        items = [clean(item) for item in re.findall(r"^- (.*(?:\n +.*)*)", text, re.MULTILINE)]
        if fold(title) == "objectives" and items:
            self.rows["objectives"] += [here | {"text": item} for item in items]
        elif fold(title) == "contributors" and items:
            people = [here | {"kind": "contributor", "title": item} for item in items]
            self.rows["use_case_texts"] += people
        else:
            section = here | {"kind": "section", "title": title, "text": text}
            self.rows["use_case_texts"].append(section)


def _kept(text: str) -> str:
    """Return a text of a page as a plan keeps it: what goes on below an item stands in its line."""
    return re.sub(r"\n +(?!- )(?=\S)", " ", text)


def _front_matter(text: str) -> str:
    found = re.search(r"^description:[ >|+-]*(.*(?:\n +.*)*)", text, re.MULTILINE)
    said = clean(found[1]) if found else ""
    return str(json.loads(said)) if said.startswith('"') else said.strip("'")


def _first(table: str, rows: list[Row]) -> list[Row]:
    """Return rows with each key once; of links named twice, both descriptions."""
    key = DECLARED[table].key
    found: dict[Any, Row] = {}
    for number, row in enumerate(rows):
        same = tuple(row.get(name, number) for name in key)
        if same in found and row.get("description"):
            said = (found[same].get("description"), row["description"])
            found[same]["description"] = "; ".join(filter(None, said))
        found.setdefault(same, row)
    return list(found.values())
