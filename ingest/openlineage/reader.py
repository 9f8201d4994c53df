"""From the bytes of a file of OpenLineage events to a document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Triple

from ingest.bundle import Bundle
from ingest.document import Description
from ingest.errors import InvalidSource
from ingest.findings import Findings
from ingest.openlineage.events import is_event, values_of
from ingest.openlineage.graph import Graph


@dataclass(frozen=True)
class OpenLineageDocument:
    """The events of one file; they are parsed as their statements are asked for."""

    content: bytes
    where: str

    @property
    def description(self) -> Description:
        """Nothing: a log of events has no name of its own."""
        return Description()

    def triples(self, base: str, findings: Findings) -> Iterator[Triple]:
        """All statements, event by event."""
        yield from Graph(base, findings).triples(values_of(self.content, self.where, findings))


def read(bundle: Bundle) -> OpenLineageDocument:
    """Read a file of events. Raises UnreadableSource (line and column) and InvalidSource."""
    assert bundle.main is not None
    where = bundle.where(bundle.main)
    content = bundle.read(bundle.main)
    if not any(is_event(value) for value, _ in values_of(content, where, Findings())):
        raise InvalidSource(
            "no OpenLineage event in it",
            where=where,
            todo="give events with a run, job or dataset, as an array or one a line",
        )
    return OpenLineageDocument(content, where)
