"""The table of export formats: one line each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from kg_service.errors import UsageError
from kg_service.export.account import Account
from kg_service.export.chains import write_tsv
from kg_service.export.dot import write_dot
from kg_service.export.mermaid import write_mermaid
from kg_service.export.provjson import write_provjson
from kg_service.export.provn import write_provn
from kg_service.export.provxml import write_provxml
from kg_service.export.rdf import write_json_ld, write_trig, write_turtle
from kg_service.export.svg import write_svg


@dataclass(frozen=True)
class ExportFormat:
    """A format: its name, what it is, its media type, and how its files are called.

    ``in_folder`` is the name that the file has where a folder is given for it.
    """

    name: str
    title: str
    media_type: str
    endings: tuple[str, ...]
    write: Callable[[Account], bytes]
    in_folder: str | None = None
    is_binary: bool = False

    @property
    def file_ending(self) -> str:
        """The usual one."""
        return self.endings[0]


def _run_crate(account: Account) -> bytes:
    # loaded when it is asked for: ro-crate-py takes long, and most commands need no crate
    from kg_service.export.crate import write_crate

    return write_crate(account)


def _run_crate_zip(account: Account) -> bytes:
    from kg_service.export.crate import write_crate_zip

    return write_crate_zip(account)


FORMATS: tuple[ExportFormat, ...] = (
    ExportFormat("prov-json", "PROV-JSON", "application/json", (".prov.json",), write_provjson),
    ExportFormat("prov-n", "PROV-N", "text/provenance-notation", (".provn",), write_provn),
    ExportFormat("prov-xml", "PROV-XML", "application/provenance+xml", (".provx",), write_provxml),
    ExportFormat("turtle", "PROV-O in Turtle", "text/turtle", (".ttl", ".turtle"), write_turtle),
    ExportFormat("trig", "PROV-O in TriG", "application/trig", (".trig",), write_trig),
    ExportFormat(
        "json-ld", "PROV-O in JSON-LD", "application/ld+json", (".jsonld",), write_json_ld
    ),
    ExportFormat("dot", "Graphviz's DOT", "text/vnd.graphviz", (".dot", ".gv"), write_dot),
    ExportFormat(
        "mermaid", "a Mermaid flowchart", "text/vnd.mermaid", (".mmd", ".mermaid"), write_mermaid
    ),
    ExportFormat("svg", "a drawing", "image/svg+xml", (".svg",), write_svg),
    ExportFormat(
        "ro-crate",
        "a Workflow Run RO-Crate's metadata",
        "application/ld+json",
        ("ro-crate-metadata.json",),
        _run_crate,
        in_folder="ro-crate-metadata.json",
    ),
    ExportFormat(
        "ro-crate-zip",
        "a Workflow Run RO-Crate as a ZIP file",
        "application/zip",
        (".crate.zip", ".zip"),
        _run_crate_zip,
        is_binary=True,
    ),
    ExportFormat("tsv", "a table of chains", "text/tab-separated-values", (".tsv",), write_tsv),
)


def format_named(name: str) -> ExportFormat:
    """The format of a name. Raises UsageError, which lists them."""
    wanted = name.strip().lower()
    for row in FORMATS:
        if row.name == wanted:
            return row
    names = [row.name for row in FORMATS]
    close = get_close_matches(wanted, names, 1)
    meant = f"; did you mean {close[0]}?" if close else "."
    raise UsageError(f"there is no export format {name!r}{meant} There are {', '.join(names)}")


def format_of_file(name: str) -> ExportFormat | None:
    """The format that a file's name tells."""
    lower = name.lower()
    return next((row for row in FORMATS if lower.endswith(row.endings)), None)
