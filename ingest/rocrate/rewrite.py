"""Rewriting a crate's JSON-LD so that an engine keeps every statement of it.

A JSON-LD processor silently drops what it can not name: an identifier with a space, a
property that the context does not define, a type that is no IRI. The rewriter gives each of
these a valid name, records the repair, and counts the statements that must come out, so that
a processor that drops one nevertheless is found out.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import urljoin

from ingest.findings import Findings
from ingest.iri import has_scheme, segment, valid_reference
from ingest.rocrate.context import CrateContext, resolve_context, term_iri

_XSD_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
_SAFE_INTEGER = 2**53
_VALUE_KEYS = {"@value", "@type", "@language", "@direction", "@index"}


class Rewriter:
    """Rewrites one crate. ``statements`` counts the triples that the result must yield.

    ``countable`` turns false where a term definition (a container, ``@json``) makes the number
    depend on the processor; then the count is not checked.
    """

    def __init__(self, context: CrateContext, base: str, findings: Findings) -> None:
        self._context = context
        self._base = base
        self._findings = findings
        self._lifted: list[dict[str, Any]] = []
        self.used: set[str] = set()
        self.statements = 0
        self.countable = True

    def graph(self, entities: list[Any]) -> list[dict[str, Any]]:
        """The rewritten entities, in order; nested named graphs are lifted beside them."""
        rewritten = []
        for index, entity in enumerate(entities):
            path = f"$.@graph[{index}]"
            if isinstance(entity, dict):
                rewritten.append(self._node(entity, path))
            elif isinstance(entity, list):
                rewritten += self.graph(entity)
            elif entity is not None:
                self._findings.lost("no-entity", path, f"no object in @graph: {entity!r:.80}")
        return rewritten + self._lifted

    def _node(self, entity: dict[str, Any], path: str) -> dict[str, Any]:
        outer = self._context
        entity = self._without_aliases(entity)
        if "@context" in entity:
            self._context = self._inner_context(entity["@context"])
        try:
            return self._node_in_context(entity, path)
        finally:
            self._context = outer

    def _node_in_context(self, entity: dict[str, Any], path: str) -> dict[str, Any]:
        # the streaming processor wants @context and @type before all else
        node: dict[str, Any] = {}
        if "@context" in entity:
            node["@context"] = self._context.parts
        if types := self._types(entity.get("@type"), path):
            node["@type"] = types
        node["@id"] = self._identifier(entity, path)
        for key, value in entity.items():
            if key in ("@id", "@type", "@context"):
                continue
            where = f"{path}.{key}"
            if key == "@graph":
                self._findings.repaired("nested-graph", where, "lifted to the crate's graph")
                self._lifted += self.graph(value if isinstance(value, list) else [value])
            elif key == "@reverse" and isinstance(value, dict):
                node["@reverse"] = self._reverse(value, where)
            elif key == "@included":
                self._lifted += self.graph(value if isinstance(value, list) else [value])
            elif key == "@index":
                node[key] = value
            else:
                self._property(node, key, value, where)
        return node

    def _inner_context(self, context: Any) -> CrateContext:
        inner = resolve_context(context, self._findings)
        merged = CrateContext()
        for part in (*self._context.parts, *inner.parts):
            merged.add(part)
        return merged

    def _without_aliases(self, entity: dict[str, Any]) -> dict[str, Any]:
        aliases = self._context.aliases
        if not aliases or not aliases.keys() & entity.keys():
            return entity
        return {aliases.get(key, key): value for key, value in entity.items()}

    # --- names ---------------------------------------------------------------------------

    def _identifier(self, entity: dict[str, Any], path: str) -> str:
        given = entity.get("@id")
        if isinstance(given, list):
            given = self._first_of(given, path)
        if given is None:
            canonical = json.dumps(entity, sort_keys=True, ensure_ascii=True, default=str)
            digest = hashlib.sha256(f"{canonical}".encode()).hexdigest()[:32]
            return f"{self._base}.well-known/genid/{digest}"
        if not isinstance(given, str):
            self._findings.repaired("id-no-text", f"{path}.@id", f"{given!r} read as text")
            given = json.dumps(given) if isinstance(given, (dict, bool)) else str(given)
        return self._reference(given, f"{path}.@id")

    def _first_of(self, given: list[Any], path: str) -> Any:
        self._findings.lost(
            "several-ids",
            f"{path}.@id",
            f"only the first is kept of {given!r:.120}",
            len(given) - 1,
        )
        return given[0] if given else None

    def _reference(self, reference: str, where: str) -> str:
        if reference.startswith("_:"):
            return f"{self._base}.well-known/genid/{segment(reference[2:])}"
        if reference.startswith("@"):
            self._findings.repaired("keyword-id", where, f"{reference} percent-encoded")
            return "%40" + valid_reference(reference[1:])
        prefix, colon, _ = reference.partition(":")
        if colon:
            self.used.add(prefix)
        fixed = valid_reference(_clean(reference))
        if fixed != reference:
            self._findings.repaired("invalid-iri", where, f"{reference!r} written as {fixed!r}")
        if "://" in fixed and not has_scheme(fixed) and prefix not in self._context.defined:
            # JSON-LD takes any 'x://' for absolute, so a relative '#https://...' would be dropped
            return urljoin(urljoin(self._base, self._context.base), fixed)
        return fixed

    def _types(self, given: Any, path: str) -> list[str]:
        types = []
        for kind in given if isinstance(given, list) else [given]:
            if kind is None:
                continue
            where = f"{path}.@type"
            if isinstance(kind, dict) and isinstance(kind.get("@id"), str):
                self._findings.repaired("type-object", where, f"{kind['@id']} read from an object")
                kind = kind["@id"]
            if not isinstance(kind, str) or not kind.strip():
                self._findings.lost("type-no-text", where, f"{kind!r:.80} is no type name")
                continue
            types.append(self._vocabulary_term(kind, where, "undefined-type"))
            self.statements += 1
        return types

    def _vocabulary_term(self, term: str, where: str, code: str) -> str:
        """A property or type name that the processor will expand: as it is, or as an IRI."""
        if not term.startswith("@") and self._context.defines(term):
            self.used.add(term)
            self.used.add(term.partition(":")[0])
            if term in self._context.defined:
                return term
            fixed = valid_reference(term)
            if fixed != term:
                self._findings.repaired("invalid-iri", where, f"{term!r} written as {fixed!r}")
            return fixed
        iri = term_iri(term)
        self._findings.repaired(code, where, f"{term!r} is not in the context, kept as <{iri}>")
        return iri

    # --- values --------------------------------------------------------------------------

    def _property(self, node: dict[str, Any], key: str, value: Any, where: str) -> None:
        name = self._vocabulary_term(key, where, "undefined-property")
        meaning = self._context.defined.get(key)
        refers = False
        if isinstance(meaning, dict):
            refers = meaning.get("@type") in ("@id", "@vocab")
            if (
                meaning.get("@container")
                or meaning.get("@type") == "@json"
                or "@reverse" in meaning
            ):
                self.countable = False
        values = self._values(value, where, refers)
        if not values:
            return
        if name in node:
            node[name] = [*_listed(node[name]), *values]
        else:
            node[name] = values if len(values) > 1 else values[0]

    def _values(self, value: Any, where: str, refers: bool) -> list[Any]:
        if isinstance(value, list):
            found = []
            for index, item in enumerate(value):
                found += self._values(item, f"{where}[{index}]", refers)
            return found
        if isinstance(value, dict):
            return self._object(value, where, refers)
        if value is None:
            return []
        self.statements += 1
        if isinstance(value, str):
            if refers:
                return [self._reference(value, where)]
            return [self._text(value, where)]
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _SAFE_INTEGER:
            return [{"@type": _XSD_INTEGER, "@value": str(value)}]
        return [value]

    def _text(self, text: str, where: str) -> str:
        try:
            text.encode()
        except UnicodeEncodeError:
            self._findings.repaired("lone-surrogate", where, "replaced by U+FFFD")
            return text.encode("utf-8", "replace").decode()
        return text

    def _object(self, value: dict[str, Any], where: str, refers: bool) -> list[Any]:
        value = self._without_aliases(value)
        if "@value" in value:
            return self._value_object(value, where)
        if "@set" in value:
            return self._values(value["@set"], f"{where}.@set", refers)
        if "@list" in value:
            items = self._values(value["@list"], f"{where}.@list", refers)
            # a list of n items is n first, n rest and the statement that points to it
            self.statements += len(items) + 1
            return [{"@list": items}]
        self.statements += 1
        return [self._node(value, where)]

    def _value_object(self, value: dict[str, Any], where: str) -> list[Any]:
        extra = {k: v for k, v in value.items() if k not in _VALUE_KEYS}
        if extra:
            self._findings.lost("value-object", where, f"{sorted(extra)} beside @value", len(extra))
        content = value["@value"]
        if content is None:
            return []
        if isinstance(content, (dict, list)):
            self._findings.repaired("value-object", where, "a structured @value kept as JSON text")
            content = json.dumps(content, sort_keys=True)
        self.statements += 1
        kept: dict[str, Any] = {}
        datatype, language = value.get("@type"), value.get("@language")
        if isinstance(datatype, str):
            kept["@type"] = self._vocabulary_term(datatype, where, "undefined-datatype")
        elif isinstance(language, str) and isinstance(content, str):
            kept["@language"] = language
        kept["@value"] = self._text(content, where) if isinstance(content, str) else content
        return [kept]

    def _reverse(self, value: dict[str, Any], where: str) -> dict[str, Any]:
        reverse: dict[str, Any] = {}
        for key, nodes in value.items():
            name = self._vocabulary_term(key, f"{where}.{key}", "undefined-property")
            kept = []
            for index, node in enumerate(_listed(nodes)):
                if isinstance(node, dict):
                    self.statements += 1
                    kept.append(self._node(node, f"{where}.{key}[{index}]"))
                elif node is not None:
                    self._findings.lost("reverse", where, f"no object below @reverse: {node!r:.80}")
            if kept:
                reverse[name] = kept
        return reverse


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _clean(reference: str) -> str:
    """Lone surrogates can be in no IRI."""
    return reference.encode("utf-8", "replace").decode()
