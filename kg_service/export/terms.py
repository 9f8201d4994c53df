"""Which properties of the aligned graphs an export follows, keeps, or leaves to the lineage."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode

from kg_service.terms import DCTERMS_NS, KG_NS, PROV_NS, SCHEMA_NS


def _terms(namespace: str, names: str) -> Iterator[NamedNode]:
    return (NamedNode(namespace + name) for name in names.split())


# what only asserted graphs tell, and a crate must
LANGUAGE = NamedNode(SCHEMA_NS + "programmingLanguage")
OF_LANGUAGE = tuple(_terms(SCHEMA_NS, "name alternateName identifier url version"))
# what a lineage's own edges tell, and the inverses in which a source may have said it
LINEAGE = frozenset(
    _terms(
        PROV_NS,
        """
        used wasGeneratedBy wasDerivedFrom wasInformedBy hadMember generated influenced invalidated
        wasInfluencedBy qualifiedInfluence qualifiedStart qualifiedEnd wasStartedBy wasEndedBy
        hadDictionaryMember derivedByInsertionFrom derivedByRemovalFrom qualifiedInsertion
        qualifiedRemoval qualifiedInvalidation asInBundle
        """,
    )
)
# relations that are kept where both ends are told of
WITHIN = frozenset(
    (
        *_terms(
            PROV_NS,
            """
            wasRevisionOf wasQuotedFrom hadPrimarySource specializationOf alternateOf mentionOf
            wasInvalidatedBy
            """,
        ),
        *_terms(KG_NS, "controls organized partOfRun"),
    )
)
# nodes that qualify a step of lineage
INFLUENCES = frozenset(
    _terms(
        PROV_NS,
        """
        qualifiedUsage qualifiedGeneration qualifiedDerivation qualifiedRevision qualifiedQuotation
        qualifiedPrimarySource qualifiedCommunication
        """,
    )
)
# what leads to context
FOLLOWED = frozenset(
    (
        *_terms(
            PROV_NS,
            """
            wasAssociatedWith wasAttributedTo actedOnBehalfOf atLocation agent hadPlan hadRole
            qualifiedAssociation qualifiedAttribution qualifiedDelegation
            """,
        ),
        *_terms(
            KG_NS,
            """
            hadPlan usedInstrument usedTechnique engine containerImage resourceUsage environment
            configuration log parameterValue characteristic partOf partOfRun facility affiliation
            formalParameter property requires hasTool hasStep stepTool wraps input output connection
            sourceParameter targetParameter registry
            """,
        ),
        *_terms(DCTERMS_NS, "creator contributor publisher license type subject rightsHolder"),
    )
)
