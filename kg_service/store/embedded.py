"""The embedded store: pyoxigraph, in memory or on disk.

On disk, a store is a folder::

    kg-store.json      layout version and the base IRI of this store
    live/              the database, opened by the one writer
    snapshots/000007/  a hard-linked checkpoint that readers open; never written
    current            the name of the snapshot that readers use, replaced atomically

Readers thus see a change when it is published, whole, and never a half of it; a writer may
work while they read. A commit marks its new graphs as pending in the journal graph, writes
them, and then drops the old graphs, changes the catalogue and clears the marks in one atomic
update. Large old graphs are only marked in that update, and removed after it in steps: what
readers are shown is published later. A writer that finds marks when it opens drops the graphs
they name, and removes snapshots that were not finished.

The engine checks what it reads and says so where its files are damaged. Where a write fails it
may take no more until it is opened again; what stays marked then is never published.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import IO

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, Variable

from kg_service.errors import QuerySyntax, StoreError, UsageError
from kg_service.store.dataset import Dataset
from kg_service.store.engine_errors import ENGINE_ERRORS, engine_error, is_damage, reason, todo
from kg_service.store.port import NO_BINDINGS, Change, QueryResult, Term
from kg_service.store.sizes import count_in
from kg_service.store.sparql_text import keywords, refuse_calls_out
from kg_service.store.statements import Statements
from kg_service.store.syntax import explain_syntax
from kg_service.terms import JOURNAL, PREFIXES, kg

LAYOUT = 1
_BULK_FROM = 5_000
_BULK_LINES = 50_000
_REMOVED_AT_ONCE = 2_000
_FLUSH_BYTES = 8_000_000
# a graph serialises itself, so nothing of it can end the query
_REMOVAL = (
    "DELETE {{ GRAPH {graph} {{ ?s ?p ?o }} }} "
    "WHERE {{ SELECT * WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }} LIMIT {limit} }}"
)
_SNAPSHOTS_KEPT = 2
_PENDING = kg("pending")


class OxigraphReader:
    """Reads a pyoxigraph store, which messages call ``where``: see ``GraphReader``."""

    def __init__(self, store: Store, where: str = "the store") -> None:
        self._store = store
        self._where = where

    def frozen(self) -> OxigraphReader:
        return self

    def query(
        self,
        sparql: str,
        bindings: Mapping[str, Term] = NO_BINDINGS,
        dataset: Dataset | None = None,
    ) -> QueryResult:
        """As ``GraphReader.query``. ``dataset`` overrides what the query names with FROM."""
        refuse_calls_out(sparql)
        try:
            result: QueryResult = self._store.query(
                sparql,
                prefixes=PREFIXES,
                # a query that names its own dataset (FROM) has that one
                use_default_graph_as_union=dataset is None and "FROM" not in set(keywords(sparql)),
                default_graph=None if dataset is None else list(map(NamedNode, dataset.default)),
                named_graphs=None if dataset is None else list(map(NamedNode, dataset.named)),
                substitutions={Variable(name): term for name, term in bindings.items()},
            )
        except SyntaxError as error:
            said = explain_syntax(sparql, str(error.msg))
            raise QuerySyntax(f"the SPARQL query does not parse: {said}") from error
        except (ValueError, RuntimeError) as error:
            if is_damage(error):
                raise engine_error(self._where, error) from error
            raise UsageError(f"the SPARQL query can not be evaluated: {error}") from error
        except OSError as error:
            raise engine_error(self._where, error) from error
        return result

    def quads(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        try:
            yield from self._store.quads_for_pattern(subject, predicate, object_, graph)
        except ENGINE_ERRORS as error:
            raise engine_error(self._where, error) from error

    def graph_names(self) -> set[NamedNode]:
        """All graphs that hold something. Raises StoreError."""
        try:
            return {name for name in self._store.named_graphs() if isinstance(name, NamedNode)}
        except ENGINE_ERRORS as error:
            raise engine_error(self._where, error) from error

    def dump(self, file: IO[bytes], graph: NamedNode) -> None:
        """Write what a graph says, as N-Triples. Raises StoreError."""
        try:
            self._store.dump(file, RdfFormat.N_TRIPLES, from_graph=graph)
        except ENGINE_ERRORS as error:
            raise engine_error(self._where, error) from error


class OxigraphStore(OxigraphReader):
    """Reads and writes a pyoxigraph store, in memory if none is given: see ``GraphStore``."""

    def __init__(self, store: Store | None = None, where: str = "the store") -> None:
        super().__init__(Store() if store is None else store, where)
        self._unflushed = 0
        self._failed = False
        self._sweep()

    def commit(self, change: Change) -> None:
        marks = [_mark(graph) for graph in change.graphs]
        later: list[NamedNode] = []
        try:
            self._sweep()  # what an interruption left
            self._flush_when_full()
            for graph in change.graphs:
                if not self._is_empty(graph):
                    # else a failure would take what it holds
                    raise ValueError(f"there is a graph {graph} already")
            if marks:
                self._store.extend(marks)
            sizes = {graph: self._write(graph, told) for graph, told in change.graphs.items()}
            at_once = [graph for graph in change.drop if self._is_small(graph)]
            later = [graph for graph in change.drop if graph not in at_once]
            records = [*change.insert, *change.records(sizes), *map(_mark, later)]
            text = _update_text(at_once, [*change.delete, *marks], records)
            self._store.update(text)
            self._unflushed += len(text)
        except (*ENGINE_ERRORS, ValueError, SyntaxError) as error:
            self._undo()
            raise StoreError(
                f"{self._where}: the change was not written ({reason(error)}); the store is as "
                f"it was: {todo(error)}"
            ) from error
        except BaseException:
            self._undo()
            raise
        try:
            for graph in later:
                self._remove(graph)
        except ENGINE_ERRORS as error:
            self._failed = True
            raise StoreError(
                f"{self._where}: the change was written, but what it replaces could not be "
                f"removed ({reason(error)}); readers see the store as it was: {todo(error)}"
            ) from error

    def _undo(self) -> None:
        """Drop what was written of a change; where that fails too, it is swept at the next open."""
        try:
            self._sweep()
        except ENGINE_ERRORS:
            self._failed = True

    def _write(self, graph: NamedNode, statements: Statements) -> int:
        """Write a new graph. Its number of distinct statements."""
        if statements.written < _BULK_FROM:
            lines = set(statements.lines())
            text = b"".join(lines)
            self._store.load(text, RdfFormat.N_TRIPLES, to_graph=graph)
            self._unflushed += len(text)
            return len(lines)
        for chunk in statements.chunks(_BULK_LINES):
            # in pieces: the engine's bulk loader keeps all that one call gives it in memory;
            # lenient, as these lines were written by its own serialiser
            self._store.bulk_load(chunk, RdfFormat.N_TRIPLES, to_graph=graph, lenient=True)
        return count_in(self, graph)

    def _flush_when_full(self) -> None:
        """The engine keeps what transactions wrote in memory, long after; this lets it go."""
        if self._unflushed > _FLUSH_BYTES:
            self._store.flush()
            self._unflushed = 0

    def _is_empty(self, graph: NamedNode) -> bool:
        return next(self._store.quads_for_pattern(None, None, None, graph), None) is None

    def _is_small(self, graph: NamedNode) -> bool:
        quads = self._store.quads_for_pattern(None, None, None, graph)
        return sum(1 for _ in islice(quads, _REMOVED_AT_ONCE + 1)) <= _REMOVED_AT_ONCE

    def _remove(self, graph: NamedNode) -> None:
        """Remove a marked graph, then its mark: in steps, as a transaction is kept in memory."""
        while not self._is_small(graph):
            self._store.update(_REMOVAL.format(graph=graph, limit=_BULK_LINES))
            self._store.flush()
        self._store.remove_graph(graph)
        self._store.remove(_mark(graph))

    def publish(self) -> None:
        """In memory there is nothing to publish: reader and writer are one."""

    def close(self) -> None:
        """Let go of the database."""

    def _sweep(self) -> None:
        pending = list(self._store.quads_for_pattern(None, _PENDING, None, JOURNAL))
        for mark in pending:
            assert isinstance(mark.subject, NamedNode)
            self._remove(mark.subject)


def _mark(graph: NamedNode) -> Quad:
    """What says that a graph is not there yet, or no more."""
    return Quad(graph, _PENDING, graph, JOURNAL)


def _update_text(drop: Sequence[NamedNode], delete: Sequence[Quad], insert: Sequence[Quad]) -> str:
    """One SPARQL update, which the engine applies atomically. Terms serialise themselves."""
    operations = [f"DROP SILENT GRAPH {graph}" for graph in drop]
    if delete:
        operations.append(f"DELETE DATA {{ {_data(delete)} }}")
    if insert:
        operations.append(f"INSERT DATA {{ {_data(insert)} }}")
    return " ;\n".join(operations)


def _data(quads: Sequence[Quad]) -> str:
    parts = []
    for quad in quads:
        assert not isinstance(quad.graph_name, DefaultGraph)
        parts.append(f"GRAPH {quad.graph_name} {{ {quad.subject} {quad.predicate} {quad.object} }}")
    return "\n".join(parts)


class DiskStore(OxigraphStore):
    """The writer's view of a store on disk. Raises StoreBusy where another writer has it."""

    def __init__(self, folder: Path, base: str) -> None:
        self._folder = folder
        self._snapshots = folder / "snapshots"
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            # whoever reads the files sees all sources: others are let in by who runs the service
            folder.mkdir(mode=0o700, exist_ok=True)
            self._snapshots.mkdir(exist_ok=True)
            _check_layout(folder, base)
            super().__init__(Store(str(folder / "live")), str(folder))
            shown = self._remove_unfinished()
        except ENGINE_ERRORS as error:
            raise engine_error(str(folder), error) from error
        if not shown:
            self.publish()

    def publish(self) -> None:
        snapshot = self._snapshots / "none"
        try:
            self._sweep()  # what an interruption left is not shown
            numbers = self._numbers()
            snapshot = self._snapshots / f"{max(numbers, default=0) + 1:06d}"
            self._store.backup(str(snapshot))
            _replace(self._folder / "current", snapshot.name)
        except ENGINE_ERRORS as error:
            self._failed = True
            shutil.rmtree(snapshot, ignore_errors=True)
            raise StoreError(
                f"{self._folder}: committed, but readers can not be shown it yet "
                f"({reason(error)}): {todo(error)}"
            ) from error
        for number in numbers[: -(_SNAPSHOTS_KEPT - 1) or None]:
            _remove_unused(self._snapshots / f"{number:06d}")

    def close(self) -> None:
        try:
            if not self._failed:
                self._store.flush()
        except ENGINE_ERRORS as error:
            raise StoreError(
                f"{self._folder}: what was committed is kept, but could not be put in order "
                f"({reason(error)}): {todo(error)}"
            ) from error
        finally:
            del self._store

    def _numbers(self) -> list[int]:
        return sorted(int(path.name) for path in self._snapshots.iterdir() if path.name.isdigit())

    def _remove_unfinished(self) -> bool:
        """Remove snapshots that no reader was ever told of. Whether readers have one."""
        for path in self._snapshots.glob("*.tmp"):  # where the engine builds one
            shutil.rmtree(path, ignore_errors=True)
        try:
            current = (self._folder / "current").read_text(encoding="ascii").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            return False
        if not current.isdigit() or not (self._snapshots / current).is_dir():
            return False
        for number in self._numbers():
            if number > int(current):
                _remove_unused(self._snapshots / f"{number:06d}")
        return True


def _replace(path: Path, text: str) -> None:
    """Write a small file so that it is wholly the old one or wholly the new one."""
    temporary = path.with_suffix(".new")
    with temporary.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temporary, path)


def _check_layout(folder: Path, base: str) -> None:
    meta_path = folder / "kg-store.json"
    if not meta_path.exists():
        _replace(meta_path, json.dumps({"layout": LAYOUT, "base": base}) + "\n")
        return
    check_base(folder, store_base(folder), base)


def check_base(folder: Path, stored: str | None, base: str) -> None:
    """Raise StoreError where a store was made with another base."""
    if stored is not None and stored != base:
        raise StoreError(
            f"{folder}: its IRIs start with {stored}, not {base}; "
            "give the same --base (or KG_BASE), or use another store"
        )


def store_base(folder: Path) -> str | None:
    """The base IRI of a store on disk, None where there is no store yet. Raises StoreError."""
    try:
        meta = json.loads((folder / "kg-store.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except NotADirectoryError as error:
        raise StoreError(f"{folder}: not a folder; a store is kept in one") from error
    except OSError as error:
        raise engine_error(str(folder), error) from error
    except (ValueError, RecursionError):
        meta = None
    if isinstance(meta, dict) and meta.get("layout", LAYOUT) != LAYOUT:
        raise StoreError(
            f"{folder}: written by another version of kg-service (layout {meta['layout']}); "
            "ingest into a new store"
        )
    if not isinstance(meta, dict) or not isinstance(meta.get("base"), str):
        raise StoreError(
            f"{folder}: kg-store.json is damaged; put it back from a copy, or write it again as "
            f'{{"layout": {LAYOUT}, "base": "…"}} with the base that this store was made with'
        )
    return str(meta["base"])


def is_held(folder: Path) -> bool:
    """Whether a process has a store on disk open to write, as far as this system tells.

    The engine's lock file is not opened: to close it again would give up a lock of this process.
    """
    try:
        there = (folder / "live" / "LOCK").stat()
        held = Path("/proc/locks").read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError):
        return False
    device = f"{os.major(there.st_dev):02x}:{os.minor(there.st_dev):02x}"
    return f"{device}:{there.st_ino}" in held


def _remove_unused(snapshot: Path) -> None:
    """Remove a snapshot unless a reader holds it; readers hold a shared lock on its lock file."""
    lock_path = snapshot.with_suffix(".lock")
    try:
        with lock_path.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(snapshot, ignore_errors=True)
            lock_path.unlink(missing_ok=True)
    except OSError:
        return  # in use: a later publish will find it again


class SnapshotReader:
    """Readers' view of a store on disk: always the newest published snapshot."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._guard = threading.Lock()
        self._name = ""
        self._reader = OxigraphReader(Store())
        self._newest()

    def query(self, sparql: str, bindings: Mapping[str, Term] = NO_BINDINGS) -> QueryResult:
        return self._newest().query(sparql, bindings)

    def quads(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        return self._newest().quads(subject, predicate, object_, graph)

    def generation(self) -> str:
        """The name of the snapshot that is read; changes when something was published."""
        self._newest()
        return self._name

    def frozen(self) -> OxigraphReader:
        return self._newest()

    def _newest(self) -> OxigraphReader:
        with self._guard:
            for _attempt in range(5):
                try:
                    name = (self._folder / "current").read_text(encoding="ascii").strip()
                except FileNotFoundError as error:
                    raise StoreError(
                        f"{self._folder}: there is no store yet; create it with: kg ingest PATH"
                    ) from error
                except (OSError, UnicodeDecodeError) as error:
                    raise engine_error(str(self._folder), error) from error
                if name == self._name:
                    break
                failure = self._open(name)
                if failure is None:
                    break
            else:
                raise StoreError(
                    f"{self._folder}: the snapshot {name!r} that readers should use can not be "
                    f"opened ({reason(failure)}); any kg ingest or kg realign makes a new one"
                ) from failure
            return self._reader

    def _open(self, name: str) -> OSError | None:
        """Open a snapshot. The error where it went away, or is not to be had."""
        snapshot = self._folder / "snapshots" / name
        try:
            lock = snapshot.with_suffix(".lock").open("a")
        except OSError:
            lock = None  # a read-only disk: nothing removes snapshots there either
        try:
            if lock is not None:
                fcntl.flock(lock, fcntl.LOCK_SH)
            reader = _HeldSnapshot(Store.read_only(str(snapshot)), str(self._folder), lock)
        except ENGINE_ERRORS as error:
            if lock is not None:
                lock.close()
            if isinstance(error, OSError):
                return error  # removed between reading its name and locking it: read it again
            raise engine_error(str(self._folder), error) from error
        self._name, self._reader = name, reader
        return None


class _HeldSnapshot(OxigraphReader):
    """A snapshot with the lock that keeps writers from removing it, for as long as it is used."""

    def __init__(self, store: Store, where: str, lock: IO[str] | None) -> None:
        super().__init__(store, where)
        self._lock = lock
