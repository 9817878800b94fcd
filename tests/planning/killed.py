"""Saves a plan again and again in child processes and kills them at random moments.

Run as a program, since only a process without threads may fork safely. Prints one line a round: the
last revision that was acknowledged, and the revision that opens after the kill.
"""

import os
import random
import signal
import sys
import time
import warnings

from govstack_kit import Plan


def child(path: str, acknowledge: int) -> None:
    plan = Plan.open(path)
    while True:
        number = plan.revision + 1
        with plan.change("Next revision"):
            plan.set("plan", title=f"Revision {number}")
            plan.set("business_case", note=f"{number} " + "x" * 20_000)
        plan.save()
        os.write(acknowledge, plan.revision.to_bytes(4, "big"))


def main(path: str, rounds: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    warnings.simplefilter("ignore")
    Plan.new(title="Revision 1").save(path)
    revision = 1
    for _ in range(rounds):
        reader, writer = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(reader)
            try:
                child(path, writer)
            finally:
                os._exit(1)
        os.close(writer)
        said = os.read(reader, 4)  # it saves: from now on every moment may be in the middle of that
        time.sleep(chance.uniform(0, 0.05))
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        while part := os.read(reader, 65_536):
            said += part
        os.close(reader)
        revision = int.from_bytes(said[-4:], "big") if said else revision
        plan = Plan.open(path)
        good = plan.row("plan")["title"] == f"Revision {plan.revision}" and not plan.notice
        print(revision, plan.revision, good, flush=True)  # noqa: T201 - what the test reads
        revision = plan.revision


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
