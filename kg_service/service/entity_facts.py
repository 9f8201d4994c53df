"""What pages, links and search engines are told of a thing, drawn from its aligned statements."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Literal, NamedNode, Quad

from kg_service.describe import Thing
from kg_service.identity.identifiers import identifier_key, iri_key
from kg_service.rdf import is_aligned
from kg_service.terms import dcterms, kg, prov

SCHEMA = "https://schema.org/"
# the kinds that schema.org has a class for, the most telling first as in ``describe.KINDS``
_CLASSES = (
    (("Workflow", "WorkflowStep"), "SoftwareSourceCode"),
    (("Software", "SoftwareAgent", "ContainerImage"), "SoftwareApplication"),
    (("Protocol", "Plan"), "HowTo"),
    (("Person",), "Person"),
    (("Organization",), "Organization"),
    (("File",), "MediaObject"),
    (("RawDataset", "ProcessedDataset", "Dataset", "Data"), "Dataset"),
    (("Assay", "Study", "Investigation"), "Dataset"),
    (("Collection",), "Collection"),
    (("Value", "FormalParameter"), "PropertyValue"),
    (("Technique",), "DefinedTerm"),
    (("Activity",), "Action"),
)  # fmt: skip
# of these, what resolves is the thing itself; an accession number names a record of it
_CITED = ("doi", "ark", "handle", "igsn", "swh", "orcid", "ror", "raid", "arxiv", "rrid")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")


@dataclass(frozen=True)
class EntityFacts:
    """The aligned statements about a thing, by property."""

    thing: Thing
    about: tuple[Quad, ...]

    def iris(self, *predicates: NamedNode) -> list[str]:
        """The IRIs that are values of any of these properties, once each, in order."""
        values = (q.object for q in self._of(predicates))
        return list(dict.fromkeys(v.value for v in values if isinstance(v, NamedNode)))

    def texts(self, *predicates: NamedNode) -> list[str]:
        """The same of literals."""
        values = (q.object for q in self._of(predicates))
        return list(dict.fromkeys(v.value for v in values if isinstance(v, Literal)))

    def _of(self, predicates: Iterable[NamedNode]) -> Iterable[Quad]:
        return (quad for predicate in predicates for quad in self._by_property.get(predicate, ()))

    @cached_property
    def _by_property(self) -> dict[NamedNode, list[Quad]]:
        found: dict[NamedNode, list[Quad]] = {}
        for quad in self.about:
            if is_aligned(quad.graph_name):
                found.setdefault(quad.predicate, []).append(quad)
        return found

    @property
    def schema_class(self) -> str:
        """The class of schema.org, by its local name."""
        kinds = self.thing.kinds
        return next((name for known, name in _CLASSES if any(k in kinds for k in known)), "Thing")

    @property
    def authors(self) -> list[str]:
        return self.iris(prov("wasAttributedTo"), dcterms("creator"))

    @property
    def licences(self) -> list[str]:
        """The licences' addresses: its own, else the one that all sources that tell of it have."""
        own = [iri for iri in self.iris(dcterms("license")) if is_web(iri)]
        if own:
            return own
        told = {source.licence for source in self.thing.sources}
        return [text for text in told if text and is_web(text)] if len(told) == 1 else []

    def contents(self, base: str) -> list[str]:
        """Where the bytes of a file are, as its sources say; never at an address of this service,
        which tells of things and has none."""
        told = [*self.iris(kg("location")), *self.texts(kg("location"))]
        if "File" in self.thing.kinds:
            told.append(self.thing.iri)
        return [text for text in told if is_web(text) and not text.startswith(f"{base}/")][:1]

    @property
    def media_type(self) -> str | None:
        """A file's media type, where its sources tell one."""
        told = self.texts(dcterms("format"))
        return next((text for text in told if _MEDIA_TYPE.fullmatch(text)), None)

    @property
    def persistent(self) -> str | None:
        """The address of its persistent identifier, where it has one."""
        keys = [iri_key(self.thing.iri), *map(identifier_key, self.thing.identifiers)]
        return next((url for key in keys if key and (url := resolver(*key))), None)


def resolver(scheme: str, value: str) -> str | None:
    """The address at which an identifier resolves; None where its scheme has none."""
    if scheme not in _CITED:
        return None
    import idutils  # slow to import, and most pages need none

    return idutils.to_url(value, scheme, url_scheme="https") or None


def persistent_address(written: str | None) -> str | None:
    """The address of a persistent identifier in any spelling; None where the text is none."""
    key = identifier_key(written) if written else None
    return resolver(*key) if key else None


def is_web(text: str) -> bool:
    """Whether this is an address of the web that is safe in a link."""
    if not text.startswith(("http://", "https://")):
        return False
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True
