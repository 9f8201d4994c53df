"""BioCompute Objects as triples, in the standard's own field names.

An object is its ``object_id`` where that is an address that means the same everywhere, and
only one object of the file has it; else ``{base}objects/{id}``. A domain is a node of its
own, whose properties are its fields.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from ingest.biocompute.data import Data, data_of
from ingest.biocompute.objects import BioComputeObject
from ingest.biocompute.people import PERSON_FIELDS, person_of
from ingest.biocompute.steps import Step, by_number, parameters_of, steps_of, variables_of
from ingest.findings import Findings
from ingest.iri import segment
from ingest.json_graph import JsonGraph, address_node, canonical, is_global, is_scalar, json_literal
from ingest.triples import literal, skolem, typed

NAMESPACE = "https://w3id.org/kg-service/biocompute#"
_DATA_FIELDS = {
    *("input_subdomain", "output_subdomain", "reference_uri_list", "prerequisite", "prerequisites"),
    *("input_list", "output_list", "input_uri_list", "output_uri_list"),
    *("script", "external_data_endpoints"),
}
_KINDS = {"script": "Script", "external_data_endpoints": "DataEndpoint"}
# written where an address is not known: no two of them are the same thing
_PLACEHOLDERS = frozenset(
    {"n/a", "na", "none", "null", "nil", "tbd", "todo", "unknown", "-", "?", "not applicable"}
)
_FREE = frozenset({"empirical_error", "algorithmic_error"})
_EXTENSIONS = frozenset({"scm_extension", "fhir_extension"})


@dataclass
class Graph:
    """Writes the triples of one source below ``base``."""

    objects: list[BioComputeObject]
    base: str
    findings: Findings
    json: JsonGraph = field(init=False)
    _checksums: dict[NamedNode, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.json = JsonGraph(NAMESPACE, self.base)

    def triples(self) -> Iterator[Triple]:
        """All statements of the source."""
        counts = Counter(o.identifier for o in self.objects)
        taken: set[str] = set()
        for one in self.objects:
            key = self._key(one, counts[one.identifier] > 1)
            if key in taken:
                self.findings.warned("duplicate-object", one.where, "the same as one before it")
                continue
            taken.add(key)
            yield from _ObjectGraph(self, one, key).triples()

    def _key(self, one: BioComputeObject, shared: bool) -> str:
        """What names an object within the source."""
        if one.identifier and not shared:
            return one.identifier
        own = one.record.get("object_id") or one.record.get("pk")
        if shared:
            self.findings.warned(
                "shared-object-id", one.where, f"other objects here have {one.identifier!r} too"
            )
        content = canonical([one.data, one.record])
        digest = skolem(self.base, "object", content).value.rpartition("/")[2][:12]
        return "/".join(str(p) for p in (one.identifier, own, digest) if p)

    def note_checksum(self, node: NamedNode, found: Data) -> None:
        """The same address with another checksum is other content, at another time."""
        checksum = str(found.fields.get("sha1_checksum") or found.fields.get("sha1_chksum") or "")
        if checksum and self._checksums.setdefault(node, checksum) != checksum:
            self.findings.warned("checksum-differs", found.where, "both checksums are kept")


@dataclass
class _ObjectGraph:
    graph: Graph
    one: BioComputeObject
    key: str
    _steps: dict[str, NamedNode] = field(default_factory=dict)

    @property
    def _json(self) -> JsonGraph:
        return self.graph.json

    @property
    def _path(self) -> str:
        return f"{self.graph.base}objects/{segment(self.key)}"

    def triples(self) -> Iterator[Triple]:
        one, term = self.one, self._json.term
        node = address_node(self.key, self.graph.base, "objects")
        if self.key != one.identifier:
            node = NamedNode(self._path)
        yield typed(node, term("BioComputeObject"))
        if one.record:
            record = NamedNode(f"{self._path}/record")
            yield typed(record, term("Record"))
            yield Triple(record, term("contents"), node)
            yield from self._json.fields(record, one.record)
        self._number_steps()
        for name, value in one.data.items():
            where = f"{one.where}.{name}"
            if name == "parametric_domain":
                yield from self._parameters(node, value, where)
            elif name == "extension_domain":
                yield from self._extensions(node, value, where)
            elif name.endswith("_domain") and isinstance(value, dict):
                domain = NamedNode(f"{self._path}/{segment(name)}")
                kind = "".join(word.capitalize() for word in name.split("_"))
                yield Triple(node, term(name), domain)
                yield typed(domain, term(kind))
                for inner, content in value.items():
                    yield from self._field(domain, inner, content, f"{where}.{inner}")
            else:
                yield from self._json.field(node, name, value)

    def _number_steps(self) -> None:
        value = self.one.domain("description_domain").get("pipeline_steps")
        for number, step in by_number(steps_of(value, "")).items():
            self._steps[number] = self._step_node(step)

    def _step_node(self, step: Step) -> NamedNode:
        return NamedNode(f"{self._path}/steps/{step.key}")

    def _field(self, node: NamedNode, name: str, value: Any, where: str) -> Iterator[Triple]:
        """A field of a domain or of a step."""
        if name == "pipeline_steps":
            yield from self._pipeline(node, value, where)
        elif name in ("contributors", "review"):
            yield from self._people(node, name, value, where)
        elif name == "derived_from":
            yield from self._derived_from(node, value)
        elif name == "software_prerequisites":
            yield from self._software(node, value, where)
        elif name in ("environment_variables", "env_parameters"):
            for variable in variables_of(value):
                child = self._json.part("environment", variable)
                yield Triple(node, self._json.term(name), child)
                yield typed(child, self._json.term("EnvironmentVariable"))
                yield from self._json.fields(child, variable)
        elif name == "script" and _is_text(value):
            yield Triple(node, self._json.term(name), Literal(value))
        elif name in _DATA_FIELDS:
            yield from self._data(node, name, value, where)
        elif name in _FREE and not is_scalar(value):
            if value:
                yield Triple(node, self._json.term(name), json_literal(value))
        else:
            yield from self._json.field(node, name, value)

    def _data(self, node: NamedNode, name: str, value: Any, where: str) -> Iterator[Triple]:
        for found in data_of(value, where):
            yield from self._named(node, name, found, _KINDS.get(name, "Data"))

    def _named(self, node: NamedNode, name: str, found: Data, kind: str) -> Iterator[Triple]:
        """That a field names data, and what is said of the data."""
        target = self._data_node(found)
        yield Triple(node, self._json.term(name), target)
        yield typed(target, self._json.term(kind))
        if found.uri is not None:
            yield Triple(target, self._json.term("uri"), Literal(found.uri))
        yield from self._json.fields(target, found.fields)
        self.graph.note_checksum(target, found)

    def _data_node(self, found: Data) -> NamedNode:
        """An address that means the same everywhere; any other names data of this object only."""
        findings, folder = self.graph.findings, f"objects/{segment(self.key)}/data"
        if found.uri is None or found.uri.casefold() in _PLACEHOLDERS:
            findings.warned("no-uri", found.where, "told apart by file name, else by place")
            name = found.fields.get("filename")
            place = name if isinstance(name, str) and name else found.where
            return skolem(self.graph.base, folder, str(place))
        node = address_node(found.uri, self.graph.base, folder)
        if node.value != found.uri and is_global(found.uri):
            findings.repaired("invalid-iri", found.where, f"{found.uri!r}")
        return node

    def _pipeline(self, node: NamedNode, value: Any, where: str) -> Iterator[Triple]:
        steps = steps_of(value, where)
        if not isinstance(value, (list, dict)) or len(steps) < len(value) * isinstance(value, list):
            self.graph.findings.lost("no-step", where, f"no object: {canonical(value)[:80]}")
        for step in steps:
            child = self._step_node(step)
            yield Triple(node, self._json.term("pipeline_steps"), child)
            yield typed(child, self._json.term("PipelineStep"))
            for name, content in step.data.items():
                yield from self._field(child, name, content, f"{step.where}.{name}")

    def _parameters(self, node: NamedNode, value: Any, where: str) -> Iterator[Triple]:
        for number, parameter in enumerate(parameters_of(value)):
            child = self._json.part("parameter", parameter, self.key, str(number))
            yield Triple(node, self._json.term("parametric_domain"), child)
            yield typed(child, self._json.term("Parameter"))
            yield from self._json.fields(child, parameter, skip={"step"})
            step = parameter.get("step")
            if isinstance(step, (str, int, float)) and str(step).strip():
                named = self._steps.get(str(step).strip())
                yield Triple(child, self._json.term("step"), named or literal(step))
                if named is None:
                    self.graph.findings.warned("no-such-step", where, f"a parameter of {step!r}")
            elif step is not None:
                yield from self._json.field(child, "step", step)

    def _extensions(self, node: NamedNode, value: Any, where: str) -> Iterator[Triple]:
        """A list of extensions, each with its schema; drafts have one object by name."""
        for item in value if isinstance(value, list) else [value]:
            if not isinstance(item, dict):
                yield from self._json.field(node, "extension_domain", item)
                continue
            child = self._json.part("extension", item, self.key)
            yield Triple(node, self._json.term("extension_domain"), child)
            yield typed(child, self._json.term("Extension"))
            for name, content in item.items():
                if name in _EXTENSIONS or is_scalar(content):
                    yield from self._json.field(child, name, content)
                elif content:
                    part = self._json.part("extension-content", content, name)
                    yield Triple(child, self._json.term("content"), part)
                    yield Triple(part, self._json.term("extension_name"), Literal(name))
                    yield Triple(part, self._json.term("json"), json_literal(content))

    def _software(self, node: NamedNode, value: Any, where: str) -> Iterator[Triple]:
        for number, item in enumerate(value if isinstance(value, list) else [value]):
            entry = {"name": item} if isinstance(item, str) and item else item
            if not isinstance(entry, dict):
                yield from self._json.field(node, "software_prerequisites", entry)
                continue
            child = self._json.part("software", entry)
            yield Triple(node, self._json.term("software_prerequisites"), child)
            yield typed(child, self._json.term("Software"))
            yield from self._json.fields(child, entry, skip={"uri"})
            for found in data_of(entry.get("uri"), f"{where}[{number}].uri"):
                yield from self._named(child, "download", found, "Download")

    def _derived_from(self, node: NamedNode, value: Any) -> Iterator[Triple]:
        for found in data_of(value, ""):
            identifier = found.uri or found.fields.get("object_id")
            if isinstance(identifier, str) and identifier.strip():
                other = address_node(identifier.strip(), self.graph.base, "objects")
                yield Triple(node, self._json.term("derived_from"), other)
                yield Triple(other, self._json.term("object_id"), Literal(identifier.strip()))

    def _people(self, node: NamedNode, name: str, value: Any, where: str) -> Iterator[Triple]:
        """Contributors with their contributions, and reviews with their reviewers."""
        for number, item in enumerate(value if isinstance(value, list) else [value]):
            if item in (None, "", {}):
                continue
            entry = item if isinstance(item, dict) else {"name": item}
            child = self._json.part(name, entry, self.key, str(number))
            yield Triple(node, self._json.term(name), child)
            yield typed(child, self._json.term("Review" if name == "review" else "Contribution"))
            who = entry.get("reviewer") if name == "review" else entry
            person = person_of(who)
            if person is None:
                self.graph.findings.warned("no-person", f"{where}[{number}]", "nobody is named")
                yield from self._json.fields(child, entry)
                continue
            someone = NamedNode(self.graph.base + person.path)
            yield Triple(child, self._json.term("person"), someone)
            yield typed(someone, self._json.term("Person"))
            for part, text in person.fields.items():
                yield Triple(someone, self._json.term(part), Literal(text))
            if name == "review":
                yield from self._json.fields(child, entry, skip={"reviewer"})
            if isinstance(who, dict):
                yield from self._json.fields(child, who, skip=set(PERSON_FIELDS) | {"review"})


def _is_text(value: Any) -> bool:
    """Whether a script is its own text, not the address of one."""
    return isinstance(value, str) and any(c.isspace() for c in value.strip())
