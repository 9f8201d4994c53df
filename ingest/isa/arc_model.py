"""From the workbooks of an ARC to one investigation, its studies, assays, runs and workflows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from ingest.findings import Findings
from ingest.isa import paths
from ingest.isa.annotation_table import joined, protocols_of, read_annotation_table
from ingest.isa.arc_merge import merged, merged_protocols
from ingest.isa.arc_names import ArcScopes, Names, Place
from ingest.isa.arc_workbook import Workbook
from ingest.isa.columns import Role
from ingest.isa.datamap import read_datamap
from ingest.isa.declare import declare
from ingest.isa.gather import Nodes
from ingest.isa.keys import with_assay_keys, with_study_keys
from ingest.isa.model import Annotation, Assay, Factor, Investigation, Study, Table, Workflow
from ingest.isa.xlsx_sections import Sort

_DATA_FOLDERS = {Sort.ASSAY: "dataset/", Sort.STUDY: "resources/"}


@dataclass
class _Section:
    """A study, assay or run with the workbooks that describe it, data maps among them."""

    path: str
    place: Place
    books: list[Workbook] = field(default_factory=list)


class ArcModel:
    """Puts workbooks together; ``alone``: it is one workbook without the ARC around it."""

    def __init__(
        self,
        books: Sequence[Workbook],
        present: frozenset[str],
        alone: bool,
        findings: Findings,
    ) -> None:
        self._books = books
        self._present = present
        self._alone = alone
        self._findings = findings
        self._names = Names()
        self._files = Nodes()
        self._homes: dict[str, Nodes] = {}

    def investigation(self) -> Investigation:
        top = next(iter(self._of(Sort.INVESTIGATION)), None)
        whole = Investigation(implied=True)
        listed: list[Study] = []
        if top is not None:
            whole = replace(top.parts.investigation(top.investigation), filename=top.name)
            listed = [top.parts.study(part) for part in top.studies]
        where = self._books[0].name
        keyed = with_study_keys(self._studies(listed, where), where, self._findings)
        studies = self._claimed(keyed)
        sections = self._sections(studies)
        for section in sections.values():
            for book in section.books:
                for table in book.tables:
                    self._names.add(table, section.place)
        tables = {path: self._table(section) for path, section in sections.items()}
        self._loose_datamaps(sections)
        for name in sorted(self._names.ambiguous):
            self._findings.warned(
                "ambiguous-name", where,
                f"{name!r} is made in several other studies; no chain is made to any of them",
            )  # fmt: skip
        return replace(
            whole,
            studies=tuple(self._filled(study, sections, tables) for study in studies),
            files=self._files.freeze(),
            workflows=tuple(self._workflow(book) for book in self._of(Sort.WORKFLOW)),
        )

    def _of(self, *sorts: Sort) -> list[Workbook]:
        return [book for book in self._books if book.sort in sorts]

    def _studies(self, listed: Sequence[Study], where: str) -> list[Study]:
        """Studies by their workbooks, with what the investigation says of them; no tables yet."""
        own = []
        for book in self._of(Sort.STUDY):
            part = next(iter(book.studies), None)
            study = book.parts.study(part) if part else Study(key="")
            identifier = study.identifier or book.title
            own.append((replace(study, identifier=identifier), book))
        made = []
        for study in listed:
            found = next((pair for pair in own if _is_same(study, *pair)), None)
            if found is None:
                if study.filename and not self._alone:
                    self._findings.warned(
                        "missing-study-file", where,
                        f"the study {study.filename!r} is not there; what it says is missing",
                    )  # fmt: skip
                made.append(study)
                continue
            own.remove(found)
            made.append(self._with_file(*found, other=study, where=where))
        return made + [self._with_file(study, book) for study, book in own]

    def _with_file(
        self, study: Study, book: Workbook, other: Study | None = None, where: str = ""
    ) -> Study:
        if other is not None:
            assays = {_file(a.filename): a for a in (*study.assays, *other.assays)}
            study = merged(study, other, where, self._findings)
            study = replace(study, assays=tuple(assays.values()))
        return replace(study, filename=book.name)

    def _claimed(self, studies: Sequence[Study]) -> list[Study]:
        """Studies with their assays, and one that is none for the assays and runs of nobody."""
        books = {book.name: book for book in self._of(Sort.ASSAY, Sort.RUN)}
        claimed: dict[str, tuple[int, int]] = {}
        made: list[Study] = []
        shared: list[tuple[int, str]] = []
        for number, study in enumerate(studies):
            assays = []
            for assay in study.assays:
                name = next((n for n, b in books.items() if _names(assay.filename, b)), None)
                if name is None:
                    if assay.filename and not self._alone:
                        self._findings.warned(
                            "missing-assay-file", study.filename or self._books[0].name,
                            f"the assay {assay.filename!r} is not there; what it says is missing",
                        )  # fmt: skip
                    assays.append(replace(assay, filename=_file(assay.filename)))
                elif name in claimed:
                    shared.append((number, name))
                else:
                    claimed[name] = (number, len(assays))
                    assays.append(self._assay(books[name], assay))
            made.append(replace(study, assays=with_assay_keys(assays)))
        for number, name in shared:
            owner, place = claimed[name]
            path = paths.assay_path(made[owner], made[owner].assays[place])
            if owner != number:
                made[number] = replace(made[number], shared=(*made[number].shared, path))
        free = [self._assay(book, None) for name, book in books.items() if name not in claimed]
        if free:
            made.append(Study(key="", implied=True, assays=with_assay_keys(free)))
        return made

    def _assay(self, book: Workbook, listed: Assay | None) -> Assay:
        own = book.parts.assay(book.investigation, is_run=book.sort is Sort.RUN)
        if listed is not None:
            own = merged(own, listed, book.name, self._findings)
        return replace(own, identifier=own.identifier or book.title, filename=book.name)

    def _sections(self, studies: Sequence[Study]) -> dict[str, _Section]:
        """Studies first, then assays, then runs: a name belongs where it is met first."""
        by_name = {book.name: book for book in self._books}
        made: dict[str, _Section] = {}
        assays = [(s, a) for s in studies for a in s.assays]
        for study, assay in [
            *((s, None) for s in studies),
            *sorted(assays, key=lambda pair: pair[1].is_run),
        ]:
            of_study = paths.study_path(study)
            path = of_study if assay is None else paths.assay_path(study, assay)
            book = by_name.get(study.filename if assay is None else assay.filename)
            folder = None if self._alone or book is None else book.folder
            data = _DATA_FOLDERS.get(book.sort, "") if book else ""
            section = _Section(path, Place(of_study, path, folder, data, not study.implied))
            if book is not None:
                section.books.append(book)
                section.books += [
                    b for b in self._of(Sort.DATAMAP) if b.folder == book.folder and b is not book
                ]
            self._homes.setdefault(path, Nodes())
            made[path] = section
        return made

    def _scopes(self, place: Place) -> ArcScopes:
        study = self._homes.setdefault(place.study, Nodes())
        own = self._homes.setdefault(place.own, Nodes())
        return ArcScopes(
            self._files, study, own, self._names, place, self._homes, self._present.__contains__
        )

    def _table(self, section: _Section) -> Table:
        scopes = self._scopes(section.place)
        read = [
            read_annotation_table(table, scopes, self._findings)
            for book in section.books
            for table in book.tables
        ]
        for book in section.books:
            for sheet in book.datamaps:
                told = read_datamap(sheet, f"{book.name} [{sheet.name}]", scopes, self._findings)
                read.append(Table(mentioned=told))
        return joined(read)

    def _loose_datamaps(self, sections: dict[str, _Section]) -> None:
        """Data maps that lie beside no study, assay or run."""
        taken = {id(book) for section in sections.values() for book in section.books}
        for book in self._books:
            if id(book) in taken:
                continue
            place = Place("", "", None if self._alone else book.folder)
            for sheet in book.datamaps:
                read_datamap(
                    sheet, f"{book.name} [{sheet.name}]", self._scopes(place), self._findings
                )

    def _filled(
        self, study: Study, sections: dict[str, _Section], tables: dict[str, Table]
    ) -> Study:
        """The study with all that its own tables and those of its assays say."""
        path = paths.study_path(study)
        assays = []
        books = list(sections[path].books)
        for assay in study.assays:
            own = paths.assay_path(study, assay)
            books += sections[own].books
            table = replace(tables[own], nodes=self._homes[own].freeze())
            assays.append(replace(assay, table=table))
        every = [of_book for book in books for of_book in book.tables]
        where = books[0].name if books else self._books[0].name
        made = replace(
            study,
            assays=tuple(assays),
            table=replace(tables[path], nodes=self._homes[path].freeze()),
            protocols=merged_protocols(
                study.protocols,
                [p for each in every for p in protocols_of(each, self._findings)],
                where, self._findings,
            ),
        )  # fmt: skip
        factors = {f.name: f for f in study.factors}
        for each in every:
            for column in each.columns.of(Role.FACTOR):
                term = each.columns.terms.get(column.position, Annotation())
                factors.setdefault(column.name, Factor(column.name, term))
        return declare(replace(made, factors=tuple(factors.values())), where, self._findings)

    def _workflow(self, book: Workbook) -> Workflow:
        made = book.parts.workflow(book.investigation)
        return replace(made, identifier=made.identifier or book.title, filename=book.name)


def _file(name: str) -> str:
    return name.replace("\\", "/").removeprefix("./")


def _names(reference: str, book: Workbook) -> bool:
    """Whether a study means this workbook: by its path, a part of it, or its folder's name."""
    plain = _file(reference).strip("/").casefold()
    whole = book.name.casefold()
    return bool(plain) and (
        whole == plain or whole.endswith(f"/{plain}") or book.title.casefold() == plain
    )


def _is_same(study: Study, own: Study, book: Workbook) -> bool:
    if study.identifier and study.identifier.casefold() in (
        own.identifier.casefold(), book.title.casefold()
    ):  # fmt: skip
        return True
    folder = PurePosixPath(_file(study.filename)).parent.name
    return bool(folder) and folder.casefold() == book.title.casefold()
