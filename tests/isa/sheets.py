"""Workbooks from folders of tab-separated text, so that what a case holds can be read.

A folder ``isa.study.xlsx/`` becomes a workbook of that name: each file in it a sheet, in the
order of their names, ``growth.table.tsv`` with an annotation table over all of its cells, which
starts at the first row and column that are not empty.
"""

from __future__ import annotations

import re
import shutil
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table

_NUMBER = re.compile(r"-?\d+")
_DECIMAL = re.compile(r"-?\d+\.\d+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TABLE = ".table"


def build(case: Path, into: Path) -> Path:
    """A copy of a folder in which each folder that stands for a workbook is one."""
    into.mkdir(parents=True)
    for path in sorted(case.iterdir()):
        target = into / path.name
        if path.is_dir() and path.suffix == ".xlsx":
            write_workbook(path, target)
        elif path.is_dir():
            build(path, target)
        else:
            shutil.copy(path, target)
    return into


def write_workbook(folder: Path, target: Path) -> None:
    """One workbook of the sheets that the files of a folder describe."""
    book = Workbook()
    del book["Sheet"]
    for number, path in enumerate(sorted(folder.glob("*.tsv"))):
        is_table = path.stem.endswith(_TABLE)
        sheet = book.create_sheet(path.stem.removesuffix(_TABLE))
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
        for row, cells in enumerate(rows, start=1):
            for column, text in enumerate(cells, start=1):
                if text:
                    heading = is_table and cells == _heading(rows)
                    sheet.cell(row, column, text if heading else _value(text))
        if is_table:
            heading = _heading(rows)
            top, left = rows.index(heading) + 1, [bool(c) for c in heading].index(True) + 1
            corner = f"{get_column_letter(len(heading))}{len(rows)}"
            area = f"{get_column_letter(left)}{top}:{corner}"
            sheet.add_table(Table(displayName=f"annotationTable{number}", ref=area))
    book.save(target)


def _heading(rows: list[list[str]]) -> list[str]:
    return next(row for row in rows if any(row))


def _value(text: str) -> object:
    if _NUMBER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return datetime.fromisoformat(text) if _DATE.fullmatch(text) else text
