"""What PROV-DM's expressions are called in PROV-N, PROV-JSON, PROV-XML and PROV-O: one table.

PROV-N section 3.7 gives the arguments, PROV-O table 5 the qualified forms. In each, the first
argument is what the statement is of and the second what influenced it.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingest.prov.model import PROV

EXTENSION = "http://openprovenance.org/prov/extension#"


@dataclass(frozen=True)
class Relation:
    """One kind of relation.

    ``arguments`` are their names in PROV-JSON and PROV-XML, in PROV-N's order. ``binary``
    relates the first to the second; ``qualified`` leads to the node of class ``class_``, which
    says the second by the property ``influencer`` and each further argument by its own in
    ``further``. All are IRIs but for the names of arguments.
    """

    kind: str
    arguments: tuple[str, ...]
    binary: str
    qualified: str
    class_: str
    influencer: str
    further: tuple[str, ...] = ()


def _prov(
    kind: str, arguments: str, class_: str, influencer: str, further: str = ""
) -> tuple[str, Relation]:
    return kind, Relation(
        kind,
        tuple(arguments.split()),
        PROV + kind,
        f"{PROV}qualified{class_}",
        PROV + class_,
        PROV + influencer,
        tuple(PROV + name for name in further.split()),
    )


def _extended(kind: str, arguments: str, class_: str) -> tuple[str, Relation]:
    # PROV-DM gives these no identifier and no attributes; ProvToolbox's extension does
    return kind, Relation(
        kind,
        tuple(arguments.split()),
        PROV + kind,
        f"{EXTENSION}qualified{class_}",
        EXTENSION + class_,
        PROV + "entity",
    )


RELATIONS: dict[str, Relation] = dict(
    (
        _prov("wasGeneratedBy", "entity activity time", "Generation", "activity", "atTime"),
        _prov("used", "activity entity time", "Usage", "entity", "atTime"),
        _prov("wasInformedBy", "informed informant", "Communication", "activity"),
        _prov(
            "wasStartedBy", "activity trigger starter time", "Start", "entity", "hadActivity atTime"
        ),
        _prov("wasEndedBy", "activity trigger ender time", "End", "entity", "hadActivity atTime"),
        _prov("wasInvalidatedBy", "entity activity time", "Invalidation", "activity", "atTime"),
        _prov(
            "wasDerivedFrom",
            "generatedEntity usedEntity activity generation usage",
            "Derivation",
            "entity",
            "hadActivity hadGeneration hadUsage",
        ),
        _prov("wasAttributedTo", "entity agent", "Attribution", "agent"),
        _prov("wasAssociatedWith", "activity agent plan", "Association", "agent", "hadPlan"),
        _prov(
            "actedOnBehalfOf", "delegate responsible activity", "Delegation", "agent", "hadActivity"
        ),
        _prov("wasInfluencedBy", "influencee influencer", "Influence", "influencer"),
        _extended("alternateOf", "alternate1 alternate2", "Alternate"),
        _extended("specializationOf", "specificEntity generalEntity", "Specialization"),
        _extended("hadMember", "collection entity", "Membership"),
        _extended("mentionOf", "specificEntity generalEntity bundle", "Mention"),
    )
)

# PROV-DM sections 5.2.2 to 5.2.4: derivations of a type that has properties of its own
DERIVATIONS = {
    PROV + "Revision": ("wasRevisionOf", "Revision"),
    PROV + "Quotation": ("wasQuotedFrom", "Quotation"),
    PROV + "PrimarySource": ("hadPrimarySource", "PrimarySource"),
}

# elements, with the arguments after their identifier
ELEMENTS: dict[str, tuple[str, ...]] = {
    "entity": (),
    "activity": ("startTime", "endTime"),
    "agent": (),
}

# PROV-Dictionary section 3.3: how each begins; sets of pairs or keys follow
DICTIONARY: dict[str, tuple[str, ...]] = {
    "hadDictionaryMember": ("dictionary", "entity", "key"),
    "derivedByInsertionFrom": ("after", "before"),
    "derivedByRemovalFrom": ("after", "before"),
}

# names that PROV-XML and the openprovenance forms have for a record of a certain type
SUBTYPES: dict[str, tuple[str, str]] = {
    "wasRevisionOf": ("wasDerivedFrom", PROV + "Revision"),
    "wasQuotedFrom": ("wasDerivedFrom", PROV + "Quotation"),
    "hadPrimarySource": ("wasDerivedFrom", PROV + "PrimarySource"),
    "plan": ("entity", PROV + "Plan"),
    "collection": ("entity", PROV + "Collection"),
    "emptyCollection": ("entity", PROV + "EmptyCollection"),
    "dictionary": ("entity", PROV + "Dictionary"),
    "emptyDictionary": ("entity", PROV + "EmptyDictionary"),
    "bundle": ("entity", PROV + "Bundle"),
    "person": ("agent", PROV + "Person"),
    "organization": ("agent", PROV + "Organization"),
    "softwareAgent": ("agent", PROV + "SoftwareAgent"),
}
