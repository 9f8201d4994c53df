"""What an update would change: it is run on a copy of the graphs that it may touch."""

from __future__ import annotations

import json

from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Store, Triple, parse, serialize

from kg_service.errors import QuerySyntax, Refused, UsageError
from kg_service.querying.query import Update
from kg_service.store.sparql_text import refuse_loading
from kg_service.store.syntax import explain_syntax
from kg_service.terms import PREFIXES


def planned(update: Update) -> bytes:
    """N-Quads to ``delete`` and to ``insert``, as JSON. Raises QuerySyntax, Refused, UsageError.

    The update sees the graphs that it may change and no others.
    """
    refuse_loading(update.text)
    before = set(parse(update.quads, RdfFormat.N_QUADS))
    scratch = Store()
    scratch.extend(before)
    try:
        scratch.update(update.text, prefixes=PREFIXES)
    except SyntaxError as error:
        said = explain_syntax(update.text, str(error.msg))
        raise QuerySyntax(f"the SPARQL update does not parse: {said}") from error
    except (ValueError, RuntimeError, OSError) as error:
        raise UsageError(f"the SPARQL update can not be made: {error}") from error
    after = set(scratch)
    for quad in after - before:
        _check(quad, update.prefix)
    return json.dumps({"delete": _lines(before - after), "insert": _lines(after - before)}).encode()


def _check(quad: Quad, prefix: str) -> None:
    graph = quad.graph_name
    if not isinstance(graph, NamedNode) or not graph.value.startswith(prefix):
        where = f"the graph {graph}" if isinstance(graph, NamedNode) else "the default graph"
        raise Refused(
            f"{where} is not changed by SPARQL Update; only graphs are whose IRI starts with "
            f"{prefix}, and all else comes from sources"
        )
    for term in (quad.subject, quad.object):
        if isinstance(term, (BlankNode, Triple)):
            raise Refused(f"{term}: give it an IRI; graphs hold no blank nodes and triple terms")


def _lines(quads: set[Quad]) -> str:
    return (serialize(quads, format=RdfFormat.N_QUADS) or b"").decode()
