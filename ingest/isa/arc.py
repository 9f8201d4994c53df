"""ISA-XLSX: an ARC, the folder of a research object with its workbooks, or one of these alone.

ARC specification 2 (Annotated Research Context) and ISA-XLSX. An investigation workbook lies at
the top, and below ``studies``, ``assays``, ``runs`` and ``workflows`` each has a folder and a
workbook of its own. What is no ISA workbook is data, whatever its suffix.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from ingest.bundle import Bundle
from ingest.errors import InvalidSource, SourceError
from ingest.findings import Findings
from ingest.isa.arc_model import ArcModel
from ingest.isa.arc_workbook import Workbook, read_workbook
from ingest.isa.document import IsaDocument
from ingest.isa.workbook import sheet_names
from ingest.isa.xlsx_sections import Sort
from ingest.sniff import Sniff

_PROFILE = "https://github.com/nfdi4plants/ARC-specification/blob/release/ISA-XLSX.md"
_SORTS = {
    **{sort.value: sort for sort in Sort},
    "studies": Sort.STUDY,
    "assays": Sort.ASSAY,
}
_WORDS = "|".join(_SORTS)
_FILE = re.compile(rf"(?:isa\.(?P<word>{_WORDS})|(?P<old>{_WORDS})\.isa)\.xlsx", re.IGNORECASE)
_PART = re.compile(
    r"(?P<root>(?:.*?/)??)(?:studies|assays|runs|workflows)/(?:[^/]+/)+(?P<file>[^/]+)",
    re.IGNORECASE,
)
_SHEET = re.compile(rf"isa_(?:{_WORDS})|{_WORDS}", re.IGNORECASE)
_ORDER = [Sort.INVESTIGATION, Sort.STUDY, Sort.ASSAY, Sort.RUN, Sort.WORKFLOW, Sort.DATAMAP]
_CRATES = {"ro-crate-metadata.json", "ro-crate-metadata.jsonld", "arc-ro-crate-metadata.json"}


def _sort(name: str) -> Sort | None:
    """What a workbook describes, by its file name; None where the name is not of ISA-XLSX."""
    match = _FILE.fullmatch(name)
    return _SORTS[(match["word"] or match["old"]).lower()] if match else None


def arc_roots(names: Sequence[str]) -> dict[str, str]:
    """Folders that are an ARC by the workbooks of studies, assays, … below, each with a main file.

    ``names`` are paths of files; a folder ends in a slash, or is empty.
    """
    roots: dict[str, str] = {}
    for name in names:
        if name.lower().endswith(".xlsx"):
            match = _PART.fullmatch(name)
            if match and _sort(match["file"]):
                roots.setdefault(match["root"], name[len(match["root"]) :])
    tops = [n for n in names if _sort(PurePosixPath(n).name) is Sort.INVESTIGATION]
    for top in tops:
        folder = top[: -len(PurePosixPath(top).name)]
        if folder in roots:
            roots[folder] = PurePosixPath(top).name
    return roots


def arc_mains(folder: Bundle, names: Sequence[str]) -> list[str]:
    """The investigation workbook directly in a folder."""
    return [name for name in names if _sort(name) is Sort.INVESTIGATION][:1]


def is_isa_workbook(sniff: Sniff) -> bool:
    """Whether a file is a workbook with ISA in it: by its name, its sheets' names, its tables'."""
    if sniff.content[:4] != b"PK\x03\x04":
        return False
    path = PurePosixPath(sniff.name)
    if path.suffix.lower() != ".xlsx" or path.name.startswith("~$"):
        return False
    return _sort(path.name) is not None or any(
        _SHEET.fullmatch(name) for name in sheet_names(sniff.content)
    )


def read_xlsx(bundle: Bundle) -> IsaDocument:
    """Read an ARC or a single workbook. Raises InvalidSource, UnreadableSource, UnsafeArchive."""
    noticed = Findings()
    alone = bundle.only is not None
    names = [bundle.only] if bundle.only is not None else _own_files(bundle, noticed)
    books = [(name, _sort(PurePosixPath(name).name)) for name in names]
    books.sort(key=lambda book: (_ORDER.index(book[1] or Sort.ASSAY), book[0]))
    read: list[Workbook] = []
    broken: list[SourceError] = []
    for name, sort in books:
        try:
            read.append(read_workbook(bundle, name, sort, noticed))
        except SourceError as error:
            broken.append(error)
    if broken and not read:
        raise broken[0]
    for fault in broken:
        noticed.lost("unreadable-workbook", fault.where, f"{fault.what}; {fault.todo}")
    if not any(b.investigation.sections or b.studies or b.tables or b.datamaps for b in read):
        raise InvalidSource(
            "no ISA metadata and no annotation table in it",
            where=bundle.location,
            todo="check that it is an ISA-XLSX workbook",
        )
    whole = ArcModel(read, frozenset(bundle.names()), alone, noticed).investigation()
    return IsaDocument(whole, noticed, (_PROFILE,), read[0].name)


def _own_files(bundle: Bundle, findings: Findings) -> list[str]:
    """The ISA workbooks of an ARC, but for those of ARCs in it; other metadata is told of."""
    names = bundle.names()
    inner = {
        str(PurePosixPath(n).parent) + "/"
        for n in names
        if "/" in n and _sort(PurePosixPath(n).name) is Sort.INVESTIGATION
    }
    own = [n for n in names if not any(n.startswith(folder) for folder in inner)]
    for name in own:
        if PurePosixPath(name).name in _CRATES:
            findings.warned(
                "also-crate", name,
                "a crate within the ARC, not read with it; to have what it says, ingest it alone",
            )  # fmt: skip
    return [n for n in own if _sort(PurePosixPath(n).name) is not None]
