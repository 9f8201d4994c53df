"""Laws of the DataCite reader: identifiers, spellings, access, and what never happens."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from golden import bundle_of, recognised
from hypothesis import given, settings
from hypothesis import strategies as st
from support import CASE_BASE, lines

from ingest.datacite import read
from ingest.datacite.graph import NAMESPACE, Graph
from ingest.datacite.identifiers import doi_iri, iri_of
from ingest.datacite.records import LISTS, Records
from ingest.document import Description, Visibility
from ingest.errors import SourceError
from ingest.findings import FindingKind, Findings
from kg_service.align.engine import Alignment
from kg_service.identity.identifiers import identifier_key
from kg_service.terms import dcterms, prov

RECORD: dict[str, Any] = {
    "doi": "10.5072/x",
    "titles": [{"title": "X"}],
    "creators": [{"name": "Vega, Ana"}],
    "types": {"resourceTypeGeneral": "Dataset"},
    "relatedIdentifiers": [
        {
            "relatedIdentifier": "10.5072/y",
            "relatedIdentifierType": "DOI",
            "relationType": "IsDerivedFrom",
        }
    ],
}


def written(folder: Path, value: Any, name: str = "record.json") -> Path:
    path = folder / name
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def graph(path: Path) -> list[str]:
    return lines(set(read(bundle_of(path)).triples(CASE_BASE, Findings())))


def described(folder: Path, *changes: dict[str, Any]) -> tuple[Description, list[str]]:
    records = [{**RECORD, "doi": f"10.5072/{n}", **c} for n, c in enumerate(changes)]
    document, findings = read(bundle_of(written(folder, records))), Findings()
    list(document.triples(CASE_BASE, findings))
    return document.description, [f.code for f in findings.of(FindingKind.WARNING)]


@pytest.mark.parametrize(
    ("identifier", "kind", "iri"),
    [
        ("10.5072/Ab", "DOI", "https://doi.org/10.5072/ab"),
        ("https://doi.org/10.5072/Ab", "DOI", "https://doi.org/10.5072/ab"),
        ("http://dx.doi.org/10.5072/Ab", "", "https://doi.org/10.5072/ab"),
        ("doi:10.5072/Ab", "Other", "https://doi.org/10.5072/ab"),
        ("https://doi.org/10.5072%2FAb", "URL", "https://doi.org/10.5072/ab"),
        ("10.1000/a<b>#c", "DOI", "https://doi.org/10.1000/a%3Cb%3E%23c"),
        ("10.58052/IEX1", "IGSN", "https://doi.org/10.58052/iex1"),
        ("10273/IEX1", "IGSN", "https://hdl.handle.net/10273/IEX1"),
        ("IGSN:IEX1", "IGSN", "https://igsn.org/IEX1"),
        ("http://igsn.org/IEX1", "IGSN", "http://igsn.org/IEX1"),
        ("hdl:11304/abc", "Handle", "https://hdl.handle.net/11304/abc"),
        ("ark:/13030/x", "ARK", "https://n2t.net/ark:/13030/x"),
        ("arXiv:0706.0001", "arXiv", "https://arxiv.org/abs/0706.0001"),
        ("PMID:12345", "PMID", "https://pubmed.ncbi.nlm.nih.gov/12345"),
        ("1234-5679", "ISSN", "urn:issn:1234-5679"),
        ("ISBN 978-3-16-148410-0", "ISBN", "urn:isbn:978-3-16-148410-0"),
        ("urn:nbn:de:101:1-2", "URN", "urn:nbn:de:101:1-2"),
        ("urn:lsid:a.org:b:c", "LSID", "urn:lsid:a.org:b:c"),
        ("https://a.example/b c", "URL", "https://a.example/b%20c"),
        ("RRID:SCR_1", "RRID", "https://scicrunch.org/resolver/RRID:SCR_1"),
        ("0000 0001 2", "ISNI", "https://isni.org/isni/000000012"),
        ("local 7", "Other", None),
        ("4006381333931", "EAN13", None),
        ("", "DOI", None),
        ("no doi", "DOI", None),
    ],
)
def test_the_iri_of_an_identifier(identifier: str, kind: str, iri: str | None) -> None:
    assert iri_of(identifier, kind) == iri


@settings(deadline=None)
@given(st.from_regex(r"10\.[0-9]{4,6}/[!-~]{1,20}", fullmatch=True), st.sampled_from([
    "{}", "doi:{}", "https://doi.org/{}", "http://dx.doi.org/{}"]))  # fmt: skip
def test_a_doi_joins_in_any_spelling(doi: str, spelling: str) -> None:
    found = iri_of(spelling.format(doi.replace("%", "")), "DOI")
    assert found == doi_iri(doi.replace("%", "").lower())


@pytest.mark.parametrize("doi", ["10.5281/zenodo.1", "10.1002/(sici)1<2::aid-3>3.0.co;2-a"])
def test_the_node_of_a_doi_has_its_key(doi: str) -> None:
    assert identifier_key(doi_iri(doi)) == ("doi", doi)


def test_the_same_record_in_any_wrapping(tmp_path: Path) -> None:
    resource = {"id": "10.5072/x", "type": "dois", "attributes": RECORD}
    wrappings: list[Any] = [
        RECORD,
        [RECORD],
        json.dumps(RECORD) + "\n" + json.dumps(RECORD) + "\n",
        "\ufeff" + json.dumps(RECORD, indent=1),
    ]
    graphs = []
    for number, value in enumerate(wrappings):
        path = written(tmp_path, value, f"record{number}.json")
        assert recognised(path) == ["datacite"]
        graphs.append(graph(path))
    assert all(g == graphs[0] for g in graphs)
    answers: list[Any] = [resource, [resource], {"data": resource}, {"data": [resource]}]
    graphs = [graph(written(tmp_path, value)) for value in answers]
    assert all(g == graphs[0] for g in graphs)


@pytest.mark.parametrize(
    "value",
    [
        {"@context": "http://schema.org", "schemaVersion": "http://datacite.org/schema/kernel-4",
         "@id": "https://doi.org/10.5072/x", "name": "X"},
        {"DOI": "10.5072/x", "type": "dataset", "title": "X", "publisher": "P"},
        {"data": [{"id": "x", "type": "clients", "attributes": {"name": "x"}}]},
        {"data": []},
        {"title": "X", "types": ["a"]},
        {"$schema": "http://json-schema.org/draft-07/schema#", "id":
         "http://datacite.org/schema/kernel-4.5", "title": "DataCite v4.5", "properties": {}},
        {"doi": "10.5072/x", "title": "x", "creator": ["a"], "publisher": "p",
         "publicationYear": 2024, "pidArray": []},
        [],
        5,
    ],
)  # fmt: skip
def test_what_is_no_datacite_metadata(tmp_path: Path, value: Any) -> None:
    assert "datacite" not in recognised(written(tmp_path, value))


def test_every_relation_type_has_a_row(tmp_path: Path, alignment: Alignment) -> None:
    names = [
        "IsCitedBy",
        "Cites",
        "IsSupplementTo",
        "IsSupplementedBy",
        "IsContinuedBy",
        "Continues",
        "IsDescribedBy",
        "Describes",
        "HasMetadata",
        "IsMetadataFor",
        "HasVersion",
        "IsVersionOf",
        "IsNewVersionOf",
        "Obsoletes",
        "IsObsoletedBy",
        "IsPreviousVersionOf",
        "IsPartOf",
        "HasPart",
        "IsPublishedIn",
        "IsReferencedBy",
        "References",
        "IsDocumentedBy",
        "Documents",
        "IsCompiledBy",
        "Compiles",
        "IsVariantFormOf",
        "IsOriginalFormOf",
        "IsIdenticalTo",
        "IsReviewedBy",
        "Reviews",
        "IsDerivedFrom",
        "IsSourceOf",
        "IsRequiredBy",
        "Requires",
        "IsCollectedBy",
        "Collects",
        "IsTranslationOf",
        "HasTranslation",
        "Other",
    ]
    related = [
        {"relatedIdentifier": f"10.5072/{n}", "relatedIdentifierType": "DOI", "relationType": n}
        for n in names
    ]
    path = written(tmp_path, {**RECORD, "relatedIdentifiers": related})
    triples = list(read(bundle_of(path)).triples(CASE_BASE, Findings()))
    aligned = alignment.align(triples, Findings())
    assert not aligned.unmapped
    derived = {
        (t.subject.value.rpartition("/")[2], t.object.value.rpartition("/")[2])
        for t in aligned.triples
        if t.predicate == prov("wasDerivedFrom")
    }
    assert derived == {
        ("x", "isderivedfrom"), ("issourceof", "x"), ("x", "isnewversionof"),
        ("ispreviousversionof", "x"), ("x", "iscompiledby"), ("compiles", "x"),
        ("x", "istranslationof"), ("hastranslation", "x"),
    }  # fmt: skip


def test_a_paper_that_a_dataset_cites_is_no_origin(tmp_path: Path, alignment: Alignment) -> None:
    related = [{**RECORD["relatedIdentifiers"][0], "relationType": "References"}]
    path = written(tmp_path, {**RECORD, "relatedIdentifiers": related})
    aligned = alignment.align(read(bundle_of(path)).triples(CASE_BASE, Findings()), Findings())
    predicates = {t.predicate for t in aligned.triples}
    assert prov("wasDerivedFrom") not in predicates
    assert dcterms("references") in predicates


def test_access(tmp_path: Path) -> None:
    assert described(tmp_path, {})[0].visibility is None
    found, warned = described(tmp_path, {"state": "findable"}, {"isActive": True})
    assert (found.visibility, warned) == (Visibility.PUBLIC, [])
    found, warned = described(tmp_path, {"state": "findable"}, {"state": "draft"})
    assert (found.visibility, warned) == (Visibility.INTERNAL, ["visibility"])
    assert described(tmp_path, {"isActive": False})[0].visibility is Visibility.INTERNAL


def test_a_record_tells_its_schema(tmp_path: Path) -> None:
    schema = "http://datacite.org/schema/kernel-4"
    assert described(tmp_path, {"schemaVersion": schema}, {})[0].profiles == (schema,)


def test_embargo(tmp_path: Path) -> None:
    until = {"dates": [{"date": "2030-05-06", "dateType": "Available"}]}
    assert described(tmp_path, until)[0].visible_from == "2030-05-06"
    found, warned = described(tmp_path, until, {})
    assert (found.visible_from, warned) == ("2030-05-06", ["embargo"])
    year = {"dates": [{"date": "2030", "dateType": "Available"}]}
    assert described(tmp_path, year)[0].visible_from is None


def test_persons_of_two_records_are_two_unless_an_identifier_says_so(tmp_path: Path) -> None:
    orcid = {"nameIdentifier": "0000-0002-1825-0097", "nameIdentifierScheme": "ORCID"}
    creators = [{"name": "Smith, J."}, {"name": "Vega, Ana", "nameIdentifiers": [orcid]}]
    records = [{**RECORD, "doi": f"10.5072/{n}", "creators": creators} for n in (1, 2)]
    document = read(bundle_of(written(tmp_path, records)))
    agents = {
        t.object for t in document.triples(CASE_BASE, Findings())
        if t.predicate.value == NAMESPACE + "creator"
    }  # fmt: skip
    assert len(agents) == 3


def test_nothing_of_a_record_is_lost(tmp_path: Path) -> None:
    """Every text of a record stands in some literal or IRI of its graph."""
    path = Path(__file__).parent / "cases" / "full-record" / "input" / "full-record.json"
    texts: set[str] = set()
    pending: list[Any] = [json.loads(path.read_text(encoding="utf-8"))]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending += value.values()
        elif isinstance(value, list):
            pending += value
        else:
            texts.add(str(value).lower() if isinstance(value, bool) else str(value))
    said = {t.object.value for t in read(bundle_of(path)).triples(CASE_BASE, Findings())}
    assert texts <= said


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [*LISTS, "doi", "id", "types", "container", "publisher", "url", "schemaVersion", "state",
     "relatedIdentifierType", "identifier", "language", "relationships"]
)  # fmt: skip
INNER = st.sampled_from(
    ["relatedIdentifier", "relatedIdentifierType", "relationType", "name", "nameIdentifiers",
     "affiliation", "date", "dateType", "title", "titles", "rights", "lang", "identifier",
     "relatedItemIdentifier", "geoLocationPlace", "description", "subject", "valueUri"]
)  # fmt: skip
NEAR = JSON_VALUES | st.lists(st.dictionaries(INNER, JSON_VALUES, max_size=4), max_size=2)


@settings(deadline=None)
@given(st.dictionaries(FIELDS, NEAR, max_size=6))
def test_any_values_in_known_fields(record: dict[str, Any]) -> None:
    source = Records()
    with suppress(SourceError):
        source.add("x", json.dumps([{**RECORD, **record}, record]).encode())
    for triple in Graph(source, CASE_BASE, Findings()).triples():
        assert triple.subject.value


@settings(deadline=None)
@given(JSON_VALUES)
def test_any_json(value: Any) -> None:
    source = Records()
    with suppress(SourceError):
        source.add("x", json.dumps({"data": value}).encode())
        source.add("x", json.dumps(value).encode())
    list(Graph(source, CASE_BASE, Findings()).triples())


VALID = (
    Path(__file__).parent / "cases" / "full-record" / "input" / "full-record.json"
).read_bytes()


@settings(deadline=None)
@given(st.integers(0, len(VALID)), st.integers(0, 12), st.binary(max_size=6))
def test_damaged_bytes_give_our_errors_only(start: int, length: int, put: bytes) -> None:
    damaged = VALID[:start] + put + VALID[start + length :]
    source = Records()
    with suppress(SourceError):
        source.add("x", damaged)
    for triple in Graph(source, CASE_BASE, Findings()).triples():
        assert triple.subject.value
