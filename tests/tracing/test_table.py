"""The sample x result table, of small studies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import crate, ref

from kg_service.errors import NotKnown
from kg_service.graph import KnowledgeGraph
from kg_service.lineage.model import Request
from kg_service.tracing.table import COLUMNS, StudyTable

CONTEXT = ["https://w3id.org/ro/crate/1.1/context", {"Sample": "https://bioschemas.org/Sample"}]


def act(name: str, used: list[str], made: list[str], **told: Any) -> dict[str, Any]:
    return {"@id": f"#{name}", "@type": "CreateAction", "name": name, "object": ref(*used),
            "result": ref(*made), **told}  # fmt: skip


def sample(name: str) -> dict[str, Any]:
    return {"@id": f"#{name}", "@type": "Sample", "name": name}


def file(name: str) -> dict[str, Any]:
    return {"@id": name, "@type": "File", "name": name}


@pytest.fixture
def study(tmp_path: Path, knowledge: Callable[..., KnowledgeGraph]) -> KnowledgeGraph:
    return knowledge(
        crate(
            tmp_path / "study",
            sample("p1"), sample("p2"), sample("p3"), sample("cut 1"), sample("cut 2"),
            act("cutting 1", ["#p1"], ["#cut 1"]), act("cutting 2", ["#p2"], ["#cut 2"]),
            act("scan 1", ["#cut 1"], ["raw1.h5"]), act("scan 2", ["#cut 2"], ["raw2.h5"]),
            act("analysis", ["raw1.h5", "raw2.h5"], ["table.csv"]),
            file("raw1.h5"), file("raw2.h5"), file("table.csv"),
            context=CONTEXT,
        )
    )  # fmt: skip


def rows(found: StudyTable) -> set[tuple[str, ...]]:
    names = ("specimen_label", "sample_label", "result_label", "final", "steps", "activities")
    return {tuple(row.cells.get(name, "") for name in names) for row in found.rows}


def test_a_row_for_each_specimen_and_result(study: KnowledgeGraph) -> None:
    (source,) = study.sources()
    found = study.table(source.id)
    assert rows(found) == {
        ("p1", "cut 1", "raw1.h5", "no", "2", "cutting 1 > scan 1"),
        ("p1", "cut 1", "table.csv", "yes", "3", "cutting 1 > scan 1 > analysis"),
        ("p2", "cut 2", "raw2.h5", "no", "2", "cutting 2 > scan 2"),
        ("p2", "cut 2", "table.csv", "yes", "3", "cutting 2 > scan 2 > analysis"),
        ("p3", "", "", "", "", ""),
    }
    assert found.complete
    assert {row.cells["sources"] for row in found.rows if "sources" in row.cells} == {source.id}
    assert {row.cells["grade"] for row in found.rows if "grade" in row.cells} == {"close"}
    assert found.columns == COLUMNS


def test_of_one_sample_and_within_bounds(study: KnowledgeGraph) -> None:
    assert {row[0] for row in rows(study.table("cut 1"))} == {"cut 1"}
    (source,) = study.sources()
    short = study.table(source.id, Request(study.resolve("p1"), depth=2))
    assert {row[2] for row in rows(short)} == {"raw1.h5", "raw2.h5", ""}
    assert not short.complete
    assert short.stopped == ("2 rows are of specimens whose lineage was cut at the depth or limit",)
    few = study.table(source.id, limit=1)
    assert len(few.rows) == 1
    assert few.stopped[0] == "stopped at the limit of 1 rows"
    with pytest.raises(NotKnown):
        study.table("nothing")


def test_cells_hold_one_line(study: KnowledgeGraph) -> None:
    (source,) = study.sources()
    text = study.table(source.id).tsv()
    assert {line.count("\t") for line in text.splitlines()} == {len(COLUMNS) - 1}


def test_of_a_real_study(corpus: Path, knowledge: Callable[..., KnowledgeGraph]) -> None:
    graph = knowledge(corpus / "isa" / "metabolights-utils" / "tests" / "test-data" / "MTBLS1")
    (record,) = graph.sources()
    whole = graph.table("MTBLS1")
    assert len(whole.rows) > 200
    assert any(column.startswith("specimen: ") for column in whole.columns)
    assert any(column.startswith("sample: ") for column in whole.columns)
    study = graph.table(f"{record.iri}/study/MTBLS1")
    assert {r.cells["specimen"] for r in study.rows} <= {r.cells["specimen"] for r in whole.rows}
