"""Tiers follow the store that is written: see ``SideIndex``."""

from __future__ import annotations

import logging
from collections.abc import Callable

from pyoxigraph import NamedNode

from kg_service.access.sight import Tier
from kg_service.access.tiers import Tiers
from kg_service.access.views import Views
from kg_service.errors import StoreError
from kg_service.store.grades import Grades
from kg_service.store.port import GraphReader
from kg_service.store.statements import Statements

_log = logging.getLogger(__name__)


class FollowingTiers:
    """Brings the tiers that there are up to date when a writer is done.

    Nothing depends on it: who reads a tier that is behind brings it up to date first. ``open_``
    opens the store as readers see it.
    """

    def __init__(self, tiers: Tiers, open_: Callable[[], GraphReader]) -> None:
        self._tiers = tiers
        self._open = open_
        self._published = False

    def add(self, graph: NamedNode, statements: Statements, grades: Grades | None) -> None:
        """Nothing: a tier is made from what was published."""

    def drop(self, graph: NamedNode) -> None:
        """Nothing."""

    def publish(self) -> None:
        self._published = True

    def close(self) -> None:
        if not self._published or not any(self._tiers.exists(tier) for tier in Tier):
            return
        try:
            Views(self._open(), self._tiers).sync()
        except StoreError as error:
            _log.warning("%s; the first who reads that part of the store will do it", error)
