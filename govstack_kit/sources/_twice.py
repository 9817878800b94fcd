"""Names that a file prints twice in the same place, of which parsers silently keep the last.

The paths of an interface are kept, each time that they are printed: the second time with a mark
behind, so that no operation is lost. So are all lists of paths, where a file has several. Of any
other name the last is read. All of them are noted.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govstack_kit.sources._reading import Pairs, Unplaced

AGAIN = "\N{SYMBOL FOR RECORD SEPARATOR}"  # marks the second time that a file prints a path
MOST = 100  # names that are noted; the rest is counted
_PATHS = "paths"
_KEPT = "is printed twice; both are read"
_LAST = "is printed twice in the same place; the last is read"


class Twice:
    """Finds the names that one file prints twice.

    Parameters
    ----------
    printed
        The lines that open each path.
    file, unplaced
        Where the names are noted.
    """

    def __init__(self, printed: dict[str, list[int]], file: str, unplaced: Unplaced) -> None:
        self.lines = {path: lines[0] for path, lines in printed.items()}
        self._printed, self._file, self._unplaced = printed, file, unplaced
        self._found: list[tuple[dict[Any, Any], Pairs]] = []

    def pairs(self, pairs: Pairs) -> dict[Any, Any]:
        """Make an object of JSON, and keep what it has twice for :meth:`told`."""
        made = dict(pairs)
        if len(made) < len(pairs):
            self._found.append((made, pairs))
        return made

    def told(self, data: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        """Return the data of a JSON file with all of its paths; note what is printed twice."""
        if not self._found:
            return data
        known = {id(made): pairs for made, pairs in self._found}  # alive, so no number comes twice
        top = known.get(id(data)) or (list(data.items()) if isinstance(data, dict) else [])
        lists = [value for name, value in top if name == _PATHS and isinstance(value, dict)]
        paths = [pair for one in lists for pair in known.pop(id(one), one.items())]
        if lists:
            marked = self._marked([str(name) for name, _ in paths])
            data[_PATHS] = dict(zip(marked, (item for _, item in paths), strict=True))
        self._note(
            (str(name), 0, name == _PATHS and number == id(data) and len(lists) > 1)
            for number, pairs in known.items()
            for name, times in Counter(name for name, _ in pairs).items()
            if times > 1
        )
        return data

    def nodes(self, root: Any) -> None:  # noqa: ANN401 - a node of PyYAML
        """Mark the paths that YAML prints twice, before it is read; note whatever else it does."""
        top = root.value if root.id == "mapping" else []
        lists = [v for k, v in top if k.id == "scalar" and k.value == _PATHS and v.id == "mapping"]
        self._note(
            (name, key.start_mark.line + 1, root is node and name == _PATHS and len(lists) > 1)
            for node in _mappings(root)
            if node not in lists
            for name, key in _again(node)
        )
        if not lists:
            return
        paths = [pair for one in {id(one): one for one in lists}.values() for pair in one.value]
        keys = [key for key, _ in paths if key.id == "scalar"]
        for key, marked in zip(keys, self._marked([key.value for key in keys]), strict=True):
            key.value = marked
        for one in lists:
            one.value = paths

    def _marked(self, names: list[str]) -> list[str]:
        """Return the names of paths, marked from the second time on, and note their lines."""
        times: Counter[str] = Counter()
        found = []
        for name in names:
            number = times[name]
            times[name] += 1
            marked = name + AGAIN * number
            if number:
                lines = self._printed.get(name, [0])
                self.lines[marked] = lines[min(number, len(lines) - 1)]
                self._unplaced.add(self._file, self.lines[marked], name, f"the path {_KEPT}")
            found.append(marked)
        return found

    def _note(self, found: Iterator[tuple[str, int, bool]]) -> None:
        more = 0
        for number, (name, line, kept) in enumerate(found):
            if number < MOST:
                self._unplaced.add(self._file, line, name, _KEPT if kept else _LAST)
            else:
                more += 1
        if more:
            self._unplaced.add(self._file, 0, "", f"{more:,} more names are printed twice")


def _mappings(root: Any) -> Iterator[Any]:  # noqa: ANN401 - nodes of PyYAML
    """Yield every mapping of a document once, whatever refers to it."""
    seen: set[int] = set()
    left = [root]
    while left:
        node = left.pop()
        if node.id == "scalar" or id(node) in seen:
            continue
        seen.add(id(node))
        if node.id == "mapping":
            yield node
            left += [value for _, value in reversed(node.value)]
        else:
            left += reversed(node.value)


def _again(node: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - nodes of PyYAML
    """Yield each name that a mapping has more than once, with the last place where it stands."""
    keys = [key for key, _ in node.value if key.id == "scalar" and key.value != "<<"]
    last = {key.value: key for key in keys}
    if len(last) < len(keys):
        times = Counter(key.value for key in keys)
        yield from ((name, key) for name, key in last.items() if times[name] > 1)
