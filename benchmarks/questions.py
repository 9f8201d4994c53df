"""How long each question of the library takes over a large graph.

    python -m benchmarks.questions --size 12M      # half an hour, 12 GB of disk
    python -m benchmarks.questions --size 200k
    python -m benchmarks.questions --store DIR     # over a store that is there

The graph is that of ``benchmarks.lineage``: runs and files that were generated, and copies of real
crates. The questions are asked one after another: over everything, and for one source. What must be
given for an answer is taken from the graph. A question that takes over two seconds must say
why in its header (``slow``); which do not is told at the end, with exit code 1.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.lineage import store
from benchmarks.lineage.generated import generate
from benchmarks.lineage.plan import plan_of
from benchmarks.results import Table, save
from kg_service.opening import open_reader
from kg_service.questions import Question, ask, load_questions, question_named
from kg_service.rdf import solutions_of
from kg_service.resources import resource_folder
from kg_service.settings import Settings
from kg_service.store.port import GraphReader

AIM = 2.0
_TIMES = 3
# what a question can start from in the graph, each file named after the variables that it finds
_STARTS = Path(__file__).with_name("questions_starts")


@dataclass(frozen=True)
class Figures:
    """Processor seconds, the median of some askings, and rows; None where it took too long."""

    question: str
    whole: float | None
    rows: int
    one_source: float | None
    rows_of_source: int
    slow: str | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="12M")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--store", help="a store that is there, instead of a generated one")
    parser.add_argument("--allowed", type=float, default=60.0, help="seconds on the clock for one")
    parser.add_argument("--only", help="ids of questions, with commas between")
    parser.add_argument("--answer", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.answer:
        _answer(options.store)
        return
    questions = load_questions(resource_folder("queries"))
    if options.only:
        wanted = set(options.only.split(","))
        questions = tuple(question for question in questions if question.id in wanted)
    if options.store:
        found = measure(options.store, questions, options.allowed)
        late = report(found, "a store", _quads(options.store))
    else:
        made = options.folder / f"questions-{options.size}"
        made.mkdir()
        try:
            generated = generate(plan_of(options.size), made)
            store.load(generated)
            for part in generated.parts:
                part.unlink()
            settings = store.settings_of(made)
            found = measure(settings.store, questions, options.allowed)
            late = report(found, options.size, generated.quads)
        finally:
            shutil.rmtree(made)
    if late:
        sys.exit(f"over {AIM:.0f} s without a reason: {', '.join(late)}")


def measure(at: str, questions: Sequence[Question], allowed: float) -> list[Figures]:
    """All questions over a store, one after another."""
    starts = _starts(open_reader(Settings(store=at)))
    asker = _Asker(at, allowed)
    found = []
    for question in questions:
        given = {p.name: starts.get(p.name, starts["result"]) for p in question.required}
        whole, rows = asker.asked(question, given)
        one, fewer = None, 0
        if any(p.name == "source" for p in question.parameters):
            one, fewer = asker.asked(question, {**given, "source": starts["source"]})
        found.append(Figures(question.id, whole, rows, one, fewer, question.slow))
        print(f"{question.id:32} {_seconds(whole):>8} {rows:>9} {_seconds(one):>8}", flush=True)
    asker.close()
    return found


def report(found: Sequence[Figures], size: str, quads: int) -> list[str]:
    """Leave the figures for the page; the questions that take too long and do not say why."""
    rows = [
        (
            f.question,
            _seconds(f.whole),
            f"{f.rows:,}",
            _seconds(f.one_source),
            "yes" if f.slow else "",
        )
        for f in sorted(found, key=lambda f: -(f.whole or float("inf")))
    ]
    head = ("question", "everything, s", "rows", "one source, s", "says why")
    fast = sum(f.whole is not None and f.whole <= AIM for f in found)
    note = (
        f"{quads:,} quads. Processor time, the median of {_TIMES} askings, fewer where one took "
        "long; a dash where that is too long or is not asked. "
        f"{fast} of {len(found)} take at most {AIM:.0f} s over everything."
    )
    figures = {"quads": quads, "questions": [asdict(f) for f in found]}
    save("questions", [Table(f"{size} quads", head, rows, note)], figures)
    return [f.question for f in found if (f.whole is None or f.whole > AIM) and not f.slow]


def _starts(reader: GraphReader) -> Mapping[str, str]:
    """What questions start from: a specimen, a sample, a result, and the id of its source."""
    starts = {}
    for path in sorted(_STARTS.glob("*.rq")):
        for row in solutions_of(reader.query(path.read_text(encoding="utf-8"))):
            starts.update({v: term.value for v, term in zip(_names(path), row, strict=True)})
    return {**starts, "thing": starts["sample"]}


def _names(path: Path) -> Sequence[str]:
    return path.stem.split("-")


class _Asker:
    """A process that asks questions of a store, and is ended when one takes too long."""

    def __init__(self, at: str, allowed: float) -> None:
        self._at = at
        self._allowed = allowed
        self._process: subprocess.Popen[str] | None = None

    def asked(self, question: Question, given: Mapping[str, str]) -> tuple[float | None, int]:
        """The median of the askings that the time allows, and the rows."""
        seconds: list[float] = []
        rows = 0
        while len(seconds) < _TIMES and sum(seconds) <= 3 * AIM:  # long enough to tell
            told = self._once(question, given)
            if told is None:
                break
            seconds.append(told["seconds"])
            rows = told["rows"]
        return (statistics.median(seconds) if seconds else None), rows

    def _once(self, question: Question, given: Mapping[str, str]) -> dict[str, Any] | None:
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        ended = threading.Timer(self._allowed, process.kill)
        ended.start()
        try:
            process.stdin.write(json.dumps([question.id, dict(given)]) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        finally:
            ended.cancel()
        if not answer:
            process.wait()
            self._process = None
            return None
        told: dict[str, Any] = json.loads(answer)
        return told

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _start(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "benchmarks.questions", "--store", self._at, "--answer"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()  # it has opened the store
        return self._process


def _answer(at: str) -> None:
    """Ask what the lines of standard input say, and write how long each took."""
    questions = load_questions(resource_folder("queries"))
    reader = open_reader(Settings(store=at)).frozen()
    print("ready", flush=True)
    for line in sys.stdin:
        id_, given = json.loads(line)
        began = time.process_time()
        rows = len(ask(reader, question_named(questions, id_), given).rows)
        print(json.dumps({"seconds": time.process_time() - began, "rows": rows}), flush=True)


def _quads(at: str) -> int:
    query = "SELECT (COUNT(*) AS ?quads) WHERE { GRAPH ?g { ?s ?p ?o } }"
    (row,) = solutions_of(open_reader(Settings(store=at)).query(query))
    return int(row["quads"].value)


def _seconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.2f}" if seconds >= 0.01 else f"{seconds:.3f}"


if __name__ == "__main__":
    main()
