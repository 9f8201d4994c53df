"""Withdrawing a source: its graphs go in one visible step, a tombstone stays in the catalogue."""

from __future__ import annotations

from datetime import UTC, datetime

from pyoxigraph import NamedNode

from kg_service.catalogue import Catalogue
from kg_service.errors import UsageError
from kg_service.lineage.scope import source_with_id
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
    record = Catalogue(store).source(iri) or source_with_id(store, source_id)
    iri = NamedNode(record.iri)
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    store.commit(burial(store, record, because.strip(), steward(who), now))
    stone = tombstone(store, iri)
    assert stone is not None
    return stone
