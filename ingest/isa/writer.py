"""From the ISA model to triples: the investigation, its studies, and what describes them."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode, Triple

from ingest.findings import Findings
from ingest.isa import accessions, paths
from ingest.isa.graph import Graphs
from ingest.isa.model import (
    Annotation,
    Assay,
    Investigation,
    Person,
    Protocol,
    Publication,
    Study,
    Table,
)
from ingest.isa.people import People
from ingest.isa.statements import Statements


def write(
    investigation: Investigation, base: str, where: str, findings: Findings
) -> Iterator[Triple]:
    """All statements of an investigation, under ``base``; ``where`` goes into the findings."""
    writer = _Writer(investigation, base, where, findings)
    yield from writer.triples()


class _Writer:
    def __init__(
        self, investigation: Investigation, base: str, where: str, findings: Findings
    ) -> None:
        self._investigation = investigation
        self._out = Statements(base)
        self._people = People(investigation)
        self._graphs = Graphs(investigation, self._out, self._people, where, findings)

    def triples(self) -> Iterator[Triple]:
        whole = self._investigation
        out = self._out
        root = None if whole.implied else out.node(paths.INVESTIGATION)
        if root is not None:
            self._investigation_itself(root)
        said = dict.fromkeys(out.drain())
        for study in whole.studies:
            node = out.node(paths.study_path(study))
            if root is not None:
                out.link(root, "studies", node)
            self._study(study, node)
            # persons, publications and categories may be described in several places
            said.update(dict.fromkeys(out.drain()))
        yield from said
        for study in whole.studies:
            for table in self._graphs.of_study(study):
                yield from table
        yield from self._graphs.files()

    def _investigation_itself(self, node: NamedNode) -> None:
        whole, out = self._investigation, self._out
        out.type(node, "Investigation")
        out.text(
            node,
            identifier=whole.identifier,
            title=whole.title,
            description=whole.description,
            filename=whole.filename,
        )
        out.date(node, "submissionDate", whole.submission_date)
        out.date(node, "publicReleaseDate", whole.public_release_date)
        for source in whole.ontology_sources:
            target = out.node(paths.part_path("investigation", "ontologySource", source.name))
            out.link(node, "ontologySourceReferences", target)
            out.type(target, "OntologySource")
            out.text(
                target,
                name=source.name,
                file=source.file,
                version=source.version,
                description=source.description,
            )
            out.comments(target, source.comments)
        self._described(node, whole.publications, whole.people)
        out.comments(node, whole.comments)
        for identifier in accessions.of_study(whole.comments):
            out.text(node, accession=identifier)

    def _study(self, study: Study, node: NamedNode) -> None:
        out, path = self._out, paths.study_path(study)
        out.type(node, "Study")
        out.text(
            node,
            identifier=study.identifier,
            title=study.title,
            description=study.description,
            filename=study.filename,
        )
        out.date(node, "submissionDate", study.submission_date)
        out.date(node, "publicReleaseDate", study.public_release_date)
        for descriptor in study.design_descriptors:
            out.annotation(node, "studyDesignDescriptors", descriptor)
        self._described(node, study.publications, study.people)
        out.comments(node, study.comments)
        for identifier in accessions.of_study(study.comments):
            out.text(node, accession=identifier)
        for factor in study.factors:
            target = out.node(paths.part_path(path, "factor", factor.name))
            out.link(node, "factors", target)
            out.category(target, "Factor", factor.name)
            out.annotation(target, "factorType", factor.type)
            out.comments(target, factor.comments)
        for protocol in study.protocols:
            self._protocol(node, path, protocol)
        self._categories(node, path, study.table)
        for assay in study.assays:
            self._assay(node, study, assay)

    def _assay(self, study_node: NamedNode, study: Study, assay: Assay) -> None:
        out = self._out
        node = out.node(paths.assay_path(study, assay))
        out.link(study_node, "assays", node)
        out.type(node, "Assay")
        out.text(
            node,
            identifier=assay.identifier,
            title=assay.title,
            description=assay.description,
            filename=assay.filename,
            technologyPlatform=assay.technology_platform,
        )
        out.annotation(node, "measurementType", assay.measurement_type)
        out.annotation(node, "technologyType", assay.technology_type)
        self._described(node, (), assay.people)
        out.comments(node, assay.comments)
        self._categories(node, paths.study_path(study), assay.table)

    def _categories(self, node: NamedNode, study_path: str, table: Table) -> None:
        out = self._out
        for category in table.characteristic_categories:
            name = category.value or category.accession
            target = out.node(paths.part_path(study_path, "characteristic", name))
            out.link(node, "characteristicCategories", target)
            self._category(target, "MaterialAttribute", name, category)
        for unit in table.unit_categories:
            out.annotation(node, "unitCategories", unit)

    def _category(self, target: NamedNode, class_: str, name: str, category: Annotation) -> None:
        self._out.category(target, class_, name)
        self._out.terms(target, category)
        self._out.comments(target, category.comments)

    def _protocol(self, study_node: NamedNode, study_path: str, protocol: Protocol) -> None:
        out = self._out
        path = paths.part_path(study_path, "protocol", protocol.name)
        node = out.node(path)
        out.link(study_node, "protocols", node)
        out.type(node, "Protocol")
        out.text(
            node,
            name=protocol.name,
            description=protocol.description,
            uri=protocol.uri,
            version=protocol.version,
        )
        out.annotation(node, "protocolType", protocol.type)
        if protocol.address:
            out.link(node, "id", out.node(protocol.address))
        for parameter in protocol.parameters:
            name = parameter.value or parameter.accession
            target = out.node(paths.part_path(path, "parameter", name))
            out.link(node, "parameters", target)
            self._category(target, "ProtocolParameter", name, parameter)
        for component in protocol.components:
            name = component.name or component.type.value
            target = out.node(paths.part_path(path, "component", name))
            out.link(node, "components", target)
            out.type(target, "ProtocolComponent")
            out.text(target, name=name)
            out.annotation(target, "componentType", component.type)
            out.comments(target, component.comments)
        out.comments(node, protocol.comments)

    def _described(
        self,
        node: NamedNode,
        publications: tuple[Publication, ...],
        people: tuple[Person, ...],
    ) -> None:
        for publication in publications:
            self._publication(node, publication)
        for person in people:
            self._person(node, person)

    def _publication(self, owner: NamedNode, publication: Publication) -> None:
        out = self._out
        node = out.node(paths.publication_path(publication))
        out.link(owner, "publications", node)
        out.type(node, "Publication")
        out.text(
            node,
            doi=publication.doi,
            pubMedID=publication.pubmed_id,
            title=publication.title,
            authorList=publication.author_list,
        )
        out.annotation(node, "status", publication.status)
        out.comments(node, publication.comments)

    def _person(self, owner: NamedNode, person: Person) -> None:
        out = self._out
        node = out.node(self._people.path(person))
        out.link(owner, "people", node)
        out.type(node, "Person")
        out.text(
            node,
            firstName=person.first_name,
            midInitials=person.mid_initials,
            lastName=person.last_name,
            email=person.email,
            phone=person.phone,
            fax=person.fax,
            address=person.address,
            affiliation=person.affiliation,
            orcid=person.orcid,
        )
        for role in person.roles:
            out.annotation(node, "roles", role)
        out.comments(node, person.comments)
        if person.page:
            out.link(node, "id", out.node(person.page))
        for identifier in accessions.of_person(person):
            out.text(node, accession=identifier)
