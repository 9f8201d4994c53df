"""Killed with signal 9 at any instant of ingesting, replacing and withdrawing: old, or new."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import BASE, REPOSITORY, crate, ref

from kg_service.catalogue import Catalogue
from kg_service.store.embedded import DiskStore, OxigraphReader, SnapshotReader
from kg_service.terms import CATALOGUE, JOURNAL, VOCABULARY

TRIALS = 50
RUNS = 1500


def write(folder: Path, version: str) -> Path:
    """A crate of some thousand statements, each thing of which names its version."""
    entities = []
    for number in range(RUNS):
        entities.append(
            {
                "@id": f"#run-{number}",
                "@type": "CreateAction",
                "name": f"{version} run {number}",
                "object": ref(f"file-{number}.txt"),
                "result": ref(f"file-{number + 1}.txt"),
            }
        )
        entities.append(
            {
                "@id": f"file-{number}.txt",
                "@type": "File",
                "name": f"{version} file {number}",
                "contentSize": "1000",
                "sha256": f"{version[-1]}{number:063x}",
            }
        )
    return crate(folder / version, *entities, name=version, identifier="crate")


class Worker:
    """The process that forks a child a step."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "crashing.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        )
        assert self._line() == "ready"

    def run(self, folder: Path, step: str, kill_after: float | None = None) -> float:
        """Make a step, killed after some seconds. The seconds that it took."""
        assert self._process.stdin is not None
        began = time.perf_counter()
        self._process.stdin.write(f"{folder} {step}\n")
        self._process.stdin.flush()
        child = int(self._line())
        if kill_after is not None:
            time.sleep(kill_after)
            os.kill(child, signal.SIGKILL)  # not yet waited for, so the id is still its own
        assert self._line() == "done"
        return time.perf_counter() - began

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.close()


State = tuple[tuple[str, ...], frozenset[str]]


def state(reader: OxigraphReader) -> State:
    """What the store holds: versions of titles told, and a digest of each graph's content.

    Fails where catalogue and graphs do not agree.
    """
    sources = Catalogue(reader).sources()
    named = {str(graph) for source in sources for graph in source.graphs}
    held: dict[str, int] = {}
    for quad in reader.quads():
        held[str(quad.graph_name)] = held.get(str(quad.graph_name), 0) + 1
    lasting = {str(CATALOGUE)}
    assert str(JOURNAL) not in held
    assert not [g for g in held if VOCABULARY.value in g]
    assert set(held) - lasting == named
    for source in sources:
        assert held[f"<{source.asserted_graphs[0]}>"] == source.asserted
        assert held[f"<{source.aligned_graphs[0]}>"] == source.aligned
    titles = tuple(source.title or "" for source in sources)
    return titles, frozenset(f"{graph} {held[graph]}" for graph in named)


def recovered(folder: Path) -> State:
    """The state after a restart, which is also what readers then see."""
    store = DiskStore(folder / "store", BASE)
    found = state(store)
    store.publish()
    assert state(SnapshotReader(folder / "store").frozen()) == found
    store.close()
    return found


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, worker: Worker) -> Path:
    """Both versions of the crate, and a store in each state before a step."""
    folder = tmp_path_factory.mktemp("crash")
    for version in ("version-1", "version-2"):
        write(folder, version)
    return folder


STEPS = ("version-1", "version-2", "withdraw")


def prepare(prepared: Path, folder: Path, worker: Worker, step: str) -> None:
    """A folder in which a step can be made: before it, all earlier ones were."""
    folder.mkdir()
    for version in ("version-1", "version-2"):
        (folder / version).symlink_to(prepared / version)
    before = prepared / f"before-{step}"
    if not before.exists() and step != STEPS[0]:
        other = folder.parent / f"making-{step}"
        prepare(prepared, other, worker, STEPS[STEPS.index(step) - 1])
        worker.run(other, STEPS[STEPS.index(step) - 1])
        shutil.copytree(other / "store", before, symlinks=True)
    if before.exists():
        shutil.copytree(before, folder / "store", symlinks=True)


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_random_instants(
    prepared: Path, tmp_path: Path, worker: Worker, step: str
) -> None:
    whole = tmp_path / "whole"
    prepare(prepared, whole, worker, step)
    old = recovered(whole) if (whole / "store").exists() else ((), frozenset())
    took = worker.run(whole, step)
    new = recovered(whole)
    assert new != old
    instants = random.Random(f"{step} {TRIALS}")
    met = set()
    for trial in range(TRIALS // len(STEPS) + 1):
        folder = tmp_path / f"trial-{trial}"
        prepare(prepared, folder, worker, step)
        worker.run(folder, step, kill_after=instants.uniform(0, took))
        found = recovered(folder)
        assert found in (old, new), (step, trial)
        met.add(found == new)
        # and the step can be made again
        worker.run(folder, step)
        assert recovered(folder) == new
        shutil.rmtree(folder)
    assert False in met  # some kill came before the end, else the test shows nothing
