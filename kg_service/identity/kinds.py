"""Which kinds of thing can be the same thing, and which identifiers a kind can have."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Flag, auto
from functools import lru_cache

from pyoxigraph import NamedNode

from kg_service.identity.evidence import Evidence
from kg_service.identity.identifiers import ACCESSIONS
from kg_service.terms import kg, prov


class Kind(Flag):
    """The kinds that matter to identity; a node can be of several, or of none that is known."""

    UNKNOWN = 0
    ACTIVITY = auto()
    AGENT = auto()
    MATERIAL = auto()
    DATA = auto()
    FILE = auto()
    DATASET = auto()
    PLAN = auto()
    VALUE = auto()
    FRAME = auto()


# aligned graphs name the superclasses of each class, so these are all that need a look
KIND_OF_CLASS: dict[NamedNode, Kind] = {
    prov("Activity"): Kind.ACTIVITY,
    prov("Agent"): Kind.AGENT,
    prov("Person"): Kind.AGENT,
    prov("Organization"): Kind.AGENT,
    prov("SoftwareAgent"): Kind.AGENT | Kind.PLAN,
    prov("Plan"): Kind.PLAN,
    kg("Material"): Kind.MATERIAL,
    kg("Specimen"): Kind.MATERIAL,
    kg("Sample"): Kind.MATERIAL,
    kg("Data"): Kind.DATA,
    kg("File"): Kind.DATA | Kind.FILE,
    kg("Dataset"): Kind.DATA | Kind.DATASET,
    kg("Collection"): Kind.DATA,
    kg("Value"): Kind.VALUE,
    kg("FormalParameter"): Kind.VALUE,
    kg("ParameterConnection"): Kind.VALUE,
    kg("ContainerImage"): Kind.PLAN,
    kg("Investigation"): Kind.FRAME,
    kg("Technique"): Kind.FRAME,
}
_FAMILIES = (
    Kind.AGENT | Kind.MATERIAL | Kind.DATA | Kind.PLAN | Kind.VALUE | Kind.FRAME
)  # fmt: skip
# Who can have identifiers of a scheme; of a scheme that is not here, all but values can.
# A file is never the record that an accession number names: two files hold the reads of one run.
_BEARERS = {
    "orcid": Kind.AGENT,
    "ror": Kind.AGENT | Kind.FRAME,
    "igsn": Kind.MATERIAL,
    "rrid": Kind.AGENT | Kind.PLAN | Kind.MATERIAL,
    "biosample": Kind.MATERIAL,
}


def kind_of(classes: Iterable[object]) -> Kind:
    """What the classes of a node say of its kind."""
    kind = Kind.UNKNOWN
    for node_class in classes:
        if isinstance(node_class, NamedNode):
            kind |= KIND_OF_CLASS.get(node_class, Kind.UNKNOWN)
    return kind


@lru_cache(maxsize=4096)
def can_be_same(evidence: Evidence, first: Kind, second: Kind) -> bool:
    """Whether things of these kinds can be one thing on this evidence.

    A thing of unknown kind can be anything but an activity, which is the same as nothing else.
    By location and content, a file is a file and a dataset a dataset.
    """
    if Kind.ACTIVITY in first or Kind.ACTIVITY in second:
        return False
    families, others = first & _FAMILIES, second & _FAMILIES
    if families and others and not families & others:
        return False
    if evidence in (Evidence.LOCATION, Evidence.CONTENT):
        narrow = Kind.FILE | Kind.DATASET
        one, other = first & narrow, second & narrow
        return not (one and other) or bool(one & other)
    return True


def can_bear(kind: Kind, scheme: str) -> bool:
    """Whether a thing of this kind can be what an identifier of the scheme names."""
    if Kind.ACTIVITY in kind or (Kind.VALUE in kind and not kind & (Kind.DATA | Kind.MATERIAL)):
        return False
    if scheme in ACCESSIONS and Kind.FILE in kind:
        return False
    bearers = _BEARERS.get(scheme)
    return bearers is None or not kind & _FAMILIES or bool(kind & bearers)
