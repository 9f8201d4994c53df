"""All peers over one graph, one after another, each in processes of its own with a time allowed."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from benchmarks.lineage.generated import Generated
from benchmarks.lineage.measure import SHAPES

# where statements alone say what is upstream; elsewhere ours knows of sameness and membership
COMPARED = ("merge", "chain", "giant")


@dataclass
class PeerFigures:
    """What was measured of one peer; times in seconds by question."""

    name: str
    skipped: str | None = None
    load: float = 0.0
    opened: float = 0.0
    disk: int = 0
    memory_mb: float = 0.0
    times: dict[str, list[float]] = field(default_factory=dict)
    cold: dict[str, float] = field(default_factory=dict)
    answers: dict[str, list[Any]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def run_peer(name: str, generated: Generated, allowed: float, load_allowed: float) -> PeerFigures:
    """Load one peer and ask it everything; a question may take ``allowed`` seconds in all."""
    figures = PeerFigures(name)
    with _process("prepare", name, generated, []) as told:
        loaded = told.next(load_allowed)
    if loaded is None or "skipped" in loaded:
        late = f"loading took over {load_allowed:.0f} s, or failed"
        figures.skipped = loaded["skipped"] if loaded else late
        return figures
    figures.load, figures.disk = loaded["seconds"], loaded["bytes"]
    shapes = [shape for shape in SHAPES if generated.starts[shape]]
    pending = [f"{shape}:{form}" for shape in shapes for form in ("count", "iris")]
    while pending:
        pending = _ask(figures, generated, pending, allowed, load_allowed)
    return figures


def _ask(
    figures: PeerFigures, generated: Generated, pending: list[str], allowed: float, opening: float
) -> list[str]:
    """Ask until all is answered or one takes too long: the questions that are left."""
    left = list(pending)
    with _process("ask", figures.name, generated, pending) as told:
        first = told.next(opening)
        if first is None:
            figures.failed.update(dict.fromkeys(left, "could not be opened"))
            return []
        figures.opened = first["opened"]
        while left:
            began = time.monotonic()
            line = told.next(allowed)
            if line is None:
                late = time.monotonic() - began >= allowed
                shape = left[0].partition(":")[0]
                said = f"over {allowed:.0f} s" if late else "the process ended"
                # what it can not count in time it will not list in time
                for question in [q for q in left if q.partition(":")[0] == shape]:
                    figures.failed[question] = said
                    left.remove(question)
                return left
            question = left.pop(0)
            if "failed" in line:
                figures.failed[question] = line["failed"]
            else:
                figures.times[question] = line["times"]
                figures.cold[question] = line["cold"]
                figures.answers[question] = line["answers"]
            memory = told.next(allowed)
            figures.memory_mb = max(figures.memory_mb, memory["memory_mb"] if memory else 0)
    return left


class _Told:
    """The JSON lines that a process tells, each waited for so long."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._lines: queue.Queue[str | None] = queue.Queue()
        assert process.stdout is not None
        self._stream = process.stdout
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self._stream:
            self._lines.put(line)
        self._lines.put(None)

    def next(self, seconds: float) -> dict[str, Any] | None:
        """The next line; None where there is none in time, or none at all."""
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            return None
        told: dict[str, Any] | None = json.loads(line) if line else None
        return told


@contextmanager
def _process(what: str, name: str, generated: Generated, questions: list[str]) -> Iterator[_Told]:
    command = [sys.executable, "-m", "benchmarks.lineage.measure", what, name]
    process = subprocess.Popen(
        [*command, str(generated.folder), *questions], stdout=subprocess.PIPE, text=True
    )
    try:
        yield _Told(process)
        process.wait(timeout=60 if not questions else 5)
    except subprocess.TimeoutExpired:
        pass  # it was given up
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """End a process and the servers that it started."""
    if process.poll() is None:
        children = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True
        ).stdout.split()
        process.kill()
        process.wait()
        for child in children:
            subprocess.run(["kill", "-9", child], check=False)


def disagreements(found: list[PeerFigures]) -> list[str]:
    """Where peers give other nodes than the bare walk, on the shapes that they all can say.

    What the bare walk did not get to in its time is not compared.
    """
    wrong = []
    floor = next(f for f in found if f.name == "numpy")
    for figures in found:
        for question, answers in figures.answers.items():
            known = floor.answers.get(question)
            compared = question.partition(":")[0] in COMPARED and known is not None
            if compared and answers != known:
                wrong.append(f"{figures.name} {question}: {answers} != {known}")
    return wrong
