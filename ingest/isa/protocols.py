"""Protocols and workflows as triples, with their parameters and components."""

from __future__ import annotations

from pyoxigraph import NamedNode

from ingest.isa import paths
from ingest.isa.model import Annotation, Protocol
from ingest.isa.statements import Statements


def write_protocol(
    out: Statements, node: NamedNode, path: str, protocol: Protocol, class_: str = "Protocol"
) -> None:
    """All that is said of a protocol, which is ``node`` at ``path``."""
    out.type(node, class_)
    out.text(
        node,
        name=protocol.name,
        description=protocol.description,
        uri=protocol.uri,
        version=protocol.version,
    )
    out.annotation(node, "protocolType", protocol.type)
    if protocol.address:
        out.link(node, "id", out.node(protocol.address))
    for parameter in protocol.parameters:
        name = parameter.value or parameter.accession
        target = out.node(paths.part_path(path, "parameter", name))
        out.link(node, "parameters", target)
        write_category(out, target, "ProtocolParameter", name, parameter)
    for component in protocol.components:
        name = component.name or component.type.value
        target = out.node(paths.part_path(path, "component", name))
        out.link(node, "components", target)
        out.type(target, "ProtocolComponent")
        out.text(target, name=name)
        out.annotation(target, "componentType", component.type)
        out.terms(target, component.term)
        out.comments(target, component.comments)
    out.comments(node, protocol.comments)


def write_category(
    out: Statements, target: NamedNode, class_: str, name: str, category: Annotation
) -> None:
    """A characteristic or parameter that is declared, with the terms that it stands for."""
    out.category(target, class_, name)
    out.terms(target, category)
    out.comments(target, category.comments)
