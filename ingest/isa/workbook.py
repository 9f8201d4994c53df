"""Spreadsheets (Office Open XML, ISO/IEC 29500) as rows of text, with the tables in their sheets.

Cells come from openpyxl in read-only mode, which tells nothing of tables: where they are is
read from the parts of the package. Strict documents, whose namespaces openpyxl does not know,
are translated before. Nothing is calculated: a formula has the value that was saved with it.
"""

from __future__ import annotations

import posixpath
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ingest.bundle import BOMB_RATIO, MAX_FILE_BYTES
from ingest.errors import UnreadableSource, UnsafeArchive
from ingest.findings import Findings
from ingest.isa.text import CONTROL

_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)
_SAFE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Area:
    """A table within a sheet, by its name; rows and columns count from 1, last ones included."""

    name: str
    first_column: int
    first_row: int
    last_column: int
    last_row: int


@dataclass(frozen=True)
class Sheet:
    """Rows that are not empty, by number, each from the first column; cells stripped."""

    name: str
    rows: tuple[tuple[int, list[str]], ...]
    areas: tuple[Area, ...] = ()

    def within(self, area: Area) -> list[tuple[int, list[str]]]:
        """The rows of a table, cut to its columns; the first is its heading."""
        left, right = area.first_column - 1, area.last_column
        cut = [
            (number, (cells[left:right] + [""] * (right - left))[: right - left])
            for number, cells in self.rows
            if area.first_row <= number <= area.last_row
        ]
        return [(number, cells) for number, cells in cut if any(cells)]


def read_sheets(content: bytes, where: str, findings: Findings) -> tuple[Sheet, ...]:
    """The sheets of a workbook. Raises UnreadableSource, UnsafeArchive."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            _vet(package, where)
            areas = _areas(package)
            strict = _is_strict(package)
            plain = _translated(package) if strict else content
        return tuple(_sheets(plain, areas, where, findings))
    except UnsafeArchive:
        raise
    except Exception as error:  # openpyxl raises whatever a broken part makes happen in it
        if isinstance(error, (MemoryError, AssertionError)):
            raise
        raise UnreadableSource(
            f"not a readable spreadsheet ({type(error).__name__}: {str(error)[:200]})",
            where=where,
            todo="open it in a spreadsheet program and save it as .xlsx again",
        ) from error


def sheet_names(content: bytes) -> tuple[str, ...]:
    """The names of the sheets; none where the bytes are no workbook."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            return tuple(name for name, _path in _parts(package))
    except (zipfile.BadZipFile, KeyError, ParseError, DefusedXmlException, OSError, ValueError):
        return ()


def _vet(package: zipfile.ZipFile, where: str) -> None:
    unpacked = sum(entry.file_size for entry in package.infolist())
    packed = max(1, sum(entry.compress_size for entry in package.infolist()))
    if unpacked > MAX_FILE_BYTES or (unpacked > _SAFE_BYTES and unpacked / packed > BOMB_RATIO):
        raise UnsafeArchive(
            f"a spreadsheet of {packed:,} bytes that unpacks to {unpacked:,}",
            where=where,
            todo="remove what is no metadata, and save it again",
        )


def _sheets(
    content: bytes, areas: dict[str, tuple[Area, ...]], where: str, findings: Findings
) -> Iterator[Sheet]:
    # loaded when a workbook is met: it takes a tenth of a second
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions, which nothing here looks at
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
        try:
            for sheet in book.worksheets:
                sheet.reset_dimensions()  # what a file says of its extent is often wrong
                rows = []
                for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
                    cells = [_text(value) for value in values]
                    while cells and not cells[-1]:
                        cells.pop()
                    if cells:
                        rows.append((number, _clean(cells, f"{where} [{sheet.title}]", findings)))
                yield Sheet(sheet.title, tuple(rows), areas.get(sheet.title, ()))
        finally:
            book.close()


def _text(value: Any) -> str:
    """A cell as the text that ISA-Tab would have: numbers in plain notation, dates as ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        whole_day = value.time() == time(0)
        return value.date().isoformat() if whole_day else value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()


def _clean(cells: list[str], where: str, findings: Findings) -> list[str]:
    cleaned = [CONTROL.sub("", cell) for cell in cells]
    if cleaned != cells:
        findings.repaired("control-character", where, "characters that text can not hold left out")
    return cleaned


def _areas(package: zipfile.ZipFile) -> dict[str, tuple[Area, ...]]:
    from openpyxl.utils.cell import range_boundaries

    found: dict[str, tuple[Area, ...]] = {}
    for name, path in _parts(package):
        areas = []
        for kind, target in _relations(package, path):
            if not kind.endswith("/table"):
                continue
            table = _root(package, target)
            bounds = range_boundaries(table.get("ref", ""))
            left, top, right, bottom = (int(b or 0) for b in bounds)
            name_of_table = table.get("displayName") or table.get("name") or ""
            areas.append(Area(name_of_table, left, top, right, bottom))
        found[name] = tuple(areas)
    return found


def _parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Each sheet's name and the part of the package that it is in."""
    main = next(
        (t for kind, t in _relations(package, "") if kind.endswith("/officeDocument")),
        "xl/workbook.xml",
    )
    targets = dict(_relation_ids(package, main))
    for element in _root(package, main).iter():
        if _local(element.tag) == "sheet":
            identity = next((v for k, v in element.attrib.items() if _local(k) == "id"), "")
            if identity in targets:
                yield element.get("name", ""), targets[identity]


def _relations(package: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str]]:
    """Type and target of what a part refers to; none where it refers to nothing."""
    for element in _relation_elements(package, part):
        yield element.get("Type", ""), _target(part, element)


def _relation_ids(package: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str]]:
    for element in _relation_elements(package, part):
        yield element.get("Id", ""), _target(part, element)


def _relation_elements(package: zipfile.ZipFile, part: str) -> list[Element]:
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path not in package.namelist():
        return []
    return [e for e in _root(package, path) if e.get("TargetMode") != "External"]


def _target(part: str, element: Element) -> str:
    target = element.get("Target", "")
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))


def _root(package: zipfile.ZipFile, part: str) -> Element:
    root: Element = fromstring(package.read(part))
    return root


def _local(name: object) -> str:
    return str(name).rpartition("}")[2]


def _is_strict(package: zipfile.ZipFile) -> bool:
    return any(
        _STRICT[0][0] in package.read(name)[:4096]
        for name in package.namelist()
        if name.endswith("workbook.xml")
    )


def _translated(package: zipfile.ZipFile) -> bytes:
    """A strict document with the namespaces of the transitional form."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as out:
        for entry in package.infolist():
            part = package.read(entry)
            if entry.filename.endswith((".xml", ".rels")):
                for strict, transitional in _STRICT:
                    part = part.replace(strict, transitional)
            out.writestr(entry.filename, part)
    return made.getvalue()
