"""ISA: investigations as ISA-Tab folders and ISA-JSON files, as one model and one vocabulary."""

from ingest.isa.json_reader import is_isa_json, read_json
from ingest.isa.tab import read_tab, tab_mains

__all__ = ["is_isa_json", "read_json", "read_tab", "tab_mains"]
