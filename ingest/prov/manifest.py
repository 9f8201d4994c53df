"""The manifest of a research object bundle: what it aggregates, who made it, what is said of it.

https://w3id.org/bundle: JSON whose remote context this table restates, so that no network is
needed. Relative addresses resolve against the manifest's own folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from ingest.findings import Findings
from ingest.iri import has_scheme, valid_reference
from ingest.prov.addresses import absolute, resolve
from ingest.triples import RDF_TYPE, literal, skolem

_ORE = "http://www.openarchives.org/ore/terms/"
_BUNDLE = "http://purl.org/wf4ever/bundle#"
_RO = "http://purl.org/wf4ever/ro#"
_PAV = "http://purl.org/pav/"
_OA = "http://www.w3.org/ns/oa#"
_DCTERMS = "http://purl.org/dc/terms/"
_XSD_DATETIME = NamedNode("http://www.w3.org/2001/XMLSchema#dateTime")
_RESOURCES = {
    "aggregates": _ORE + "aggregates",
    "annotations": _BUNDLE + "hasAnnotation",
    "bundledAs": _BUNDLE + "bundledAs",
    "folder": _BUNDLE + "inFolder",
    "proxy": _BUNDLE + "hasProxy",
    "manifest": _ORE + "isDescribedBy",
    "history": "http://www.w3.org/ns/prov#has_provenance",
    "about": _OA + "hasTarget",
    "content": _OA + "hasBody",
    "oa:motivatedBy": _OA + "motivatedBy",
    "conformsTo": _DCTERMS + "conformsTo",
    "orcid": "http://purl.org/wf4ever/roterms#orcid",
} | {
    f"{role}{what}": f"{_PAV}{'created' if role == 'aggregated' else role}{what}"
    for role in ("created", "authored", "contributed", "curated", "retrieved", "aggregated")
    for what in ("By", "From")
}
_TIMES = {
    f"{role}On": f"{_PAV}{'created' if role == 'aggregated' else role}On"
    for role in ("created", "authored", "contributed", "curated", "retrieved", "aggregated")
}
_TEXTS = {
    "filename": _RO + "entryName",
    "mediatype": "http://purl.org/dc/elements/1.1/format",
    "name": "http://xmlns.com/foaf/0.1/name",
}
_IDENTIFIERS = ("uri", "@id", "id", "file", "annotation")
_PREFIXES = {"oa:": _OA, "dct:": _DCTERMS, "pav:": _PAV, "ro:": _RO, "ore:": _ORE}


@dataclass(frozen=True)
class Manifest:
    """A parsed manifest; ``path`` is its own within the research object."""

    content: dict[str, Any]
    path: str
    where: str

    @property
    def declared_base(self) -> str | None:
        """The base that its context declares, such as ``arcp://uuid,…/metadata/``."""
        context = self.content.get("@context", [])
        for entry in context if isinstance(context, list) else [context]:
            base = entry.get("@base") if isinstance(entry, dict) else None
            if isinstance(base, str) and has_scheme(base):
                valid = valid_reference(base)
                return valid if has_scheme(valid) else None
        return None

    @property
    def profiles(self) -> tuple[str, ...]:
        """What the research object conforms to."""
        return tuple(v for v in _many(self.content.get("conformsTo")) if isinstance(v, str))

    @property
    def identifier(self) -> str | None:
        """The address of the research object, where the manifest gives one of its own."""
        root = self.content.get("id", self.content.get("@id", "/"))
        if not isinstance(root, str):
            return None
        if has_scheme(root):
            return root
        return resolve(self.declared_base, root) if self.declared_base else None

    def root(self, base: str) -> NamedNode:
        """The node of the research object."""
        folder = resolve(base, self.path)
        return NamedNode(absolute(folder, self.identifier or "../"))

    def triples(self, base: str, findings: Findings) -> Iterator[Triple]:
        """All that the manifest says."""
        writer = _Writer(self.declared_base or resolve(base, self.path), base, self.where, findings)
        root = self.root(base)
        yield Triple(root, RDF_TYPE, NamedNode(_RO + "ResearchObject"))
        yield from writer.members(root, self.content, "$")


@dataclass(frozen=True)
class _Writer:
    base: str
    source: str
    where: str
    findings: Findings

    def members(self, subject: NamedNode, content: dict[str, Any], path: str) -> Iterator[Triple]:
        for key, written in content.items():
            if key == "@context" or key in _IDENTIFIERS:
                continue
            for number, value in enumerate(_many(written)):
                place = f"{path}.{key}[{number}]" if isinstance(written, list) else f"{path}.{key}"
                yield from self._member(subject, key, value, place)

    def _member(self, subject: NamedNode, key: str, value: Any, place: str) -> Iterator[Triple]:
        if key in _TIMES:
            yield Triple(subject, NamedNode(_TIMES[key]), _time(value))
        elif key in _TEXTS and not isinstance(value, (dict, list)):
            yield Triple(subject, NamedNode(_TEXTS[key]), literal(value))
        elif key in _RESOURCES and isinstance(value, (str, dict)):
            inner = value if isinstance(value, dict) else {}
            node = self._node(value, place)
            yield Triple(subject, NamedNode(_RESOURCES[key]), node)
            yield from self.members(node, inner, place)
        else:
            yield from self._other(subject, key, value, place)

    def _other(self, subject: NamedNode, key: str, value: Any, place: str) -> Iterator[Triple]:
        """A property of another vocabulary, by its address or a prefix of the context's."""
        property_ = self._expanded(key)
        if not has_scheme(property_) or isinstance(value, list) or value is None:
            self.findings.lost(
                "manifest", f"{self.where}: {place}", f"{key!r} is not in its context"
            )
        elif isinstance(value, dict):
            node = self._node(value, place)
            yield Triple(subject, NamedNode(valid_reference(property_)), node)
            yield from self.members(node, value, place)
        else:
            yield Triple(subject, NamedNode(valid_reference(property_)), literal(value))

    def _node(self, value: str | dict[str, Any], place: str) -> NamedNode:
        named: Any = value
        if isinstance(value, dict):
            named = next((value[k] for k in (*_IDENTIFIERS, "orcid") if k in value), None)
        if not isinstance(named, str):
            return skolem(self.source, self.where.rpartition("/")[2], place)
        return NamedNode(absolute(self.base, self._expanded(named)))

    def _expanded(self, name: str) -> str:
        for prefix, namespace in _PREFIXES.items():
            if name.startswith(prefix):
                return namespace + name.removeprefix(prefix)
        return name


def _time(value: Any) -> Literal:
    text = str(value)
    return Literal(text, datatype=_XSD_DATETIME) if "T" in text else Literal(text)


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
