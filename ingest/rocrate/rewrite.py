"""Rewriting a crate's JSON-LD so that an engine keeps every statement of it.

A JSON-LD processor silently drops what it can not name: an identifier with a space, a
property that the context does not define, a type that is no IRI. The rewriter gives each of
these a valid name, records the repair, and counts the statements that must come out, so that
a processor that drops one nevertheless is found out.
"""

from __future__ import annotations

import json
from collections import Counter
from math import isfinite
from typing import Any
from urllib.parse import urljoin

from ingest.errors import InvalidSource
from ingest.findings import Findings
from ingest.iri import has_scheme, segment, valid_reference
from ingest.rocrate.context import CrateContext, Term, resolve_context
from ingest.rocrate.path import SURROGATE, Path, shown
from ingest.rocrate.plain import SAFE_INTEGER, PlainEntities
from ingest.triples import XSD, skolem

MAX_NESTING = 64

_DOUBLE_FROM = 10**21  # JSON-LD 1.1 API, section 8.2: such a number would become a double
_VALUE_KEYS = {"@value", "@type", "@language", "@direction", "@index"}


class Rewriter:
    """Rewrites one crate, entity by entity. ``statements`` counts the triples that must come out.

    ``countable`` turns false where a term definition (a container, ``@json``) makes the number
    depend on the processor; then the count is not checked. ``used`` are the terms met so far.
    ``flat`` turns false where there are lists, whose blank nodes the processor makes up.
    ``where`` names the file in messages.
    """

    def __init__(self, context: CrateContext, base: str, findings: Findings, where: str) -> None:
        self._context = context
        self._base = base
        self._findings = findings
        self._where = where
        self._lifted: list[dict[str, Any]] = []
        self._inner: dict[tuple[int, str], CrateContext] = {}
        self._met: Counter[int] = Counter()
        self._depth = 0
        self.used: set[str] = set()
        self.statements = 0
        self.countable = True
        self.flat = True
        self._plain = PlainEntities(context, self.used)

    def rewritten(self, entity: Any, path: Path) -> list[dict[str, Any]]:
        """An entity of the crate's graph as nodes for the processor.

        They are several where named graphs nested in it are lifted beside it, none where it is no
        object. Raises InvalidSource where it is nested too deeply.
        """
        if type(entity) is dict:
            made = self._plain.statements(entity)
            if made >= 0:
                self.statements += made
                # the streaming processor wants @type before all else
                return [{"@type": entity["@type"], **entity} if "@type" in entity else entity]
        try:
            if SURROGATE.search(json.dumps(entity, ensure_ascii=False)):
                self._repair("lone-surrogate", path, "half a character replaced by U+FFFD")
                entity = _without_surrogates(entity)
            nodes = self._nodes(entity, path)
        except RecursionError as error:
            raise self._too_deep(path) from error
        nodes += self._lifted
        self._lifted = []
        return nodes

    def _nodes(self, entity: Any, path: Path) -> list[dict[str, Any]]:
        if isinstance(entity, dict):
            return [self._node(entity, path, "")]
        if isinstance(entity, list):
            return [n for i, e in enumerate(entity) for n in self._nodes(e, (*path, i))]
        if entity is not None:
            self._lose("no-entity", path, f"no object in @graph: {entity!r:.80}")
        return []

    def _node(self, entity: dict[str, Any], path: Path, parent: str) -> dict[str, Any]:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise self._too_deep(path)
        outer = self._context
        entity = self._without_aliases(entity)
        if "@context" in entity:
            self._context = self._inner_context(entity["@context"])
        try:
            return self._node_in_context(entity, path, parent)
        finally:
            self._context = outer
            self._depth -= 1

    def _node_in_context(self, entity: dict[str, Any], path: Path, parent: str) -> dict[str, Any]:
        # the streaming processor wants @context and @type before all else
        node: dict[str, Any] = {"@context": None} if "@context" in entity else {}
        if types := self._types(entity.get("@type"), path):
            node["@type"] = types
        own = node["@id"] = self._identifier(entity, path, parent)
        for key, value in entity.items():
            if key in ("@id", "@type", "@context"):
                continue
            inside = (*path, key)
            if key == "@graph":
                self._repair("nested-graph", inside, "lifted to the crate's graph")
                self._lift(value, inside)
            elif key == "@reverse" and isinstance(value, dict):
                node["@reverse"] = self._reverse(value, inside, own)
            elif key == "@included":
                self._lift(value, inside)
            elif key == "@index":
                node[key] = value
            else:
                self._property(node, key, value, inside, own)
        if "@context" in entity:
            node["@context"] = self._context.used_part(self.used)
        return node

    def _lift(self, value: Any, path: Path) -> None:
        for index, item in enumerate(_listed(value)):
            self._lifted += self._nodes(item, (*path, index))

    def _inner_context(self, context: Any) -> CrateContext:
        key = id(self._context), json.dumps(context)
        if key not in self._inner:
            inner = resolve_context(context, self._findings)
            merged = self._inner[key] = CrateContext()
            for part in (*self._context.parts, *inner.parts):
                merged.add(part)
        return self._inner[key]

    def _without_aliases(self, entity: dict[str, Any]) -> dict[str, Any]:
        aliases = self._context.aliases
        if not aliases or not aliases.keys() & entity.keys():
            return entity
        return {aliases.get(key, key): value for key, value in entity.items()}

    # --- names ---------------------------------------------------------------------------

    def _identifier(self, entity: dict[str, Any], path: Path, parent: str) -> str:
        given = entity.get("@id")
        if isinstance(given, list):
            given = self._first_of(given, path)
        if given is None:
            return self._unnamed(entity, path, parent)
        if not isinstance(given, str):
            self._repair("id-no-text", (*path, "@id"), f"{given!r} read as text")
            given = json.dumps(given) if isinstance(given, (dict, bool)) else str(given)
        return self._reference(given, (*path, "@id"))

    def _unnamed(self, entity: dict[str, Any], path: Path, parent: str) -> str:
        """A name for a thing without one: the same while its holder and its content are.

        Equal ones under one holder stay apart, as blank nodes would.
        """
        keys = [part for part in path if isinstance(part, str)]
        content = json.dumps(entity, sort_keys=True, default=str)
        alike = hash((parent, keys[-1], content))
        self._met[alike] += 1
        return skolem(self._base, parent, keys[-1], content, str(self._met[alike])).value

    def _first_of(self, given: list[Any], path: Path) -> Any:
        detail = f"only the first is kept of {given!r:.120}"
        self._lose("several-ids", (*path, "@id"), detail, len(given) - 1)
        return given[0] if given else None

    def _reference(self, reference: str, path: Path) -> str:
        if reference.startswith("_:"):
            return f"{self._base}.well-known/genid/{segment(reference[2:])}"
        if reference.startswith("@"):
            self._repair("keyword-id", path, f"{reference} percent-encoded")
            return "%40" + valid_reference(reference[1:])
        prefix, colon, _ = reference.partition(":")
        if colon:
            self.used.add(prefix)
        fixed = valid_reference(reference)
        if fixed != reference:
            self._repair("invalid-iri", path, f"{reference!r} written as {fixed!r}")
        if colon and not has_scheme(fixed) and prefix not in self._context.defined:
            # JSON-LD takes what has a colon for absolute: '10:30.txt', '#https://...' would be lost
            first = fixed.partition("/")[0].partition("#")[0].partition("?")[0]
            relative = f"./{fixed}" if ":" in first else fixed
            return urljoin(urljoin(self._base, self._context.base), relative)
        return fixed

    def _types(self, given: Any, path: Path) -> list[str]:
        types = []
        for kind in _listed(given):
            if kind is None:
                continue
            inside = (*path, "@type")
            if isinstance(kind, dict) and isinstance(kind.get("@id"), str):
                self._repair("type-object", inside, f"{kind['@id']} read from an object")
                kind = kind["@id"]
            if not isinstance(kind, str) or not kind.strip():
                self._lose("type-no-text", inside, f"{kind!r:.80} is no type name")
                continue
            types.append(self._term(kind, inside, "type").name)
            self.statements += 1
        return types

    def _term(self, name: str, path: Path, what: str) -> Term:
        """A property or type name that the processor will expand: as it is, or as an IRI."""
        term = self._context.term(name)
        if term.repair == "undefined":
            detail = f"{name!r} is not in the context, kept as <{term.name}>"
            self._repair(f"undefined-{what}", path, detail)
            return term
        self.used.update((name, name.partition(":")[0]))
        if term.repair:
            self._repair(term.repair, path, f"{name!r} written as {term.name!r}")
        return term

    # --- values --------------------------------------------------------------------------

    def _property(
        self, node: dict[str, Any], key: str, value: Any, path: Path, parent: str
    ) -> None:
        term = self._term(key, path, "property")
        if not term.countable:
            self.countable = self.flat = False
        values = self._values(value, path, term.refers, parent)
        if not values:
            return
        if term.refers and term.repair:
            # an IRI in its place has no coercion any more
            values = [{"@id": v} if isinstance(v, str) else v for v in values]
        if term.name in node:
            node[term.name] = [*_listed(node[term.name]), *values]
        else:
            node[term.name] = values if len(values) > 1 else values[0]

    def _values(self, value: Any, path: Path, refers: bool, parent: str) -> list[Any]:
        if isinstance(value, list):
            found = []
            for index, item in enumerate(value):
                found += self._values(item, (*path, index), refers, parent)
            return found
        if isinstance(value, dict):
            return self._object(value, path, refers, parent)
        if value is None:
            return []
        self.statements += 1
        if isinstance(value, str):
            return [self._reference(value, path) if refers else value]
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return [self._number(value, path)]
        return [value]

    def _number(self, value: float, path: Path) -> Any:
        if isinstance(value, int):
            if abs(value) < SAFE_INTEGER:
                return value
            if abs(value) >= _DOUBLE_FROM:
                self._repair("large-number", path, "kept as an integer with all its digits")
            return {"@type": XSD + "integer", "@value": str(value)}
        if isfinite(value):
            return value
        self._repair("large-number", path, "beyond what a double can hold, kept as infinite")
        return {"@type": XSD + "double", "@value": "INF" if value > 0 else "-INF"}

    def _object(self, value: dict[str, Any], path: Path, refers: bool, parent: str) -> list[Any]:
        value = self._without_aliases(value)
        if "@value" in value:
            return self._value_object(value, path)
        if "@set" in value:
            return self._values(value["@set"], (*path, "@set"), refers, parent)
        if "@list" in value:
            items = self._values(value["@list"], (*path, "@list"), refers, parent)
            # a list of n items is n first, n rest and the statement that points to it
            self.statements += len(items) + 1
            self.flat = False
            return [{"@list": items}]
        self.statements += 1
        return [self._node(value, path, parent)]

    def _value_object(self, value: dict[str, Any], path: Path) -> list[Any]:
        extra = sorted(value.keys() - _VALUE_KEYS)
        if extra:
            self._lose("value-object", path, f"{extra} beside @value", len(extra))
        content = value["@value"]
        if content is None:
            return []
        if isinstance(content, (dict, list)):
            self._repair("value-object", path, "a structured @value kept as JSON text")
            content = json.dumps(content, sort_keys=True)
        elif isinstance(content, float) and not isfinite(content):
            content = str(content)
        self.statements += 1
        kept: dict[str, Any] = {}
        datatype, language = value.get("@type"), value.get("@language")
        if isinstance(datatype, str):
            kept["@type"] = self._term(datatype, path, "datatype").name
        elif isinstance(language, str) and isinstance(content, str):
            kept["@language"] = language
        kept["@value"] = content
        return [kept]

    def _reverse(self, value: dict[str, Any], path: Path, parent: str) -> dict[str, Any]:
        reverse: dict[str, Any] = {}
        for key, nodes in value.items():
            inside = (*path, key)
            kept = []
            for index, node in enumerate(_listed(nodes)):
                if isinstance(node, dict):
                    self.statements += 1
                    kept.append(self._node(node, (*inside, index), parent))
                elif node is not None:
                    self._lose("reverse", inside, f"no object below @reverse: {node!r:.80}")
            if kept:
                reverse[self._term(key, inside, "property").name] = kept
        return reverse

    # --- what was noticed ----------------------------------------------------------------

    def _repair(self, code: str, path: Path, detail: str) -> None:
        self._findings.repaired(code, shown(path), detail)

    def _lose(self, code: str, path: Path, detail: str, count: int = 1) -> None:
        self._findings.lost(code, shown(path), detail, count)

    def _too_deep(self, path: Path) -> InvalidSource:
        return InvalidSource(
            f"entities nested more than {MAX_NESTING} deep at {shown(path)[:200]}",
            where=self._where,
            todo="write the entities flattened in one @graph, referring to each other by @id",
        )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(k): _without_surrogates(v) for k, v in value.items()}
    return value
