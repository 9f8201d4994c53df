"""The page of one thing: every statement and who makes it, and the same for machines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from pyoxigraph import Literal, NamedNode, Quad
from starlette.responses import HTMLResponse

from kg_service.describe import Describer
from kg_service.rdf import is_aligned
from kg_service.service import html
from kg_service.service.addresses import entity_address, entity_form, source_address
from kg_service.service.entity_forms import MOST_POINTERS, Described
from kg_service.service.resource_forms import SHORT_NAMES
from kg_service.service.schema_org import embedded, thing_node
from kg_service.terms import RDF_TYPE, shorten

MOST_ROWS = 1_000


def as_page(described: Described, describer: Describer, base: str, root: str) -> HTMLResponse:
    """A page with the statements, who makes each, and the same for machines.

    The things that it leads to are shown by their names, as the describer tells them.
    """
    thing = described.thing
    shown = described.about[:MOST_ROWS], described.pointing[:MOST_POINTERS]
    cells = _Cells(*shown, describer, base, root)
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

    about = [((shorten(q.predicate.value), None), cells.of(q.object), who(q)) for q in shown[0]]
    pointing = [(cells.of(q.subject), (shorten(q.predicate.value), None), who(q)) for q in shown[1]]
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


class _Cells:
    """Values as a table shows them: things by their names, classes and terms by their prefixes."""

    def __init__(
        self,
        about: Iterable[Quad],
        pointing: Iterable[Quad],
        describer: Describer,
        base: str,
        root: str,
    ) -> None:
        self._base = base
        self._root = root
        nodes = [
            *(q.object for q in about if q.predicate != RDF_TYPE),
            *(q.subject for q in pointing),
        ]
        self._things = describer.things(n for n in nodes if isinstance(n, NamedNode))

    def of(self, term: object) -> html.Cell:
        """A value; what no source describes is shown by its IRI."""
        if isinstance(term, NamedNode):
            thing = self._things.get(term)
            own = term.value.startswith(f"{self._base}/source/")
            named = thing.label if thing and (own or thing.sources) else shorten(term.value)
            return named, entity_address(self._base, self._root, term.value)
        return (term.value if isinstance(term, Literal) else str(term)), None
