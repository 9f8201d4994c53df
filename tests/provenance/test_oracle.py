"""The kept library ``prov`` as an independent reader: it finds the same records in real files."""

from __future__ import annotations

import warnings
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from provenance.running import canonical, quads
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse
from support import CASE_BASE

from ingest.bundle import Bundle, SingleFile
from ingest.errors import SourceError
from ingest.findings import Findings
from ingest.prov import read
from ingest.prov.document import read_records
from ingest.prov.model import PROV
from ingest.prov.relations import DERIVATIONS, RELATIONS

model = pytest.importorskip("prov.model", reason="needs the library prov")
NOTATIONS = {".provn": "provn", ".json": "json", ".provx": "xml", ".xml": "xml"}


def theirs(path: Path) -> Counter[str] | None:
    """How many records of each kind the library finds; None where it refuses the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with path.open("rb") as stream:
                document = model.ProvDocument.deserialize(
                    stream, format=NOTATIONS[path.suffix.lower()]
                )
    except Exception:  # noqa: BLE001 - the library raises many kinds, and refuses many real files
        return None
    records = [*document.get_records(), *(r for b in document.bundles for r in b.get_records())]
    return Counter(record.get_type().localpart for record in records)


def ours(path: Path) -> Counter[str] | None:
    """How many records of each kind there are, by the library's names."""
    try:
        records, _ = read_records(Bundle(SingleFile(path), only=path.name), path.name)
    except SourceError:
        return None
    return Counter(NAMES.get(r.kind, r.kind) for r in records.all())


NAMES = {
    "entity": "Entity",
    "activity": "Activity",
    "agent": "Agent",
    "used": "Usage",
    "wasGeneratedBy": "Generation",
    "wasInformedBy": "Communication",
    "wasStartedBy": "Start",
    "wasEndedBy": "End",
    "wasInvalidatedBy": "Invalidation",
    "wasDerivedFrom": "Derivation",
    "wasAttributedTo": "Attribution",
    "wasAssociatedWith": "Association",
    "actedOnBehalfOf": "Delegation",
    "wasInfluencedBy": "Influence",
    "alternateOf": "Alternate",
    "specializationOf": "Specialization",
    "hadMember": "Membership",
    "mentionOf": "Mention",
}


def test_the_same_records_are_found(corpus: Path) -> None:
    compared = 0
    different = {}
    for path in sorted((corpus / "prov").rglob("*")):
        # a large file says no more, and takes the library seconds
        if path.suffix.lower() not in NOTATIONS or path.stat().st_size > 500_000:
            continue
        expected = theirs(path)
        if expected is None:
            continue
        compared += 1
        found = ours(path)
        if found != expected:
            different[str(path.relative_to(corpus))] = (found, expected)
    assert compared > 500
    assert not different


_ATTRIBUTES = ("#type>", "#hadRole>", "#atLocation>")


def test_the_same_resources_are_related(corpus: Path) -> None:
    """The library's RDF is ours but for two choices of ours.

    The binary form stands beside a qualified one, and an xsd:anyURI as type, role or location is
    the resource that it names. Literals are left out: the library normalises them.
    """
    for path in sorted((corpus / "prov" / "prov-py" / "json").glob("*.json")):
        if path.name.startswith("scruffy"):
            continue  # two relations of one identifier, which RDF can not tell apart
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text = model.ProvDocument.deserialize(str(path), format="json").serialize(
                format="rdf", rdf_format="trig"
            )
        parsed = list(parse(text.encode(), RdfFormat.TRIG, base_iri=CASE_BASE))
        expected = canonical([q for q in with_binary_forms(parsed) if is_named(q)])
        document = read(Bundle(SingleFile(path), only=path.name))
        found = canonical([q for q in quads(document, Findings()) if is_named(q)])
        assert expected <= found, path
        assert all(line.split()[1].endswith(_ATTRIBUTES) for line in found - expected), path


def is_named(quad: Quad) -> bool:
    return not isinstance(quad.object, Literal)


def with_binary_forms(statements: list[Quad]) -> set[Quad]:
    forms = {r.qualified: (r.binary, r.influencer) for r in RELATIONS.values()}
    for binary, class_ in DERIVATIONS.values():
        forms[f"{PROV}qualified{class_}"] = (PROV + binary, PROV + "entity")
    said = defaultdict(list)
    for q in statements:
        said[q.subject, q.predicate.value].append(q.object)
    made = {
        Quad(q.subject, NamedNode(forms[q.predicate.value][0]), other, q.graph_name)
        for q in statements
        if q.predicate.value in forms
        for other in said[q.object, forms[q.predicate.value][1]]
    }
    return made | set(statements)
