"""Things as one state of the store tells them: many at once, by kind, by their words."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from pyoxigraph import NamedNode

from kg_service.catalogue import Catalogue, SourceRecord
from kg_service.describe import Thing, described, name_from
from kg_service.search.checksum import checksum
from kg_service.search.current import CurrentGraph, current_graphs
from kg_service.search.feed import Writer
from kg_service.search.file import make_tables, require_full_text
from kg_service.search.held import Facts, Held, Key, Wanted, version_of
from kg_service.search.rows import identifiers_in
from kg_service.store.port import GraphReader

_log = logging.getLogger(__name__)
_KEPT = 50_000
_SOURCES_AT_ONCE = 20
Value = TypeVar("Value")


class Damaged(Exception):
    """The file does not hold what was written."""


@dataclass(frozen=True)
class Page:
    """Things in their order, each with the key that the next page starts after."""

    things: tuple[Thing, ...]
    keys: tuple[Key, ...]
    more: bool


class Things:
    """Reads one state of a store, with a file's help. Raises StoreError."""

    def __init__(
        self,
        reader: GraphReader,
        connect: Callable[[], sqlite3.Connection | None],
        alone: bool = False,
    ) -> None:
        self._reader = reader
        self._connect = connect
        self._alone = alone
        self._guard = threading.RLock()
        self._facts: Facts | None = None
        self._complete: Held | None = None
        self._records: dict[str, SourceRecord | None] = {}
        self._kept: dict[str, Thing] = {}

    @cached_property
    def _current(self) -> dict[str, CurrentGraph]:
        """The graphs that there are; not read where there is no file to compare them with."""
        return current_graphs(self._reader)

    def things(self, iris: Sequence[str]) -> dict[str, Thing] | None:
        """Many nodes by their IRIs; None where the file does not hold all that there is."""
        kept = self._kept
        # other threads may let go of things meanwhile
        found = {iri: thing for iri in iris if (thing := kept.get(iri)) is not None}
        wanted = [iri for iri in iris if iri not in found]
        if not wanted:
            return found
        made = self._with_file(lambda held: self._read(held, wanted))
        if made is None:
            return None
        if len(kept) > _KEPT:
            kept.clear()
        kept.update(made)
        found.update(made)
        return found

    def forget(self) -> None:
        """Let go of the things read before."""
        self._kept.clear()

    def page(self, wanted: Wanted, first: int, after: Key | None = None) -> Page:
        """The first so many things after a key: by IRI, or where words are asked, best first."""
        if first <= 0:
            return Page((), (), self._any(wanted, after))

        def ask(held: Held) -> tuple[list[Key], Mapping[str, Thing]]:
            keys = held.page(wanted, first + 1, after)
            return keys, self._read(held, [key[-1] for key in keys[:first]])

        keys, things = self._surely(ask, ranked=self.ranks(wanted))
        shown = keys[:first]
        return Page(tuple(things[key[-1]] for key in shown), tuple(shown), len(keys) > first)

    def ranks(self, wanted: Wanted) -> bool:
        """Whether a page's keys are a rank and an IRI, not an IRI alone."""
        return bool(wanted.text.strip())

    def count(self, wanted: Wanted) -> int:
        """How many there are."""
        return self._surely(lambda held: held.count(wanted))

    def _any(self, wanted: Wanted, after: Key | None) -> bool:
        ranked = self.ranks(wanted)
        return self._surely(lambda held: bool(held.page(wanted, 1, after)), ranked=ranked)

    def _with_file(self, ask: Callable[[Held], Value]) -> Value | None:
        """Ask the file; None where it does not hold all graphs, or fails."""
        with self._guard:
            if self._complete is not None:
                return ask(self._complete)
        try:
            connection = self._connect()
            if connection is None:
                return None
            with _Reading(connection):
                held = self._held(connection)
                return ask(held) if held is not None else None
        except (sqlite3.Error, Damaged, ValueError) as error:
            # ValueError: a damaged text is no UTF-8
            _log.warning("the file of things can not be used (%s); the store is read", error)
            return None

    def _held(self, connection: sqlite3.Connection) -> Held | None:
        """What the file holds of this state; None where it lacks some."""
        facts = self._facts
        if facts is None or facts.version != version_of(connection):
            self._facts = facts = Facts(connection, self._current)
        return Held(connection, facts) if facts.is_complete else None

    def _surely(self, ask: Callable[[Held], Value], *, ranked: bool = False) -> Value:
        """Ask the file, or a copy of it that is completed from the store.

        How rare a word is counts to a rank. Where nothing else may be seen, it is to be rare
        among what is seen: a copy that holds nothing else is asked.
        """
        require_full_text()
        if not (ranked and self._alone):
            found = self._with_file(ask)
            if found is not None:
                return found
        with self._guard:
            if self._complete is None:
                self._complete = self._completed()
            return ask(self._complete)

    def _completed(self) -> Held:
        for source in (self._connect, lambda: None):
            copy = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            try:
                file = source()
                if file is not None:
                    file.backup(copy)
                else:
                    make_tables(copy)
                Writer(copy).reconcile(self._reader)
                return Held(copy, Facts(copy, self._current))
            except (sqlite3.Error, ValueError):
                copy.close()
        raise AssertionError("an empty file can be completed")

    def _read(self, held: Held, iris: Sequence[str]) -> dict[str, Thing]:
        rows: dict[str, list[tuple[Any, ...]]] = {}
        for row in held.rows(iris):
            rows.setdefault(row[0], []).append(row)
        graphs = held.facts.graphs
        self._meet({graphs[row[1]].source for told in rows.values() for row in told})
        return {iri: self._thing(held.facts, iri, rows.get(iri, ())) for iri in iris}

    def _thing(self, facts: Facts, iri: str, rows: Sequence[tuple[Any, ...]]) -> Thing:
        for _iri, _graph, _kinds, label, name, identifiers, description, sum_ in rows:
            if checksum(_iri, label, name, identifiers, description) != sum_:
                raise Damaged(iri)
        if len(rows) == 1:
            ((_iri, graph, kinds, label, name, identifiers, description, _sum),) = rows
            names, kind = facts.kinds[kinds]
            source = self._records[facts.graphs[graph].source]
            return Thing(
                iri,
                label or name or name_from(iri),
                kind,
                names,
                tuple(sorted(identifiers_in(identifiers))) if identifiers else (),
                description,
                (source,) if source else (),
            )
        sources = {self._records[facts.graphs[row[1]].source] for row in rows} - {None}
        labels = [row[3] for row in rows if row[3]]
        return described(
            iri,
            {kind for row in rows for kind in facts.kinds[row[2]][0]},
            labels or [row[4] for row in rows if row[4]],
            {x for row in rows if row[5] for x in identifiers_in(row[5])},
            [row[6] for row in rows if row[6]],
            [source for source in sources if source],
        )

    def _meet(self, sources: Iterable[str]) -> None:
        """Read the records of sources that were not yet met."""
        unmet = [source for source in sources if source not in self._records]
        catalogue = Catalogue(self._reader)
        if len(unmet) > _SOURCES_AT_ONCE:
            self._records.update({record.iri: record for record in catalogue.sources()})
        for source in unmet:
            if source not in self._records:
                self._records[source] = catalogue.source(NamedNode(source))


class _Reading:
    """A transaction, so that several reads of a file see one state of it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN")

    def __exit__(self, *_error: object) -> None:
        with suppress(sqlite3.Error):
            self._connection.execute("COMMIT")
