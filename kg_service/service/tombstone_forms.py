"""What is answered for what was withdrawn: 410, with its tombstone (FAIR A2)."""

from __future__ import annotations

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from pyoxigraph import Literal, NamedNode, Quad

from kg_service.catalogue import DCAT_DATASET
from kg_service.service import html
from kg_service.service.resource_forms import JSON, form_of, written
from kg_service.service.schema_org import embedded, tombstone_node
from kg_service.service.signposting import of_tombstone
from kg_service.service.typed_links import link_header
from kg_service.store.port import GraphReader, Term
from kg_service.terms import CATALOGUE, RDF_TYPE, XSD_DATETIME, dcterms, kg, prov
from kg_service.tombstones import Tombstone

GONE = 410


def gone(request: Request, stone: Tombstone, reader: GraphReader, named: str | None) -> Response:
    """The answer for a withdrawn source, and for what was in it alone."""
    root = request.scope.get("root_path", "")
    form = form_of(request, named, JSON)
    resource = of_tombstone(stone, root)
    if form.is_page:
        answer: Response = _page(stone, root)
    elif form.media_type == JSON:
        error = {"code": "withdrawn", "message": str(stone)}
        answer = JSONResponse({"error": error, "tombstone": stone.as_json()}, GONE)
    else:
        content = written(statements(stone, reader), form.rdf)
        answer = Response(content, GONE, media_type=form.content_type)
    links = resource.of_page() if form.is_page else resource.of_description()
    answer.headers["Link"] = link_header(links)
    return answer


def statements(stone: Tombstone, reader: GraphReader) -> list[Quad]:
    """The tombstone in PROV: the source, its last version, and the withdrawal.

    What the catalogue keeps of them is what is told.
    """
    source = NamedNode(stone.iri)
    told = [Quad(source, RDF_TYPE, DCAT_DATASET)]
    told += reader.quads(source, None, None, CATALOGUE)
    seen = {source}
    for quad in list(told):
        if quad.predicate != kg("withdrawnVersion") or not isinstance(quad.object, NamedNode):
            continue
        version = quad.object
        told += [q for q in reader.quads(version, None, None, CATALOGUE) if _is_kept(q)]
        for link in reader.quads(version, prov("wasInvalidatedBy"), None, CATALOGUE):
            if isinstance(link.object, NamedNode) and link.object not in seen:
                seen.add(link.object)
                told += reader.quads(link.object, None, None, CATALOGUE)
    facts: tuple[tuple[NamedNode, Term], ...] = (
        (prov("invalidatedAtTime"), Literal(stone.withdrawn, datatype=XSD_DATETIME)),
        (dcterms("description"), Literal(str(stone))),
    )
    told += [Quad(source, property_, value) for property_, value in facts]
    return list(dict.fromkeys(told))


def _is_kept(quad: Quad) -> bool:
    """Graphs that are gone, and what their alignment met, tell nobody anything any more."""
    stale = ("alignedGraph", "assertedGraph", "identityGraph", "fired", "unmappedTerm")
    return quad.predicate not in {kg(name) for name in stale}


def _page(stone: Tombstone, root: str) -> Response:
    facts = [
        ("What it was", html.text(stone.title or stone.id)),
        ("Address", html.text(stone.iri)),
        ("Format", html.text(stone.format)),
        ("Last version", html.text(stone.version)),
        ("Withdrawn", html.text(stone.withdrawn)),
        ("By", html.text(stone.who)),
        ("Because", html.text(stone.because)),
    ]
    body = html.paragraph("This source was withdrawn. What is kept of it:")
    body += html.definitions(facts) + embedded(tombstone_node(stone))
    return html.page(f"{stone.id} (withdrawn)", body, root, GONE)
