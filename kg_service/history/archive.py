"""The archive: what versions of sources said that are there no more, in a folder beside the store.

::

    history/
      SOURCE/           16 digits of the SHA-256 of the source's IRI
        SINCE.json      one period: which source and version, since and until when
        SINCE.nq.gz     its aligned and identity graphs, and what the catalogue said of it
        SINCE.grades.gz the grades of its lineage statements
      grades/GRAPH.gz   those of each aligned graph that is there now

A period is written before the change that ends it, its ``.json`` last. One whose change was
never made (a crash, a full disk) says of what is still there that it ended: readers, who ask the
catalogue which periods there were, do not see it, and the next writer removes it.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from gzip import BadGzipFile
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, cast

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, serialize

from kg_service.errors import StoreError
from kg_service.store.engine_errors import ENGINE_ERRORS, reason, todo
from kg_service.store.grades import Grade, Grades
from kg_service.store.layout import replace_text

_GRADES = "grades"
_BY_NAME = {grade.value.encode(): grade for grade in Grade}
_LEVEL = 3  # of compression: most of what a higher one saves, in a fraction of its time


@dataclass(frozen=True)
class Archived:
    """One period as it was archived. ``pruned`` is when its statements were removed, if so."""

    source: NamedNode
    since: datetime
    statements: int
    size: int
    pruned: datetime | None
    path: Path


class Archive:
    """The periods that are kept in a folder. Raises StoreError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(
        self,
        source: NamedNode,
        since: datetime,
        quads: Iterator[Quad],
        graphs: Collection[NamedNode],
    ) -> None:
        """Archive a period: its statements, and the grades kept for its aligned graphs."""
        with self._writing():
            place = self._of_source(source)
            place.mkdir(parents=True, exist_ok=True)
            path = place / f"{since:%Y%m%dT%H%M%S.%fZ}.json"
            counted = _Counted(quads)
            with _compressed(path.with_suffix(".nq.gz")) as stream:
                serialize(counted, stream, format=RdfFormat.N_QUADS)
            with _compressed(path.with_suffix(".grades.gz")) as stream:
                for graph in graphs:
                    self._copy_grades(graph, stream)
            told = {
                "source": source.value,
                "since": since.isoformat(),
                "statements": counted.number,
            }
            replace_text(path, json.dumps(told) + "\n")

    def of(self, source: NamedNode) -> dict[datetime, Archived]:
        """The periods of a source that were archived, by when they began."""
        with self._reading():
            found = [_read(path) for path in self._of_source(source).glob("*.json")]
        return {archived.since: archived for archived in found if archived is not None}

    def load(self, archived: Archived, store: Store) -> None:
        """Load what an archived period said into a store in memory."""
        with self._reading(), gzip.open(archived.path.with_suffix(".nq.gz")) as stream:
            before = len(store)
            store.bulk_load(cast(IO[bytes], stream), RdfFormat.N_QUADS)
            if len(store) - before != archived.statements:
                raise ValueError(f"{archived.path.stem}: statements are missing")

    def grades(self, archived: Archived) -> Iterator[tuple[bytes, Grade]]:
        """The grades of its lineage statements, each as a line with its graph first.

        Of a statement that comes several times, the first counts.
        """
        with self._reading(), gzip.open(archived.path.with_suffix(".grades.gz")) as stream:
            for line in stream:
                graph, grade, statement = line.split(b" ", 2)
                yield graph + b" " + statement, _BY_NAME[grade]

    def note_grades(self, graph: NamedNode, grades: Grades) -> None:
        """Keep the grades of an aligned graph for when it is archived."""
        with self._writing():
            path = self._grades_of(graph)
            path.parent.mkdir(parents=True, exist_ok=True)
            # not forced to the disk, as an ingest of many small sources would wait for each
            with gzip.open(path, "wb", compresslevel=_LEVEL) as stream:
                for grade, line in grades.lines():
                    stream.write(grade.value.encode() + b" " + line)

    def noted(self, graph: NamedNode) -> Iterator[tuple[Grade, bytes]]:
        """The grades kept for an aligned graph, as ``Grades.lines`` gives them; none if lost."""
        lost = (FileNotFoundError, BadGzipFile, EOFError, zlib.error, ValueError)
        with suppress(*lost), gzip.open(self._grades_of(graph)) as stream:
            for line in stream:
                grade, statement = line.split(b" ", 1)
                yield _BY_NAME[grade], statement

    def forget_grades(self, graph: NamedNode) -> None:
        """Let go of the grades of a graph that is no more."""
        with self._writing():
            self._grades_of(graph).unlink(missing_ok=True)

    def forget(self, source: NamedNode) -> None:
        """Remove all that is kept of a source."""
        with self._writing():
            if self._of_source(source).exists():
                shutil.rmtree(self._of_source(source))

    def prune(self, archived: Archived) -> None:
        """Remove the statements of a period. That it was kept, and till when, stays."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._writing():
            told = json.loads(archived.path.read_text(encoding="utf-8"))
            replace_text(archived.path, json.dumps({**told, "pruned": now}) + "\n")
            for suffix in (".nq.gz", ".grades.gz"):
                archived.path.with_suffix(suffix).unlink(missing_ok=True)

    def sweep(
        self, past: Callable[[NamedNode], Collection[datetime]], graphs: Collection[NamedNode]
    ) -> None:
        """Remove what belongs to no period that is ``past``, and grades of other graphs."""
        kept = {self._grades_of(graph) for graph in graphs}
        with self._writing():
            for path in self._folder.glob("*/*"):
                if path.parent.name == _GRADES:
                    if path not in kept:
                        path.unlink()
                elif path.suffix == ".json":
                    archived = _read(path)
                    if archived is None or archived.since not in past(archived.source):
                        path.unlink()
            for path in self._folder.glob("*/*.gz"):
                stem = path.name.removesuffix(".nq.gz").removesuffix(".grades.gz")
                if path.parent.name != _GRADES and not (path.parent / f"{stem}.json").exists():
                    path.unlink()

    def _copy_grades(self, graph: NamedNode, stream: IO[bytes]) -> None:
        for grade, line in self.noted(graph):
            stream.write(f"{graph} {grade} ".encode() + line)

    def _of_source(self, source: NamedNode) -> Path:
        return self._folder / _short(source)

    def _grades_of(self, graph: NamedNode) -> Path:
        return self._folder / _GRADES / f"{_short(graph)}.gz"

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except ENGINE_ERRORS as error:
            raise StoreError(
                f"{self._folder}: the past could not be archived ({reason(error)}); {todo(error)}"
            ) from error

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (OSError, EOFError, zlib.error, ValueError, SyntaxError, KeyError) as error:
            raise StoreError(
                f"{self._folder}: what is archived can not be read ({error}); put the folder back "
                "from a copy, or give the version up with: kg history SOURCE --prune"
            ) from error


class _Counted:
    """Statements, counted as they pass."""

    def __init__(self, quads: Iterator[Quad]) -> None:
        self._quads = quads
        self.number = 0

    def __iter__(self) -> Iterator[Quad]:
        for quad in self._quads:
            self.number += 1
            yield quad


def _short(iri: NamedNode) -> str:
    return sha256(iri.value.encode()).hexdigest()[:16]


@contextmanager
def _compressed(path: Path) -> Iterator[IO[bytes]]:
    """A compressed file to write, safely on the disk afterwards."""
    with path.open("wb") as raw:
        with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=_LEVEL, mtime=0) as stream:
            yield cast(IO[bytes], stream)
        raw.flush()
        os.fsync(raw.fileno())


def _read(path: Path) -> Archived | None:
    try:
        return _archived(path, json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None  # removed meanwhile
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(
            f"{path}: damaged; put it back from a copy, or remove it to give that version up"
        ) from error


def _archived(path: Path, told: dict[str, Any]) -> Archived:
    files = [path.with_suffix(suffix) for suffix in (".nq.gz", ".grades.gz")]
    pruned = told.get("pruned")
    return Archived(
        NamedNode(told["source"]),
        datetime.fromisoformat(told["since"]),
        int(told["statements"]),
        sum(file.stat().st_size for file in files if file.exists()),
        datetime.fromisoformat(pruned) if pruned else None,
        path,
    )
