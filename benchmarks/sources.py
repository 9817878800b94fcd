"""Time of reading everything upstream, against what the parsing libraries alone need for it.

python benchmarks/sources.py [FOLDER]    measure and print (default: ../shared/upstream)
python benchmarks/sources.py --check     the same, with exit code 1 where the total is above 2

Each reader runs over the snapshot; the files that it reads are noted, and the same texts, already
in memory, are then given to the libraries that parse them: markdown-it-py, PyYAML's C loader with
dates left as text, and json. Runs of readers and of libraries take turns, so that whatever else the
machine does disturbs both. What is compared is in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import csv
import gc
import io
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from markdown_it import MarkdownIt

from govstack_kit.framework.framework import load
from govstack_kit.sources.atlas import read_atlas
from govstack_kit.sources.interfaces import read_all_interfaces
from govstack_kit.sources.registry import read_registry
from govstack_kit.sources.specifications import read_specifications
from govstack_kit.sources.use_cases import read_use_cases

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 2.0
SNAPSHOT = Path(__file__).resolve().parents[2] / "shared" / "upstream"
GOVSTACK = "GovStackWorkingGroup"


def readers(folder: Path) -> dict[str, Callable[[], object]]:
    """Return every reader by what it reads."""
    framework = load(bundled=True)
    use_cases = folder / GOVSTACK / "product-use-cases"
    return {
        "use cases": lambda: read_use_cases(use_cases, framework=framework),
        "specifications": lambda: read_specifications(folder / GOVSTACK),
        "interfaces": lambda: read_all_interfaces(folder / GOVSTACK),
        "registry": lambda: read_registry(folder / "DPGAlliance" / "publicgoods-candidates"),
        "atlas": lambda: read_atlas(folder / "mgifford" / "dpg-dpi-govstack-map"),
    }


def files_of(read: Callable[[], object], folder: Path) -> list[Path]:
    """Return the files below `folder` that a reader reads to their end."""
    seen: set[Path] = set()
    read_bytes = Path.read_bytes

    def noting(path: Path) -> bytes:
        seen.add(path)
        return read_bytes(path)

    Path.read_bytes = noting  # type: ignore[method-assign]
    try:
        read()
    finally:
        Path.read_bytes = read_bytes  # type: ignore[method-assign]
    return sorted(path for path in seen if path.is_relative_to(folder))


class Loader(yaml.CSafeLoader):
    """The C loader as readers use it: dates stay text."""


Loader.yaml_implicit_resolvers = {
    first: [pair for pair in found if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, found in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def parse(texts: list[tuple[str, str]], markdown: MarkdownIt) -> None:
    """Give texts to the library of their format; what it refuses it has read all the same."""
    for ending, text in texts:
        try:
            if ending in (".md", ".markdown"):
                markdown.parse(text)
            elif ending in (".yaml", ".yml"):
                yaml.load(text, Loader=Loader)  # noqa: S506 - a subclass of the safe loader
            elif ending == ".json":
                json.loads(text)
            elif ending == ".csv":
                list(csv.reader(io.StringIO(text)))
        except (ValueError, yaml.YAMLError):
            pass


def seconds(run: Callable[[], object]) -> float:
    """Return how long a run takes, without the garbage of the run before."""
    gc.collect()
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def measure(folder: Path, runs: int) -> dict[str, tuple[float, float, int]]:
    """Return by reader the shortest time of it and of the libraries, and the bytes of its files."""
    markdown = MarkdownIt("commonmark").enable("table")
    found = {}
    for name, read in readers(folder).items():
        paths = files_of(read, folder)
        texts = [
            (path.suffix.lower(), path.read_text(encoding="utf-8", errors="replace"))
            for path in paths
        ]
        found[name] = (read, texts, sum(path.stat().st_size for path in paths))
    times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in found}
    for _ in range(runs):
        for name, (read, texts, _) in found.items():
            times[name][0].append(seconds(read))
            times[name][1].append(seconds(lambda texts=texts: parse(texts, markdown)))
    return {name: (min(a), min(b), found[name][2]) for name, (a, b) in times.items()}


def main(arguments: list[str]) -> int:
    """Measure, print, and with --check return 1 where the total is above the limit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("folder", nargs="?", type=Path, default=SNAPSHOT)
    parser.add_argument("--runs", type=int, default=7, help="runs of each kind (7)")
    parser.add_argument("--check", action="store_true", help=f"fail above {LIMIT}")
    parser.add_argument("--json", action="store_true", help="print the ratios as JSON")
    args = parser.parse_args(arguments)
    if not (args.folder / GOVSTACK).is_dir():
        print(f"There is no snapshot of upstream in {args.folder}.")
        return 2
    if args.runs < 1:
        parser.error("--runs is a number from 1 on")
    measured = measure(args.folder.resolve(), args.runs)
    kit, libraries = (sum(times[n] for times in measured.values()) for n in (0, 1))
    rows = {**measured, "total": (kit, libraries, sum(m[2] for m in measured.values()))}
    ratios = {name: read / alone for name, (read, alone, _) in rows.items()}
    if args.json:
        print(json.dumps(ratios, indent=2))
    else:
        print(f"shortest of {args.runs} runs, taking turns\n")
        print(f"{'':16}{'the kit':>11}{'libraries':>11}{'bytes':>11}{'ratio':>8}")
        for name, (read, alone, size) in rows.items():
            times = f"{read * 1e3:8.1f} ms{alone * 1e3:8.1f} ms"
            print(f"{name:16}{times}{size / 1e6:8.2f} MB{ratios[name]:8.2f}")
    if args.check:
        verdict = "within" if ratios["total"] <= LIMIT else "ABOVE"
        print(f"total ratio {ratios['total']:.2f}, {verdict} the limit of {LIMIT:g}")
    return int(args.check and ratios["total"] > LIMIT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
