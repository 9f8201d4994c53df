"""A process that makes the steps of a store's life on request, in a child that dies in one.

Each line of standard input is ``FOLDER STEP CALLS``: a child is forked that opens the store in
the folder and makes the step. ``CALLS`` of 0 lets it live; else it kills itself just before that
call which writes. Its process id is printed, and ``done`` when it has ended.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode

from kg_service.identity.decisions import Verdict
from kg_service.intake import Intake
from kg_service.links.stewardship import judge
from kg_service.opening import load_alignment
from kg_service.realign import realign
from kg_service.store import disk, embedded
from kg_service.store.disk import DiskStore
from kg_service.withdraw import withdraw

BASE = "http://kg.test"
PAIR = (
    NamedNode(f"{BASE}/source/crate/file-1.txt"),
    NamedNode(f"{BASE}/source/crate/file-2.txt"),
)
_WRITES = {"extend", "load", "bulk_load", "update", "remove_graph", "remove", "backup", "flush"}
# so that a small source is written, and removed, as a large one is
embedded._BULK_FROM, embedded._BULK_LINES, embedded._REMOVED_AT_ONCE = 150, 250, 200


class Dying:
    """Kills this process before the n-th call that writes, of any of the wrapped objects."""

    def __init__(self, calls: int) -> None:
        self._left = calls

    def before(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def dying(*args: Any, **named: Any) -> Any:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **named)

        return dying

    def engine(self, folder: str) -> Any:
        dying, store = self, _Store(folder)

        class Engine:
            def __getattr__(self, name: str) -> Any:
                call = getattr(store, name)
                return dying.before(call) if name in _WRITES else call

        return Engine()


_Store = disk.Store


def make(folder: Path, step: str) -> None:
    store = DiskStore(folder / "store", BASE)
    if step == "withdraw":
        withdraw(store, BASE, "crate", "no longer right")
    elif step == "confirm":
        judge(store, PAIR, Verdict.CONFIRMED, "the label on the tube", "Ada")
    elif step == "realign":
        list(realign(store, OTHER))
    else:
        list(Intake(store, ALIGNMENT, BASE).take_path((folder / step).resolve()))
    store.publish()
    store.close()


def main() -> None:
    print("ready", flush=True)
    for line in sys.stdin:
        folder, step, calls = line.split()
        child = os.fork()
        if child == 0:
            try:
                if int(calls):
                    dying = Dying(int(calls))
                    disk.Store = dying.engine  # type: ignore[assignment, misc]
                    os.replace = dying.before(os.replace)
                make(Path(folder), step)
            except Exception as error:  # noqa: BLE001 - the child ends here, whatever it was
                print(error, file=sys.stderr)
                os._exit(1)
            os._exit(0)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print("died" if os.WIFSIGNALED(status) else f"done {status}", flush=True)


if __name__ == "__main__":
    ALIGNMENT, OTHER = load_alignment(), load_alignment([sys.argv[1]])
    main()
