"""ESRF's published definitions as data of the vocabulary graph: dataset parameters, techniques.

Parameters come from icat-esrf-definitions (what each name means, its unit, its NeXus path),
techniques from esrf-ontologies (ESRFET, and PaNET's names). Aligned graphs name these terms:
``kg:property`` from a parameter's value, ``kg:usedTechnique`` from an acquisition.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from kg_service.terms import OWL_NS, RDF_NS, RDF_TYPE, RDFS_LABEL, dcterms, kg

PARAMETERS = "https://w3id.org/kg-service/icat-esrf#"
_ICAT = "https://w3id.org/kg-service/icat#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_PROPERTY = NamedNode(RDF_NS + "Property")
_DEPRECATED = NamedNode(OWL_NS + "deprecated")
_TRUE = Literal(True)


def esrf_triples() -> Iterator[Triple]:
    """All terms, in the order of the packages' files."""
    yield from _parameters()
    yield from _techniques()


def _parameters() -> Iterator[Triple]:
    """The elements of the definitions file: ``<energy …>${InstrumentMonochromator_energy}</…>``."""
    # neither is needed but where the vocabulary is made
    from defusedxml.ElementTree import fromstring
    from icat_esrf_definitions import DEFINITIONS_FILE

    waiting = [(fromstring(Path(DEFINITIONS_FILE).read_bytes()), "")]
    while waiting:
        group, path = waiting.pop()
        for element in group:
            if element.tag == "group":
                waiting.append((element, f"{path}/{element.get('groupName')}"))
            elif name := (element.text or "").strip().removeprefix("${").removesuffix("}"):
                yield from _parameter(name, f"/entry{path}/{element.tag}", element.attrib)


def _parameter(name: str, path: str, told: dict[str, str]) -> Iterator[Triple]:
    node = NamedNode(PARAMETERS + name)
    yield Triple(node, RDF_TYPE, _PROPERTY)
    yield Triple(node, RDFS_LABEL, Literal(name))
    yield Triple(node, NamedNode(_ICAT + "nexusPath"), Literal(path))
    if description := told.get("ESRF_description"):
        yield Triple(node, dcterms("description"), Literal(description))
    if units := told.get("units"):
        yield Triple(node, kg("unit"), Literal(units))
    if kind := told.get("NAPItype"):
        yield Triple(node, NamedNode(_ICAT + "nexusType"), Literal(kind))
    if "ESRF_deprecated" in told:
        yield Triple(node, _DEPRECATED, _TRUE)


def _techniques() -> Iterator[Triple]:
    from esrf_ontologies.db import load_techniques

    by_name: dict[str, set[NamedNode]] = defaultdict(set)
    for technique in load_techniques("PaNET"):
        node = NamedNode(technique["iri"])
        yield from _technique(node, technique)
        for name in technique["names"]:
            by_name[name.lower()].add(node)
    for technique in load_techniques("ESRFET"):
        node = NamedNode(technique["iri"])
        yield from _technique(node, technique)
        same = {other for name in technique["names"] for other in by_name.get(name.lower(), ())}
        for other in sorted(same, key=str):
            yield Triple(node, NamedNode(_SKOS + "closeMatch"), other)


def _technique(node: NamedNode, technique: dict[str, Any]) -> Iterator[Triple]:
    yield Triple(node, RDF_TYPE, kg("Technique"))
    for number, name in enumerate(technique["names"]):
        label = RDFS_LABEL if number == 0 else NamedNode(_SKOS + "altLabel")
        yield Triple(node, label, Literal(name))
    if technique["description"]:
        yield Triple(node, dcterms("description"), Literal(technique["description"]))
