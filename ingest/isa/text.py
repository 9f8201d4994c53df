"""Tab-separated text as spreadsheets and people write it: encodings, line ends, quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.findings import Findings

_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
# what RDF literals and XML can not hold, and halves of surrogate pairs
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# a quoted cell ends with a quote before a tab, a line end or the end of the text; where it
# does not, the quote is part of the text
_CELL = re.compile(r'(?:"([^"]*(?:""[^"]*)*)" *(?=[\t\n]|\Z)|([^\t\n]*))(\t|\n|\Z)')


def decode(content: bytes, name: str, findings: Findings) -> str:
    """The text, with ``\\n`` for every line end; what is not UTF is read as Windows-1252."""
    text = _decoded(content, name, findings)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    cleaned, count = CONTROL.subn("", text)
    if count:
        findings.repaired(
            "control-character", name, "characters that text can not hold left out", count
        )
    return cleaned


def _decoded(content: bytes, name: str, findings: Findings) -> str:
    encoding = next((e for bom, e in _BOMS if content.startswith(bom)), "utf-8")
    if encoding == "utf-8" and content[:200].count(0) * 5 >= len(content[:200]) * 2 > 0:
        encoding = "utf-16-be" if content[:1] == b"\x00" else "utf-16-le"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("cp1252")
        used = "Windows-1252"
    except UnicodeDecodeError:
        text = content.decode("latin-1")
        used = "Latin-1"
    findings.warned("encoding", name, f"not valid {encoding}; read as {used}")
    return text


def rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of its first line, cells stripped; empty rows are left out.

    A cell in double quotes may hold tabs, line ends and doubled quotes.
    """
    line = first = 1
    cells: list[str] = []
    position, end = 0, len(text)
    while position <= end:
        match = _CELL.match(text, position)
        assert match is not None  # the pattern matches the empty text
        quoted, plain, stop = match.groups()
        if quoted is not None:
            line += quoted.count("\n")
            cells.append(quoted.replace('""', '"').strip())
        else:
            cells.append(_unquoted(plain))
        position = match.end()
        if stop == "\t":
            continue
        if any(cells):
            yield first, cells
        if not stop:
            return
        line += 1
        first = line
        cells = []


def _unquoted(cell: str) -> str:
    cell = cell.strip()
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"').strip()
    return cell
