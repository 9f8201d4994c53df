"""Reading PROV-XML (W3C Working Group Note of 30 April 2013)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from ingest.errors import InvalidSource, UnreadableSource
from ingest.findings import Findings
from ingest.prov.attributes import NAME_TYPES, typed_value
from ingest.prov.faults import Faults
from ingest.prov.model import (
    PROV,
    XSD_DATETIME,
    BundleRecords,
    Name,
    ProvRecords,
    Record,
    Text,
    Value,
)
from ingest.prov.namespaces import Namespaces, UnknownPrefix
from ingest.prov.relations import DICTIONARY, ELEMENTS, RELATIONS, SUBTYPES

_NS = "{" + PROV + "}"
_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ID, _REF = _NS + "id", _NS + "ref"
_TIMES = {"time", "startTime", "endTime"}
_PAIRS = ("keyEntityPair", "key")
# PROV-Dictionary section 6: what the notations call a dictionary after and before
_DICTIONARIES = {"newDictionary": "after", "oldDictionary": "before"}
_KINDS: dict[str, tuple[str, ...]] = (
    ELEMENTS | {kind: r.arguments for kind, r in RELATIONS.items()} | DICTIONARY
)


@dataclass(frozen=True)
class _Node:
    """An element with the prefixes that are in scope where it stands."""

    element: Element
    scope: Namespaces
    children: tuple[_Node, ...]

    @property
    def name(self) -> str:
        """Its local name where it is PROV's, else its tag in full."""
        return str(self.element.tag).removeprefix(_NS)

    @property
    def text(self) -> str:
        return self.element.text or ""


def read_provxml(content: bytes, where: str, findings: Findings) -> ProvRecords:
    """The records of a PROV-XML document. Raises UnreadableSource, InvalidSource."""
    root = _tree(content, where, findings)
    if root.name not in ("document", "bundleContent"):
        raise InvalidSource(
            f"the root is {root.element.tag!r}, not a prov:document",
            where=where,
            todo="check that it is PROV-XML",
        )
    faults = Faults("PROV-XML", where)
    reader = _Reader(where, findings, faults)
    read = ProvRecords()
    if root.name == "bundleContent":
        reader.bundle(root, read, "/prov:bundleContent")
    else:
        reader.document(root, read)
    faults.refuse()
    return read


def _tree(content: bytes, where: str, findings: Findings) -> _Node:
    """The root, with scopes. The standard parser forgets prefixes, which values need."""
    scopes = [Namespaces(findings)]
    pending: list[tuple[str, str]] = []
    children: list[list[_Node]] = [[]]
    try:
        for event, item in iterparse(
            BytesIO(content), events=("start-ns", "start", "end"), forbid_dtd=False
        ):
            if event == "start-ns":
                pending.append(item)
            elif event == "start":
                scope = scopes[-1]
                if pending:
                    scope = scope.inner()
                    for prefix, iri in pending:
                        scope.declare(prefix or "", iri, where)
                    pending = []
                scopes.append(scope)
                children.append([])
            else:
                node = _Node(item, scopes.pop(), tuple(children.pop()))
                children[-1].append(node)
    except ParseError as error:
        line, column = error.position
        raise UnreadableSource(
            f"not well-formed XML: {str(error).partition(':')[0]}",
            where=f"{where}:{line}:{column + 1}",
            todo="correct it there, or export it again",
        ) from error
    except (DefusedXmlException, ValueError, LookupError) as error:
        raise UnreadableSource(
            f"XML that is not read ({type(error).__name__})",
            where=where,
            todo="export it again without entity declarations, in UTF-8",
        ) from error
    return children[0][0]


@dataclass
class _Reader:
    where: str
    findings: Findings
    faults: Faults

    def document(self, root: _Node, read: ProvRecords) -> None:
        for node, path in _numbered(root, "/prov:document"):
            if node.name == "bundleContent":
                self.bundle(node, read, path)
            elif node.name == "other":
                self.findings.lost("extension", f"{self.where}: {path}", "prov:other")
            else:
                read.records += self._record(node, path)

    def bundle(self, node: _Node, read: ProvRecords, path: str) -> None:
        """A named bundle; one without a name has one made of its place."""
        named = node.element.get(_ID)
        bundle = BundleRecords(f"_:{path}")
        if named is None:
            self.findings.warned("unnamed-bundle", f"{self.where}: {path}", "no prov:id")
        else:
            try:
                bundle.id = node.scope.expand(named)
            except UnknownPrefix as error:
                self.faults.add(path, str(error))
        for child, place in _numbered(node, path):
            bundle.records += self._record(child, place)
        read.bundles.append(bundle)

    def _record(self, node: _Node, path: str) -> Iterator[Record]:
        kind, subtype = SUBTYPES.get(node.name, (node.name, None))
        if kind not in _KINDS:
            self.findings.lost(
                "unknown-record", f"{self.where}: {path}", f"{node.element.tag!r} is none of PROV's"
            )
            return
        try:
            yield from self._read(node, kind, subtype, path)
        except UnknownPrefix as error:
            self.faults.add(path, str(error))

    def _read(self, node: _Node, kind: str, subtype: str | None, path: str) -> Iterator[Record]:
        names = _KINDS[kind]
        given: dict[str, list[Value]] = {}
        attributes: list[tuple[str, Value]] = []
        pairs: list[tuple[Value, Value | None]] = []
        if subtype is not None:
            attributes.append((PROV + "type", Name(subtype)))
        if type_ := node.element.get(_XSI_TYPE):
            attributes.append((PROV + "type", Name(node.scope.expand(type_))))
        for child in node.children:
            word = _DICTIONARIES.get(child.name, child.name)
            if word in names:
                given.setdefault(word, []).append(self._argument(child, path))
            elif word in _PAIRS and kind in DICTIONARY:
                pairs.append(self._pair(child, path))
            else:
                attributes.append((_property(child), self._value(child, path)))
        id_ = node.element.get(_ID)
        named = node.scope.expand(id_) if id_ is not None else None
        if kind in ELEMENTS and named is None:
            self.faults.add(path, f"{node.name} needs a prov:id")
            return
        where = f"{self.where}: {path}"
        for nth in range(max([len(v) for v in given.values()], default=1)):
            arguments = tuple(
                given[a][min(nth, len(given[a]) - 1)] if a in given else None for a in names
            )
            yield Record(kind, named, arguments, tuple(attributes), where, tuple(pairs))

    def _argument(self, node: _Node, path: str) -> Value:
        if node.name in _TIMES:
            return Text(node.text.strip(), XSD_DATETIME)
        ref = node.element.get(_REF) or node.element.get(_ID)
        if ref is not None:
            return Name(node.scope.expand(ref))
        if node.name == "key":
            return self._value(node, path)
        raise UnknownPrefix(f"prov:{node.name} refers to nothing: it has no prov:ref")

    def _pair(self, node: _Node, path: str) -> tuple[Value, Value | None]:
        if node.name == "key":
            return self._value(node, path), None
        parts = {child.name: child for child in node.children}
        if "key" not in parts:
            raise UnknownPrefix("a prov:keyEntityPair has no prov:key")
        entity = parts.get("entity")
        return (
            self._value(parts["key"], path),
            self._argument(entity, path) if entity is not None else None,
        )

    def _value(self, node: _Node, path: str) -> Value:
        ref = node.element.get(_REF)
        if ref is not None:
            return Name(node.scope.expand(ref))
        datatype = node.element.get(_XSI_TYPE)
        if node.children:
            self.findings.lost(
                "nested-xml", f"{self.where}: {path}", f"elements inside {node.element.tag!r}"
            )
        bare = ":" not in node.text and node.scope.namespace("") is None
        if bare and datatype is not None and node.scope.expand(datatype) in NAME_TYPES:
            # XML has names in no namespace, PROV-DM does not
            self.findings.repaired(
                "name-in-no-namespace", f"{self.where}: {path}", f"{node.text!r} kept as text"
            )
            return Text(node.text)
        return typed_value(node.text, datatype, node.element.get(_LANG), node.scope)


def _property(node: _Node) -> str:
    """The IRI of an attribute's element."""
    tag = str(node.element.tag)
    return tag[1:].replace("}", "", 1) if tag.startswith("{") else node.scope.expand(tag)


def _numbered(parent: _Node, path: str) -> Iterator[tuple[_Node, str]]:
    seen: Counter[Any] = Counter()
    for node in parent.children:
        seen[node.element.tag] += 1
        tag = str(node.element.tag).replace(_NS, "prov:")
        yield node, f"{path}/{tag}[{seen[node.element.tag]}]"
