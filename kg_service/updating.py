"""SPARQL Update, as far as it is sound: in graphs that belong to stewards, and to no source.

An update is planned on a copy of those graphs, which is all that it sees; what differs after it
is then committed like any other change. So it can touch no graph of a source, nor the catalogue,
decisions or journal, and what is kept beside the store, all of it about graphs of sources, stays
true.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from pyoxigraph import NamedNode, Quad, RdfFormat, parse, serialize

from kg_service.errors import Refused
from kg_service.querying.query import Update
from kg_service.querying.workers import Engines
from kg_service.rdf import solutions_of
from kg_service.store.port import Change, GraphStore

MOST_STATEMENTS = 200_000


@dataclass(frozen=True)
class Changed:
    """How many statements an update took away and added."""

    deleted: int
    inserted: int


@dataclass(frozen=True)
class Updates:
    """Makes updates, one at a time. ``open_store`` opens the store to write, a store on disk.

    ``base`` is the service's: stewards' graphs are those under ``{base}/steward/``.
    """

    open_store: Callable[[], GraphStore]
    base: str
    engines: Engines
    _guard: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @property
    def prefix(self) -> str:
        """What the IRIs of graphs that may be changed start with."""
        return f"{self.base}/steward/"

    def make(self, text: str, caller: str) -> Changed:
        """Make an update, whole or not at all. Raises KgErrors; then nothing has changed."""
        with self._guard:
            store = self.open_store()
            try:
                held = self._held(store)
                answer = self.engines.plan(Update(text, held, self.prefix), caller)
                try:
                    told = json.loads(b"".join(answer.pieces()))
                finally:
                    answer.close()
                delete, insert = (_quads(told[name]) for name in ("delete", "insert"))
                if delete or insert:
                    store.commit(Change(delete=delete, insert=insert))
                    store.publish()
            finally:
                store.close()
        return Changed(len(delete), len(insert))

    def _held(self, store: GraphStore) -> bytes:
        quads: list[Quad] = []
        for row in solutions_of(store.query("SELECT ?graph WHERE { GRAPH ?graph {} }")):
            graph = row["graph"]
            if not isinstance(graph, NamedNode) or not graph.value.startswith(self.prefix):
                continue
            quads += store.quads(None, None, None, graph)
            if len(quads) > MOST_STATEMENTS:
                raise Refused(
                    f"the graphs under {self.prefix} hold more than {MOST_STATEMENTS:,} "
                    "statements, which is too much for SPARQL Update; ingest them as a source"
                )
        return serialize(quads, format=RdfFormat.N_QUADS) or b""


def _quads(lines: str) -> list[Quad]:
    return list(parse(lines.encode(), RdfFormat.N_QUADS))
