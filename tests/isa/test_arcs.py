"""ARCs made for these tests, with the graph and the findings that they give."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from isa.running import told
from isa.sheets import build
from isa.test_forms import FORMS
from isa.test_mapping import ISA, terms_of_ontology
from openpyxl import Workbook
from pyoxigraph import NamedNode
from support import CASE_BASE, crate, ingest_into_memory, lines

from ingest.bundle import Bundle, FolderFiles, SingleFile
from ingest.discover import Found, PassedOver, Refused, discover
from ingest.errors import InvalidSource, UnreadableSource
from ingest.findings import Findings
from ingest.isa import read_xlsx
from kg_service.align.engine import Alignment
from kg_service.lineage.model import Direction, Request

PROV_ACTIVITY = NamedNode("http://www.w3.org/ns/prov#Activity")
PROV_ENTITY = NamedNode("http://www.w3.org/ns/prov#Entity")
FOLDER = Path(__file__).parent / "arcs"
CASES = sorted(p for p in FOLDER.iterdir() if (p / "input").is_dir())


def result(path: Path) -> dict[str, str]:
    findings = Findings()
    graph = lines(read_xlsx(Bundle(FolderFiles(path))).triples(CASE_BASE, findings))
    assert len(set(graph)) == len(graph)
    return {
        "expected.nt": "".join(f"{line}\n" for line in graph),
        "findings.txt": told(findings).replace(str(path), "INPUT"),
    }


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.name)
def test_all_of_it_has_a_meaning_and_a_label(
    case: Path, tmp_path: Path, alignment: Alignment
) -> None:
    arc = build(case / "input", tmp_path / "arc")
    asserted = list(read_xlsx(Bundle(FolderFiles(arc))).triples(CASE_BASE, Findings()))
    used = {t.predicate.value for t in asserted} | {
        t.object.value for t in asserted if t.predicate.value.endswith("#type")
    }
    assert {term for term in used if term.startswith(ISA)} <= terms_of_ontology()
    aligned = alignment.align(asserted, Findings())
    assert not aligned.unmapped
    labelled = {t.subject for t in aligned.triples if t.predicate.value.endswith("#label")}
    shown = {
        t.subject for t in aligned.triples
        if t.predicate.value.endswith("#type") and t.object in (PROV_ACTIVITY, PROV_ENTITY)
    }  # fmt: skip
    assert shown
    assert shown <= labelled


def test_lineage_goes_through_all_parts_of_an_arc(tmp_path: Path, alignment: Alignment) -> None:
    """From a pond over a column of a table, which is a member of the file, to a run's result."""
    arc = build(FOLDER / "runs" / "input", tmp_path / "arc")
    graph = ingest_into_memory(alignment, arc)
    start = graph.resolve("runs/today/sum.csv")
    view = graph.view(graph.lineage(Request(start, Direction.UP)))
    names = {node.thing.label for node in view.nodes}
    assert {"pond", "lake", "assays/counts/dataset/table.csv", "counting", "adding"} <= names


def found(path: Path) -> list[tuple[str, str]]:
    """Format and main file of each source at a path."""
    return [(d.format.name, d.main) for d in discover(path) if isinstance(d, Found)]


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.name)
def test_case(case: Path, tmp_path: Path) -> None:
    for name, text in result(build(case / "input", tmp_path / "arc")).items():
        assert text == (case / name).read_text(encoding="utf-8"), name


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.name)
def test_an_arc_is_one_source(case: Path, tmp_path: Path) -> None:
    arc = build(case / "input", tmp_path / "arc")
    assert found(arc) == [("isa-xlsx", "isa.investigation.xlsx")]
    assert found(tmp_path) == [("isa-xlsx", "isa.investigation.xlsx")]
    assert found(arc / "isa.investigation.xlsx") == [("isa-xlsx", "isa.investigation.xlsx")]


def test_an_arc_in_a_zip_is_the_same_source(tmp_path: Path) -> None:
    arc = build(FORMS / "xlsx", tmp_path / "arc")
    packed = tmp_path / "arc.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(p for p in arc.rglob("*") if p.is_file()):
            archive.write(path, f"top/{path.relative_to(arc)}")
    (of_zip,) = discover(packed)
    (of_folder,) = discover(arc)
    assert isinstance(of_zip, Found)
    assert isinstance(of_folder, Found)
    one, other = of_zip.read(), of_folder.read()
    assert lines(one.triples(CASE_BASE, Findings())) == lines(other.triples(CASE_BASE, Findings()))
    assert of_zip.bundle.version() == of_folder.bundle.version()


def test_an_arc_without_its_investigation_is_still_one_source(tmp_path: Path) -> None:
    arc = build(FORMS / "xlsx", tmp_path / "arc")
    (arc / "isa.investigation.xlsx").unlink()
    assert found(arc) == [("isa-xlsx", "assays/sequencing/isa.assay.xlsx")]
    (source,) = discover(arc)
    assert isinstance(source, Found)
    assert source.read().description.identifier == "S1"


def test_an_arc_in_an_arc_is_a_source_of_its_own(tmp_path: Path) -> None:
    arc = build(FORMS / "xlsx", tmp_path / "arc")
    build(FOLDER / "linked" / "input", arc / "externals" / "other")
    sources = [d for d in discover(arc) if isinstance(d, Found)]
    assert [s.nested for s in sources] == ["", "externals/other/"]
    assert {s.read().description.identifier for s in sources} == {"INV1", "LINK"}
    (outer, inner) = (lines(s.read().triples(CASE_BASE, Findings())) for s in sources)
    assert not any("study/field" in line for line in outer)
    assert any("study/field" in line for line in inner)


def test_the_workbooks_of_an_arc_come_before_a_crate_beside_them(tmp_path: Path) -> None:
    arc = build(FORMS / "xlsx", tmp_path / "arc")
    crate(tmp_path / "crate")
    (tmp_path / "crate" / "ro-crate-metadata.json").rename(arc / "ro-crate-metadata.json")
    (source,) = discover(arc)
    assert isinstance(source, Found)
    assert source.format.name == "isa-xlsx"
    findings = Findings()
    list(source.read().triples(CASE_BASE, findings))
    assert [f.code for f in findings] == ["also-crate"]
    assert found(arc / "ro-crate-metadata.json") == [("ro-crate", "ro-crate-metadata.json")]


def test_a_crate_comes_before_an_investigation_workbook_that_is_all_there_is(
    tmp_path: Path,
) -> None:
    folder = crate(tmp_path / "crate")
    arc = build(FORMS / "xlsx", tmp_path / "arc")
    (arc / "isa.investigation.xlsx").rename(folder / "isa.investigation.xlsx")
    assert found(folder) == [("ro-crate", "ro-crate-metadata.json")]


@pytest.mark.parametrize(
    ("path", "entities"),
    [
        ("studies/S1/isa.study.xlsx", {"plant 1", "leaf 3"}),
        ("assays/sequencing/isa.assay.xlsx", {"leaf 1", "reads1.fastq", "ab.fasta"}),
        ("isa.investigation.xlsx", {"Barley under drought"}),
    ],
)
def test_a_workbook_alone(path: str, entities: set[str], tmp_path: Path) -> None:
    book = build(FORMS / "xlsx", tmp_path / "arc") / path
    lone = book.rename(tmp_path / book.name)
    (source,) = [d for d in discover(lone) if isinstance(d, Found)]
    text = "\n".join(lines(source.read().triples(CASE_BASE, Findings())))
    assert all(f'"{name}"' in text for name in entities)


def test_other_workbooks_are_no_sources(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["gene", "count"])
    book.save(tmp_path / "counts.xlsx")
    (passed,) = [d for d in discover(tmp_path) if not isinstance(d, Refused)]
    assert isinstance(passed, PassedOver)
    book.active.title = "isa_study"
    book.save(tmp_path / "isa.study.xlsx")
    with pytest.raises(InvalidSource, match="no ISA metadata"):
        read_xlsx(Bundle(SingleFile(tmp_path / "isa.study.xlsx"), only="isa.study.xlsx"))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 but no more", b"text"])
def test_what_is_no_workbook_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "isa.study.xlsx").write_bytes(content)
    with pytest.raises(UnreadableSource, match="not a readable spreadsheet"):
        read_xlsx(Bundle(SingleFile(tmp_path / "isa.study.xlsx"), only="isa.study.xlsx"))
