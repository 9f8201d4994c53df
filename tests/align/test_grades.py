"""The grades that alignment gives with lineage statements are those that explaining finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, parse
from support import BASE, EXAMPLE, crate, ref

from ingest.discover import Found, discover
from kg_service.align.engine import Alignment
from kg_service.align.explain import Explainer
from kg_service.catalogue import Catalogue
from kg_service.intake import Intake
from kg_service.store.embedded import OxigraphStore
from kg_service.store.grades import Grade, Grades
from kg_service.store.port import Change

_EXAMPLES = EXAMPLE.parent
_PROV = "http://www.w3.org/ns/prov#"


class _Watching(OxigraphStore):
    """A store that keeps the grades of what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.grades: dict[NamedNode, dict[Triple, Grade]] = {}

    def commit(self, change: Change) -> None:
        super().commit(change)
        for graph, grades in change.grades.items():
            self.grades[graph] = _strongest(grades)


def _strongest(grades: Grades) -> dict[Triple, Grade]:
    found = {}
    for line, grade in grades.strongest().items():
        (quad,) = parse(line, format=RdfFormat.N_TRIPLES)
        found[quad.triple] = grade
    return found


def _disagreements(store: _Watching, alignment: Alignment) -> Iterator[str]:
    """Where a grade is not what explaining says, and lineage statements without a grade."""
    explainer, catalogue = Explainer(store, alignment, basis=False), Catalogue(store)
    for graph, grades in store.grades.items():
        asserted = catalogue.asserted_behind(graph)
        assert asserted is not None
        for name in ("used", "wasGeneratedBy", "wasDerivedFrom", "wasInformedBy", "hadMember"):
            for quad in store.quads(None, NamedNode(_PROV + name), None, graph):
                if quad.triple not in grades:
                    yield f"{quad.triple} has no grade"
        for statement, grade in grades.items():
            ground = next(explainer.grounds(statement, graph, asserted), None)
            if ground is None or ground.grade is not grade:
                yield f"{statement}: {grade}, explained as {ground}"


def _taken(alignment: Alignment, *paths: Path) -> _Watching:
    store = _Watching()
    intake = Intake(store, alignment, BASE)
    for path in paths:
        for found in discover(path):
            if isinstance(found, Found):
                intake.take(found)
    return store


@pytest.mark.parametrize("path", sorted(_EXAMPLES.iterdir()), ids=lambda p: p.name)
def test_of_an_example(path: Path, alignment: Alignment) -> None:
    assert not list(_disagreements(_taken(alignment, path), alignment))


def test_every_lineage_statement_has_its_grade(alignment: Alignment, tmp_path: Path) -> None:
    run = {"@id": "#run", "@type": "CreateAction", "object": ref("in"), "result": ref("out")}
    files = [{"@id": name, "@type": "File"} for name in ("in", "out")]
    store = _taken(alignment, crate(tmp_path / "one", run, *files))
    (grades,) = store.grades.values()
    told = {(s.predicate.value.removeprefix(_PROV), g.value) for s, g in grades.items()}
    assert told == {("used", "mapped"), ("wasGeneratedBy", "close")}


def test_the_strongest_of_several_counts(alignment: Alignment, tmp_path: Path) -> None:
    document = tmp_path / "run.ttl"
    document.write_text(
        "@prefix prov: <http://www.w3.org/ns/prov#> . @prefix schema: <http://schema.org/> .\n"
        "<http://e.org/run> a prov:Activity, schema:CreateAction ; schema:result <http://e.org/out>"
        ' ; prov:startedAtTime "2026-01-01T00:00:00Z" .\n'
        "<http://e.org/out> a prov:Entity, schema:MediaObject ; "
        "prov:wasGeneratedBy <http://e.org/run> .\n"
    )
    store = _taken(alignment, document)
    (grades,) = store.grades.values()
    assert set(grades.values()) == {Grade.ASSERTED}
    assert not list(_disagreements(store, alignment))


def test_a_close_statement_is_mapped_where_a_rule_says_so_too() -> None:
    grades = Grades()
    line = b"<http://e.org/a> <http://e.org/p> <http://e.org/b> .\n"
    grades.write(Grade.CLOSE, [line])
    grades.write(Grade.MAPPED, [line, line])
    assert grades.strongest() == {line: Grade.MAPPED}


@pytest.mark.parametrize("format_name", ["rocrate", "isa", "facility"])
def test_of_the_corpus(format_name: str, alignment: Alignment, corpus: Path) -> None:
    small = [
        path
        for path in sorted((corpus / format_name).rglob("*"))
        if path.is_file()
        and path.suffix in (".json", ".txt", ".xml")
        and path.stat().st_size < 60_000
    ]
    assert small
    seen = 0
    for path in small[:: max(1, len(small) // 12)]:
        store = _taken(alignment, path)
        seen += sum(map(len, store.grades.values()))
        assert not list(_disagreements(store, alignment)), path
    assert seen
