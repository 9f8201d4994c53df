"""Making the statements of ISA's vocabulary, each thing without a name described once."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache

from pyoxigraph import Literal, NamedNode, Triple

from ingest.iri import valid_reference
from ingest.isa.model import Annotation, Comment, Value
from ingest.isa.paths import is_address, part_path
from ingest.triples import XSD, literal, skolem, typed

ISA = "https://w3id.org/kg-service/isa#"
_INTEGER = re.compile(r"-?(?:0|[1-9]\d*)")
_DECIMAL = re.compile(r"-?(?:0|[1-9]\d*)\.\d+")
_DOUBLE = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?[eE][+-]?\d+")
_XSD_INTEGER = NamedNode(XSD + "integer")
_XSD_DECIMAL = NamedNode(XSD + "decimal")
_XSD_DATE = NamedNode(XSD + "date")
_XSD_DATETIME = NamedNode(XSD + "dateTime")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATETIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*")


@lru_cache(maxsize=256)
def term(name: str) -> NamedNode:
    """A term of the ISA vocabulary (ontologies/isa.ttl)."""
    return NamedNode(ISA + name)


@lru_cache(maxsize=65536)
def value_literal(text: str) -> Literal:
    """A number where the text is one in plain notation (no leading zero), else the text."""
    if _INTEGER.fullmatch(text):
        return Literal(text, datatype=_XSD_INTEGER)
    if _DECIMAL.fullmatch(text):
        return Literal(text, datatype=_XSD_DECIMAL)
    if _DOUBLE.fullmatch(text):
        return literal(float(text))
    return Literal(text)


def date_literal(text: str) -> Literal:
    """An xsd:date or xsd:dateTime where the text is one in ISO 8601, else the text."""
    try:
        if _DATE.fullmatch(text):
            date.fromisoformat(text)
            return Literal(text, datatype=_XSD_DATE)
        if _DATETIME.fullmatch(text):
            return Literal(datetime.fromisoformat(text).isoformat(), datatype=_XSD_DATETIME)
    except ValueError:
        pass
    return Literal(text)


class Statements:
    """Collects triples under a base; unnamed things get the same IRI whenever they are the same."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._made: list[Triple] = []
        self._nodes: dict[object, NamedNode] = {}
        self._described: set[str] = set()

    def drain(self) -> list[Triple]:
        """The triples made since the last time."""
        made, self._made = self._made, []
        return made

    def node(self, path: str) -> NamedNode:
        """The node at a path, or at an absolute address."""
        return NamedNode(valid_reference(path) if is_address(path) else self.base + path)

    def is_new(self, path: str) -> bool:
        """Whether this is the first time that the path is asked for."""
        if path in self._described:
            return False
        self._described.add(path)
        return True

    def type(self, subject: NamedNode, *classes: str) -> None:
        self._made.extend(typed(subject, term(c)) for c in classes)

    def link(self, subject: NamedNode, word: str, object_: NamedNode) -> None:
        self._made.append(Triple(subject, term(word), object_))

    def say(self, subject: NamedNode, word: str, object_: Literal) -> None:
        self._made.append(Triple(subject, term(word), object_))

    def text(self, subject: NamedNode, **words: str) -> None:
        """One statement a word that has a text."""
        for word, value in words.items():
            if value:
                self._made.append(Triple(subject, term(word), Literal(value)))

    def date(self, subject: NamedNode, word: str, value: str) -> None:
        if value:
            self.say(subject, word, date_literal(value))

    def comments(self, subject: NamedNode, comments: tuple[Comment, ...]) -> None:
        for comment in comments:
            self.link(subject, "comments", self._comment(comment))

    def annotation(self, subject: NamedNode, word: str, annotation: Annotation) -> None:
        """Link to an ontology annotation, if there is one."""
        if annotation:
            self.link(subject, word, self._annotation(annotation))

    def terms(self, subject: NamedNode, annotation: Annotation) -> None:
        """The source and accession of an annotation, said of the thing that it annotates."""
        self.text(subject, termSource=annotation.source)
        accession = annotation.accession
        if is_address(accession):
            self.link(subject, "termAccession", NamedNode(valid_reference(accession)))
        else:
            self.text(subject, termAccession=accession)

    def value(self, kind: str, owner: str, value: Value) -> NamedNode:
        """A characteristic, factor value or parameter value; ``owner`` has its category."""
        key = (kind, owner, value)
        node = self._nodes.get(key)
        if node is not None:
            return node
        class_, word, category_class = _VALUES[kind]
        # the reader names what is the same; equal values of a category are one node
        node = self._nodes[key] = skolem(self.base, kind, owner, *_parts(value))
        self.type(node, class_)
        self.text(node, name=value.category)
        if value.value.value:
            self.say(node, "value", value_literal(value.value.value))
        self.terms(node, value.value)
        self.text(node, unit=value.unit.value)
        if value.unit.source or value.unit.accession:
            self.annotation(node, "unitTerm", value.unit)
        self.comments(node, value.value.comments + value.comments)
        if value.category:
            category = self.node(part_path(owner, word, value.category))
            self.link(node, "category", category)
            self.category(category, category_class, value.category)
        return node

    def category(self, node: NamedNode, class_: str, name: str) -> None:
        """A category by its name; its terms and comments are said where it is declared."""
        if self.is_new(node.value):
            self.type(node, class_)
            self.text(node, name=name)

    def _annotation(self, annotation: Annotation) -> NamedNode:
        node = self._nodes.get(annotation)
        if node is None:
            parts = (annotation.value, annotation.source, annotation.accession)
            node = skolem(self.base, "annotation", *parts, *_comment_parts(annotation.comments))
            self._nodes[annotation] = node
            self.type(node, "OntologyAnnotation")
            self.text(node, annotationValue=annotation.value)
            self.terms(node, annotation)
            self.comments(node, annotation.comments)
        return node

    def _comment(self, comment: Comment) -> NamedNode:
        node = self._nodes.get(comment)
        if node is None:
            node = self._nodes[comment] = skolem(self.base, "comment", comment.name, comment.value)
            self.type(node, "Comment")
            self.text(node, name=comment.name, value=comment.value)
        return node


_VALUES = {
    "characteristic": ("MaterialAttributeValue", "characteristic", "MaterialAttribute"),
    "factorValue": ("FactorValue", "factor", "Factor"),
    "parameterValue": ("ParameterValue", "parameter", "ProtocolParameter"),
}


def _parts(value: Value) -> list[str]:
    a, u = value.value, value.unit
    comments = _comment_parts(a.comments + value.comments)
    return [
        value.category,
        a.value,
        a.source,
        a.accession,
        u.value,
        u.source,
        u.accession,
        *comments,
    ]


def _comment_parts(comments: tuple[Comment, ...]) -> list[str]:
    return [part for c in comments for part in (c.name, c.value)]
