"""The ISA model in memory: what an ISA-Tab and an ISA-JSON of the same study both become.

Names are ISA-JSON's (ISA Model and Serialization Specifications 1.0). Nodes are known by
kind and name, as ISA-Tab knows them: ISA-JSON's ``@id`` is only a way to refer within a file.
Empty text means that the source says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a node of the study graph is; the value is its place in IRIs."""

    SOURCE = "source"
    SAMPLE = "sample"
    EXTRACT = "extract"
    LABELED_EXTRACT = "labeledExtract"
    MATERIAL = "material"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class NodeRef:
    """A node by kind and name; unique in its study, its assay or, a file, in the investigation.

    ``home``: the path of the section that it belongs to, where that is told of each node.
    """

    kind: Kind
    name: str
    home: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """An ontology annotation; plain text where there is neither source nor accession."""

    value: str = ""
    source: str = ""
    accession: str = ""
    comments: tuple[Comment, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.value or self.source or self.accession or self.comments)

    @classmethod
    def of(cls, texts: Iterable[str]) -> Annotation:
        """From value, source and accession."""
        value, source, accession = texts
        return cls(value, source, accession)


NOTHING = Annotation()


@dataclass(frozen=True, slots=True)
class Value:
    """A characteristic, factor value or parameter value: ``category`` is its name."""

    category: str
    value: Annotation
    unit: Annotation = NOTHING
    comments: tuple[Comment, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """A material or data file. ``types``: what the source calls it (``Raw Data File``)."""

    ref: NodeRef
    types: tuple[str, ...] = ()
    characteristics: tuple[Value, ...] = ()
    factor_values: tuple[Value, ...] = ()
    comments: tuple[Comment, ...] = ()
    derives_from: tuple[NodeRef, ...] = ()
    address: str = ""


@dataclass(frozen=True, slots=True)
class Process:
    """One application of a protocol.

    ``previous``: positions, in the same table, of the processes that hand over to this one
    without a named node between. ``name_type``: the heading of the name where no protocol
    tells what kind of step it is (``Normalization Name``).
    """

    name: str = ""
    name_type: str = ""
    protocol: str = ""
    performer: str = ""
    date: str = ""
    parameter_values: tuple[Value, ...] = ()
    comments: tuple[Comment, ...] = ()
    inputs: tuple[NodeRef, ...] = ()
    outputs: tuple[NodeRef, ...] = ()
    previous: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """The graph of a study or an assay.

    ``nodes`` are described here, ``mentioned`` are nodes of the study or of the investigation
    that the table contains as well.
    """

    nodes: tuple[Node, ...] = ()
    mentioned: tuple[NodeRef, ...] = ()
    processes: tuple[Process, ...] = ()
    characteristic_categories: tuple[Annotation, ...] = ()
    unit_categories: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True)
class OntologySource:
    name: str
    file: str = ""
    version: str = ""
    description: str = ""
    comments: tuple[Comment, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    first_name: str = ""
    mid_initials: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    fax: str = ""
    address: str = ""
    affiliation: str = ""
    roles: tuple[Annotation, ...] = ()
    comments: tuple[Comment, ...] = ()
    page: str = ""
    orcid: str = ""

    @property
    def full_name(self) -> str:
        return " ".join(p for p in (self.first_name, self.mid_initials, self.last_name) if p)


@dataclass(frozen=True, slots=True)
class Publication:
    pubmed_id: str = ""
    doi: str = ""
    author_list: str = ""
    title: str = ""
    status: Annotation = NOTHING
    comments: tuple[Comment, ...] = ()


@dataclass(frozen=True, slots=True)
class Component:
    """``term``: source and accession of the component itself, rather than of its type."""

    name: str
    type: Annotation = NOTHING
    comments: tuple[Comment, ...] = ()
    term: Annotation = NOTHING


@dataclass(frozen=True, slots=True)
class Protocol:
    name: str
    type: Annotation = NOTHING
    description: str = ""
    uri: str = ""
    version: str = ""
    parameters: tuple[Annotation, ...] = ()
    components: tuple[Component, ...] = ()
    comments: tuple[Comment, ...] = ()
    address: str = ""


@dataclass(frozen=True, slots=True)
class Factor:
    name: str
    type: Annotation = NOTHING
    comments: tuple[Comment, ...] = ()


@dataclass(frozen=True, slots=True)
class Assay:
    """``key`` tells the assay apart within its study: its file name where it has one.

    ``is_run``: it is a run of the ``workflows``, by their identifiers, not work in a laboratory.
    """

    key: str
    filename: str = ""
    identifier: str = ""
    title: str = ""
    description: str = ""
    measurement_type: Annotation = NOTHING
    technology_type: Annotation = NOTHING
    technology_platform: str = ""
    people: tuple[Person, ...] = ()
    comments: tuple[Comment, ...] = ()
    table: Table = Table()
    is_run: bool = False
    workflows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Study:
    """``key`` tells the study apart within its investigation: its identifier where it has one.

    ``implied``: it only holds the assays and runs that no study claims. ``shared``: the paths of
    assays of other studies that this study claims as well.
    """

    key: str
    identifier: str = ""
    title: str = ""
    description: str = ""
    submission_date: str = ""
    public_release_date: str = ""
    filename: str = ""
    design_descriptors: tuple[Annotation, ...] = ()
    publications: tuple[Publication, ...] = ()
    factors: tuple[Factor, ...] = ()
    protocols: tuple[Protocol, ...] = ()
    people: tuple[Person, ...] = ()
    comments: tuple[Comment, ...] = ()
    assays: tuple[Assay, ...] = ()
    table: Table = Table()
    implied: bool = False
    shared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow of an ARC: a protocol for computers, with a folder and people of its own."""

    identifier: str
    protocol: Protocol
    title: str = ""
    filename: str = ""
    sub_workflows: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    comments: tuple[Comment, ...] = ()


@dataclass(frozen=True, slots=True)
class Investigation:
    """The whole source. ``implied``: it is a bare study, no investigation is told of."""

    identifier: str = ""
    title: str = ""
    description: str = ""
    submission_date: str = ""
    public_release_date: str = ""
    filename: str = ""
    ontology_sources: tuple[OntologySource, ...] = ()
    publications: tuple[Publication, ...] = ()
    people: tuple[Person, ...] = ()
    comments: tuple[Comment, ...] = ()
    studies: tuple[Study, ...] = ()
    files: tuple[Node, ...] = ()
    workflows: tuple[Workflow, ...] = ()
    implied: bool = False
