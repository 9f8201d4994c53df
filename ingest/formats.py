"""The table of formats: how each is recognised, and what reads it.

To add a format: one module that reads it, one line here, one mapping set, case folders
under tests. A format is recognised by evidence, never by trying readers in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest import biocompute, icat, isa, labid, openlineage, rocrate, scicat
from ingest.bundle import Bundle
from ingest.document import Document
from ingest.sniff import Sniff


def _no_mains(folder: Bundle, names: Sequence[str]) -> list[str]:
    return []


def _never(sniff: Sniff) -> bool:
    return False


@dataclass(frozen=True)
class Format:
    """One row of the table.

    ``mains`` looks at a folder and the names of the files directly in it, and gives the main
    file of each source that the folder is. ``is_file`` says whether a file on its own is one.
    ``suffixes`` are those of files that are looked at when met on a walk through a folder.
    ``owns_subfolders``: what lies below belongs to the source, but for sources nested in it.
    """

    name: str
    title: str
    read: Callable[[Bundle], Document]
    mains: Callable[[Bundle, Sequence[str]], list[str]] = _no_mains
    is_file: Callable[[Sniff], bool] = _never
    suffixes: tuple[str, ...] = ()
    owns_subfolders: bool = False


FORMATS: tuple[Format, ...] = (
    Format(
        "ro-crate",
        "RO-Crate",
        rocrate.read,
        mains=rocrate.mains,
        is_file=rocrate.is_crate_metadata,
        suffixes=(".json", ".jsonld"),
        owns_subfolders=True,
    ),
    Format("isa-tab", "ISA-Tab", isa.read_tab, mains=isa.tab_mains),
    Format(
        "isa-json",
        "ISA-JSON",
        isa.read_json,
        is_file=isa.is_isa_json,
        suffixes=(".json",),
    ),
    Format(
        "icat",
        "ICAT dump",
        icat.read,
        is_file=icat.is_icat_dump,
        suffixes=(".xml", ".yaml", ".yml"),
    ),
    Format(
        "scicat",
        "SciCat records",
        scicat.read,
        mains=scicat.mains,
        is_file=scicat.is_scicat_export,
        suffixes=(".json", ".jsonl", ".ndjson"),
    ),
    Format(
        "biocompute",
        "BioCompute Object",
        biocompute.read,
        is_file=biocompute.is_biocompute,
        suffixes=(".json",),
    ),
    Format(
        "openlineage",
        "OpenLineage events",
        openlineage.read,
        is_file=openlineage.is_openlineage,
        suffixes=(".json", ".jsonl", ".ndjson"),
    ),
    Format(
        "labid",
        "LabID chain (kg-labid)",
        labid.read,
        is_file=labid.is_labid,
        suffixes=(".json",),
    ),
)
