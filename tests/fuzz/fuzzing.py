"""Whatever comes in the place of a source: taken whole, or refused with one of our own errors.

``python tests/fuzz/fuzzing.py FORMAT [--examples N] [--seed N] [--keep FOLDER]`` makes N wrong
sources of a format and ingests each, in a process that may use 1.5 GB of memory. What comes
out that is no error of ours is printed, with the sources kept in FOLDER, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from random import Random

from fuzz.mutations import Tree, mutated, packed
from isa.sheets import build

from ingest.discover import Found, discover
from kg_service.align.engine import Alignment
from kg_service.errors import KgError
from kg_service.intake import Intake
from kg_service.opening import load_alignment
from kg_service.store.embedded import OxigraphStore

REPOSITORY = Path(__file__).parent.parent.parent
MEMORY_BYTES = 1_500_000_000
_LONGEST_MESSAGE = 4_000


def valid_sources(format_name: str) -> list[Tree]:
    """The cases and examples of a format."""
    folders = [*REPOSITORY.glob("tests/*/cases/*/input"), *REPOSITORY.glob("examples/*/*")]
    with tempfile.TemporaryDirectory() as built:
        for number, arc in enumerate(sorted(REPOSITORY.glob("tests/isa/arcs/*/input"))):
            folders.append(build(arc, Path(built) / f"{number}"))
        known = [f for f in folders if f.is_dir() and format_name in formats_in(f)]
        return [tree_of(folder) for folder in sorted(known)]


def formats_in(folder: Path) -> set[str]:
    """The names of the formats of the sources in a folder."""
    return {found.format.name for found in discover(folder) if isinstance(found, Found)}


def tree_of(folder: Path) -> Tree:
    """The files of a folder by their names."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def write(tree: Tree, folder: Path) -> None:
    """Write the files of a source into a folder."""
    for name, content in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def take(path: Path, alignment: Alignment) -> int:
    """Ingest what lies at a path into a store in memory. How many sources were taken.

    Raises whatever comes out that is no error of ours.
    """
    taken = 0
    store = OxigraphStore()
    for report in Intake(store, alignment, "http://kg.test").take_path(path):
        if report is None:
            continue
        # what is told must be fit for a terminal and for JSON
        json.dumps(report.as_json(), ensure_ascii=False).encode()
        if report.error is None:
            taken += 1
        else:
            assert ": " in report.error
            assert "; " in report.error
            assert len(report.error) < _LONGEST_MESSAGE, len(report.error)
    for quad in store.quads():
        assert not str(quad.subject).startswith("_:")
        assert not str(quad.object).startswith("_:")
    return taken


def example(random: Random, sources: list[Tree]) -> Tree:
    """A wrong source: files in a folder, or one zip."""
    tree = mutated(random, random.choice(sources))
    return tree if random.randrange(8) else {"source.zip": packed(random, tree)}


def run(tree: Tree, alignment: Alignment) -> int:
    """Ingest a source, from a folder or, where it is one file, from that."""
    with tempfile.TemporaryDirectory() as folder:
        write(tree, Path(folder))
        named = Path(folder) / next(iter(tree)) if len(tree) == 1 else Path(folder)
        try:
            return take(named, alignment)
        except KgError:
            return 0


def limit_memory() -> None:
    """From here on this process gets no more than MEMORY_BYTES of address space."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("format")
    parser.add_argument("--examples", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    wanted = parser.parse_args()
    sources = valid_sources(wanted.format)
    if not sources:
        sys.exit(f"no valid case of {wanted.format}")
    alignment = load_alignment()
    limit_memory()
    sys.exit(_search(wanted, lambda random: example(random, sources), alignment))


def _search(
    wanted: argparse.Namespace, make: Callable[[Random], Tree], alignment: Alignment
) -> int:
    faults: dict[str, int] = {}
    taken = slowest = 0.0
    for number in range(wanted.seed, wanted.seed + wanted.examples):
        tree = make(Random(f"{wanted.format} {number}"))
        began = time.perf_counter()
        try:
            taken += run(tree, alignment) > 0
        except (Exception, RecursionError) as error:  # noqa: BLE001 - what is looked for
            place = traceback.extract_tb(error.__traceback__)
            ours = [f for f in place if "/ingest/" in f.filename or "/kg_service/" in f.filename]
            last = (ours or place)[-1]
            key = f"{type(error).__name__} {last.filename}:{last.lineno}"
            if key not in faults:
                print(f"--- example {number}: {key}: {str(error)[:200]!r}", flush=True)
                traceback.print_tb(error.__traceback__, limit=-8, file=sys.stdout)
                if wanted.keep is not None:
                    write(tree, wanted.keep / f"{wanted.format}-{number}")
            faults[key] = faults.get(key, 0) + 1
        took = time.perf_counter() - began
        if took > max(slowest, 1):
            print(f"--- example {number}: {took:.1f} s", flush=True)
            if wanted.keep is not None and took > 2:
                write(tree, wanted.keep / f"slow-{wanted.format}-{number}")
        slowest = max(slowest, took)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{wanted.format}: {wanted.examples} examples, {taken:.0f} taken in part or whole, "
        f"{sum(faults.values())} faults in {len(faults)} places, slowest {slowest:.2f} s, "
        f"at most {peak} MiB"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    main()
