"""A generated graph on disk: its statements, and its steps as bare numbers.

quads-N.nq    everything, as N-Quads, in parts
nodes.txt     the IRIs of the nodes, a line each: the number of a node is that of its line
steps.i32     pairs of numbers: a node, and one that it comes straight from
graph.json    how many there are, and where the queries start
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from benchmarks.lineage.crates import template
from benchmarks.lineage.plan import RESULTS_OF_STUDY, SEED, Plan
from benchmarks.lineage.shapes import Step, chain, giant, merge
from benchmarks.lineage.statements import catalogued, file_of, iris_of, run_of, step

_QUADS_OF_PART = 1_500_000
_FILES_OF_SOURCE = 10_000
_STARTS = 220


@dataclass(frozen=True)
class Start:
    """Where a query starts: a node's IRI and its number."""

    iri: str
    number: int


@dataclass(frozen=True)
class Generated:
    """A generated graph, with the starts of each shape's queries."""

    folder: Path
    size: str
    quads: int
    nodes: int
    steps: int
    sources: int
    starts: Mapping[str, tuple[Start, ...]]

    @classmethod
    def of(cls, folder: Path) -> Generated:
        """The graph that was generated in a folder."""
        told = json.loads((folder / "graph.json").read_text(encoding="utf-8"))
        starts = {s: tuple(Start(*x) for x in xs) for s, xs in told.pop("starts").items()}
        return cls(folder, starts=starts, **told)

    @property
    def parts(self) -> list[Path]:
        return sorted(self.folder.glob("quads-*.nq"))

    def iris(self) -> Iterator[str]:
        """The nodes' IRIs in the order of their numbers."""
        with (self.folder / "nodes.txt").open(encoding="utf-8") as lines:
            for line in lines:
                yield line[:-1]


def generate(plan: Plan, folder: Path) -> Generated:
    """Write a graph after a plan; the same one each time."""
    with _Writer(folder) as writer:
        starts: dict[str, list[Start]] = {"merge": [], "chain": [], "giant": [], "crates": []}
        for number in range(plan.studies):
            first = writer.source(f"study-{number}", merge(SEED + number))
            starts["merge"] += first[:RESULTS_OF_STUDY]
        for number in range(plan.chains):
            starts["chain"] += writer.source(f"chain-{number}", chain())[:1]
        files = plan.giant_nodes // 2
        starts["giant"] += writer.source("giant", giant(files, SEED))[:1]
        for copy in template().copies():
            if writer.quads >= plan.quads:
                break
            writer.add(copy.text)
            starts["crates"].append(Start(copy.start, writer.number(copy.start)))
            for later, earlier in copy.edges:
                writer.edge(writer.number(later), writer.number(earlier))
            writer.sources += 3
    told: dict[str, Any] = {
        "size": plan.name,
        "quads": writer.quads,
        "nodes": writer.nodes,
        "steps": writer.steps,
        "sources": writer.sources,
        "starts": {
            shape: [(s.iri, s.number) for s in _spread(found)] for shape, found in starts.items()
        },
    }
    (folder / "graph.json").write_text(json.dumps(told), encoding="utf-8")
    return Generated.of(folder)


def _spread(starts: list[Start]) -> list[Start]:
    """So many of them, from all over the graph, in an order that does not follow it."""
    chosen = starts[:: max(len(starts) // _STARTS, 1)][:_STARTS]
    stride = next(n for n in (7, 11, 13, 17, 1) if len(chosen) % n or n == 1)
    return [chosen[i * stride % len(chosen)] for i in range(len(chosen))]


class _Writer:
    """Writes the files of a graph piece by piece; nothing of it is kept in memory."""

    def __init__(self, folder: Path) -> None:
        self.quads = self.nodes = self.steps = self.sources = 0
        self._folder = folder
        self._nodes = (folder / "nodes.txt").open("w", encoding="utf-8")
        self._steps = (folder / "steps.i32").open("wb")
        self._part: IO[str] | None = None
        self._parts = self._room = 0
        self._pairs = array("i")
        self._shared: dict[str, int] = {}  # numbers of nodes that are named by IRI

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *_error: object) -> None:
        self._pairs.tofile(self._steps)
        for stream in (self._nodes, self._steps, self._part):
            if stream is not None:
                stream.close()

    def source(self, name: str, steps: Iterable[Step]) -> list[Start]:
        """Write steps as one source, or several where they are many. Its first files."""
        base = self.nodes
        first: list[Start] = []

        def part(number: int) -> str:
            return f"{name}-{number // _FILES_OF_SOURCE}"

        count = written = 0
        for number, used in enumerate(steps):
            of = part(number)
            if number % _FILES_OF_SOURCE == 0:
                names = iris_of(of).graphs()
                if number:
                    self._end_source(part(number - 1), count, written)
                    count = written = 0
            self.add(step(names, of, number, [file_of(part(n), n) for n in used]))
            count, written = count + 1, written + len(used)
            file, run = file_of(of, number), run_of(of, number)
            self._nodes.write(f"{file}\n{run}\n")
            self.nodes += 2
            self.edge(base + 2 * number, base + 2 * number + 1)
            for other in used:
                self.edge(base + 2 * number + 1, base + 2 * other)
            if number < RESULTS_OF_STUDY:
                first.append(Start(file, base + 2 * number))
        self._end_source(of, count, written)
        return first

    def _end_source(self, name: str, steps: int, used: int) -> None:
        self.add("".join(catalogued(name, 4 * steps + used, 4 * steps + used, steps)))
        self.sources += 1

    def add(self, text: str) -> None:
        """Write statements."""
        lines = text.count("\n")
        if self._part is None or self._room < lines:
            if self._part is not None:
                self._part.close()
            # counted: parts are not quite full, so what was written does not number them
            name = f"quads-{self._parts:03d}.nq"
            self._part = (self._folder / name).open("x", encoding="utf-8")
            self._parts += 1
            self._room = _QUADS_OF_PART
        self._part.write(text)
        self._room -= lines
        self.quads += lines

    def edge(self, later: int, earlier: int) -> None:
        """Write a step."""
        self._pairs.extend((later, earlier))
        self.steps += 1
        if len(self._pairs) >= 1_000_000:
            self._pairs.tofile(self._steps)
            del self._pairs[:]

    def number(self, iri: str) -> int:
        """The number of a node that is named by IRI; the last ones named are remembered."""
        if (known := self._shared.get(iri)) is None:
            if len(self._shared) > 10_000:
                for old in list(self._shared)[:5_000]:
                    del self._shared[old]
            known = self._shared[iri] = self.nodes
            self._nodes.write(iri + "\n")
            self.nodes += 1
        return known
