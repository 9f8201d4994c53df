"""Laws of annotation tables and workbooks, whatever is in them."""

from __future__ import annotations

import random
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from isa.sheets import build
from isa.test_forms import FORMS
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table
from support import CASE_BASE, lines

from ingest.bundle import Bundle, SingleFile
from ingest.errors import SourceError
from ingest.findings import Findings
from ingest.isa import read_xlsx
from ingest.isa.annotation_columns import annotation_columns, unmarked

NAMES = st.sampled_from(["a", "b", "c", "A", "ä", "1"])
ROWS = st.lists(st.tuples(NAMES, NAMES, st.sampled_from(["", "1", "x"])), min_size=1, max_size=8)
KINDS = st.sampled_from(["Sample Name", "Material Name", "Data", "Raw Data File"])


def workbook(heading: list[str], rows: list[list[str]]) -> bytes:
    book = Workbook()
    book.active.title = "growth"
    for row in (heading, *rows):
        book.active.append([cell or None for cell in row])
    corner = f"{get_column_letter(len(heading))}{len(rows) + 1}"
    book.active.add_table(Table(displayName="annotationTable1", ref=f"A1:{corner}"))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def read(content: bytes) -> list[str]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "isa.assay.xlsx"
        path.write_bytes(content)
        document = read_xlsx(Bundle(SingleFile(path), only=path.name))
        return lines(document.triples(CASE_BASE, Findings()))


@settings(deadline=None, max_examples=30)
@given(ROWS, KINDS, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_says_nothing(
    rows: list[tuple[str, str, str]], kind: str, rng: random.Random
) -> None:
    heading = ["Input [Source Name]", f"Output [{kind}]", "Parameter [p]"]
    order = [0, 1, 2]
    rng.shuffle(order)
    other = [[row[i] for i in order] for row in rows]
    rng.shuffle(other)
    graph = read(workbook(heading, [list(r) for r in rows]))
    assert graph == read(workbook([heading[i] for i in order], other))
    assert len(set(graph)) == len(graph)


@settings(deadline=None, max_examples=30)
@given(ROWS)
def test_what_comes_out_of_a_process_shares_a_row_with_all_that_goes_in(
    rows: list[tuple[str, str, str]],
) -> None:
    heading = ["Input [Raw Data File]", "Output [Derived Data File]", "Parameter [p]"]
    graph = read(workbook(heading, [list(r) for r in rows]))
    ends: dict[str, tuple[set[str], set[str]]] = {}
    for line in graph:
        subject, predicate, object_, _dot = line.split(" ", 3)
        for side, word in enumerate(("inputs>", "outputs>")):
            if predicate.endswith(word):
                name = object_.rpartition("/")[2].rstrip(">").replace("%C3%A4", "ä")
                ends.setdefault(subject, (set(), set()))[side].add(name)
    made = {(i, o) for inputs, outputs in ends.values() for i in inputs for o in outputs}
    assert made == {(i, o) for i, o, _p in rows}


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), max_size=8),
    st.none() | st.integers(0, 2**16),
)
def test_a_damaged_workbook_is_read_or_refused(
    changes: list[tuple[int, int]], cut: int | None
) -> None:
    content = bytearray(workbook(["Source Name", "Sample Name"], [["a", "b"]]))
    for place, byte in changes:
        content[place % len(content)] = byte
    with suppress(SourceError):
        read(bytes(content if cut is None else content[: cut % len(content)]))


@given(st.lists(st.text(max_size=20), max_size=8))
def test_any_heading_is_a_column_or_qualifies_one(headings: list[str]) -> None:
    read_ = annotation_columns(headings)
    assert all(0 <= c.position < len(headings) for c in read_.columns)
    assert all(unmarked(unmarked(h)) == unmarked(h) for h in headings)


def test_reading_twice_is_reading_once(tmp_path: Path) -> None:
    book = build(FORMS / "xlsx", tmp_path / "arc") / "studies" / "S1" / "isa.study.xlsx"
    assert read(book.read_bytes()) == read(book.read_bytes())
