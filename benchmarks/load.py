"""Time and peak memory of loading the framework, against reading the same files by hand.

python benchmarks/load.py            measure and print
python benchmarks/load.py --check    the same, with exit code 1 where a ratio is above the limit

Each measurement is a fresh Python process. The time is that of the whole process, seen from here;
the memory is the largest that the process ever held. What is compared is in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from typing import NamedTuple

LIMIT = 1.15
KIT = "the kit"
PLAIN = "pandas and networkx, by hand"
PANDAS = "pandas alone, by hand"

READ = """
import glob
import sys
frames = {path: pandas.read_csv(path) for path in sorted(glob.glob(sys.argv[1] + "/*.csv"))}
"""
PROGRAMS = {
    KIT: "import govstack_kit; govstack_kit.load()",
    PLAIN: f"import pandas, networkx\n{READ}",
    PANDAS: f"import pandas\n{READ}",
}
REPORT = """
import resource, sys
unit = 1 if sys.platform == "darwin" else 1024
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)
"""


class Measured(NamedTuple):
    """What the runs of one program took."""

    seconds: list[float]
    bytes: list[int]

    @property
    def best(self) -> float:
        """The shortest time, which disturbances from outside have touched least."""
        return min(self.seconds)

    @property
    def median(self) -> float:
        """The middle time."""
        return statistics.median(self.seconds)

    @property
    def memory(self) -> float:
        """The middle of the peaks."""
        return statistics.median(self.bytes)


def data_folder() -> str:
    """Return the folder of the bundled tables without loading pandas into this process.

    This process must stay small: Linux counts the memory of a parent towards the peak of a child.
    """
    from govstack_kit.framework import installed

    return str(installed.folder())


def once(program: str, folder: str) -> tuple[float, int]:
    """Run a program in a fresh process; return its seconds and its peak memory in bytes."""
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program + REPORT, folder], check=True, stdout=subprocess.PIPE
    )
    return time.perf_counter() - begun, int(done.stdout)


def measure(runs: int) -> dict[str, Measured]:
    """Measure all programs in turn, so that a busy moment of the machine meets each of them."""
    folder = data_folder()
    found = {name: Measured([], []) for name in PROGRAMS}
    for run in range(runs + 1):
        for name, program in PROGRAMS.items():
            seconds, peak = once(program, folder)
            if run:  # the first only warms the file cache
                found[name].seconds.append(seconds)
                found[name].bytes.append(peak)
    return found


def main(arguments: list[str]) -> int:
    """Measure, print, and compare with the limit."""
    parser = argparse.ArgumentParser(description="Benchmark of govstack_kit.load().")
    parser.add_argument("--runs", type=int, default=15, help="processes of each kind (15)")
    parser.add_argument("--check", action="store_true", help=f"fail above {LIMIT}")
    parser.add_argument("--json", action="store_true", help="print the ratios as JSON")
    args = parser.parse_args(arguments)
    if os.name == "nt":
        print("This benchmark needs Linux or macOS: Windows does not tell the peak memory.")
        return 2
    if args.runs < 1:
        parser.error("--runs is a number from 1 on")
    found = measure(args.runs)
    kit = found[KIT]
    ratios = {
        name: {
            "time, minimum": kit.best / other.best,
            "time, median": kit.median / other.median,
            "memory": kit.memory / other.memory,
        }
        for name, other in found.items()
        if name != KIT
    }
    if args.json:
        print(json.dumps(ratios, indent=2))
    else:
        print(f"{args.runs} fresh processes of each kind\n")
        print(f"{'':30}{'minimum':>11}{'median':>11}{'memory':>11}")
        for name, one in found.items():
            times = f"{one.best * 1e3:8.0f} ms{one.median * 1e3:8.0f} ms"
            print(f"{name:30}{times}{one.memory / 1e6:8.1f} MB")
        for name, values in ratios.items():
            shown = "".join(f"{ratio:11.2f}" for ratio in values.values())
            print(f"{'kit / ' + name:30}{shown}".replace("kit / pandas", "/ pandas"))
    worst = max(ratios[PLAIN].values())
    if args.check:
        verdict = "within" if worst <= LIMIT else "ABOVE"
        print(f"largest ratio to {PLAIN}: {worst:.2f}, {verdict} the limit of {LIMIT}")
    return int(args.check and worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
