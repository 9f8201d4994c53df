"""The table of formats: how each is recognised, and what reads it.

To add a format: one module that reads it, one line here, one mapping set, case folders
under tests. A format is recognised by evidence, never by trying readers in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest import (
    biocompute,
    datacite,
    icat,
    isa,
    labid,
    openlineage,
    panosc,
    prov,
    rocrate,
    scicat,
)
from ingest.bundle import Bundle
from ingest.document import Document
from ingest.sniff import Sniff


def _no_mains(folder: Bundle, names: Sequence[str]) -> list[str]:
    return []


def _no_roots(names: Sequence[str]) -> dict[str, str]:
    return {}


def _never(sniff: Sniff) -> bool:
    return False


@dataclass(frozen=True)
class Format:
    """One row of the table.

    ``mains`` looks at a folder and the names of the files directly in it, and gives the main
    file of each source that the folder is. ``roots`` looks at all files below a place, and gives
    the folders that are a source by what lies below them, each with its main file; that comes
    before what any format says of a folder by itself. ``is_file`` says whether a file on its own
    is one.
    ``suffixes`` are those of files that are looked at when met on a walk through a folder.
    ``owns_subfolders``: what lies below belongs to the source, but for sources nested in it;
    ``holds`` names the formats that these may have, beside its own.
    """

    name: str
    title: str
    read: Callable[[Bundle], Document]
    mains: Callable[[Bundle, Sequence[str]], list[str]] = _no_mains
    roots: Callable[[Sequence[str]], dict[str, str]] = _no_roots
    is_file: Callable[[Sniff], bool] = _never
    suffixes: tuple[str, ...] = ()
    owns_subfolders: bool = False
    holds: tuple[str, ...] = ()

    @property
    def has_roots(self) -> bool:
        return self.roots is not _no_roots


_JSON = (".json", ".jsonld")

FORMATS: tuple[Format, ...] = (
    Format(
        "ro-crate",
        "RO-Crate",
        rocrate.read,
        mains=rocrate.mains,
        is_file=rocrate.is_crate_metadata,
        suffixes=(".json", ".jsonld"),
        owns_subfolders=True,
        holds=("cwlprov", "prov-n", "prov-json", "prov-xml", "prov-o"),
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
        "isa-xlsx",
        "ISA-XLSX (ARC)",
        isa.read_xlsx,
        mains=isa.arc_mains,
        roots=isa.arc_roots,
        is_file=isa.is_isa_workbook,
        suffixes=(".xlsx",),
        owns_subfolders=True,
    ),
    Format(
        "icat",
        "ICAT dump or answers",
        icat.read,
        mains=icat.mains,
        is_file=icat.is_icat,
        suffixes=(".xml", ".yaml", ".yml", ".json", ".ndjson", ".jsonl"),
    ),
    Format(
        "datacite",
        "DataCite metadata",
        datacite.read,
        is_file=datacite.is_datacite,
        suffixes=(".json", ".jsonl", ".ndjson"),
    ),
    Format(
        "panosc",
        "PaN search API records",
        panosc.read,
        is_file=panosc.is_panosc,
        suffixes=(".json", ".jsonl", ".ndjson"),
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
    Format(
        "cwlprov",
        "Research object of a workflow run",
        prov.read_research_object,
        mains=prov.mains,
        owns_subfolders=True,
    ),
    Format("prov-n", "PROV-N", prov.read, is_file=prov.is_prov_n, suffixes=(".provn",)),
    Format("prov-json", "PROV-JSON", prov.read, is_file=prov.is_prov_json, suffixes=_JSON),
    Format(
        "prov-xml", "PROV-XML", prov.read, is_file=prov.is_prov_xml, suffixes=(".xml", ".provx")
    ),
    Format("prov-o", "PROV-O", prov.read_rdf, is_file=prov.is_prov_o, suffixes=prov.RDF_SUFFIXES),
)
