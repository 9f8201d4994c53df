"""Taking sources in: identity over versions, replacement, refusals, and the catalogue."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import BASE, EXAMPLE, crate, ref, take_all

from ingest.findings import FindingKind
from kg_service.align.engine import Alignment
from kg_service.catalogue import Catalogue
from kg_service.errors import UsageError
from kg_service.intake import Intake
from kg_service.report import Outcome
from kg_service.store.embedded import OxigraphStore
from kg_service.terms import CATALOGUE, prov


def graphs(store: OxigraphStore) -> set[str]:
    return {q.graph_name.value for q in store.quads() if q.graph_name != CATALOGUE}


def test_the_same_bytes_twice_change_nothing(alignment: Alignment, tmp_path: Path) -> None:
    store = OxigraphStore()
    folder = crate(tmp_path / "c", {"@id": "a.txt", "@type": "File"})
    (first,) = take_all(store, alignment, folder)
    before = set(store.quads())
    (second,) = take_all(store, alignment, folder)
    assert (first.outcome, second.outcome) == (Outcome.ADDED, Outcome.UNCHANGED)
    assert set(store.quads()) == before


def test_a_new_version_replaces_the_old_ones_graphs(alignment: Alignment, tmp_path: Path) -> None:
    store = OxigraphStore()
    folder = crate(tmp_path / "c", {"@id": "old.txt", "@type": "File", "name": "old"}, name="one")
    take_all(store, alignment, folder)
    old = graphs(store)
    (before,) = Catalogue(store).sources()
    crate(folder, {"@id": "new.txt", "@type": "File", "name": "new"}, name="two")
    (report,) = take_all(store, alignment, folder)
    assert report.outcome is Outcome.REPLACED
    assert report.source_id == before.id
    assert old.isdisjoint(graphs(store))
    (after,) = Catalogue(store).sources()
    assert (after.title, after.version != before.version) == ("two", True)
    assert not [q for q in store.quads() if "old.txt" in str(q.subject)]
    revisions = list(store.quads(None, prov("wasRevisionOf"), None, CATALOGUE))
    assert len(revisions) == 1, "the catalogue keeps that there was an older version"


def test_a_doi_is_the_same_source_from_anywhere(alignment: Alignment, tmp_path: Path) -> None:
    store = OxigraphStore()
    first = crate(tmp_path / "a" / "c", identifier="https://doi.org/10.5072/x.1")
    second = crate(tmp_path / "b" / "c", identifier="doi:10.5072/X.1", description="changed")
    (one,) = take_all(store, alignment, first)
    (two,) = take_all(store, alignment, second)
    assert one.source_id == two.source_id == "doi-10.5072-x.1"
    assert two.outcome is Outcome.REPLACED
    assert [f.code for f in two.findings.of(FindingKind.WARNING)] == ["other-origin"]


def test_two_sources_of_one_intake_never_replace_each_other(
    alignment: Alignment, tmp_path: Path
) -> None:
    store = OxigraphStore()
    crate(tmp_path / "a", identifier="same", description="1")
    crate(tmp_path / "b", identifier="same", description="2")
    reports = take_all(store, alignment, tmp_path)
    assert [r.outcome for r in reports] == [Outcome.ADDED, Outcome.ADDED]
    assert len({r.source_id for r in reports}) == 2
    again = take_all(store, alignment, tmp_path)
    assert [r.outcome for r in again] == [Outcome.UNCHANGED, Outcome.UNCHANGED]


def test_an_id_can_be_given(alignment: Alignment, tmp_path: Path) -> None:
    store = OxigraphStore()
    intake = Intake(store, alignment, BASE)
    (report,) = intake.take_path(crate(tmp_path / "c"), "my-crate")
    assert report is not None
    assert report.source_id == "my-crate"
    assert [s.iri for s in Catalogue(store).sources()] == [f"{BASE}/source/my-crate"]
    with pytest.raises(UsageError, match="--id"):
        list(intake.take_path(tmp_path / "c", "no spaces please"))
    crate(tmp_path / "d")
    with pytest.raises(UsageError, match="several sources"):
        list(intake.take_path(tmp_path, "x"))


def test_one_bad_file_never_stops_the_others(alignment: Alignment, tmp_path: Path) -> None:
    store = OxigraphStore()
    crate(tmp_path / "a")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "ro-crate-metadata.json").write_text("{", encoding="utf-8")
    crate(tmp_path / "c")
    (tmp_path / "d.zip").write_bytes(b"PK\x03\x04")
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    outcomes = [r.outcome for r in take_all(store, alignment, tmp_path)]
    assert outcomes.count(Outcome.ADDED) == 2
    assert outcomes.count(Outcome.REFUSED) == 2
    assert len(Catalogue(store).sources()) == 2


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("missing.json", None, "no such file"),
        ("broken.json", "{'a'}", "not valid JSON"),
        ("empty.json", "\n", "an empty file"),
        ("plain.json", '{"hello": "world"}', "no source in it that is known"),
        ("text.txt", "hello", "no source in it that is known"),
        ("empty", "", "no source in it that is known"),
        ("x.zip", "no zip", "not a readable zip"),
    ],
)
def test_what_is_named_and_is_no_source_is_refused(
    alignment: Alignment, tmp_path: Path, name: str, content: str | None, words: str
) -> None:
    store = OxigraphStore()
    path = tmp_path / name
    if content is not None:
        path.write_text(content, encoding="utf-8")
    (report,) = take_all(store, alignment, path)
    assert report.outcome is Outcome.REFUSED
    assert words in (report.error or "")
    assert str(path) in (report.error or "")
    assert not list(store.quads())


def test_an_empty_folder_is_refused(alignment: Alignment, tmp_path: Path) -> None:
    (report,) = take_all(OxigraphStore(), alignment, tmp_path)
    assert report.error_code == "unknown-format"


def test_nested_crates_name_the_same_files(alignment: Alignment, tmp_path: Path) -> None:
    store = OxigraphStore()
    outer = crate(tmp_path / "c", identifier="outer", hasPart=ref("sub dir/x.txt"))
    crate(outer / "sub dir", {"@id": "x.txt", "@type": "File", "name": "x"})
    ids = [r.source_id for r in take_all(store, alignment, outer)]
    assert ids == ["outer", "outer/sub%20dir"]
    named = {q.object.value for q in store.quads() if q.predicate.value.endswith("hasPart")}
    assert named == {f"{BASE}/source/outer/sub%20dir/x.txt"}
    labelled = {q.subject.value for q in store.quads() if str(q.object) == '"x"'}
    assert labelled == named


def test_the_report_tells_all(alignment: Alignment, tmp_path: Path) -> None:
    folder = crate(tmp_path / "c", {"@id": "a b", "@type": "File", "jobTitle": "x"})
    (report,) = take_all(OxigraphStore(), alignment, folder)
    plain = json.loads(json.dumps(report.as_json()))
    assert plain["outcome"] == "added"
    assert plain["triples"]["asserted"] == 7
    assert plain["triples"]["repaired"] == 1
    assert plain["triples"]["lost"] == 0
    assert plain["repairs"][0]["code"] == "invalid-iri"
    assert plain["repairs"][0]["examples"][0]["where"] == "$.@graph[2].@id"
    assert plain["unmapped"] == {"http://schema.org/jobTitle": 1}


def test_every_statement_is_in_a_named_graph(alignment: Alignment, tmp_path: Path) -> None:
    store = OxigraphStore()
    take_all(store, alignment, crate(tmp_path / "c", {"@id": "_:b", "author": {"name": "x"}}))
    for quad in store.quads():
        assert type(quad.graph_name).__name__ == "NamedNode"
        assert type(quad.subject).__name__ == "NamedNode", "no blank nodes"


def test_an_isa_tab_folder_can_be_named_by_its_investigation_file(alignment: Alignment) -> None:
    folder = EXAMPLE / "1-laboratory-isa"
    (by_folder,) = take_all(OxigraphStore(), alignment, folder)
    (by_file,) = take_all(OxigraphStore(), alignment, folder / "i_investigation.txt")
    assert by_file.format == "isa-tab"
    assert by_file.version == by_folder.version
