"""The input and output objects of a CWL run: what each parameter was given, file by file.

CWL's own JSON (https://w3id.org/cwl): ``File`` and ``Directory`` objects with location,
checksum, size and the name that the content-addressed copy has lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from ingest.findings import Findings
from ingest.iri import has_scheme, segment, valid_reference
from ingest.prov.addresses import absolute, resolve
from ingest.triples import RDF_TYPE, literal, skolem

_CWL = "https://w3id.org/cwl/cwl#"
# what relates a parameter to its value, and a record to its fields, has no term in CWL
_JOB = "https://w3id.org/kg-service/cwl-job#"
_FIELDS = ("basename", "checksum", "size", "format", "location", "path", "contents")
_HASH = "urn:hash::sha1:"


def job_triples(job: Any, address: str, findings: Findings) -> Iterator[Triple]:
    """The values of an input or output object; ``address`` is its file's."""
    if not isinstance(job, dict):
        findings.lost("job", address, "no JSON object")
        return
    for parameter, value in job.items():
        if not has_scheme(parameter) or isinstance(value, (dict, list)):
            node = NamedNode(absolute(address, f"#{segment(parameter)}"))
            yield from _value(node, value, address, f"$.{parameter}")


def _value(parameter: NamedNode, value: Any, address: str, path: str) -> Iterator[Triple]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _value(parameter, item, address, f"{path}[{number}]")
    elif isinstance(value, dict) and value.get("class") in ("File", "Directory"):
        node = _node(value, address, path)
        yield Triple(parameter, NamedNode(_JOB + "value"), node)
        yield from _described(node, value, address, path)
    elif isinstance(value, dict):
        for key, item in value.items():
            inner = NamedNode(f"{parameter.value}/{segment(key)}")
            yield Triple(parameter, NamedNode(_JOB + "field"), inner)
            yield from _value(inner, item, address, f"{path}.{key}")
    elif value is not None:
        yield Triple(parameter, NamedNode(_JOB + "value"), literal(value))


def _described(node: NamedNode, value: dict[str, Any], address: str, path: str) -> Iterator[Triple]:
    yield Triple(node, RDF_TYPE, NamedNode(_CWL + str(value["class"])))
    for field in _FIELDS:
        if isinstance(value.get(field), (str, int, float)):
            yield Triple(node, NamedNode(_CWL + field), literal(value[field]))
    for member in ("listing", "secondaryFiles"):
        items = value.get(member)
        for number, item in enumerate(items if isinstance(items, list) else []):
            if isinstance(item, dict) and item.get("class") in ("File", "Directory"):
                place = f"{path}.{member}[{number}]"
                inner = _node(item, address, place)
                yield Triple(node, NamedNode(_CWL + member), inner)
                yield from _described(inner, item, address, place)
    if (content := _content(value)) and content != node.value:
        yield Triple(node, NamedNode(_CWL + "location"), Literal(content))


def _node(value: dict[str, Any], address: str, path: str) -> NamedNode:
    """The file under the name that the provenance has for it."""
    named = value.get("@id")
    if isinstance(named, str) and has_scheme(named):
        return NamedNode(absolute(address, named))
    if content := _content(value):
        return NamedNode(content)
    location = value.get("location")
    if isinstance(location, str):
        return NamedNode(absolute(address, location))
    return skolem(resolve(address, "/"), address, path)


def _content(value: dict[str, Any]) -> str | None:
    """The address of the content, by which CWLProv names it."""
    checksum = value.get("checksum")
    if isinstance(checksum, str) and checksum.startswith("sha1$"):
        return valid_reference(_HASH + checksum.removeprefix("sha1$"))
    return None
