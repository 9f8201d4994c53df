"""Withdrawing a source: its graphs go in one visible step, a tombstone stays in the catalogue."""

from __future__ import annotations

from datetime import UTC, datetime
from difflib import get_close_matches

from pyoxigraph import NamedNode

from kg_service.catalogue import Catalogue
from kg_service.errors import NotKnown, UsageError, Withdrawn
from kg_service.links.stewardship import steward
from kg_service.store.port import GraphStore
from kg_service.tombstones import Tombstone, burial, tombstone


def withdraw(
    store: GraphStore, base: str, source_id: str, because: str, who: str | None = None
) -> Tombstone:
    """Withdraw a source. Raises NotKnown, Withdrawn where it is already, UsageError, StoreError."""
    if not because.strip():
        raise UsageError("say why (--because): whoever misses the source will want to know")
    iri = NamedNode(f"{base}/source/{source_id}")
    catalogue = Catalogue(store)
    record = catalogue.source(iri)
    if record is None:
        if stone := tombstone(store, iri):
            raise Withdrawn(str(stone))
        near = get_close_matches(source_id, [r.id for r in catalogue.sources()], n=1)
        hint = f"did you mean {near[0]}?" if near else "kg sources lists those that are"
        raise NotKnown(f"there is no source {source_id!r}; {hint}")
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    store.commit(burial(store, record, because.strip(), steward(who), now))
    stone = tombstone(store, iri)
    assert stone is not None
    return stone
