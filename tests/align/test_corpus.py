"""All crates of the corpus, aligned: activities, entities and agents are kept apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import NamedNode, Triple
from support import CASE_BASE

from ingest.discover import Found, discover
from ingest.errors import SourceError
from ingest.findings import Findings
from kg_service.align.engine import Alignment
from kg_service.rdf import subject_of
from kg_service.terms import RDF_TYPE, kg, prov

ACTIVITY, ENTITY, AGENT, PLAN = prov("Activity"), prov("Entity"), prov("Agent"), prov("Plan")
# what each property leads from, and to
ENDS: dict[NamedNode, tuple[NamedNode, ...]] = {
    prov("used"): (ACTIVITY, ENTITY),
    prov("wasGeneratedBy"): (ENTITY, ACTIVITY),
    prov("wasDerivedFrom"): (ENTITY, ENTITY),
    prov("hadMember"): (ENTITY, ENTITY),
    prov("wasAssociatedWith"): (ACTIVITY, AGENT),
    prov("wasAttributedTo"): (ENTITY, AGENT),
    kg("partOfRun"): (ACTIVITY, ACTIVITY),
    kg("controls"): (ACTIVITY, ACTIVITY),
    kg("organized"): (ACTIVITY, ACTIVITY),
    prov("generatedAtTime"): (ENTITY,),
    prov("startedAtTime"): (ACTIVITY,),
    prov("endedAtTime"): (ACTIVITY,),
}


def crates(corpus: Path) -> Iterator[tuple[str, list[Triple]]]:
    for folder in (corpus / "rocrate", corpus / "copyleft" / "rocrate"):
        for found in discover(folder) if folder.is_dir() else ():
            if isinstance(found, Found) and found.format.name == "ro-crate":
                try:
                    yield found.location, list(found.read().triples(CASE_BASE, Findings()))
                except SourceError:
                    continue


def faults(triples: list[Triple]) -> Iterator[str]:
    types: dict[NamedNode, set[object]] = defaultdict(set)
    for triple in triples:
        if triple.predicate == RDF_TYPE:
            types[subject_of(triple)].add(triple.object)
    for node, kinds in types.items():
        if ACTIVITY in kinds and kinds & {ENTITY, AGENT, PLAN, prov("Collection")}:
            yield f"{node} is an activity and something else"
    for triple in triples:
        for node, kind in zip(
            (triple.subject, triple.object), ENDS.get(triple.predicate, ()), strict=False
        ):
            if not isinstance(node, NamedNode):
                yield f"{triple}: no node"
            elif (ACTIVITY in types[node]) is not (kind is ACTIVITY):
                yield f"{triple}: {node} is {'an' if ACTIVITY in types[node] else 'no'} activity"


def cycles(triples: list[Triple]) -> Iterator[str]:
    around = defaultdict(set)
    for triple in triples:
        if triple.predicate == kg("partOfRun"):
            around[triple.subject].add(triple.object)
    for start in list(around):
        seen, pending = set(), list(around[start])
        while pending:
            run = pending.pop()
            if run == start:
                yield f"{start} is part of itself"
                break
            if run not in seen:
                seen.add(run)
                pending += around.get(run, ())


def test_activities_entities_and_agents_are_kept_apart(alignment: Alignment, corpus: Path) -> None:
    found = []
    aligned_crates = 0
    for location, asserted in crates(corpus):
        aligned = alignment.align(asserted, Findings()).triples
        aligned_crates += 1
        found += [f"{location}: {fault}" for fault in (*faults(aligned), *cycles(aligned))]
    assert aligned_crates > 0
    assert not found, "\n".join(found[:20])


def test_the_check_can_fail() -> None:
    run, data = NamedNode("urn:run"), NamedNode("urn:data")
    typed = [Triple(run, RDF_TYPE, ACTIVITY), Triple(data, RDF_TYPE, ENTITY)]
    assert not list(faults([*typed, Triple(run, prov("used"), data)]))
    assert list(faults([*typed, Triple(data, prov("used"), run)]))
    assert list(faults([*typed, Triple(run, RDF_TYPE, PLAN)]))
    assert list(cycles([Triple(run, kg("partOfRun"), run)]))
