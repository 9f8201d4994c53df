"""The study graph as triples: materials, data files and processes of studies and assays."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from pyoxigraph import NamedNode, Triple

from ingest.findings import Findings
from ingest.isa import accessions, paths
from ingest.isa.accessions import Bearer
from ingest.isa.data_files import class_name, fragment_of
from ingest.isa.model import Investigation, Kind, Node, NodeRef, Process, Study, Table
from ingest.isa.people import People
from ingest.isa.statements import Statements
from ingest.triples import literal

_CLASSES = {
    Kind.SOURCE: ("Source",),
    Kind.SAMPLE: ("Sample",),
    Kind.EXTRACT: ("Material", "Extract"),
    Kind.LABELED_EXTRACT: ("Material", "LabeledExtract"),
    Kind.MATERIAL: ("Material",),
    Kind.FILE: ("DataFile",),
}
_LISTS = {
    Kind.SOURCE: "sources",
    Kind.SAMPLE: "samples",
    Kind.EXTRACT: "otherMaterials",
    Kind.LABELED_EXTRACT: "otherMaterials",
    Kind.MATERIAL: "otherMaterials",
    Kind.FILE: "dataFiles",
}


class Graphs:
    """Writes the tables of an investigation; identifiers are given out over all of them at once."""

    def __init__(
        self,
        investigation: Investigation,
        out: Statements,
        people: People,
        where: str,
        findings: Findings,
    ) -> None:
        self._investigation = investigation
        self._out = out
        self._people = people
        self._where = where
        self._findings = findings
        self._files = {node.ref for node in investigation.files}
        self._process_paths: dict[str, list[str]] = {}
        self._identifiers = accessions.assign(self._bearers(), where, findings)

    def of_study(self, study: Study) -> Iterator[list[Triple]]:
        """The triples of a study's own table and of each assay's."""
        runs = {paths.assay_path(study, assay) for assay in study.assays if assay.is_run}
        for owner, table in _tables(study):
            yield from self._table(study, owner, table, owner in runs)

    def files(self) -> Iterator[Triple]:
        """The triples that describe data files, which belong to the investigation as a whole."""
        study_of: dict[NodeRef, str] = {}
        for study in self._investigation.studies:
            for _owner, table in _tables(study):
                for ref in table.mentioned:
                    study_of.setdefault(ref, paths.study_path(study))
        for node in self._investigation.files:
            path = paths.node_path(node.ref, "", "")
            self._node(node, path, study_of.get(node.ref, paths.INVESTIGATION))
            yield from self._out.drain()

    def _bearers(self) -> Iterator[Bearer]:
        for study in self._investigation.studies:
            of_study = paths.study_path(study)
            for owner, table in _tables(study):
                for node in table.nodes:
                    path = paths.node_path(node.ref, of_study, owner)
                    yield Bearer(path, node.ref.kind, accessions.of_node(node))
                for process, path in zip(
                    table.processes, self._paths(of_study, owner, table), strict=True
                ):
                    if process.comments:
                        yield Bearer(path, None, accessions.of_process(process.comments))
        for node in self._investigation.files:
            path = paths.node_path(node.ref, "", "")
            yield Bearer(path, Kind.FILE, accessions.of_node(node))

    def _paths(self, study: str, owner: str, table: Table) -> list[str]:
        made = self._process_paths.get(owner)
        if made is None:

            @cache
            def path_of(ref: NodeRef) -> str:
                return paths.node_path(ref, study, owner)

            made = paths.process_paths(table.processes, owner, path_of)
            self._process_paths[owner] = made
            if len(set(made)) < len(made):
                self._findings.warned(
                    "duplicate-process", self._where,
                    f"{owner}: processes that agree in everything are taken as one",
                    len(made) - len(set(made)),
                )  # fmt: skip
        return made

    def _table(
        self, study: Study, owner: str, table: Table, is_run: bool
    ) -> Iterator[list[Triple]]:
        out = self._out
        of_study = paths.study_path(study)
        whole = out.node(owner)

        @cache
        def node_of(ref: NodeRef) -> NamedNode:
            return out.node(paths.node_path(ref, of_study, owner))

        for ref in (*(n.ref for n in table.nodes), *table.mentioned):
            out.link(whole, _LISTS[ref.kind], node_of(ref))
        yield out.drain()
        for node in table.nodes:
            self._node(node, paths.node_path(node.ref, of_study, owner), of_study)
            for origin in node.derives_from:
                out.link(node_of(node.ref), "derivesFrom", node_of(origin))
            yield out.drain()
        made = [out.node(path) for path in self._paths(of_study, owner, table)]
        class_ = "WorkflowInvocation" if is_run else "Process"
        for process, subject in zip(table.processes, made, strict=True):
            out.link(whole, "processSequence", subject)
            out.type(subject, class_)
            self._process(process, subject, of_study)
            for ref in process.inputs:
                out.link(subject, "inputs", node_of(ref))
            for ref in process.outputs:
                out.link(subject, "outputs", node_of(ref))
            for before in process.previous:
                out.link(subject, "previousProcess", made[before])
            yield out.drain()

    def _node(self, node: Node, path: str, study: str) -> None:
        out = self._out
        subject = out.node(path)
        out.type(subject, *_CLASSES[node.ref.kind])
        out.text(subject, name=node.ref.name)
        for type_name in node.types:
            known = class_name(type_name)
            if known:
                out.type(subject, known)
            else:
                out.text(subject, type=type_name)
        for value in node.characteristics:
            out.link(subject, "characteristics", out.value("characteristic", study, value))
        for value in node.factor_values:
            out.link(subject, "factorValues", out.value("factorValue", study, value))
        out.comments(subject, node.comments)
        for identifier in self._identifiers.get(path, ()):
            out.text(subject, accession=identifier)
        if node.address:
            out.link(subject, "id", out.node(node.address))
        if node.ref.kind is Kind.FILE:
            self._fragment(node.ref, subject)
            for word, checksum in accessions.checksums(node.comments):
                out.say(subject, word, literal(checksum))

    def _fragment(self, ref: NodeRef, subject: NamedNode) -> None:
        """Part of a file, such as a column of a table, by a name such as ``a.csv#col=2``."""
        name = fragment_of(ref.name)
        if not name:
            return
        out = self._out
        whole = NodeRef(Kind.FILE, name)
        path = paths.node_path(whole, "", "")
        out.link(subject, "fragmentOf", out.node(path))
        if whole not in self._files and out.is_new(path):
            out.type(out.node(path), "DataFile")
            out.text(out.node(path), name=name)

    def _process(self, process: Process, subject: NamedNode, study: str) -> None:
        out = self._out
        out.text(subject, name=process.name, nameType=process.name_type)
        owner = study
        if process.protocol:
            owner = paths.part_path(study, "protocol", process.protocol)
            out.link(subject, "executesProtocol", out.node(owner))
        out.date(subject, "date", process.date)
        for name, path, known in self._people.performers(process.performer):
            person = out.node(path)
            out.link(subject, "performer", person)
            if not known and out.is_new(path):
                out.type(person, "Person")
                out.text(person, name=name)
        for value in process.parameter_values:
            out.link(subject, "parameterValues", out.value("parameterValue", owner, value))
        out.comments(subject, process.comments)
        for identifier in self._identifiers.get(subject.value.removeprefix(out.base), ()):
            out.text(subject, accession=identifier)


def _tables(study: Study) -> Iterator[tuple[str, Table]]:
    yield paths.study_path(study), study.table
    for assay in study.assays:
        yield paths.assay_path(study, assay), assay.table
