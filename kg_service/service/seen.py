"""The knowledge graph as each caller may see it."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

from kg_service.access.caller import Caller
from kg_service.access.part_reader import PartReader
from kg_service.access.sight import Tier
from kg_service.access.tiers import Tiers
from kg_service.access.views import View, Views
from kg_service.errors import StoreError
from kg_service.graph import KnowledgeGraph

_log = logging.getLogger(__name__)
# each may have a copy of what is searched
_MOST_KEPT = 8


class SeenGraphs:
    """Gives callers the graph. Who sees everything gets the plain one. Raises StoreError."""

    def __init__(self, graph: KnowledgeGraph, tiers: Tiers | None) -> None:
        self._graph = graph
        self._tiers = tiers
        self._views = Views(graph.reader, tiers)
        self._guard = threading.Lock()
        # with the number of the state in which each was asked for last
        self._kept: OrderedDict[str, tuple[int, KnowledgeGraph]] = OrderedDict()

    def by(self, caller: Caller) -> KnowledgeGraph:
        """The newest state, as far as the caller sees it."""
        return self._of(self._views.of(caller))

    def key(self, caller: Caller) -> str | None:
        """The name of what the caller sees; None where it may change at any time."""
        return _key(self._views.of(caller))

    def with_key(self, caller: Caller) -> tuple[KnowledgeGraph, str | None]:
        """Both of one state, so that what is made from the one is kept under its own name."""
        view = self._views.of(caller)
        return self._of(view), _key(view)

    def is_whole(self, caller: Caller) -> bool:
        """Whether nothing is hidden from the caller."""
        return self._views.of(caller).whole

    def partly_by(self, caller: Caller) -> Tier | None:
        """The tier that answers the caller's SPARQL where they see more than it holds."""
        view = self._views.of(caller)
        return view.base if isinstance(view.reader, PartReader) else None

    def folder(self, caller: Caller) -> Path | None:
        """The folder of the tier that answers the caller's SPARQL; None where there is no tier."""
        base = self._views.of(caller).base
        return None if base is None or self._tiers is None else self._tiers.folder(base)

    def prepare(self) -> None:
        """Make the tiers that are needed. Where that fails, those who ask them are told."""
        try:
            self._views.sync(missing=True)
        except StoreError as error:
            _log.warning("%s", error)

    def _of(self, view: View) -> KnowledgeGraph:
        if view.whole or view.key is None:
            return replace(self._graph, reader=view.reader)
        with self._guard:
            _known, graph = self._kept.get(view.key, (0, None))
            if graph is None or graph.reader is not view.reader:
                graph = self._graph.of_part(view.reader)
            self._kept[view.key] = view.state, graph
            self._kept.move_to_end(view.key)
            oldest = next(iter(self._kept))
            # what is held of older states keeps their files on the disk
            if len(self._kept) > _MOST_KEPT or self._kept[oldest][0] < view.state - 1:
                del self._kept[oldest]
            return graph


def _key(view: View) -> str | None:
    if not view.whole:
        return view.key
    return None if view.key is None else f"all {view.key}"
