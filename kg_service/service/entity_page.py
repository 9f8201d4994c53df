"""The page of one thing: every statement and who makes it, and the same for machines."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from pyoxigraph import Literal, NamedNode, Quad
from starlette.responses import HTMLResponse

from kg_service.describe import name_from
from kg_service.rdf import is_aligned
from kg_service.service import html
from kg_service.service.addresses import entity_address, entity_form, source_address
from kg_service.service.entity_forms import MOST_POINTERS, Described
from kg_service.service.resource_forms import SHORT_NAMES
from kg_service.service.schema_org import embedded, thing_node
from kg_service.terms import shorten

MOST_ROWS = 1_000


def as_page(described: Described, base: str, root: str) -> HTMLResponse:
    """A page with the statements, who makes each, and the same for machines."""
    thing = described.thing
    named = [
        ("Kind", html.text(thing.kind)),
        ("IRI", html.text(thing.iri)),
        ("Identifiers", html.text(", ".join(thing.identifiers) or "none told")),
        ("Sources", ", ".join(html.link(s.id, source_address(root, s.id)) for s in thing.sources)),
        ("Lineage", _lineage_links(thing.iri, root)),
        ("As data", _form_links(thing.iri, root)),
    ]
    body = html.definitions(named)
    if thing.description:
        body += html.paragraph(thing.description)

    def who(quad: Quad) -> html.Cell:
        assert isinstance(quad.graph_name, NamedNode)
        source = described.owners[quad.graph_name]
        kind = "aligned" if is_aligned(quad.graph_name) else "asserted"
        return f"{source.id} ({kind})", source_address(root, source.id)

    about = [
        ((shorten(q.predicate.value), None), _cell(q.object, base, root), who(q))
        for q in described.about[:MOST_ROWS]
    ]
    pointing = [
        (_cell(q.subject, base, root), (shorten(q.predicate.value), None), who(q))
        for q in described.pointing[:MOST_POINTERS]
    ]
    body += html.heading("What is said of it")
    caption = _counted(described.about, MOST_ROWS)
    body += html.table(caption, ("Property", "Value", "Who says so"), about)
    body += html.heading("What points to it")
    caption = _counted(described.pointing, MOST_POINTERS)
    body += html.table(caption, ("Thing", "Property", "Who says so"), pointing)
    address = entity_address(base, base, thing.iri)
    body += embedded(thing_node(described.facts, address, base))
    return html.page(thing.label, body, root)


def _counted(statements: Sequence[Quad], most: int) -> str:
    number = len(statements)
    return f"the first {most:,}" if number > most else f"{number:,} statements"


def _form_links(iri: str, root: str) -> str:
    names = [name for name in SHORT_NAMES if name not in ("html", "json")]
    return ", ".join(html.link(name, entity_form(root, iri, name)) for name in names)


def _lineage_links(iri: str, root: str) -> str:
    """Links to a thing's lineage, drawn and as data."""
    links = [html.link("as JSON", f"{root}/lineage?{urlencode({'id': iri})}")]
    for name, words in (
        ("svg", "drawn"),
        ("ro-crate-zip", "as a run crate"),
        ("prov-n", "in PROV-N"),
    ):
        links.append(html.link(words, f"{root}/export?{urlencode({'id': iri, 'format': name})}"))
    return ", ".join(links)


def _cell(term: object, base: str, root: str) -> html.Cell:
    """A value; what a source names by a path is shown by it."""
    if isinstance(term, NamedNode):
        iri = term.value
        own = iri.startswith(f"{base}/source/")
        return name_from(iri) if own else shorten(iri), entity_address(base, root, iri)
    return (term.value if isinstance(term, Literal) else str(term)), None
