"""Encodings, line ends and quotes of ISA-Tab files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.findings import FindingKind, Findings
from ingest.isa.text import decode, rows


def codes(findings: Findings) -> list[str]:
    return [f.code for f in findings]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_utf_is_read_without_remark(encoding: str) -> None:
    findings = Findings()
    assert decode("Größe\tµ\n".encode(encoding), "s.txt", findings) == "Größe\tµ\n"
    assert codes(findings) == []


def test_what_is_not_utf_is_windows_1252_and_told() -> None:
    findings = Findings()
    assert decode("5 – 6 µm".encode("cp1252"), "s.txt", findings) == "5 – 6 µm"
    assert [f.code for f in findings.of(FindingKind.WARNING)] == ["encoding"]


def test_bytes_that_windows_1252_lacks_are_latin_1() -> None:
    assert decode(b"\xe9\x81", "s.txt", Findings()) == "é\x81"


def test_control_characters_are_left_out_and_told() -> None:
    findings = Findings()
    assert decode(b"x" * 300 + b"a\x00b\x0b", "s.txt", findings).endswith("xab")
    assert findings.total(FindingKind.REPAIR) == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    text = decode(f"a\tb{end}{end}c\td".encode(), "s.txt", Findings())
    assert list(rows(text)) == [(1, ["a", "b"]), (3, ["c", "d"])]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ('"a"\t"b"', ["a", "b"]),
        ('"a\nb"\tc', ["a\nb", "c"]),
        ('"a\tb"\tc', ["a\tb", "c"]),
        ('"say ""x"""\tc', ['say "x"', "c"]),
        ('5" pot\tc', ['5" pot', "c"]),
        ('"open\tc', ['"open', "c"]),
        ('"open\t"c"', ['"open', "c"]),
        ('"in "the" middle"\tc', ['in "the" middle', "c"]),
        ('  "a"  \t b ', ["a", "b"]),
        ('""\tb', ["", "b"]),
    ],
)
def test_quotes(text: str, cells: list[str]) -> None:
    assert list(rows(text)) == [(1, cells)]


def test_a_row_is_numbered_by_its_first_line() -> None:
    assert [n for n, _cells in rows('a\n"b\nc"\nd\n')] == [1, 2, 4]


# text with many zero bytes is taken for UTF-16, a byte order mark for what it is
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\ufeff"), max_size=5)


@given(st.lists(st.lists(TEXTS, min_size=1), max_size=5))
def test_what_is_quoted_is_read_back(table: list[list[str]]) -> None:
    text = "\n".join("\t".join('"' + c.replace('"', '""') + '"' for c in row) for row in table)
    read = decode(text.encode(), "s.txt", Findings())
    clean = [[decode(c.encode(), "", Findings()).strip() for c in row] for row in table]
    assert [cells for _n, cells in rows(read)] == [row for row in clean if any(row)]


@given(st.text(alphabet='ab"\t\n', max_size=60))
def test_no_text_is_lost_whatever_the_quotes(text: str) -> None:
    letters = "".join(c for c in text if c in "ab")
    assert (
        "".join(c for _n, row in rows(text) for cell in row for c in cell if c in "ab") == letters
    )
