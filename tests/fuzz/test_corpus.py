"""Every file of the corpus, and every folder of it: read, or refused with an error of ours."""

from __future__ import annotations

from pathlib import Path

from support import CASE_BASE

from ingest.discover import Found, Refused, discover
from ingest.document import Bundled
from ingest.errors import SourceError
from ingest.findings import Findings

_LARGEST = 3_000_000


def test_whatever_is_named_is_read_or_refused(corpus: Path) -> None:
    read = refused = 0
    files = [p for p in sorted(corpus.rglob("*")) if p.is_file() and p.stat().st_size < _LARGEST]
    folders = [p for p in sorted(corpus.iterdir()) if p.is_dir()]
    for path in [*files, *folders]:
        for found in discover(path):
            if not isinstance(found, Found):
                refused += isinstance(found, Refused)
                continue
            try:
                findings = Findings()
                document = found.read()
                for _ in document.triples(CASE_BASE, findings):
                    pass
                if isinstance(document, Bundled):
                    for _, triples in document.bundles(CASE_BASE, findings):
                        list(triples)
                read += 1
            except SourceError:
                refused += 1
    assert read > 500
    assert refused > 20
