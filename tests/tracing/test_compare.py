"""Comparing runs: what is matched with what, and how it is judged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import crate, ref

from kg_service.errors import UsageError
from kg_service.graph import KnowledgeGraph
from kg_service.lineage.model import Request
from kg_service.tracing.compare import Comparison, Differences

CONTEXT = [
    "https://w3id.org/ro/crate/1.1/context",
    {
        term: f"https://w3id.org/ro/terms/{term_set}#{term}"
        for term_set, terms in (
            ("workflow-run", ("sha256", "containerImage", "ContainerImage", "registry", "tag")),
            ("sapporo", ("lineCount", "stats", "totalReads")),
        )
        for term in terms
    },
]


def run(folder: Path, name: str, *more: dict[str, Any], **told: Any) -> Path:
    """A crate of one run: an input, a parameter, a tool, and outputs."""
    version = told.pop("version", "1.0")
    threshold = told.pop("threshold", "0.5")
    folder_of_run = told.pop("outputs", "out")
    return crate(
        folder / name,
        {
            "@id": "#run",
            "@type": "CreateAction",
            "name": f"run {name}",
            "instrument": ref("#tool"),
            "object": ref("in.csv", "#threshold"),
            "result": ref(f"{folder_of_run}/table.csv"),
            **told,
        },
        {"@id": "#tool", "@type": "SoftwareApplication", "name": "segment",
         **({"softwareVersion": version} if version else {})},
        {"@id": "in.csv", "@type": "File", "name": "in.csv", "sha256": "a" * 64,
         "contentSize": "100"},
        {"@id": "#threshold", "@type": "PropertyValue", "name": "threshold", "value": threshold},
        *more,
        context=CONTEXT,
    )  # fmt: skip


def table(sha256: str, folder: str = "out", **told: Any) -> dict[str, Any]:
    id_ = f"{folder}/table.csv"
    return {"@id": id_, "@type": "File", "name": "table.csv", "sha256": sha256 * 64,
            "contentSize": "1000", **told}  # fmt: skip


@pytest.fixture
def compare(
    tmp_path: Path, knowledge: Callable[..., KnowledgeGraph]
) -> Callable[[Path, Path], Differences]:
    def made(first: Path, second: Path) -> Differences:
        graph = knowledge(first, second)
        one, other = (graph.resolve(f"run {path.name}") for path in (first, second))
        found = graph.differences(Request(one), other)
        assert found.as_json()["counts"] == found.counts
        return found

    return made


def told(found: Differences) -> dict[tuple[str, str], str]:
    return {(c.section, c.name): c.likeness.value for c in found.comparisons}


def one(found: Differences, section: str) -> Comparison:
    (comparison,) = [c for c in found.comparisons if c.section == section]
    return comparison


def test_inputs_parameters_versions_outputs(
    tmp_path: Path, compare: Callable[[Path, Path], Differences]
) -> None:
    first = run(tmp_path, "one", table("b", lineCount=10))
    second = run(
        tmp_path, "two", table("c", lineCount=12), version="1.1", threshold="0.6",
        actionStatus="http://schema.org/FailedActionStatus",
    )  # fmt: skip
    found = compare(first, second)
    assert told(found) == {
        ("inputs", "in.csv"): "same",
        ("parameters", "threshold"): "changed",
        ("versions", "segment"): "changed",
        ("outcome", "status"): "missing",
        ("outputs", "out/table.csv"): "changed",
    }
    assert one(found, "parameters").because == "0.5 and 0.6"
    assert one(found, "versions").because == "1.0 and 1.1"
    assert one(found, "outputs").because == "sha256 differs; 10 and 12 lines"
    side = one(found, "outputs").first
    assert side is not None
    assert (side.grade, side.by) == ("close", "run-crate:026")
    assert found.complete


def test_folders_named_after_the_run_do_not_hide_a_match(
    tmp_path: Path, compare: Callable[[Path, Path], Differences]
) -> None:
    first = run(tmp_path, "one", table("b", "out-1"), outputs="out-1")
    second = run(tmp_path, "two", table("c", "out-2"), outputs="out-2")
    (outputs,) = [c for c in compare(first, second).comparisons if c.section == "outputs"]
    assert outputs.likeness.value == "similar"


def test_what_one_run_has_alone_and_names_that_tell_nothing(
    tmp_path: Path, compare: Callable[[Path, Path], Differences]
) -> None:
    extra = {"@id": "#seed", "@type": "PropertyValue", "name": "seed", "value": "1"}
    alike = [
        {"@id": f"#x{i}", "@type": "PropertyValue", "name": "x", "value": str(i)} for i in range(2)
    ]
    first = run(tmp_path, "one", table("b"), extra, *alike,
                object=ref("in.csv", "#threshold", "#seed", "#x0", "#x1"))  # fmt: skip
    second = run(tmp_path, "two", table("b"), version=None)
    found = compare(first, second)
    assert told(found)["parameters", "seed"] == "missing"
    assert [c.likeness.value for c in found.comparisons if c.name == "x"] == [
        "missing", "missing",
    ]  # fmt: skip
    assert told(found)["versions", "segment"] == "unknown"
    assert told(found)["outputs", "out/table.csv"] == "same"


def test_folders_are_compared_by_their_files(
    tmp_path: Path, compare: Callable[[Path, Path], Differences]
) -> None:
    def with_folder(name: str, digest: str, *more: str) -> Path:
        ids = [f"{name}/a.csv", *(f"{name}/{inner}" for inner in more)]
        files = [{"@id": i, "@type": "File", "name": i, "sha256": digest * 64} for i in ids]
        folder = {"@id": f"{name}/", "@type": "Dataset", "name": "results", "hasPart": ref(*ids)}
        return run(tmp_path, name, folder, *files, result=ref(f"{name}/"))

    found = compare(with_folder("one", "b"), with_folder("two", "c", "b.csv"))
    outputs = {c.name: c.likeness.value for c in found.comparisons if c.section == "outputs"}
    assert {name.rpartition(" ")[2]: word for name, word in outputs.items()} == {
        "a.csv": "changed",
        "b.csv": "missing",
    }


def test_results_are_compared_with_what_made_them(
    tmp_path: Path, knowledge: Callable[..., KnowledgeGraph]
) -> None:
    first, second = run(tmp_path, "one", table("b")), run(tmp_path, "two", table("c"))
    graph = knowledge(first, second)
    records = {record.id: record for record in graph.sources()}
    ids = [graph.resolve(f"{record.iri}/out/table.csv") for record in records.values()]
    found = graph.differences(Request(ids[0]), ids[1])
    assert found.comparisons[0].section == "result"
    assert found.comparisons[0].likeness.value == "similar"
    assert sorted(run.label for run in found.runs) == ["run one", "run two"]
    inputs = [graph.resolve(f"{record.iri}/in.csv") for record in records.values()]
    raw = graph.differences(Request(inputs[0]), inputs[1])
    assert not raw.complete
    assert "no source says which activity generated in.csv" in raw.stopped
    with pytest.raises(UsageError, match="compare two activities, or two things"):
        graph.differences(Request(ids[0]), graph.resolve("run one"))


def test_counts_that_an_engine_took_are_compared(
    tmp_path: Path, compare: Callable[[Path, Path], Differences]
) -> None:
    def counted(name: str, digest: str, reads: int) -> Path:
        stats = {"@id": "#stats", "@type": "Thing", "totalReads": reads}
        return run(tmp_path, name, table(digest, stats=ref("#stats")), stats)

    found = compare(counted("one", "b", 100), counted("two", "c", 200))
    assert one(found, "outputs").because == "sha256 differs; 100 and 200 total reads"
