"""One document in every notation of PROV, written by other programs, says the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from provenance.running import canonical, quads, read
from pyoxigraph import NamedNode

from ingest.findings import Findings

FOLDER = Path(__file__).parent / "one_graph"
OTHERS = sorted(path.name for path in FOLDER.iterdir() if path.suffix != ".provn")


@pytest.mark.parametrize("name", OTHERS)
def test_every_notation_says_the_same(name: str) -> None:
    findings = Findings()
    said = canonical(quads(read(FOLDER / "document.provn"), findings))
    assert len(said) == 90
    assert canonical(quads(read(FOLDER / name), findings)) == said
    assert not list(findings)


def test_records_give_unnamed_relations_the_same_name_in_every_notation() -> None:
    def unnamed(name: str) -> set[str]:
        # the file's name is part of it, so that two files never share an unnamed thing
        document = read(FOLDER / name)
        object.__setattr__(document, "name", "document")
        return {str(q.subject) for q in quads(document, Findings())}

    assert unnamed("document.provn") == unnamed("document.json") == unnamed("document.xml")


@pytest.mark.parametrize("name", ["document.provn", *OTHERS])
def test_the_same_file_gives_the_same_nodes(name: str) -> None:
    first = quads(read(FOLDER / name), Findings())
    assert first == quads(read(FOLDER / name), Findings())


@pytest.mark.parametrize("name", ["document.provn", *OTHERS])
def test_a_bundle_is_a_graph_and_an_entity_of_the_document(name: str) -> None:
    statements = quads(read(FOLDER / name), Findings())
    bundle = NamedNode("http://example.org/bundle")
    inside = {str(q.subject) for q in statements if q.graph_name == bundle}
    assert inside == {"<http://example.org/inside/note>", "<http://example.org/inside/raw>"}
    assert any(q.subject == bundle and q.graph_name != bundle for q in statements)
