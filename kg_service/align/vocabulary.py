"""The target vocabulary: which PROV-O, kg and Dublin Core terms there are, and how they nest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, parse

from kg_service.terms import DCTERMS_NS, KG_NS, OWL_NS, PROV_NS, RDF_TYPE, RDFS_NS

_SUBCLASS = NamedNode(RDFS_NS + "subClassOf")
_CLASS = NamedNode(OWL_NS + "Class")
_CLASSES_OF_PROV = """
    Entity Activity Agent Collection EmptyCollection Bundle Person SoftwareAgent Organization
    Location Influence EntityInfluence Usage Start End Derivation PrimarySource Quotation Revision
    ActivityInfluence Generation Communication Invalidation AgentInfluence Attribution Association
    Plan Delegation InstantaneousEvent Role Dictionary EmptyDictionary KeyEntityPair Insertion
    Removal
"""
_PROPERTIES_OF_PROV = """
    wasGeneratedBy wasDerivedFrom wasAttributedTo startedAtTime used wasInformedBy endedAtTime
    wasAssociatedWith actedOnBehalfOf alternateOf specializationOf generatedAtTime hadPrimarySource
    value wasQuotedFrom wasRevisionOf invalidatedAtTime wasInvalidatedBy hadMember wasStartedBy
    wasEndedBy invalidated influenced atLocation generated wasInfluencedBy qualifiedInfluence
    qualifiedGeneration qualifiedDerivation qualifiedPrimarySource qualifiedQuotation
    qualifiedRevision qualifiedAttribution qualifiedInvalidation qualifiedStart qualifiedUsage
    qualifiedCommunication qualifiedAssociation qualifiedEnd qualifiedDelegation influencer entity
    hadUsage hadGeneration activity agent hadPlan hadActivity atTime hadRole mentionOf asInBundle
    hadDictionaryMember pairKey pairEntity derivedByInsertionFrom derivedByRemovalFrom
    qualifiedInsertion qualifiedRemoval insertedKeyEntityPair removedKey dictionary
"""
# PROV-O, sections 3.1 and 3.2: rdfs:subClassOf among its own classes
_PARENTS_IN_PROV = {
    "Plan": "Entity",
    "Collection": "Entity",
    "EmptyCollection": "Collection",
    "Bundle": "Entity",
    "Person": "Agent",
    "Organization": "Agent",
    "SoftwareAgent": "Agent",
}
_CLASSES_OF_DCTERMS = """
    Agent AgentClass BibliographicResource FileFormat Frequency Jurisdiction LicenseDocument
    LinguisticSystem Location LocationPeriodOrJurisdiction MediaType MediaTypeOrExtent
    MethodOfAccrual MethodOfInstruction PeriodOfTime PhysicalMedium PhysicalResource Policy
    ProvenanceStatement RightsStatement SizeOrDuration Standard
"""
_PROPERTIES_OF_DCTERMS = """
    abstract accessRights accrualMethod accrualPeriodicity accrualPolicy alternative audience
    available bibliographicCitation conformsTo contributor coverage created creator date
    dateAccepted dateCopyrighted dateSubmitted description educationLevel extent format hasFormat
    hasPart hasVersion identifier instructionalMethod isFormatOf isPartOf isReferencedBy
    isReplacedBy isRequiredBy issued isVersionOf language license mediator medium modified
    provenance publisher references relation replaces requires rights rightsHolder source spatial
    subject tableOfContents temporal title type valid
"""


@dataclass(frozen=True)
class TargetVocabulary:
    """``classes`` and ``properties`` are IRIs; ``superclasses`` are closed upwards."""

    classes: frozenset[str]
    properties: frozenset[str]
    superclasses: Mapping[str, list[str]]

    @classmethod
    def load(cls, ontology: Path) -> TargetVocabulary:
        """PROV-O, Dublin Core terms, and the service's ontology from its file."""
        parents: dict[str, list[str]] = defaultdict(list)
        for kind, parent in _PARENTS_IN_PROV.items():
            parents[PROV_NS + kind].append(PROV_NS + parent)
        classes = {PROV_NS + name for name in _CLASSES_OF_PROV.split()}
        classes |= {DCTERMS_NS + name for name in _CLASSES_OF_DCTERMS.split()}
        properties = {PROV_NS + name for name in _PROPERTIES_OF_PROV.split()}
        properties |= {DCTERMS_NS + name for name in _PROPERTIES_OF_DCTERMS.split()}
        properties |= {RDFS_NS + "label", OWL_NS + "sameAs"}
        for quad in parse(path=str(ontology), format=RdfFormat.TURTLE):
            subject, object_ = quad.subject, quad.object
            if not isinstance(subject, NamedNode) or not isinstance(object_, NamedNode):
                continue
            if quad.predicate == _SUBCLASS:
                parents[subject.value].append(object_.value)
            elif quad.predicate == RDF_TYPE and subject.value.startswith(KG_NS):
                (classes if object_ == _CLASS else properties).add(subject.value)
        return cls(frozenset(classes), frozenset(properties), _closure(parents))

    def is_known(self, iri: str) -> bool:
        return iri in self.classes or iri in self.properties


def _closure(parents: Mapping[str, list[str]]) -> dict[str, list[str]]:
    closed: dict[str, list[str]] = {}
    for kind in parents:
        found: dict[str, None] = {}
        pending = list(parents[kind])
        while pending:
            parent = pending.pop()
            if parent not in found:
                found[parent] = None
                pending += parents.get(parent, ())
        closed[kind] = list(found)
    return closed
