"""A bar of text that shows how far long work is."""

from __future__ import annotations

import math
import sys
import time

PATIENCE = 2.0  # seconds until a bar is shown


class Bar:
    """A bar of text, shown where somebody waits, and wiped away at the end."""

    def __init__(self, total: int) -> None:
        self.total, self.start, self.shown = total, time.perf_counter(), 0

    def __call__(self, done: int, total: int) -> None:
        """Show how many are done, once it takes a while."""
        if time.perf_counter() - self.start < PATIENCE or sys.stderr is None:
            return
        full = math.floor(20 * done / total)
        line = f"[{'#' * full}{'.' * (20 - full)}] {done:,} of {total:,} draws"
        sys.stderr.write(f"\r{line:<{self.shown}}")
        sys.stderr.flush()
        self.shown = len(line)

    def end(self) -> None:
        """Wipe the bar away."""
        if self.shown:
            sys.stderr.write(f"\r{'':<{self.shown}}\r")
            sys.stderr.flush()
