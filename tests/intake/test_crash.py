"""Killed with signal 9 at any instant of any step: each source is wholly old, or wholly new."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp

import pytest
from support import BASE, REPOSITORY, crate, ref

from kg_service.catalogue import Catalogue
from kg_service.identity.decisions import Decisions
from kg_service.store.disk import DiskStore
from kg_service.store.embedded import OxigraphReader
from kg_service.store.snapshots import SnapshotReader
from kg_service.terms import CATALOGUE, DECISIONS, JOURNAL

RANDOM_KILLS = 3  # a step; and one before each call that writes
RUNS = 50
_MEMORY = "/dev/shm"
STEPS = ("version-1", "version-2", "confirm", "realign", "withdraw")
OWN = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix schema: <http://schema.org/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
schema:isPartOf skos:closeMatch prov:wasDerivedFrom .
"""


def write(folder: Path, version: str) -> None:
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
                "isPartOf": ref("file-0.txt"),
                "contentSize": "1000",
                "sha256": f"{version[-1]}{number:063x}",
            }
        )
    crate(folder / version, *entities, name=version, identifier="crate")


class Worker:
    """The process that forks a child a step."""

    def __init__(self, own: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "crashing.py"), str(own)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        )
        assert self._line() == "ready"

    def run(self, folder: Path, step: str, *, after: float | None = None, call: int = 0) -> bool:
        """Make a step, killed after some seconds, or before a call. Whether it was killed."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{folder} {step} {call}\n")
        self._process.stdin.flush()
        child = int(self._line())
        if after is not None:
            time.sleep(after)
            with suppress(ProcessLookupError):  # it was through
                os.kill(child, signal.SIGKILL)
        said = self._line()
        assert said in ("died", "done 0"), said
        return said == "died"

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


State = frozenset[str]
# what differs from one time to another
_TIMES = re.compile(r"\d{4}-\d\d-\d\dT[^\">]*|urn:kg:decision:[0-9a-f]+")


def state(reader: OxigraphReader) -> State:
    """What the store holds: a digest of each graph, the times left out.

    Fails where catalogue, graphs and links do not agree.
    """
    sources = Catalogue(reader).sources()
    named = {str(graph) for source in sources for graph in source.graphs}
    held: dict[str, list[str]] = {}
    for quad in reader.quads():
        held.setdefault(str(quad.graph_name), []).append(_TIMES.sub("…", str(quad.triple)))
    assert str(JOURNAL) not in held
    assert set(held) - {str(CATALOGUE), str(DECISIONS)} == named
    for source in sources:
        assert len(held[f"<{source.asserted_graphs[0]}>"]) == source.asserted
        assert len(held[f"<{source.aligned_graphs[0]}>"]) == source.aligned
        assert held[f"<{source.identity_graph}>"]
        aligned, identity = source.aligned_graphs[0], source.identity_graph
        assert aligned.rpartition("/")[0] == identity.rpartition("/")[0]
        # every thing names the version that the catalogue tells
        assert source.title is not None
        assert all(
            source.title in line
            for line in held[f"<{source.asserted_graphs[0]}>"]
            if " run " in line
        )
    for decision in Decisions(reader).all():
        assert decision.because == "the label on the tube"
    return frozenset(
        f"{graph} {sha256(chr(10).join(sorted(lines)).encode()).hexdigest()}"
        for graph, lines in held.items()
    )


def recovered(folder: Path) -> State:
    """The state after a restart, which is also what readers then see."""
    store = DiskStore(folder / "store", BASE)
    found = state(store)
    store.publish()
    assert state(SnapshotReader(folder / "store").frozen()) == found
    store.close()
    left = {path.name for path in (folder / "store").iterdir()}
    assert left <= {"kg-store.json", "live", "snapshots", "current"}
    assert not list((folder / "store" / "snapshots").glob("*.tmp"))
    return found


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Both versions of the crate, and mappings of one's own; in memory, where that is a folder."""
    folder = tmp_path_factory.mktemp("crash")
    if os.access(_MEMORY, os.W_OK):
        folder = Path(mkdtemp(dir=_MEMORY, prefix="kg-crash-"))
    for version in ("version-1", "version-2"):
        write(folder, version)
    (folder / "own").mkdir()
    (folder / "own" / "lab.ttl").write_text(OWN)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def worker(prepared: Path) -> Iterator[Worker]:
    worker = Worker(prepared / "own")
    yield worker
    worker.close()


def prepare(prepared: Path, folder: Path, worker: Worker, step: str) -> None:
    """A folder in which a step can be made: before it, all earlier ones were."""
    folder.mkdir()
    for version in ("version-1", "version-2"):
        (folder / version).symlink_to(prepared / version)
    before = prepared / f"before-{step}"
    if not before.exists() and step != STEPS[0]:
        earlier = STEPS[STEPS.index(step) - 1]
        making = prepared / f"making-{step}"
        prepare(prepared, making, worker, earlier)
        worker.run(making, earlier)
        (making / "store").rename(before)
    if before.exists():
        shutil.copytree(before, folder / "store", symlinks=True)


@pytest.mark.parametrize("step", STEPS)
def test_killed_in_a_step(prepared: Path, worker: Worker, step: str) -> None:
    whole = prepared / f"whole-{step}"
    prepare(prepared, whole, worker, step)
    old = recovered(whole) if (whole / "store").exists() else frozenset()
    began = time.perf_counter()
    worker.run(whole, step)
    took = time.perf_counter() - began
    new = recovered(whole)
    assert new != old
    met = set()

    def killed(number: int, **how: float) -> bool:
        folder = prepared / f"killed-{step}-{number}"
        prepare(prepared, folder, worker, step)
        died = worker.run(folder, step, **how)  # type: ignore[arg-type]
        if (folder / "store" / "current").exists():
            # readers need not wait for the restart
            assert state(SnapshotReader(folder / "store").frozen()) in (old, new), how
        found = recovered(folder)
        assert found in (old, new), how
        met.add(found == new)
        # and the step can be made again
        if found == old and number % 3 == 1:
            worker.run(folder, step)
            assert recovered(folder) == new, how
        shutil.rmtree(folder)
        return died

    call = 1
    while killed(call, call=call):
        call += 2  # every other one is enough
    assert met == {False, True}
    assert call > 4  # else it does not meet the calls that write
    instants = random.Random(step)
    for number in range(RANDOM_KILLS):
        killed(1000 + number, after=instants.uniform(0, took))
