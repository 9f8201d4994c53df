"""The entities of a run crate: one for each thing that an account tells of.

What is laboratory work is a ``LabProcess`` with samples and protocols as Bioschemas has them;
what is a run of software a ``CreateAction`` as Process Run Crate has it, which must name that
software; any other activity is an ``Action``. Kinds that these types do not tell are given
beside them as ``kg:`` types, so that nothing is lost on reading.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import Literal, NamedNode

from kg_service.catalogue import SourceRecord
from kg_service.export.account import Account
from kg_service.export.crate_terms import (
    ENTAILED,
    PROPERTIES,
    RUNS,
    SOFTWARE,
    STATUSES,
    TYPES,
)
from kg_service.terms import KG_NS, PROV_NS, RDF_TYPE, XSD_NS, kg, prov, shorten

_USED, _GENERATED, _MEMBER = prov("used"), prov("wasGeneratedBy"), prov("hadMember")
_HAD_PLAN, _INSTRUMENT = kg("hadPlan"), kg("usedInstrument")
_CONTROLS, _ORGANIZED = kg("controls"), kg("organized")
_HAS_STEP, _STEP_TOOL, _STATUS = kg("hasStep"), kg("stepTool"), kg("status")
_AGENT = prov("wasAssociatedWith")
_TYPED_BY_KG = (KG_NS, PROV_NS)
# told by other means: an association by its action's agent and instrument
_LEFT_OUT = {
    prov("qualifiedAssociation"),
    prov("qualifiedAttribution"),
    prov("qualifiedDelegation"),
    prov("qualifiedUsage"),
    prov("qualifiedGeneration"),
    prov("qualifiedDerivation"),
    prov("qualifiedCommunication"),
}
_CLASSES_LEFT_OUT = {"Association", "Attribution", "Delegation", "Usage", "Generation",
                     "Derivation", "Communication"}  # fmt: skip
_INTEGER = XSD_NS + "integer"


@dataclass
class CrateEntity:
    """An entity as it will be written: ``properties`` hold lists of values and references."""

    id: str
    types: list[str]
    kinds: frozenset[str]
    properties: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))

    def is_a(self, *types: str) -> bool:
        return not set(types).isdisjoint(self.types)

    def add(self, name: str, value: Any) -> None:
        """One more value, once."""
        if value not in self.properties[name]:
            self.properties[name].append(value)

    def ids(self, name: str) -> list[str]:
        """The entities that a property refers to."""
        return [v["@id"] for v in self.properties.get(name, ()) if isinstance(v, dict)]


def ref(iri: str) -> dict[str, str]:
    """A reference to an entity."""
    return {"@id": iri}


def told_by(source: SourceRecord) -> str:
    """The IRI of what a source says: of its graph, as in the other formats.

    Not the source's own, which often differs from that of its root dataset by a slash alone;
    ro-crate-py takes such two for one.
    """
    return min(source.aligned_graphs)


class CrateEntities:
    """Makes the entities of an account, by id, nodes of the lineage first."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._told: dict[NamedNode, dict[NamedNode, list[NamedNode | Literal]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for quad in (*account.statements, *account.relations, *account.outer):
            assert isinstance(quad.subject, NamedNode)
            assert isinstance(quad.object, (NamedNode, Literal))
            values = self._told[quad.subject][quad.predicate]
            if quad.object not in values:
                values.append(quad.object)
        self._made = {q.object for q in (*account.relations, *account.outer)
                      if q.predicate == _GENERATED}  # fmt: skip
        self.all: dict[str, CrateEntity] = {}
        for node in account.things:
            self._begin(node)
        for node in account.things:
            if node.value in self.all:
                self._fill(node, self.all[node.value])
        self._join()
        self._add_languages()

    def _begin(self, node: NamedNode) -> None:
        """An entity of the right types, with nothing in it yet."""
        kinds = frozenset(
            value.value.removeprefix(KG_NS).removeprefix(PROV_NS)
            for value in self._told[node][RDF_TYPE]
            if value.value.startswith(_TYPED_BY_KG)
        )
        if kinds & _CLASSES_LEFT_OUT:
            return
        if node in self._account.activities:
            types = self._types_of_activity(node, kinds)
        else:
            types = _types_of_thing(kinds)
            if "ComputationalWorkflow" in types and self._told[node][_HAS_STEP]:
                types.append("HowTo")
        entailed = {kind for type_ in types for kind in ENTAILED.get(type_, ())}
        entailed |= {"Specimen"} if "Sample" in types else set()
        extra = [
            f"kg:{value.value.removeprefix(KG_NS)}"
            for value in self._told[node][RDF_TYPE]
            if value.value.startswith(KG_NS) and value.value.removeprefix(KG_NS) not in entailed
        ]
        entity = CrateEntity(node.value, [*types, *sorted(extra)], kinds)
        if "Specimen" in kinds and "Sample" in types:
            entity.add("additionalType", "Specimen")
        self.all[node.value] = entity

    def _types_of_activity(self, node: NamedNode, kinds: frozenset[str]) -> list[str]:
        told = self._told[node]
        if "LabProcess" in kinds:
            return ["Action", "LabProcess"]
        if "Assessment" in kinds:
            return ["AssessAction"]
        if not told[_USED] and node not in self._made:
            if "StepRun" in kinds and self._is_complete_step(node):
                return ["ControlAction"]
            if "EngineRun" in kinds and self._is_complete_engine(node):
                return ["OrganizeAction"]
        plans = [p for p in told[_HAD_PLAN] if isinstance(p, NamedNode)]
        if plans and all(self._is_software(plan) for plan in plans):
            return ["CreateAction"]
        return ["Action"]

    def _is_software(self, node: NamedNode) -> bool:
        kinds = {value.value.removeprefix(KG_NS) for value in self._told[node][RDF_TYPE]}
        return bool(kinds & {"Software", "Workflow"})

    def _is_complete_step(self, node: NamedNode) -> bool:
        """Provenance Run Crate wants a step, its tool, and the run that the step led to."""
        told = self._told[node]
        plans = [p for p in told[_HAD_PLAN] if isinstance(p, NamedNode)]
        return bool(told[_CONTROLS]) and any(self._told[p][_STEP_TOOL] for p in plans)

    def _is_complete_engine(self, node: NamedNode) -> bool:
        told = self._told[node]
        engines = [p for p in told[_HAD_PLAN] if isinstance(p, NamedNode)]
        return bool(
            told[_CONTROLS] and told[_ORGANIZED] and any(self._is_software(e) for e in engines)
        )

    def _fill(self, node: NamedNode, entity: CrateEntity) -> None:
        told = self._told[node]
        for predicate, values in list(told.items()):
            if predicate == RDF_TYPE or predicate in _LEFT_OUT:
                continue
            for value in values:
                self._tell(node, entity, predicate, value)
        for source in self._account.things[node].sources:
            entity.add("dcterms:source", ref(told_by(source)))
        if "name" not in entity.properties:
            entity.add("name", self._account.things[node].label)

    def _tell(
        self, node: NamedNode, entity: CrateEntity, predicate: NamedNode, value: NamedNode | Literal
    ) -> None:
        """One statement as a property of its subject, or of its object where a crate has it so."""
        written = _written(value)
        if predicate == _GENERATED:
            self.all[value.value].add("result", ref(node.value))
        elif predicate == _STATUS and value.value in STATUSES:
            entity.add("actionStatus", ref(STATUSES[value.value]))
        elif predicate == _HAD_PLAN:
            if entity.is_a(*RUNS) or entity.is_a("Action", "ControlAction", "OrganizeAction"):
                entity.add("instrument", written)
                plan = self.all.get(value.value)
                if entity.is_a("LabProcess") and plan and plan.is_a("LabProtocol"):
                    entity.add("executesLabProtocol", written)
            else:
                entity.add("kg:hadPlan", written)
        elif predicate == _INSTRUMENT:
            # Process Run Crate: the instrument of a CreateAction is software
            entity.add("instrument" if not entity.is_a(*RUNS) else "kg:usedInstrument", written)
        elif predicate == _AGENT:
            if value not in (*self._told[node][_HAD_PLAN], *self._told[node][_INSTRUMENT]):
                entity.add("agent", written)
        elif predicate == _MEMBER:
            entity.add("hasPart" if entity.is_a("Dataset", "Collection") else "prov:hadMember",
                       written)  # fmt: skip
        elif predicate == _CONTROLS and entity.is_a("ControlAction", "OrganizeAction"):
            entity.add("object", written)
        elif predicate == _ORGANIZED and entity.is_a("OrganizeAction"):
            entity.add("result", written)
        else:
            entity.add(self._name(entity, predicate), written)

    def _name(self, entity: CrateEntity, predicate: NamedNode) -> str:
        name = PROPERTIES.get(predicate.value)
        if name is None or not _fits(name, entity):
            return shorten(predicate.value)
        return name

    def _join(self) -> None:
        """Identity links, on both sides of a file that a person may read from either."""
        for link in self._account.links:
            for subject, predicate, object_ in link.statements():
                if subject.value in self.all:
                    entity = self.all[subject.value]
                    entity.add(self._name(entity, predicate), ref(object_.value))
        for node, why in self._account.stopped.items():
            for stop in why:
                self.all[node.value].add("kg:stopped", stop)

    def _add_languages(self) -> None:
        """The languages of workflows, which Workflow RO-Crate asks for."""
        for quad in self._account.languages:
            assert isinstance(quad.subject, NamedNode)
            assert isinstance(quad.object, (NamedNode, Literal))
            iri, name = quad.subject.value, quad.predicate.value.rpartition("/")[2]
            if iri not in self.all:
                self.all[iri] = CrateEntity(iri, ["ComputerLanguage"], frozenset())
            if quad.predicate != RDF_TYPE:
                self.all[iri].add(name, _written(quad.object))


def _fits(name: str, entity: CrateEntity) -> bool:
    """Whether a property means the same of this entity when it is read back."""
    if name == "additionalProperty":
        return entity.is_a("Sample")
    if name == "location":
        return entity.is_a("Action", "LabProcess", *RUNS)
    if name == "subjectOf":
        return entity.is_a("Action", *RUNS)
    if name == "workExample":
        return entity.is_a("HowToStep")
    if name in ("hasPart", "mainEntity"):
        return entity.is_a(*SOFTWARE)
    return True


def _types_of_thing(kinds: frozenset[str]) -> list[str]:
    if "Software" in kinds and "Workflow" not in kinds:
        types = ["SoftwareSourceCode" if "File" in kinds else "SoftwareApplication"]
    else:
        types = list(next((t for kind, t in TYPES if kind in kinds), ()))
    if "File" in kinds:
        types = ["File", *types]
    if not types:
        if "Agent" in kinds and "Entity" not in kinds:
            return ["prov:Agent"]
        types = ["CreativeWork"]
    return types


def _written(value: NamedNode | Literal) -> Any:
    if isinstance(value, NamedNode):
        return ref(value.value)
    if value.datatype.value == _INTEGER and value.value.lstrip("-").isascii():
        return int(value.value)
    return value.value
