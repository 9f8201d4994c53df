"""Reading provenance documents in tests, and comparing what they say."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    NamedNode,
    Quad,
    Triple,
)
from support import CASE_BASE

from ingest.discover import Found, discover
from ingest.document import Bundled, Document
from ingest.findings import Findings

_GENID = ".well-known/genid/"


def read(path: Path) -> Document:
    """The one document at a path. Raises SourceError where it is refused."""
    (found,) = discover(path)
    assert isinstance(found, Found), found
    return found.read()


def quads(document: Document, findings: Findings) -> list[Quad]:
    """All statements of a document, those of a bundle in its graph."""
    made = [Quad(*t, DefaultGraph()) for t in document.triples(CASE_BASE, findings)]
    if isinstance(document, Bundled):
        for bundle, triples in document.bundles(CASE_BASE, findings):
            made += [Quad(*t, bundle) for t in triples]
    return list(dict.fromkeys(made))


def canonical(statements: list[Quad]) -> set[str]:
    """Statements as lines, with unnamed things renamed by what is said of them."""
    dataset = Dataset(_unnamed(q) for q in statements)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return {str(q) for q in dataset}


def _unnamed(quad: Quad) -> Quad:
    subject, predicate, object_ = quad.triple
    return Quad(_blank(subject), predicate, _blank(object_), quad.graph_name)


def _blank(term: object) -> object:
    if isinstance(term, NamedNode) and _GENID in term.value:
        return BlankNode("g" + term.value.rpartition("/")[2])
    return term


def all_triples(document: Document, findings: Findings) -> list[Triple]:
    """All statements of a document, whatever graph they are in."""
    return [q.triple for q in quads(document, findings)]
