"""The FAIR principles, applied to one source: each a verdict with its evidence.

Wilkinson et al. 2016, "The FAIR Guiding Principles"; the letters are those of its box 2.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode

from kg_service.catalogue import SourceRecord
from kg_service.check.model import Checked, Family, Verdict
from kg_service.identity.identifiers import identifier_key
from kg_service.rdf import solutions_of
from kg_service.store.port import GraphReader
from kg_service.terms import kg, shorten

_ENOUGH_MAPPED = 0.95
_SPDX_LIKE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-+")
_DATA = """SELECT ?graph (COUNT(DISTINCT ?data) AS ?all) (COUNT(DISTINCT ?placed) AS ?some) WHERE {
  GRAPH ?graph {
    ?data a kg:Data . FILTER NOT EXISTS { ?data a kg:Value }
    OPTIONAL {
      ?data kg:location ?where . BIND (?data AS ?placed)
      FILTER (REGEX(STR(?where), "^(https?|ftp|s3|doi)[:]", "i"))
    }
  }
} GROUP BY ?graph"""
_MADE = """SELECT ?graph (COUNT(DISTINCT ?activity) AS ?all) (COUNT(DISTINCT ?who) AS ?some) WHERE {
  GRAPH ?graph {
    ?activity a prov:Activity .
    OPTIONAL { ?activity prov:wasAssociatedWith ?agent . BIND (?activity AS ?who) }
  }
} GROUP BY ?graph"""


def fair_checks(
    reader: GraphReader, source: SourceRecord, unmapped: dict[str, int]
) -> Iterator[Checked]:
    """The FAIR checks of a source. ``unmapped`` counts statements by term without a mapping."""
    yield _identifier(source)
    yield _told(
        "F2 description", "the source has a title", source.title or "", "give the source a title"
    )
    yield _data_identifiers(reader, source)
    yield _access(reader, source)
    yield _vocabulary(source, unmapped)
    yield _references(reader, source)
    yield _licence(source)
    yield _provenance(reader, source)
    yield _told(
        "R1.3 standard",
        "the source names a profile that it follows",
        ", ".join(source.profiles) or source.format,
        "name the profile (conformsTo)",
    )


def _told(check: str, title: str, evidence: str, todo: str, *, good: bool | None = None) -> Checked:
    passed = bool(evidence) if good is None else good
    verdict = Verdict.PASS if passed else Verdict.FAIL
    return Checked(check, Family.FAIR, title, verdict, int(passed), evidence, todo)


def _identifier(source: SourceRecord) -> Checked:
    written = source.identifier or ""
    key = identifier_key(written) if written else None
    return _told(
        "F1 identifier",
        "the source has a persistent identifier",
        f"{key[0]}:{key[1]}" if key else written,
        "register the source (a DOI) and write its identifier into it",
        good=key is not None,
    )


def _data_identifiers(reader: GraphReader, source: SourceRecord) -> Checked:
    keyed = _subjects(reader, source, "hasIdentifierKey")
    example = shorten(min(keyed)) if keyed else ""
    return _told(
        "F3 identified things",
        "things in it have persistent identifiers",
        f"{len(keyed)}, such as {example}" if keyed else "",
        "give specimens, data and people identifiers (DOI, IGSN, BioSample, ORCID)",
    )


def _access(reader: GraphReader, source: SourceRecord) -> Checked:
    every, placed = _two_counts(reader, source, _DATA)
    if not every:
        return Checked(
            "A1 access", Family.FAIR, "data can be had from an address", Verdict.NONE, 0,
            "no data in it", "",
        )  # fmt: skip
    return _told(
        "A1 access",
        "data can be had from an address",
        f"{placed} of {every} data have an address; visibility is {source.visibility}",
        "record where the data can be had (an address with http, ftp or s3)",
        good=placed > 0,
    )


def _vocabulary(source: SourceRecord, unmapped: dict[str, int]) -> Checked:
    missing = sum(unmapped.values())
    covered = 1 - missing / source.asserted if source.asserted else 0.0
    worst = ", ".join(f"{shorten(t)} ({n})" for t, n in list(unmapped.items())[:3])
    return _told(
        "I2 vocabulary",
        "its statements use terms that are mapped to PROV-O",
        f"{covered:.0%} of {source.asserted} statements" + (f"; not {worst}" if worst else ""),
        "use published terms, or add a mapping set for them (kg ingest --mappings)",
        good=covered >= _ENOUGH_MAPPED,
    )


def _references(reader: GraphReader, source: SourceRecord) -> Checked:
    shared = 0
    for name in ("hasIdentifierKey", "hasSameAsKey", "hasContentKey", "hasLocationKey"):
        for quad in reader.quads(None, kg(name), None, NamedNode(source.identity_graph)):
            assert isinstance(quad.object, NamedNode)
            others = reader.quads(None, kg(name), quad.object)
            shared += any(other.graph_name != quad.graph_name for other in others)
    return _told(
        "I3 references",
        "it shares identifiers or contents with other sources here",
        f"{shared} keys are shared" if shared else "",
        "use the same identifiers as the laboratory or facility it continues",
    )


def _licence(source: SourceRecord) -> Checked:
    licence = source.licence or ""
    is_clear = licence.startswith(("http://", "https://")) or _SPDX_LIKE.issuperset(licence)
    return _told(
        "R1.1 licence",
        "it has a licence, as an address or an SPDX identifier",
        licence,
        "name the licence by its address, such as https://spdx.org/licenses/CC-BY-4.0",
        good=bool(licence) and is_clear,
    )


def _provenance(reader: GraphReader, source: SourceRecord) -> Checked:
    activities, with_agent = _two_counts(reader, source, _MADE)
    return _told(
        "R1.2 provenance",
        "it tells activities and who carried them out",
        f"{activities} activities, {with_agent} with an agent" if activities else "",
        "record the activities that made the data, and their agents",
        good=with_agent > 0,
    )


def _subjects(reader: GraphReader, source: SourceRecord, name: str) -> set[str]:
    quads = reader.quads(None, kg(name), None, NamedNode(source.identity_graph))
    return {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}


def _two_counts(reader: GraphReader, source: SourceRecord, text: str) -> tuple[int, int]:
    every = some = 0
    for graph in source.aligned_graphs:
        for row in solutions_of(reader.query(text, {"graph": NamedNode(graph)})):
            first, second = row["all"], row["some"]
            assert isinstance(first, Literal)
            assert isinstance(second, Literal)
            every += int(first.value)
            some += int(second.value)
    return every, some
