"""Which properties of the aligned graphs an export follows, keeps, or leaves to the lineage."""

from __future__ import annotations

from kg_service.terms import dcterms, kg, prov

# what a lineage's own edges tell, and the inverses in which a source may have said it
LINEAGE = frozenset(
    map(
        prov,
        """
        used wasGeneratedBy wasDerivedFrom wasInformedBy hadMember generated influenced invalidated
        wasInfluencedBy qualifiedInfluence qualifiedStart qualifiedEnd wasStartedBy wasEndedBy
        hadDictionaryMember derivedByInsertionFrom derivedByRemovalFrom qualifiedInsertion
        qualifiedRemoval qualifiedInvalidation asInBundle
        """.split(),
    )
)
# relations that are kept where both ends are told of
WITHIN = frozenset(
    (
        *map(
            prov,
            """
            wasRevisionOf wasQuotedFrom hadPrimarySource specializationOf alternateOf mentionOf
            wasInvalidatedBy
            """.split(),
        ),
        *map(kg, ("controls", "organized", "partOfRun")),
    )
)
# nodes that qualify a step of lineage
INFLUENCES = frozenset(
    prov(f"qualified{kind}")
    for kind in (
        "Usage", "Generation", "Derivation", "Revision", "Quotation", "PrimarySource",
        "Communication",
    )
)  # fmt: skip
# what leads to context
FOLLOWED = frozenset(
    (
        *map(
            prov,
            """
            wasAssociatedWith wasAttributedTo actedOnBehalfOf atLocation agent hadPlan hadRole
            qualifiedAssociation qualifiedAttribution qualifiedDelegation
            """.split(),
        ),
        *map(
            kg,
            """
            hadPlan usedInstrument usedTechnique engine containerImage resourceUsage environment
            configuration log parameterValue characteristic partOf partOfRun facility affiliation
            formalParameter property requires hasTool hasStep stepTool wraps input output connection
            sourceParameter targetParameter registry
            """.split(),
        ),
        *map(dcterms, "creator contributor publisher license type subject rightsHolder".split()),
    )
)
