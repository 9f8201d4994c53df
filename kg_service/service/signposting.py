"""FAIR Signposting: typed links by which machines find what belongs to a page.

Level 1 is a Link header on pages and descriptions, level 2 a link set of all of them; see
https://signposting.org/FAIR/.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kg_service.catalogue import SourceRecord
from kg_service.service.addresses import (
    entity_address,
    entity_form,
    linkset_address,
    source_address,
)
from kg_service.service.entity_facts import SCHEMA, EntityFacts, is_web, persistent_address
from kg_service.service.typed_links import LINKSET, LINKSET_JSON, TypedLink
from kg_service.terms import prov
from kg_service.tombstones import Tombstone

HTML = "text/html"
# the formats that a description is offered in, by name and media type
DESCRIPTIONS = (
    ("json-ld", "application/ld+json"),
    ("turtle", "text/turtle"),
    ("nt", "application/n-triples"),
    ("rdf", "application/rdf+xml"),
    ("trig", "application/trig"),
    ("nq", "application/n-quads"),
)
# how many of the descriptions, and how many items, a Link header has before what it has room for
_FIRST = 2
_FEW = 5
_MOST_ITEMS = 10_000


@dataclass(frozen=True)
class Resource:
    """What has a page: its address, its descriptions by format, and the links of both."""

    iri: str
    page: str
    home: str
    form: Callable[[str], str]
    links: tuple[TypedLink, ...]
    items: tuple[TypedLink, ...] = ()

    def of_page(self) -> list[TypedLink]:
        """The links of the page, the most telling first."""
        first, rest = self._described_by()[:_FIRST], self._described_by()[_FIRST:]
        return [*self._linksets(self.page), *self.links, *first, *self.items[:_FEW], *rest]

    def of_description(self) -> list[TypedLink]:
        """The links of a description in any format."""
        anchor = self.form(DESCRIPTIONS[0][0])
        return [TypedLink(anchor, "describes", self.page, HTML), *self._linksets(anchor)]

    def all(self) -> list[TypedLink]:
        """The links of the page, of all descriptions, and of the items."""
        described = [
            TypedLink(self.form(name), "describes", self.page, HTML) for name, _ in DESCRIPTIONS
        ]
        back = [TypedLink(item.target, "collection", self.page, HTML) for item in self.items]
        return [*self.links, *self._described_by(), *self.items, *described, *back]

    def _described_by(self) -> list[TypedLink]:
        return [
            TypedLink(self.page, "describedby", self.form(name), media_type)
            for name, media_type in DESCRIPTIONS
        ]

    def _linksets(self, anchor: str) -> list[TypedLink]:
        return [
            TypedLink(anchor, "linkset", linkset_address(self.home, self.iri, name), media_type)
            for name, media_type in (("json", LINKSET_JSON), ("text", LINKSET))
        ]


def of_thing(facts: EntityFacts, base: str, home: str) -> Resource:
    """A thing with its page and links."""
    thing = facts.thing
    page = entity_address(base, home, thing.iri)
    links = _common(page, facts.persistent or thing.iri, facts.schema_class, facts.licences)
    links += [TypedLink(page, "author", iri) for iri in facts.authors if is_web(iri)]
    links += [
        TypedLink(page, "collection", source_address(home, source.id), HTML)
        for source in thing.sources
    ]
    items = [TypedLink(page, "item", iri, facts.media_type) for iri in facts.contents(base)]
    items += [
        TypedLink(page, "item", entity_address(base, home, member), HTML)
        for member in facts.iris(prov("hadMember"))[:_MOST_ITEMS]
    ]
    return Resource(
        thing.iri, page, home, lambda form: entity_form(home, thing.iri, form), tuple(links),
        tuple(items),
    )  # fmt: skip


def of_source(record: SourceRecord, root: EntityFacts | None, base: str, home: str) -> Resource:
    """A source with its page and links; ``root`` is the thing that it describes as a whole."""
    page = source_address(home, record.id)
    licences = [record.licence] if record.licence and is_web(record.licence) else []
    cited = persistent_address(record.identifier) or record.iri
    links = _common(page, cited, "Dataset", licences)
    items = []
    if root is not None:
        links += [TypedLink(page, "author", iri) for iri in root.authors if is_web(iri)]
        items = [TypedLink(page, "item", entity_address(base, home, root.thing.iri), HTML)]
    links.append(TypedLink(page, "collection", f"{home}/sources", HTML))
    return Resource(
        record.iri, page, home, lambda form: source_address(home, record.id, form), tuple(links),
        tuple(items),
    )  # fmt: skip


def of_tombstone(stone: Tombstone, home: str) -> Resource:
    """A withdrawn source, whose description outlives it."""
    page = source_address(home, stone.id)
    links = _common(page, stone.iri, "Dataset", ())
    links.append(TypedLink(page, "collection", f"{home}/sources", HTML))
    return Resource(
        stone.iri, page, home, lambda form: source_address(home, stone.id, form), tuple(links)
    )


def _common(page: str, cited: str, class_: str, licences: Sequence[str]) -> list[TypedLink]:
    links = [TypedLink(page, "cite-as", cited)] if is_web(cited) else []
    links += [TypedLink(page, "type", SCHEMA + name) for name in ("AboutPage", class_)]
    return links + [TypedLink(page, "license", licence) for licence in licences]
