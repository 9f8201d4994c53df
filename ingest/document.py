"""What every reader gives back: a description of the source, and its triples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from pyoxigraph import NamedNode, Triple

from ingest.findings import Findings


class Visibility(StrEnum):
    """Who may see a source: everyone, who is signed in, or named groups."""

    PUBLIC = "public"
    INTERNAL = "internal"
    RESTRICTED = "restricted"


@dataclass(frozen=True)
class Description:
    """What a source says of itself, before any triple is made.

    ``identifier`` is the source's own: a DOI or the root's ``identifier`` of a crate, the
    investigation identifier of an ISA document. ``profiles`` are IRIs (dct:conformsTo).
    ``visibility`` is what the source says of its access, None where it says nothing;
    ``groups`` are those that a restricted one names; ``visible_from`` is the end of an embargo
    (xsd:date or xsd:dateTime, as written).
    """

    identifier: str | None = None
    title: str | None = None
    licence: str | None = None
    profiles: tuple[str, ...] = ()
    visibility: Visibility | None = None
    groups: tuple[str, ...] = ()
    visible_from: str | None = None


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


@runtime_checkable
class Bundled(Protocol):
    """A document that holds further named sets of statements, such as the bundles of PROV.

    PROV-DM, section 5.4: a bundle is an entity, so that its own provenance can be told. Each
    becomes a pair of graphs (asserted, aligned) of its own within the source.
    """

    def bundles(
        self, base: str, findings: Findings
    ) -> Iterator[tuple[NamedNode, Iterator[Triple]]]:
        """Each bundle's IRI and its statements; see ``Document.triples``."""
        ...


@dataclass(frozen=True)
class InFolder:
    """A document in one file of another source: its relative identifiers are those of the folder.

    Its source is named by the file's path, so that its base ends in the file's name; there a
    crate and a provenance file in it mean the same thing by the same relative identifier.
    """

    document: Document

    @property
    def description(self) -> Description:
        return self.document.description

    def triples(self, base: str, findings: Findings) -> Iterator[Triple]:
        """See ``Document.triples``."""
        return self.document.triples(_folder_of(base), findings)

    def bundles(
        self, base: str, findings: Findings
    ) -> Iterator[tuple[NamedNode, Iterator[Triple]]]:
        """See ``Bundled.bundles``; none where the document has none."""
        if isinstance(self.document, Bundled):
            yield from self.document.bundles(_folder_of(base), findings)


def _folder_of(base: str) -> str:
    return base.rstrip("/").rpartition("/")[0] + "/"
