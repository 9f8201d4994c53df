"""The shapes of the generated graphs: who made a file from which files, by number.

A step is a run that made a file; step ``n`` made file ``n``. Its inputs are files of steps
with higher numbers: the walk upstream goes up in numbers.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from benchmarks.lineage.plan import CHAIN_STEPS, LEVELS, RESULTS_OF_STUDY

Step = tuple[int, ...]
"""The numbers of the files that a step used."""


def merge(seed: int) -> Iterator[Step]:
    """A study: some results that each merge all of it, in twelve levels of many inputs."""
    chance = random.Random(seed)
    first = RESULTS_OF_STUDY  # the first number of the level after the one at hand
    for _result in range(RESULTS_OF_STUDY):
        yield tuple(range(first, first + LEVELS[1]))
    for level, width in enumerate(LEVELS[1:], start=1):
        first += width
        if level == len(LEVELS) - 1:
            yield from [()] * width
            return
        above = LEVELS[level + 1]
        for place in range(width):
            own = set(range(place, above, width))  # so that every file is used
            own.update(chance.randrange(above) for _ in range(2))
            yield tuple(first + n for n in sorted(own))


def chain() -> Iterator[Step]:
    """Each step uses what the one before it made."""
    for number in range(CHAIN_STEPS - 1):
        yield (number + 1,)
    yield ()


def giant(files: int, seed: int) -> Iterator[Step]:
    """One result from everything: a tree of pairs, with another file for every second run."""
    chance = random.Random(seed)
    for number in range(files):
        used = [n for n in (2 * number + 1, 2 * number + 2) if n < files]
        if used and number % 2:
            used.append(chance.randrange(number + 1, files))
        yield tuple(sorted(set(used)))
