"""A provenance document as PROV-DM has it: records with arguments and attributes, in bundles.

The three notations (PROV-N, PROV-JSON, PROV-XML) are read into this, and this alone is
written as PROV-O. Names are IRIs already, as the prefixes in scope expand them; they are not
yet made valid, nor resolved where they are relative. ``_:x`` stands for an unnamed thing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

PROV = "http://www.w3.org/ns/prov#"
XSD = "http://www.w3.org/2001/XMLSchema#"
XSD_DATETIME = XSD + "dateTime"


@dataclass(frozen=True, slots=True)
class Name:
    """A qualified name, expanded."""

    iri: str


@dataclass(frozen=True, slots=True)
class Text:
    """A literal as it was written; ``datatype`` is an IRI, None for a plain string."""

    value: str
    datatype: str | None = None
    language: str | None = None


Value = Name | Text


@dataclass(frozen=True, slots=True)
class Record:
    """One expression of PROV-DM: ``kind`` is PROV-N's word for it (``entity``, ``used``, …).

    ``arguments`` are in PROV-N's order, None where the marker ``-`` stands; ``where`` is the
    place in the file. ``pairs`` are the key-entity pairs or keys of a dictionary's record.
    """

    kind: str
    id: str | None
    arguments: tuple[Value | None, ...]
    attributes: tuple[tuple[str, Value], ...] = ()
    where: str = ""
    pairs: tuple[tuple[Value, Value | None], ...] = ()


@dataclass
class BundleRecords:
    """The records of a named bundle."""

    id: str
    records: list[Record] = field(default_factory=list)


@dataclass
class ProvRecords:
    """A whole document: the records outside of bundles, and the bundles."""

    records: list[Record] = field(default_factory=list)
    bundles: list[BundleRecords] = field(default_factory=list)

    def all(self) -> Iterator[Record]:
        """Every record, wherever it is."""
        yield from self.records
        for bundle in self.bundles:
            yield from bundle.records
