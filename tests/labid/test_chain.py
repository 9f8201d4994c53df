"""The chain of docs/labid.md: its JSON form and its crate form have the same lineage."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Triple
from support import CASE_BASE, EXAMPLE, REPOSITORY

from ingest import labid, rocrate
from ingest.bundle import Bundle, FolderFiles, SingleFile
from ingest.document import Visibility
from ingest.errors import InvalidSource
from ingest.findings import Findings
from ingest.labid.check import check
from ingest.labid.form import PROFILE
from ingest.labid.graph import Graph
from ingest.labid.schema import schema
from kg_service.align.engine import Alignment
from kg_service.terms import kg, prov

LABID = EXAMPLE.parent / "labid"
SCHEMA = REPOSITORY / "ontologies" / "labid.schema.json"
LINEAGE = {
    *(prov(n) for n in ("used", "wasGeneratedBy", "wasDerivedFrom", "hadMember")),
    *(prov(n) for n in ("startedAtTime", "endedAtTime")),
    *(kg(n) for n in ("hadPlan", "usedInstrument", "status", "size", "sha256")),
}


def export() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((LABID / "export.json").read_text(encoding="utf-8"))
    return loaded


def lineage(triples: list[Triple]) -> set[Triple]:
    """The lineage in aligned statements, but for the crate's own membership."""
    return {t for t in triples if t.predicate in LINEAGE and t.subject.value != CASE_BASE}


def test_both_forms_have_the_same_lineage(alignment: Alignment) -> None:
    findings = Findings()
    document = labid.read(Bundle(SingleFile(LABID / "export.json"), only="export.json"))
    crate = rocrate.read(Bundle(FolderFiles(LABID / "crate"), main="ro-crate-metadata.json"))
    one = alignment.align(document.triples(CASE_BASE, findings), findings)
    other = alignment.align(crate.triples(CASE_BASE, findings), findings)
    assert not list(findings)
    assert not one.unmapped
    assert lineage(one.triples) == lineage(other.triples)
    assert len(lineage(one.triples)) == 28


def test_a_document_says_who_may_see_it() -> None:
    document = labid.read(Bundle(SingleFile(LABID / "export.json"), only="export.json"))
    said = document.description
    assert said.visibility is Visibility.INTERNAL
    assert said.identifier == "https://labid.example.org/exports/zebrafish-fin"
    assert said.profiles == (PROFILE,)


def test_the_published_schema_is_the_format() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == schema()
    jsonschema.Draft202012Validator.check_schema(schema())


def test_the_example_is_valid() -> None:
    jsonschema.validate(export(), schema())
    assert not check(export()).faults


_JUNK = st.sampled_from([17, True, "text", ["a"], [3], {"id": "x"}, [{}], {}, "2024-13-01", -1])


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_what_the_schema_refuses_is_refused_with_its_path(data: st.DataObject) -> None:
    """One field of one record is replaced: the reader finds all that the schema finds."""
    document = export()
    section = data.draw(st.sampled_from([k for k, v in document.items() if isinstance(v, list)]))
    number = data.draw(st.integers(0, len(document[section]) - 1))
    record = document[section][number]
    name = data.draw(st.sampled_from(sorted(record)))
    record[name] = data.draw(_JUNK)
    valid = jsonschema.Draft202012Validator(schema()).is_valid(document)
    faults = check(document).faults
    if not valid:
        assert faults, (section, number, name, record[name])
        assert any(f.startswith(f"$.{section}[{number}]") for f in faults)


def test_a_document_with_faults_names_all_of_them(tmp_path: Path) -> None:
    document = export()
    del document["name"]
    document["samples"][0]["derivedFrom"] = ["#gone"]
    document["workflowRuns"][0]["status"] = "done"
    path = tmp_path / "export.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InvalidSource) as caught:
        labid.read(Bundle(SingleFile(path), only=path.name))
    assert "3 faults" in str(caught.value)
    for place in ("$.name", "$.samples[0].derivedFrom[0]", "$.workflowRuns[0].status"):
        assert place in str(caught.value)


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "name", "path", "value", "label", "x"]), inner)
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(data=st.data(), junk=_ANY)
def test_a_document_is_read_or_refused_never_half_read(data: st.DataObject, junk: Any) -> None:
    document = export()
    record: Any = document
    for _ in range(data.draw(st.integers(0, 3))):
        inner = [v for v in record.values() if isinstance(v, dict)]
        inner += [
            i for v in record.values() if isinstance(v, list) for i in v if isinstance(i, dict)
        ]
        if not inner:
            break
        record = data.draw(st.sampled_from(inner))
    record[data.draw(st.sampled_from([*sorted(record), "unheard of"]))] = junk
    checked = check(document)
    if not checked.faults:
        first = set(Graph(document, checked.records, CASE_BASE, Findings()).triples())
        assert first == set(Graph(document, checked.records, CASE_BASE, Findings()).triples())
