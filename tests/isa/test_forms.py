"""One study in several forms: ISA-Tab, ISA-JSON, ISA-XLSX and an ISA RO-Crate tell the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from isa.same_lineage import context, kinds, pairs, steps
from isa.sheets import build
from pyoxigraph import Triple
from support import CASE_BASE, lines

from ingest.discover import Found, discover
from ingest.findings import Findings
from kg_service.align.engine import Alignment

FORMS = Path(__file__).parent / "arcs" / "four-forms"
# what a form can not have: the files of ISA-Tab and of an ARC have names of their own, ISA-Tab
# has no identifier of an assay, and only an ARC's investigation is a file among others
RENAMED = {
    "assays%2Fsequencing%2Fisa.assay.xlsx": "a_sequencing.txt",
    '"assays/sequencing/isa.assay.xlsx"': '"a_sequencing.txt"',
    '"studies/S1/isa.study.xlsx"': '"s_study.txt"',
}
ONLY_XLSX = {
    'investigation> <https://w3id.org/kg-service/isa#filename> "isa.investigation.xlsx" .',
    'a_sequencing.txt> <https://w3id.org/kg-service/isa#identifier> "sequencing" .',
}
Read = Callable[[str], list[Triple]]


def read_source(path: Path) -> list[Triple]:
    """What the one source at a path says."""
    (found,) = [d for d in discover(path) if isinstance(d, Found)]
    return list(found.read().triples(CASE_BASE, Findings()))


@pytest.fixture
def asserted(tmp_path: Path) -> Read:
    def make(form: str) -> list[Triple]:
        if form == "xlsx":
            return read_source(build(FORMS / form, tmp_path / "arc"))
        return read_source(FORMS / form)

    return make


@pytest.fixture
def aligned(asserted: Read, alignment: Alignment) -> Read:
    def make(form: str) -> list[Triple]:
        return list(alignment.align(asserted(form), Findings()).triples)

    return make


def test_tab_and_json_say_the_same(asserted: Read) -> None:
    assert lines(asserted("tab")) == lines(asserted("json"))


def test_tab_and_xlsx_say_the_same_but_for_file_names(asserted: Read) -> None:
    found = set()
    for line in lines(asserted("xlsx")):
        for of_arc, of_tab in RENAMED.items():
            line = line.replace(of_arc, of_tab)
        found.add(line)
    only = found - set(lines(asserted("tab")))
    assert not set(lines(asserted("tab"))) - found
    assert {line.rpartition("/")[0] for line in only}
    assert all(any(line.endswith(end) for end in ONLY_XLSX) for line in only)
    assert len(only) == len(ONLY_XLSX)


@pytest.mark.parametrize("form", ["json", "xlsx", "crate"])
def test_the_lineage_is_the_same_in_all_forms(form: str, aligned: Read) -> None:
    of_tab, of_form = aligned("tab"), aligned(form)
    assert steps(of_form) == steps(of_tab)
    assert kinds(of_form) == kinds(of_tab)
    for word in ("hadPlan", "wasAssociatedWith", "parameterValue"):
        assert context(of_form, word) == context(of_tab, word), word


def test_what_the_lineage_is(aligned: Read) -> None:
    found = steps(aligned("xlsx"))
    assert found[frozenset({"plant 1"}), frozenset({"leaf 1", "leaf 2"})] == 1
    data = "assays/sequencing/dataset/"
    pooled = frozenset({f"{data}reads1.fastq", f"{data}reads2.fastq"})
    assert found[pooled, frozenset({f"{data}ab.fasta"})] == 1
    assert found.total() == 7


EXPORT = "tests/fixtures/isa_json", "arc_ro_crate_metadata"
PROTOTYPE = "ArcPrototype@1af1a66e072be988759318296d91eb2fff010bff.json"
FIXTURE = "ARC-Export-TestFixture@2c4bcd38700403967fa45bb49a12247ec04538b0.json"
# the crate has the ARC's run as well, which ISA-JSON has no place for
ONLY_CRATE = {
    ("assays/measurement1/dataset/proteomics_result.csv", "runs/FixedScriptResult/result.csv")
}


@pytest.mark.parametrize(("name", "only"), [(PROTOTYPE, ONLY_CRATE), (FIXTURE, set())])
def test_an_arc_exported_as_isa_json_and_as_crate_has_one_lineage(
    corpus: Path, alignment: Alignment, name: str, only: set[tuple[str, str]]
) -> None:
    """Compared by what came from what: the crate has a process for each row, where the reader of
    ISA makes one of the rows that pool or split."""
    of_json, of_crate = (
        list(alignment.align(read_source(corpus / part / name), Findings()).triples)
        for part in (
            f"isa/arc-export-isajson/{EXPORT[0]}", f"rocrate/arc-export/{EXPORT[1]}"
        )
    )  # fmt: skip
    assert pairs(of_crate) - pairs(of_json) == only
    assert not pairs(of_json) - pairs(of_crate)
    in_json = {name for name, _kind in kinds(of_json)}
    assert kinds(of_json) == {k for k in kinds(of_crate) if k[0] in in_json}


def test_isatools_json_of_bii_i_1_has_the_lineage_of_its_tab(
    corpus: Path, alignment: Alignment
) -> None:
    """Compared by what came from what: that JSON has a process for each input of a pool."""
    isa = corpus / "copyleft" / "isa"
    of_tab, of_json = (
        list(alignment.align(read_source(isa / path), Findings()).triples)
        for path in (
            "isa-api-tab/BII-I-1/i_investigation.txt",
            "isajsonr/inst/extdata/Castrillo/Castrillo.json",
        )
    )
    assert pairs(of_json) == pairs(of_tab)
    assert len(pairs(of_tab)) == 554
    assert kinds(of_json) == kinds(of_tab)
    for word in ("wasAssociatedWith", "parameterValue"):
        assert context(of_json, word) == context(of_tab, word), word


@pytest.mark.parametrize(
    ("book", "table", "size", "other"),
    [
        (
            "isa/arctrl-xlsx/tests/Spreadsheet/TestFiles/isa.investigation.xlsx",
            "isa-api-tab/BII-I-1/i_investigation.txt", 298,
            # the spreadsheet program took the accession 0000424 for a number
            {"424", "transcription profiling", "measurementType", "OntologyAnnotation", '"OBI"'},
        ),
        ("isa/arc-omaus/isa.investigation.xlsx", "isa-api-tab/BII-S-3/i_gilbert.txt", 254, set()),
    ],
)  # fmt: skip
def test_an_investigation_workbook_says_what_the_investigation_file_says(
    corpus: Path, tmp_path: Path, book: str, table: str, size: int, other: set[str]
) -> None:
    alone = tmp_path / "isa.investigation.xlsx"
    alone.write_bytes((corpus / book).read_bytes())
    of_book = set(lines(read_source(alone)))
    of_tab = set(lines(read_source(corpus / "copyleft" / "isa" / table)))
    assert len(of_book) == size
    other = {*other, '"isa.investigation.xlsx"'}
    assert all(any(word in line for word in other) for line in of_book - of_tab)
