"""What every reader gives back: a description of the source, and its triples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from pyoxigraph import Triple

from ingest.findings import Findings


@dataclass(frozen=True)
class Description:
    """What a source says of itself, before any triple is made.

    ``identifier`` is the source's own: a DOI or the root's ``identifier`` of a crate, the
    investigation identifier of an ISA document. ``profiles`` are IRIs (dct:conformsTo).
    """

    identifier: str | None = None
    title: str | None = None
    licence: str | None = None
    profiles: tuple[str, ...] = ()


class Document(Protocol):
    """A source that was read and understood, not yet written as triples."""

    @property
    def description(self) -> Description: ...

    def triples(self, base: str, findings: Findings) -> Iterator[Triple]:
        """The source's statements, in its own vocabulary, as triples without blank nodes.

        ``base`` ends in a slash; relative identifiers resolve against it. What could not be
        kept as it was written is told to ``findings``.
        """
        ...
