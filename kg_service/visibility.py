"""Deciding who may see a source that is in the store, without a new version of it."""

from __future__ import annotations

from difflib import get_close_matches

from pyoxigraph import NamedNode

from kg_service.access.deciding import Decided, change_visibility
from kg_service.catalogue import Catalogue
from kg_service.errors import NotKnown
from kg_service.store.port import GraphStore
from kg_service.tombstones import tombstone


def decide_visibility(
    store: GraphStore, base: str, source_id: str, decided: Decided, *, earlier: bool = False
) -> None:
    """Decide on a source, or on the tombstone of one. Raises NotKnown, StoreError.

    Earlier versions keep their own visibility, which counts besides, unless ``earlier`` says
    that they are decided on too.
    """
    iri = NamedNode(f"{base}/source/{source_id}")
    catalogue = Catalogue(store)
    if catalogue.source(iri) is None and tombstone(store, iri) is None:
        near = get_close_matches(source_id, [r.id for r in catalogue.sources()], n=1)
        hint = f"did you mean {near[0]}?" if near else "see kg sources, or /sources"
        raise NotKnown(f"there is no source {source_id!r}; {hint}")
    change_visibility(store, iri, decided, earlier=earlier)
