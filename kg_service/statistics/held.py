"""Counts for readers: of any set of sources, from the file, else from the store."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from kg_service.catalogue import SourceRecord
from kg_service.search.current import lines_of
from kg_service.statistics.counts import Counts, count
from kg_service.statistics.file import get, open_to_read, stamps
from kg_service.statistics.stamps import current_stamps
from kg_service.store.port import GraphReader

_log = logging.getLogger(__name__)
# counting from the store takes some 10 µs a statement: a minute at most
MOST_COUNTED = 5_000_000


class Statistics:
    """Reads the file of counts. Without a path, or what it lacks, is counted from the store."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    def counted(
        self, reader: GraphReader, records: Sequence[SourceRecord]
    ) -> Mapping[str, Counts] | None:
        """What the graphs of sources hold, by graph. Raises StoreError.

        None where much of it was never counted: any ``kg ingest`` counts that.
        """
        wanted = current_stamps(records)
        found = self._from_file(wanted)
        missing = [graph for graph in wanted if graph not in found]
        if missing:
            lacking = set(missing)
            size = sum(
                record.asserted + record.aligned
                for record in records
                if not lacking.isdisjoint(node.value for node in record.graphs)
            )
            if size > MOST_COUNTED:
                return None
        for graph in missing:
            found[graph] = count(lines_of(reader, graph))
        return found

    def _from_file(self, wanted: dict[str, str]) -> dict[str, Counts]:
        try:
            file = open_to_read(self._path)
            if file is None:
                return {}
            with closing(file):
                file.execute("BEGIN")
                held = stamps(file)
                known = [graph for graph, stamp in wanted.items() if held.get(graph) == stamp]
                return dict(get(file, known))
        except (sqlite3.Error, ValueError) as error:
            _log.warning("the file of counts can not be used (%s); the store is counted", error)
            return {}
