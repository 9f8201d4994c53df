"""What the ICAT schema (4.3 to 6.x) fixes: kinds of object, of attribute, and of relation.

Names that are not here are read all the same, by the shape that the file gives them; this
table only says what the shape can not: that a text is a date, or which kind of object a
reference means.
"""

from __future__ import annotations

from enum import Enum

NAMESPACE = "https://w3id.org/kg-service/icat#"


def words(text: str) -> frozenset[str]:
    """The names in a text, separated by spaces and line ends."""
    return frozenset(text.split())


ENTITIES = words("""
    Affiliation Application DataCollection DataCollectionDatafile DataCollectionDataset
    DataCollectionInvestigation DataCollectionParameter DataPublication DataPublicationDate
    DataPublicationFunding DataPublicationType DataPublicationUser Datafile DatafileFormat
    DatafileParameter Dataset DatasetInstrument DatasetParameter DatasetTechnique DatasetType
    Facility FacilityCycle FundingReference Grouping InputDatafile InputDataset Instrument
    InstrumentScientist Investigation InvestigationFacilityCycle InvestigationFunding
    InvestigationGroup InvestigationInstrument InvestigationParameter InvestigationType
    InvestigationUser Job Keyword OutputDatafile OutputDataset ParameterType
    PermissibleStringValue PublicStep Publication RelatedDatafile RelatedItem Rule Sample
    SampleParameter SampleType Shift Study StudyInvestigation Subject Technique User UserGroup
    """)

# What a facility sets up once: a file may presuppose these, and name them by unique key
SET_UP_ONCE = words("""
    Application DataPublicationType DatafileFormat DatasetType Facility FacilityCycle
    FundingReference Grouping Instrument InvestigationType ParameterType SampleType Technique User
    """)


class Kind(Enum):
    """How the text of an attribute is to be taken."""

    TEXT = "text"
    TIME = "time"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"


_KINDS: dict[str, Kind] = {
    **dict.fromkeys(
        words("""startDate endDate releaseDate publicationDate datafileCreateTime datafileModTime
        dateTimeValue createTime modTime createdAt updatedAt"""),
        Kind.TIME,
    ),
    **dict.fromkeys(words("id fileSize fileCount daysUntilRelease"), Kind.INTEGER),
    **dict.fromkeys(
        words("""numericValue rangeBottom rangeTop error minimumNumericValue
        maximumNumericValue"""),
        Kind.NUMBER,
    ),
    **dict.fromkeys(
        words("""complete enforced verified applicableToDataCollection applicableToDatafile
        applicableToDataset applicableToInvestigation applicableToSample isReleased
        canAccessDatasets"""),
        Kind.BOOLEAN,
    ),
}
_TEXTS = words("""
    acknowledgement affiliation arguments awardNumber awardTitle checksum classificationCode
    comment contributorType createId crudFlags date dateType description doi email familyName field
    fullName fullReference funderIdentifier funderName givenName identifier internalId location
    modId molecularFormula name orcidId orderKey origin pid relatedItemType relation relationType
    repository repositoryId role safetyInformation schemeURI status stringValue subject
    subjectScheme summary title type units unitsFullName url value valueType valueURI version
    visitId what
    """)

_TARGETS: dict[str, str] = {
    "content": "DataCollection",
    "destDatafile": "Datafile",
    "funding": "FundingReference",
    "inputDataCollection": "DataCollection",
    "outputDataCollection": "DataCollection",
    "publication": "DataPublication",
    "sourceDatafile": "Datafile",
    **{
        entity[0].lower() + entity[1:]: entity
        for entity in words("""
        Application DataCollection DataPublication Datafile DatafileFormat Dataset Facility
        FacilityCycle Grouping Instrument Investigation Job Sample Study Technique User
        """)
    },
}
_TYPED = {"DataPublication", "Dataset", "Investigation", "Sample"}

# one-to-many relations whose name does not spell the kind of object in them
_MEMBERS: dict[tuple[str, str], str] = {
    ("DataPublication", "users"): "DataPublicationUser",
    ("DataPublication", "dates"): "DataPublicationDate",
    ("DataPublication", "fundingReferences"): "DataPublicationFunding",
    ("Investigation", "fundingReferences"): "InvestigationFunding",
    ("FundingReference", "investigations"): "InvestigationFunding",
    ("FundingReference", "publications"): "DataPublicationFunding",
    ("DataCollection", "jobsAsInput"): "Job",
    ("DataCollection", "jobsAsOutput"): "Job",
    ("Datafile", "sourceDatafiles"): "RelatedDatafile",
    ("Datafile", "destDatafiles"): "RelatedDatafile",
    ("User", "studies"): "Study",
}
# many-to-one relations back to the parent that are not called after the parent
_BACK: dict[tuple[str, str], str] = {
    ("DataPublicationUser", "affiliations"): "user",
    ("DataPublication", "subjects"): "dataPublication",
    ("DataCollection", "dataPublications"): "content",
    ("DataCollection", "jobsAsInput"): "inputDataCollection",
    ("DataCollection", "jobsAsOutput"): "outputDataCollection",
    ("Datafile", "sourceDatafiles"): "sourceDatafile",
    ("Datafile", "destDatafiles"): "destDatafile",
}
# attributes that together name one object of its kind in a catalogue
UNIQUE: dict[str, tuple[str, ...]] = {
    "Investigation": ("facility", "name", "visitId"),
    "Sample": ("investigation", "name"),
    "Dataset": ("investigation", "name"),
    "Datafile": ("dataset", "name"),
}
# objects that belong to another one, and the relation that says to which
_OWNERS: dict[str, str] = {
    "Affiliation": "user",
    "InstrumentScientist": "instrument",
    "Keyword": "investigation",
    "PermissibleStringValue": "type",
    "Publication": "investigation",
    "RelatedItem": "publication",
    "Shift": "investigation",
    "StudyInvestigation": "study",
    "Subject": "dataPublication",
    "UserGroup": "grouping",
    "DataPublicationDate": "publication",
    "DataPublicationFunding": "publication",
    "DataPublicationUser": "publication",
    **dict.fromkeys(words("InputDatafile InputDataset OutputDatafile OutputDataset"), "job"),
    **{
        f"{parent}{child}": parent[0].lower() + parent[1:]
        for parent, children in {
            "DataCollection": "Datafile Dataset Investigation Parameter",
            "Datafile": "Parameter",
            "Dataset": "Instrument Parameter Technique",
            "Investigation": "FacilityCycle Funding Group Instrument Parameter User",
            "Sample": "Parameter",
        }.items()
        for child in children.split()
    },
}


# ... and the relation by which that other one lists them, where it is not called after them
_OWNED: dict[str, str] = {
    "DataPublicationDate": "dates",
    "DataPublicationFunding": "fundingReferences",
    "DataPublicationUser": "users",
    "InvestigationFunding": "fundingReferences",
}


def entity_of(tag: str) -> str:
    """The kind of object that a YAML section or XML element holds: ``dataset`` -> ``Dataset``."""
    return tag[:1].upper() + tag[1:]


def kind_of(attribute: str) -> Kind:
    """How the text of an attribute is to be taken."""
    return _KINDS.get(attribute, Kind.TEXT)


def is_known_attribute(name: str) -> bool:
    """Whether any kind of object has an attribute (not a relation) of this name."""
    return name in _KINDS or name in _TEXTS


def target_of(entity: str, relation: str) -> str | None:
    """The kind of object that a many-to-one relation leads to; None where it is no known one."""
    if relation == "type":
        if entity.endswith("Parameter") or entity == "PermissibleStringValue":
            return "ParameterType"
        return f"{entity}Type" if entity in _TYPED else None
    if entity == "Affiliation" and relation == "user":
        return "DataPublicationUser"
    return _TARGETS.get(relation)


def member_of(entity: str, relation: str) -> str:
    """The kind of object in a one-to-many relation: ``Dataset``, ``parameters``."""
    if relation == "parameters":
        return f"{entity}Parameter"
    return _MEMBERS.get((entity, relation)) or entity_of(relation.removesuffix("s"))


def back_relation(parent: str, relation: str, member: str) -> str:
    """The many-to-one relation by which a member of ``relation`` names its parent."""
    if named := _BACK.get((parent, relation)):
        return named
    if target_of(member, "type") == parent:
        return "type"
    if parent == "DataPublication":
        return "publication"
    if parent == "FundingReference":
        return "funding"
    return parent[:1].lower() + parent[1:]


def owned_relation(entity: str) -> str:
    """For an object that is part of another one: the relation by which that one lists it."""
    if entity.endswith("Parameter"):
        return "parameters"
    return _OWNED.get(entity) or f"{entity[:1].lower()}{entity[1:]}s"


def owned_by(entity: str) -> str | None:
    """The kind of object that an object of this kind is part of, where it is part of one."""
    relation = owner_relation(entity)
    return target_of(entity, relation) if relation else None


def owner_relation(entity: str) -> str | None:
    """For an object that is part of another one: the relation that leads to that one."""
    return _OWNERS.get(entity)
