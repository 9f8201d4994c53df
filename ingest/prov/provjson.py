"""Reading PROV-JSON (W3C Member Submission of 24 April 2013)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.findings import Findings
from ingest.prov.attributes import typed_value
from ingest.prov.faults import Faults
from ingest.prov.model import (
    PROV,
    XSD,
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

_PREFIXES = "prefix"
_BUNDLES = "bundle"
_TIMES = {"time", "startTime", "endTime"}
# of a dictionary's records; PROV-JSON itself has none, these are the names of the extension
_PAIRS = {"key-entity-set", "keyEntitySet", "key-set", "keySet"}
_KINDS: dict[str, tuple[str, ...]] = (
    ELEMENTS | {kind: r.arguments for kind, r in RELATIONS.items()} | DICTIONARY
)


def record_keys() -> frozenset[str]:
    """The keys of a PROV-JSON document that hold records."""
    return frozenset(_KINDS) | {k for k in SUBTYPES if k != _BUNDLES}


def read_provjson(parsed: Any, where: str, findings: Findings) -> ProvRecords:
    """The records of a PROV-JSON document. Raises InvalidSource that names the paths."""
    faults = Faults("PROV-JSON", where)
    document = _Reader(where, findings, faults).document(parsed)
    faults.refuse()
    return document


@dataclass
class _Reader:
    where: str
    findings: Findings
    faults: Faults
    referenced: set[str] = field(default_factory=set)

    def document(self, parsed: Any) -> ProvRecords:
        read = ProvRecords()
        if not isinstance(parsed, dict):
            self.faults.add("$", f"an object is meant, found {_show(parsed)}")
            return read
        self.referenced = set(_references(parsed))
        scope = self._scope(parsed, None, "$")
        read.records = list(self._records(parsed, scope, "$"))
        bundles = parsed.get(_BUNDLES, {})
        if not isinstance(bundles, dict):
            self.faults.add(f"$.{_BUNDLES}", f"an object is meant, found {_show(bundles)}")
            return read
        for name, contents in bundles.items():
            path = f"$.{_BUNDLES}[{name!r}]"
            for content in contents if isinstance(contents, list) else [contents]:
                if not isinstance(content, dict):
                    self.faults.add(path, f"an object is meant, found {_show(content)}")
                    continue
                inner = self._scope(content, scope, path)
                try:
                    bundle = BundleRecords(inner.expand(name))
                except UnknownPrefix as error:
                    self.faults.add(path, str(error))
                    continue
                bundle.records = list(self._records(content, inner, path))
                read.bundles.append(bundle)
        return read

    def _scope(self, content: dict[str, Any], outer: Namespaces | None, path: str) -> Namespaces:
        scope = outer.inner() if outer is not None else Namespaces(self.findings)
        declared = content.get(_PREFIXES, {})
        if not isinstance(declared, dict):
            self.faults.add(f"{path}.prefix", f"an object is meant, found {_show(declared)}")
            return scope
        for prefix, iri in declared.items():
            if not isinstance(iri, str):
                self.faults.add(f"{path}.prefix.{prefix}", f"no address: {_show(iri)}")
                continue
            place = f"{self.where}: {path}.prefix"
            scope.declare("" if prefix == "default" else prefix, iri, place)
        return scope

    def _records(self, content: dict[str, Any], scope: Namespaces, path: str) -> Iterator[Record]:
        for key, records in content.items():
            if key in (_PREFIXES, _BUNDLES):
                continue
            word = key.removeprefix("prov:").removeprefix("provext:")
            kind, subtype = SUBTYPES.get(word, (word, None))
            if kind not in _KINDS:
                count = len(records) if isinstance(records, dict) else 1
                detail = f"{key!r} is no kind of record that PROV has"
                self.findings.lost("unknown-record", f"{self.where}: {path}", detail, count)
                continue
            if not isinstance(records, dict):
                self.faults.add(f"{path}.{key}", f"an object is meant, found {_show(records)}")
                continue
            for id_, bodies in records.items():
                for body in bodies if isinstance(bodies, list) else [bodies]:
                    place = f"{path}.{key}[{id_!r}]"
                    if not isinstance(body, dict):
                        self.faults.add(place, f"an object is meant, found {_show(body)}")
                        continue
                    try:
                        yield from self._record(kind, subtype, id_, body, scope, place)
                    except UnknownPrefix as error:
                        self.faults.add(place, str(error))

    def _record(
        self,
        kind: str,
        subtype: str | None,
        id_: str,
        body: dict[str, Any],
        scope: Namespaces,
        place: str,
    ) -> Iterator[Record]:
        names = {f"prov:{argument}": argument for argument in _KINDS[kind]}
        given: dict[str, list[Value]] = {}
        attributes: list[tuple[str, Value]] = []
        pairs: list[tuple[Value, Value | None]] = []
        for key, written in body.items():
            argument = names.get(key)
            if argument is not None:
                given[argument] = list(self._arguments(argument, written, scope, place))
            elif key.removeprefix("prov:") in _PAIRS:
                pairs += self._pairs(written, scope, place)
            else:
                attribute = scope.expand(key)
                values = written if isinstance(written, list) else [written]
                attributes += [(attribute, v) for v in self._values(values, scope, place)]
        if subtype is not None:
            attributes.append((PROV + "type", Name(subtype)))
        named = id_ if not id_.startswith("_:") or id_ in self.referenced else None
        iri = scope.expand(id_) if kind in ELEMENTS else (named and scope.expand(named))
        where = f"{self.where}: {place}"
        # a record that names several members stands for as many
        for nth in range(max([len(v) for v in given.values()], default=1) or 1):
            arguments = tuple(
                given[a][min(nth, len(given[a]) - 1)] if given.get(a) else None
                for a in _KINDS[kind]
            )
            yield Record(kind, iri or None, arguments, tuple(attributes), where, tuple(pairs))

    def _arguments(
        self, argument: str, written: Any, scope: Namespaces, place: str
    ) -> Iterator[Value]:
        for value in written if isinstance(written, list) else [written]:
            if isinstance(value, dict) and argument != "key":
                value = value.get("$")
            if argument == "key":
                yield from self._values([value], scope, place)
            elif not isinstance(value, str):
                self.faults.add(f"{place}.{argument}", f"a name is meant: {_show(value)}")
            elif argument in _TIMES:
                yield Text(value, XSD_DATETIME)
            else:
                yield Name(scope.expand(value))

    def _values(self, values: list[Any], scope: Namespaces, place: str) -> Iterator[Value]:
        for value in values:
            if isinstance(value, dict):
                if "$" not in value:
                    self.faults.add(place, f"a value without '$': {_show(value)}")
                    continue
                plain = _plain(value["$"])
                if plain is None:
                    self.faults.add(place, f"no plain value: {_show(value['$'])}")
                    continue
                datatype, language = value.get("type"), value.get("lang")
                if not isinstance(datatype, str | None) or not isinstance(language, str | None):
                    self.faults.add(place, f"type and lang are texts: {_show(value)}")
                    continue
                yield typed_value(plain.value, datatype, language, scope)
            else:
                plain = _plain(value)
                if plain is None:
                    self.faults.add(place, f"no plain value: {_show(value)}")
                    continue
                yield plain

    def _pairs(
        self, written: Any, scope: Namespaces, place: str
    ) -> Iterator[tuple[Value, Value | None]]:
        for pair in written if isinstance(written, list) else [written]:
            if isinstance(pair, dict) and "key" in pair and "$" in pair:
                for key in self._values([pair["key"]], scope, place):
                    yield key, Name(scope.expand(str(pair["$"])))
            else:
                for key in self._values([pair], scope, place):
                    yield key, None


def _plain(value: Any) -> Text | None:
    if isinstance(value, bool):
        return Text("true" if value else "false", XSD + "boolean")
    if isinstance(value, int):
        return Text(str(value), XSD + "int")
    if isinstance(value, float):
        return Text(repr(value), XSD + "double")
    return Text(value) if isinstance(value, str) else None


def _references(content: Any) -> Iterator[str]:
    """The unnamed relations that derivations refer to."""
    if isinstance(content, dict):
        for key, value in content.items():
            if key in ("prov:generation", "prov:usage") and isinstance(value, str):
                yield value
            else:
                yield from _references(value)
    elif isinstance(content, list):
        for value in content:
            yield from _references(value)


def _show(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
