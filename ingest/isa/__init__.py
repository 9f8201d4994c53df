"""ISA: investigations as ISA-Tab, ISA-JSON and ISA-XLSX (ARC), as one model and one vocabulary."""

from ingest.isa.arc import arc_mains, arc_roots, is_isa_workbook, read_xlsx
from ingest.isa.json_reader import is_isa_json, read_json
from ingest.isa.tab import read_tab, tab_mains

__all__ = [
    "arc_mains",
    "arc_roots",
    "is_isa_json",
    "is_isa_workbook",
    "read_json",
    "read_tab",
    "read_xlsx",
    "tab_mains",
]
