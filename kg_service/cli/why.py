"""``kg why``: who says a statement, and what it was made from."""

from __future__ import annotations

from typing import Annotated

import typer
from pyoxigraph import Literal, NamedNode, Triple

from kg_service.cli.console import JsonOption, MappingsOption, StoreOption, out, print_json
from kg_service.opening import open_graph
from kg_service.plain import reason_json
from kg_service.settings import Settings
from kg_service.terms import shorten


def why(
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help="An IRI, identifier or name.")],
    predicate: Annotated[
        str, typer.Argument(metavar="PREDICATE", help="As prov:used, an IRI, or the name used.")
    ],
    object_: Annotated[
        str, typer.Argument(metavar="OBJECT", help="An IRI, identifier, name, or a text.")
    ],
    store: StoreOption = None,
    mappings: MappingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Who says a statement, and what it was made from: source, mapping row or rule, evidence."""
    graph = open_graph(Settings.from_environment(store, mappings=mappings or ()))
    reasons = graph.why(subject, predicate, object_)
    if as_json:
        print_json([reason_json(reason) for reason in reasons])
        return
    for reason in reasons:
        out.print(_line(reason.statement))
        out.print(f"  says {reason.source.id}, in {reason.graph}")
        for ground in reason.grounds:
            said = f": {ground.why}" if ground.why else ""
            out.print(f"  {ground.grade.value} by {shorten(ground.by)}{said}")
            for basis in ground.basis:
                out.print(f"    from {_line(basis)}")
        if not reason.grounds:
            out.print(
                "  the mapping sets that are loaded do not explain it; it was aligned with "
                f"{reason.source.mapping_sets}: kg realign aligns it anew"
            )


def _line(statement: Triple) -> str:
    object_ = statement.object
    value = shorten(object_.value) if isinstance(object_, NamedNode) else str(object_)
    assert isinstance(statement.subject, NamedNode)
    assert isinstance(object_, (NamedNode, Literal))
    return f"{shorten(statement.subject.value)} {shorten(statement.predicate.value)} {value}"
