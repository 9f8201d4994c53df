"""Reading ISA-Tab: an investigation file and the study and assay tables that it names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.bundle import Bundle
from ingest.errors import InvalidSource
from ingest.findings import Findings
from ingest.isa.columns import looks_like_table
from ingest.isa.declare import declare
from ingest.isa.document import IsaDocument
from ingest.isa.gather import Nodes, Scopes
from ingest.isa.investigation import InvestigationParts
from ingest.isa.keys import with_assay_keys, with_study_keys
from ingest.isa.model import Study, Table
from ingest.isa.sections import is_investigation, take_apart
from ingest.isa.table import read_table
from ingest.isa.text import decode, rows

_INVESTIGATION = re.compile(r"i_.*\.txt", re.IGNORECASE)
_TABLE = re.compile(r"[sa]_.*\.txt", re.IGNORECASE)
_PROFILE = "https://isa-specs.readthedocs.io/en/latest/isatab.html"


def tab_mains(folder: Bundle, names: Sequence[str]) -> list[str]:
    """The investigation files directly in a folder.

    Raises InvalidSource where a folder holds ISA-Tab tables but no investigation file.
    """
    mains = [n for n in names if _INVESTIGATION.fullmatch(n) and _is_main(folder, n)]
    if mains:
        return mains
    tables = [n for n in names if _TABLE.fullmatch(n) and _is_table(folder, n)]
    if not tables:
        return []
    shown = ", ".join(tables[:5]) + (f" and {len(tables) - 5} more" if len(tables) > 5 else "")
    raise InvalidSource(
        f"ISA-Tab tables without an investigation file ({shown})",
        where=folder.location,
        todo="add the file i_*.txt that names them",
    )


def _is_main(folder: Bundle, name: str) -> bool:
    return is_investigation(list(rows(decode(folder.peek(name), name, Findings()))))


def _is_table(folder: Bundle, name: str) -> bool:
    text = decode(folder.peek(name), name, Findings())
    first = next(rows(text), None)
    return first is not None and looks_like_table(first[1])


def read_tab(bundle: Bundle) -> IsaDocument:
    """Read an investigation and its tables. Raises InvalidSource where there is no ISA in it."""
    noticed = Findings()
    name = bundle.main or next(iter(n for n in bundle.names() if _INVESTIGATION.fullmatch(n)), "")
    if not name:
        raise InvalidSource(
            "no investigation file", where=bundle.location, todo="add the file i_*.txt"
        )
    lines = list(rows(decode(bundle.read(name), name, noticed)))
    taken = take_apart(lines, name, noticed)
    if not taken.labels:
        raise InvalidSource(
            "no ISA-Tab section in it",
            where=bundle.where(name),
            todo="check that it is an ISA-Tab investigation file",
        )
    parts = InvestigationParts(name, noticed)
    investigation = parts.investigation(taken.investigation)
    studies = with_study_keys([parts.study(p) for p in taken.studies], name, noticed)
    files = Nodes()
    reader = _Tables(bundle, name, files, noticed)
    read = tuple(reader.study(study) for study in studies)
    if not read:
        noticed.warned("no-study", name, "the investigation names no study")
    return IsaDocument(
        replace(investigation, studies=read, files=files.freeze()), noticed, (_PROFILE,), name
    )


class _Tables:
    """Reads the tables that an investigation file names."""

    def __init__(self, bundle: Bundle, main: str, files: Nodes, findings: Findings) -> None:
        self._bundle = bundle
        self._main = main
        self._files = files
        self._findings = findings
        self._names: dict[str, str] = {}
        for name in bundle.names():
            self._names.setdefault(name.casefold(), name)

    def study(self, study: Study) -> Study:
        nodes = Nodes()
        scopes = Scopes(self._files, nodes, nodes)
        protocols = [p.name for p in study.protocols]
        table = self._table(study.filename, "study", study.key, scopes, protocols)
        assays = []
        listed: set[str] = set()
        for assay in study.assays:
            if assay.filename and assay.filename in listed:
                self._findings.warned(
                    "repeated-assay", self._main,
                    f"study {study.key!r} names {assay.filename!r} again; its table is read once",
                )  # fmt: skip
                assays.append(assay)
                continue
            listed.add(assay.filename)
            scopes = Scopes(self._files, nodes, Nodes())
            of = f"{study.key}: {assay.filename}"
            read = self._table(assay.filename, "assay", of, scopes, protocols)
            assays.append(replace(assay, table=read))
        made = replace(
            study,
            assays=with_assay_keys(assays),
            table=replace(table, nodes=nodes.freeze()),
        )
        return declare(made, self._main, self._findings)

    def _table(
        self, reference: str, word: str, of: str, scopes: Scopes, protocols: list[str]
    ) -> Table:
        if not reference:
            self._findings.warned(f"no-{word}-file", self._main, f"{word} {of!r} names no table")
            return Table()
        name = self._find(reference)
        if name is None:
            self._findings.warned(
                f"missing-{word}-file",
                self._main,
                f"the {word} table {reference!r} is not there; what it says is missing",
            )
            return Table()
        text = decode(self._bundle.read(name), name, self._findings)
        return read_table(name, list(rows(text)), scopes, self._findings, protocols)

    def _find(self, reference: str) -> str | None:
        """The file meant: as written, in another case, or without ``./`` and backslashes."""
        if reference in self._bundle.names():
            return reference
        plain = reference.replace("\\", "/").removeprefix("./")
        found = self._names.get(plain.casefold())
        if found is not None:
            self._findings.warned(
                "file-name", self._main, f"{reference!r} is not there; {found!r} is read instead"
            )
        return found
