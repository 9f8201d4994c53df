"""The parts of an ISA-Tab investigation file as the ISA model has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from ingest.findings import Findings
from ingest.isa import sections as s
from ingest.isa.model import (
    NOTHING,
    Annotation,
    Assay,
    Comment,
    Component,
    Factor,
    Investigation,
    OntologySource,
    Person,
    Protocol,
    Publication,
    Study,
    Workflow,
)
from ingest.isa.sections import Part, Section

T = TypeVar("T")
_LONG = {"title", "description"}


@dataclass(frozen=True)
class InvestigationParts:
    """Makes model objects of a taken-apart file; ``name`` and line numbers go into the findings."""

    name: str
    findings: Findings

    def investigation(self, part: Part) -> Investigation:
        own = part[s.INVESTIGATION]
        return Investigation(
            identifier=self._single(own, "identifier"),
            title=self._single(own, "title"),
            description=self._single(own, "description"),
            submission_date=self._single(own, "submission date"),
            public_release_date=self._single(own, "public release date"),
            ontology_sources=_each(part[s.SOURCES], self._source),
            publications=_each(part[s.PUBLICATIONS], self._publication),
            people=_each(part[s.CONTACTS], self._person),
            comments=_all_comments(own),
        )

    def study(self, part: Part) -> Study:
        """A study without its tables; its key is empty still."""
        own = part[s.STUDY]
        return Study(
            key="",
            identifier=self._single(own, "identifier"),
            title=self._single(own, "title"),
            description=self._single(own, "description"),
            submission_date=self._single(own, "submission date"),
            public_release_date=self._single(own, "public release date"),
            filename=self._single(own, "file name"),
            design_descriptors=_each(part[s.DESIGN], self._design),
            publications=_each(part[s.PUBLICATIONS], self._publication),
            factors=_each(part[s.FACTORS], self._factor),
            protocols=_each(part[s.PROTOCOLS], self._protocol),
            people=_each(part[s.CONTACTS], self._person),
            comments=_all_comments(own),
            assays=_each(part[s.ASSAYS], self._assay),
        )

    def assay(self, part: Part, is_run: bool = False) -> Assay:
        """An assay or run that has a file of its own, without its tables."""
        own = part[s.ASSAYS]
        return replace(
            self._assay(own, 0),
            identifier=self._single(own, "identifier"),
            title=self._single(own, "title"),
            description=self._single(own, "description"),
            people=_each(part[s.CONTACTS], self._person),
            comments=_all_comments(own),
            is_run=is_run,
            workflows=tuple(_split(own.at("workflow identifiers", 0))),
        )

    def workflow(self, part: Part) -> Workflow:
        own = part[s.PROTOCOLS]
        return Workflow(
            identifier=self._single(own, "identifier"),
            protocol=replace(
                self._protocol(own, 0), description=self._single(own, "description"), comments=()
            ),
            title=self._single(own, "title"),
            filename=self._single(own, "file name"),
            sub_workflows=tuple(_split(own.at("sub workflow identifiers", 0))),
            people=_each(part[s.CONTACTS], self._person),
            comments=_all_comments(own),
        )

    def _single(self, section: Section, word: str) -> str:
        field = section.fields.get(word)
        if field is None or not field.values:
            return ""
        extra = [v for v in field.values[1:] if v]
        if extra and word in _LONG:
            self.findings.repaired(
                "extra-cell", f"{self.name}: row {field.line}", f"cells of {field.label!r} joined"
            )
            return " ".join([field.values[0], *extra]).strip()
        for value in extra:
            self.findings.lost(
                "extra-cell", f"{self.name}: row {field.line}",
                f"{value!r} beside the one value that {field.label!r} has",
            )  # fmt: skip
        return field.values[0]

    def _source(self, section: Section, i: int) -> OntologySource:
        return OntologySource(
            section.at("name", i), section.at("file", i), section.at("version", i),
            section.at("description", i), _comments(section, i),
        )  # fmt: skip

    def _publication(self, section: Section, i: int) -> Publication:
        return Publication(
            section.at("pubmed id", i), section.at("publication doi", i),
            section.at("publication author list", i), section.at("publication title", i),
            _term(section, "publication status", i), _comments(section, i),
        )  # fmt: skip

    def _person(self, section: Section, i: int) -> Person:
        def at(word: str) -> str:
            return section.at(f"person {word}", i)

        return Person(
            at("first name"), at("mid initials"), at("last name"), at("email"), at("phone"),
            at("fax"), at("address"), at("affiliation"),
            self._listed(section, "person roles", i), _comments(section, i),
        )  # fmt: skip

    def _design(self, section: Section, i: int) -> Annotation:
        return replace(_term(section, "design type", i), comments=_comments(section, i))

    def _factor(self, section: Section, i: int) -> Factor:
        return Factor(
            section.at("factor name", i), _term(section, "factor type", i), _comments(section, i)
        )

    def _assay(self, section: Section, i: int) -> Assay:
        return Assay(
            key="",
            filename=section.at("assay file name", i),
            measurement_type=_term(section, "assay measurement type", i),
            technology_type=_term(section, "assay technology type", i),
            technology_platform=section.at("assay technology platform", i),
            comments=_comments(section, i),
        )

    def _protocol(self, section: Section, i: int) -> Protocol:
        names = _split(section.at("protocol components name", i))
        types = self._listed(section, "protocol components type", i, keep_empty=True)
        components = tuple(
            Component(names[n] if n < len(names) else "", types[n] if n < len(types) else NOTHING)
            for n in range(max(len(names), len(types)))
        )
        return Protocol(
            section.at("protocol name", i),
            _term(section, "protocol type", i),
            section.at("protocol description", i),
            section.at("protocol uri", i),
            section.at("protocol version", i),
            self._listed(section, "protocol parameters name", i),
            tuple(c for c in components if c.name or c.type),
            _comments(section, i),
        )

    def _listed(
        self, section: Section, word: str, i: int, keep_empty: bool = False
    ) -> tuple[Annotation, ...]:
        """Annotations that one cell lists, divided by semicolons."""
        columns = [
            _split(section.at(w, i))
            for w in (word, f"{word} term source ref", f"{word} term accession number")
        ]
        found = []
        for n in range(max(len(c) for c in columns)):
            annotation = Annotation.of(c[n] if n < len(c) else "" for c in columns)
            if annotation or keep_empty:
                found.append(annotation)
        return tuple(found)


def _each(section: Section, make: Callable[[Section, int], T]) -> tuple[T, ...]:
    return tuple(make(section, index) for index in section.items())


def _term(section: Section, word: str, i: int) -> Annotation:
    return Annotation(
        section.at(word, i),
        section.at(f"{word} term source ref", i),
        section.at(f"{word} term accession number", i),
    )


def _comments(section: Section, i: int) -> tuple[Comment, ...]:
    return tuple(
        Comment(c.label, c.values[i]) for c in section.comments if i < len(c.values) and c.values[i]
    )


def _all_comments(section: Section) -> tuple[Comment, ...]:
    return tuple(Comment(c.label, v) for c in section.comments for v in c.values if v)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";")] if text else []
