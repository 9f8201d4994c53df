"""DataCite records as triples, in DataCite's own field names.

The node of a record is the address of its DOI. A list of objects (titles, dates, rights, …)
keeps each object as it is written, in order; what is said with a type besides gets a plain
statement too (``datacite:dateAvailable``, ``datacite:isDerivedFrom``, ``datacite:abstract``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from ingest.datacite.agents import Agents
from ingest.datacite.identifiers import doi_iri, doi_of, iri_of
from ingest.datacite.records import LISTS, Record, Records
from ingest.datacite.relations import Relations, class_name, property_name
from ingest.findings import Findings
from ingest.iri import segment
from ingest.json_structure import Structures
from ingest.json_values import canonical, is_scalar, json_literal, scalar_literal
from ingest.triples import skolem, typed

NAMESPACE = "https://w3id.org/kg-service/datacite#"
_CLASSES = {
    "types": "ResourceType", "rightsList": "Rights", "relationships": "Relationship",
    "data": "Reference", "affiliation": "Affiliation", "geoLocations": "GeoLocation",
}  # fmt: skip
# API relationships that lead to other DOIs
_LINKS = (
    "parts", "partOf", "versions", "versionOf", "references", "citations",
)  # fmt: skip


@dataclass
class Graph:
    """Writes the triples of one source below ``base``."""

    source: Records
    base: str
    findings: Findings
    _held: dict[NamedNode, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._structures = Structures(self.base, NAMESPACE, _CLASSES)
        self._agents = Agents(self._structures)
        self._relations = Relations(self._structures)

    def triples(self) -> Iterator[Triple]:
        """All statements of the source."""
        term = self._structures.term
        if self.source.about:
            answer = NamedNode(self.base + "answer")
            yield typed(answer, term("Answer"))
            for name, value in self.source.about.items():
                # counts and page addresses of a search, whose keys are no fields of DataCite
                yield Triple(
                    answer,
                    term(name),
                    scalar_literal(value) if is_scalar(value) else json_literal(value),
                )
        for item, _where in self.source.included:
            yield from self._included(item)
        for record in self.source.records:
            yield from self._record(record)

    def _included(self, item: dict[str, Any]) -> Iterator[Triple]:
        node = self._entry_node(str(item["type"]), str(item["id"]))
        yield typed(node, self._structures.term(class_name(str(item["type"]).removesuffix("s"))))
        for name, value in item.items():
            if name == "attributes" and isinstance(value, dict):
                for key, content in value.items():
                    yield from self._structures.field(node, key, content)
            else:
                yield from self._structures.field(node, name, value)

    def _entry_node(self, kind: str, identifier: str) -> NamedNode:
        return NamedNode(f"{self.base}{segment(kind)}/{segment(identifier)}")

    def _node(self, record: Record) -> NamedNode:
        if record.doi is not None:
            return NamedNode(doi_iri(record.doi))
        return skolem(self.base, "record", canonical(record.data))

    # --- one record ---

    def _record(self, record: Record) -> Iterator[Triple]:
        node, term, content = self._node(record), self._structures.term, canonical(record.data)
        if self._held.setdefault(node, content) != content:
            self.findings.warned("duplicate-record", record.where, "what both say is kept")
        yield typed(node, term("Resource"))
        if record.doi is not None:
            yield Triple(node, term("identifier"), node)
        for name, value in record.data.items():
            if name in LISTS:
                for number, item in enumerate(value):
                    place = number if len(value) > 1 else None
                    yield from self._entry(node, name, item, place)
            elif name == "types" and isinstance(value, dict):
                yield from self._types(node, value)
            elif name == "container" and isinstance(value, dict) and value:
                yield from self._relations.container(node, value)
            elif name == "publisher" and isinstance(value, dict):
                yield from self._structures.structure(node, "publishers", value, None)
                yield from self._agents.organization(node, "publisher", "publisher", value)
            else:
                yield from self._structures.field(node, name, value)
        for name, value in record.relationships.items():
            yield from self._relationships(node, name, value)

    def _entry(
        self, node: NamedNode, name: str, item: dict[str, Any], number: int | None
    ) -> Iterator[Triple]:
        if name == "relatedIdentifiers":
            yield from self._relations.identifier(node, item, number)
            return
        if name == "relatedItems":
            yield from self._relations.item(node, item, number)
            return
        yield from self._structures.structure(node, name, item, number)
        entry = self._structures.child(node, name, item, number)
        if name in ("creators", "contributors"):
            yield from self._agent(node, entry, name, item)
        elif name == "fundingReferences":
            yield from self._agents.organization(node, "funder", "funder", item)
        elif name in ("identifiers", "alternateIdentifiers"):
            yield from self._identifier(node, item)
        else:
            yield from self._plain(node, name, item)

    def _agent(
        self, node: NamedNode, entry: NamedNode, name: str, item: dict[str, Any]
    ) -> Iterator[Triple]:
        yield from self._agents.named(node, entry, item)
        role = property_name(str(item.get("contributorType") or ""), "contributor")
        relation = "creator" if name == "creators" else role
        yield Triple(node, self._structures.term(relation), self._agents.agent_of(node, item))

    def _identifier(self, node: NamedNode, item: dict[str, Any]) -> Iterator[Triple]:
        for name in ("identifier", "alternateIdentifier"):
            written = item.get(name)
            if not isinstance(written, str) or not written.strip():
                continue
            iri = iri_of(written, str(item.get(f"{name}Type") or ""))
            if iri != node.value:
                known = NamedNode(iri) if iri else Literal(written.strip())
                yield Triple(node, self._structures.term("alternateIdentifier"), known)

    def _plain(self, node: NamedNode, name: str, item: dict[str, Any]) -> Iterator[Triple]:
        """What an entry says, as one statement of the record itself."""
        if name == "titles":
            kind = str(item.get("titleType") or "")
            relation = property_name(kind, "otherTitle") if kind else "title"
            yield from self._text(node, relation, item.get("title"), item.get("lang"))
        elif name == "descriptions":
            relation = property_name(str(item.get("descriptionType") or ""), "description")
            yield from self._text(node, relation, item.get("description"), item.get("lang"))
        elif name == "subjects":
            yield from self._text(node, "subject", item.get("subject"), item.get("lang"))
            iri = iri_of(str(item.get("valueUri") or ""))
            if iri:
                yield Triple(node, self._structures.term("subjectTerm"), NamedNode(iri))
        elif name == "dates" and is_scalar(item.get("date")):
            relation = "date" + class_name(str(item.get("dateType") or "Other"))
            yield Triple(node, self._structures.term(relation), scalar_literal(item["date"]))
        elif name == "rightsList":
            iri = iri_of(str(item.get("rightsUri") or item.get("rightsURI") or ""))
            if iri:
                yield Triple(node, self._structures.term("licence"), NamedNode(iri))
            else:
                yield from self._text(node, "licence", item.get("rights"), item.get("lang"))
        elif name == "geoLocations":
            yield from self._text(node, "place", item.get("geoLocationPlace"), None)

    def _text(self, node: NamedNode, name: str, value: Any, language: Any) -> Iterator[Triple]:
        if not isinstance(value, str) or not value.strip():
            return
        text = Literal(value.strip())
        if isinstance(language, str) and language.strip():
            # what is no language tag stays in the entry alone
            with suppress(ValueError):
                text = Literal(value.strip(), language=language.strip().replace("_", "-"))
        yield Triple(node, self._structures.term(name), text)

    def _types(self, node: NamedNode, value: dict[str, Any]) -> Iterator[Triple]:
        yield from self._structures.structure(node, "types", value, None)
        general = value.get("resourceTypeGeneral")
        if isinstance(general, str) and class_name(general):
            yield typed(node, self._structures.term(class_name(general)))
        yield from self._structures.text(node, "resourceType", value.get("resourceType"))

    def _relationships(self, node: NamedNode, name: str, value: Any) -> Iterator[Triple]:
        """JSON:API's links of a DOI: to its repository, and to other DOIs."""
        if name != "relationships" or not isinstance(value, dict):
            yield from self._structures.field(node, name, value)
            return
        for relation, content in value.items():
            data = content.get("data") if isinstance(content, dict) else None
            for item in data if isinstance(data, list) else [data]:
                if not isinstance(item, dict) or not item.get("id"):
                    continue
                kind, identifier = str(item.get("type") or "resource"), str(item["id"])
                doi = doi_of(identifier)
                other = NamedNode(doi_iri(doi)) if doi else self._entry_node(kind, identifier)
                yield Triple(node, self._structures.term(relation), other)
                if doi and relation in _LINKS:
                    yield typed(other, self._structures.term("RelatedResource"))
                    yield Triple(other, self._structures.term("identifier"), other)
                else:
                    yield typed(other, self._structures.term(class_name(kind.removesuffix("s"))))
                    yield Triple(other, self._structures.term("id"), Literal(identifier))
