"""A process that ingests, replaces or withdraws on request, in a child that may be killed.

Each line of standard input is ``FOLDER STEP``: a child is forked that opens the store in the
folder and makes the step; its process id is printed, and ``done`` when it has ended.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from kg_service.intake import Intake
from kg_service.opening import load_alignment
from kg_service.store.embedded import DiskStore
from kg_service.withdraw import withdraw

BASE = "http://kg.test"


def main() -> None:
    alignment = load_alignment()
    print("ready", flush=True)
    for line in sys.stdin:
        folder, step = line.split()
        child = os.fork()
        if child == 0:
            store = DiskStore(Path(folder) / "store", BASE)
            if step == "withdraw":
                withdraw(store, BASE, "crate", "no longer right")
            else:
                list(Intake(store, alignment, BASE).take_path(Path(folder) / step))
            store.publish()
            store.close()
            os._exit(0)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("done", flush=True)


if __name__ == "__main__":
    main()
