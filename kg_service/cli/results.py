"""Printing what queries answer."""

from __future__ import annotations

import sys
from enum import StrEnum

from pyoxigraph import QueryResultsFormat
from rich import box
from rich.table import Table as RichTable

from kg_service.cli.console import out
from kg_service.tables import Table


class AnswerFormat(StrEnum):
    """``table`` for people; the others as SPARQL 1.1 writes them."""

    TABLE = "table"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    XML = "xml"


_FORMATS = {
    AnswerFormat.CSV: QueryResultsFormat.CSV,
    AnswerFormat.TSV: QueryResultsFormat.TSV,
    AnswerFormat.JSON: QueryResultsFormat.JSON,
    AnswerFormat.XML: QueryResultsFormat.XML,
}


def print_table(table: Table, format_: AnswerFormat) -> None:
    """Print a table of results on standard output."""
    if format_ is not AnswerFormat.TABLE:
        written = table.written(_FORMATS[format_])
        sys.stdout.buffer.write(written if written.endswith(b"\n") else written + b"\n")
        sys.stdout.buffer.flush()
        return
    if sys.stdout.isatty():
        drawn = RichTable(box=box.SIMPLE_HEAD)
        for column in table.columns:
            drawn.add_column(column, overflow="fold")
        for row in table.texts():
            drawn.add_row(*row)
        out.print(drawn)
    else:
        _print_aligned([list(table.columns), *table.texts()])
    count = len(table.rows)
    out.print(f"{count} row{'' if count == 1 else 's'}")


def _print_aligned(rows: list[list[str]]) -> None:
    """Columns padded to their widest cell, nothing folded: for pipes and files."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        out.print("  ".join(cells).rstrip())
