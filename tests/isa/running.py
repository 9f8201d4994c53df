"""Running the case folders: input, expected graph, expected findings, or expected refusal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from support import CASE_BASE, lines

from ingest.bundle import Bundle, FolderFiles, SingleFile
from ingest.document import Document
from ingest.errors import SourceError
from ingest.findings import Findings
from ingest.isa import is_isa_json, read_json, read_tab, tab_mains
from ingest.sniff import Sniff

FOLDER = Path(__file__).parent / "cases"
CASES = sorted(p for p in FOLDER.iterdir() if p.is_dir())


def documents(folder: Path) -> Iterator[Document]:
    """The ISA sources directly in a folder. Raises SourceError."""
    names = sorted(p.name for p in folder.iterdir() if p.is_file())
    for main in tab_mains(Bundle(FolderFiles(folder)), names):
        yield read_tab(Bundle(FolderFiles(folder), main=main))
    for name in names:
        bundle = Bundle(SingleFile(folder / name), only=name)
        if is_isa_json(Sniff(bundle, name)):
            yield read_json(bundle)


def told(findings: Findings) -> str:
    """Findings as text: kind, code and count, then the examples."""
    return "".join(
        f"{f.kind} {f.code} {f.count}\n" + "".join(f"  {e.where}: {e.detail}\n" for e in f.examples)
        for f in findings
    )


def run(case: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """What each source of a case gives, by the file that holds what is expected."""
    for folder in sorted(p for p in (case / "input").rglob("*") if p.is_dir()) or [case / "input"]:
        try:
            for document in documents(folder):
                findings = Findings()
                graph = lines(document.triples(CASE_BASE, findings))
                yield (
                    folder.name,
                    {
                        "expected.nt": "".join(f"{line}\n" for line in graph),
                        "findings.txt": told(findings),
                    },
                )
        except SourceError as error:
            yield folder.name, {"error.txt": str(error).replace(str(folder), "INPUT") + "\n"}
