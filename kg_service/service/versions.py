"""/version/...: the versions of sources, also those that are gone, at their own addresses."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pyoxigraph import NamedNode

from kg_service.errors import NotKnown
from kg_service.rdf import object_node, text_object
from kg_service.service import html
from kg_service.service.addresses import source_address
from kg_service.service.context import ServiceContext
from kg_service.service.openapi import NO_STORE, UNKNOWN, answer
from kg_service.service.resource_forms import JSON, FormQuery, form_of, written
from kg_service.service.source_forms import version_statements
from kg_service.service.typed_links import TypedLink, link_header
from kg_service.store.port import GraphReader
from kg_service.terms import CATALOGUE, dcterms, kg, prov

_EXAMPLE = {
    "iri": "http://127.0.0.1:8000/version/barley-roots/1f2e3d4c5b6a7980",
    "source": "barley-roots",
    "version": "1f2e3d4c5b6a7980…",
    "state": "superseded",
    "ingested": ["2026-05-01T12:00:00.000000+00:00"],
    "revisionOf": [],
    "withdrawn": None,
}


def versions_router(context: ServiceContext) -> APIRouter:
    """The route ``/version/...``."""
    router = APIRouter(tags=["Sources"])

    @router.get(
        "/version/{path:path}",
        summary="A version of a source",
        responses={
            200: answer("The version: `current`, `superseded` or `withdrawn`.", _EXAMPLE),
            404: UNKNOWN,
            503: NO_STORE,
        },
    )
    def version(path: str, request: Request, form: FormQuery = None) -> Response:
        """What the catalogue keeps of a version, whose IRI this address is: when and from where it
        came, what it was a revision of, and whether it is the current one. JSON, RDF or a page."""
        chosen = form_of(request, form, JSON)
        reader = context.now().reader
        node = _node(f"{context.base}/version/{path}")
        told = _facts(reader, node) if node is not None else None
        if node is None or told is None:
            raise NotKnown(f"there is no version <{context.base}/version/{path}> of any source")
        root = request.scope.get("root_path", "")
        page = source_address(root, told["source"])
        links = [
            TypedLink(node.value, "latest-version", page, "text/html"),
            TypedLink(node.value, "collection", page, "text/html"),
            TypedLink(node.value, "cite-as", node.value),
        ]
        headers = {"Link": link_header(links)}
        if chosen.is_page:
            response: Response = _page(told, page, root)
        elif chosen.media_type == JSON:
            response = JSONResponse(told)
        else:
            statements = list(dict.fromkeys(version_statements(reader, node)))
            content = written(statements, chosen.rdf)
            response = Response(content, media_type=chosen.content_type)
        response.headers.update(headers)
        return response

    return router


def _node(iri: str) -> NamedNode | None:
    try:
        return NamedNode(iri)
    except ValueError:
        return None


def _facts(reader: GraphReader, version: NamedNode) -> dict[str, Any] | None:
    """What the catalogue tells of a version; None where it knows none of that name."""

    def told(node: NamedNode, predicate: NamedNode) -> list[str]:
        found = reader.quads(node, predicate, None, CATALOGUE)
        return sorted({text_object(quad) for quad in found})

    for quad in reader.quads(version, prov("specializationOf"), None, CATALOGUE):
        source = object_node(quad)
        ingests = [
            object_node(made)
            for made in reader.quads(version, prov("wasGeneratedBy"), None, CATALOGUE)
        ]
        withdrawn = told(version, prov("invalidatedAtTime"))
        current = any(True for _ in reader.quads(source, kg("currentVersion"), version, CATALOGUE))
        return {
            "iri": version.value,
            "source": next(iter(told(source, dcterms("identifier"))), source.value),
            "version": next(iter(told(version, kg("sha256"))), ""),
            "state": "current" if current else "withdrawn" if withdrawn else "superseded",
            "format": next(iter(told(version, kg("format"))), ""),
            "origin": next(iter(told(version, kg("origin"))), ""),
            "ingested": sorted(
                {time for made in ingests for time in told(made, prov("endedAtTime"))}
            ),
            "revisionOf": told(version, prov("wasRevisionOf")),
            "withdrawn": max(withdrawn, default=None),
        }
    return None


def _page(told: dict[str, Any], source: str, root: str) -> Response:
    before = ", ".join(html.link(iri, iri) for iri in told["revisionOf"])
    facts = [
        ("Source", html.link(told["source"], source)),
        ("State", html.text(told["state"])),
        ("SHA-256", html.text(told["version"])),
        ("Format", html.text(told["format"])),
        ("Read from", html.text(told["origin"])),
        ("Ingested", html.text(", ".join(told["ingested"]))),
        ("A revision of", before or html.text("none")),
        ("Withdrawn", html.text(told["withdrawn"] or "no")),
    ]
    return html.page(f"A version of {told['source']}", html.definitions(facts), root)
