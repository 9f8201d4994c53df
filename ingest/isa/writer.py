"""From the ISA model to triples: the investigation, its studies, and what describes them."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode, Triple

from ingest.findings import Findings
from ingest.isa import accessions, paths
from ingest.isa.graph import Graphs
from ingest.isa.model import (
    Assay,
    Investigation,
    Person,
    Publication,
    Study,
    Table,
    Workflow,
)
from ingest.isa.people import People
from ingest.isa.protocols import write_category, write_protocol
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
        for workflow in whole.workflows:
            self._workflow(root, workflow)
        for study in whole.studies:
            node = out.node(paths.study_path(study))
            if study.implied:
                self._contents(study, root)
            else:
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
        out = self._out
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
        self._contents(study, node)

    def _contents(self, study: Study, node: NamedNode | None) -> None:
        """What is declared in a study, and its assays; ``node``: what they are said to be of."""
        out, path = self._out, paths.study_path(study)
        for factor in study.factors:
            target = out.node(paths.part_path(path, "factor", factor.name))
            _link(out, node, "factors", target)
            out.category(target, "Factor", factor.name)
            out.annotation(target, "factorType", factor.type)
            out.comments(target, factor.comments)
        for protocol in study.protocols:
            target = out.node(paths.part_path(path, "protocol", protocol.name))
            _link(out, node, "protocols", target)
            write_protocol(out, target, paths.part_path(path, "protocol", protocol.name), protocol)
        if node is not None:
            self._categories(node, path, study.table)
        for assay in study.assays:
            self._assay(node, study, assay)
        for shared in study.shared:
            _link(out, node, "assays", out.node(shared))

    def _assay(self, owner: NamedNode | None, study: Study, assay: Assay) -> None:
        out = self._out
        node = out.node(paths.assay_path(study, assay))
        _link(out, owner, "runs" if assay.is_run else "assays", node)
        out.type(node, "Run" if assay.is_run else "Assay")
        for identifier in assay.workflows:
            out.link(node, "executesWorkflow", out.node(paths.workflow_path(identifier)))
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

    def _workflow(self, root: NamedNode | None, workflow: Workflow) -> None:
        out, path = self._out, paths.workflow_path(workflow.identifier)
        node = out.node(path)
        _link(out, root, "workflows", node)
        write_protocol(out, node, path, workflow.protocol, "Workflow")
        out.text(
            node,
            identifier=workflow.identifier,
            title=workflow.title,
            filename=workflow.filename,
        )
        for identifier in workflow.sub_workflows:
            out.link(node, "subWorkflows", out.node(paths.workflow_path(identifier)))
        self._described(node, (), workflow.people)
        out.comments(node, workflow.comments)

    def _categories(self, node: NamedNode, study_path: str, table: Table) -> None:
        out = self._out
        for category in table.characteristic_categories:
            name = category.value or category.accession
            target = out.node(paths.part_path(study_path, "characteristic", name))
            out.link(node, "characteristicCategories", target)
            write_category(out, target, "MaterialAttribute", name, category)
        for unit in table.unit_categories:
            out.annotation(node, "unitCategories", unit)

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


def _link(out: Statements, owner: NamedNode | None, word: str, target: NamedNode) -> None:
    """Link from an owner that the source tells of."""
    if owner is not None:
        out.link(owner, word, target)
