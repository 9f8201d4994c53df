"""The floor: a breadth-first walk of the bare numbers in NumPy, without names, kinds or sources.

Compressed sparse rows in memory. It starts from a node's number, and looks nothing up.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy

from benchmarks.lineage.generated import Generated, Start
from benchmarks.lineage.peers.port import own_peak_mb


class BareWalk:
    """The closure in a few lines of NumPy, level by level."""

    def __init__(self, generated: Generated, folder: Path) -> None:
        self._generated, self._rows = generated, folder / "rows.npz"

    def prepare(self) -> None:
        steps = numpy.fromfile(self._generated.folder / "steps.i32", dtype=numpy.int32)
        later, earlier = steps[::2], steps[1::2]
        order = numpy.argsort(later, kind="stable")
        counts = numpy.bincount(later, minlength=self._generated.nodes)
        first = numpy.concatenate(([0], numpy.cumsum(counts)))
        numpy.savez(self._rows, first=first, earlier=earlier[order])

    def open(self) -> None:
        with numpy.load(self._rows) as rows:
            self._first, self._earlier = rows["first"], rows["earlier"]
        self._iris = list(self._generated.iris())
        self._met = numpy.zeros(self._generated.nodes, dtype=bool)

    def count(self, start: Start) -> int:
        return len(self._walk(start.number))

    def iris(self, start: Start) -> Sequence[str]:
        iris = self._iris
        return [iris[n] for n in self._walk(start.number).tolist()]

    def _walk(self, start: int) -> Any:
        first, earlier, met = self._first, self._earlier, self._met
        level = numpy.array([start])
        met[start] = True
        levels = [level]
        while len(level):
            begin = first[level]
            number = first[level + 1] - begin
            ends = number.cumsum()
            places = numpy.arange(ends[-1]) + (begin - ends + number).repeat(number)
            reached = earlier[places]
            level = numpy.unique(reached[~met[reached]])
            met[level] = True
            levels.append(level)
        found = numpy.concatenate(levels)
        met[found] = False
        return found

    def memory_mb(self) -> float:
        return own_peak_mb()

    def close(self) -> None:
        del self._iris
