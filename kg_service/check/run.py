"""Checking sources, one or all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import NamedNode

from kg_service.catalogue import Catalogue, SourceRecord, unmapped_terms
from kg_service.check.chains import SpecimenReach
from kg_service.check.fair import fair_checks
from kg_service.check.library import load_checks
from kg_service.check.model import Checked, Family, SourceCheck, Verdict
from kg_service.check.shapes import Shapes
from kg_service.errors import NotKnown
from kg_service.store.port import GraphReader
from kg_service.terms import shorten

_SHOWN = 5


def check_sources(
    reader: GraphReader, queries: Path, ontologies: Path, only: str | None = None
) -> Iterator[SourceCheck]:
    """All checks of all sources, or of the one with an id. Raises NotKnown."""
    records = Catalogue(reader).sources()
    chosen = [record for record in records if only is None or record.id == only]
    if only is not None and not chosen:
        raise NotKnown(f"no source has the id {only!r}; kg sources lists them")
    checks = load_checks(queries / "checks")
    shapes = Shapes(ontologies / "prov-shapes.ttl")
    reach = SpecimenReach(reader)
    for record in chosen:
        unmapped = unmapped_terms(reader, NamedNode(record.iri))
        done = [
            *shapes.check(reader, record.aligned_graphs),
            *(c.ask(reader, record.aligned_graphs) for c in checks if c.family is Family.CHAINS),
            reach.check(record),
            *fair_checks(reader, record, unmapped),
            *(
                c.ask(reader, record.aligned_graphs)
                for c in checks
                if c.family is not Family.CHAINS
            ),
            _unmapped(unmapped),
            _reading(record),
        ]
        yield SourceCheck(record.id, record.title, tuple(done))


def _unmapped(unmapped: dict[str, int]) -> Checked:
    first = [f"{shorten(term)} ({count})" for term, count in list(unmapped.items())[:_SHOWN]]
    more = f", and {len(unmapped) - _SHOWN} more" if len(unmapped) > _SHOWN else ""
    return Checked(
        "unmapped-terms",
        Family.MAPPING,
        "terms that no mapping set has",
        Verdict.FAIL if unmapped else Verdict.PASS,
        len(unmapped),
        ", ".join(first) + more,
        "add a mapping set for them: kg ingest --mappings, kg realign",
    )


def _reading(record: SourceRecord) -> Checked:
    evidence = f"{record.repairs} repaired, {record.warnings} warnings"
    return Checked(
        "lost-statements",
        Family.MAPPING,
        "statements that could not be kept as the source has them",
        Verdict.FAIL if record.losses else Verdict.PASS,
        record.losses,
        evidence,
        "kg ask source-findings tells which, and where",
    )
