"""Which nodes are the same as which, by number: judged as everywhere, remembered for a view."""

from __future__ import annotations

from collections.abc import Callable

from pyoxigraph import NamedNode

from kg_service.identity.evidence import Policy
from kg_service.identity.matches import Match, Matches
from kg_service.index.reader import IndexedReader
from kg_service.index.segment import JOINED, JOINED_BY_NAME
from kg_service.index.view import IndexView


class SameThings:
    """The matches of nodes under a policy. ``flag``: what is set on nodes that may have any.

    ``shows``: which graphs are looked at, if not all are.
    """

    def __init__(
        self,
        view: IndexView,
        reader: IndexedReader,
        policy: Policy,
        shows: Callable[[NamedNode | None], bool] | None = None,
    ) -> None:
        self.flag = JOINED | JOINED_BY_NAME if policy is Policy.ALL else JOINED
        self._view = view
        self._matches = Matches(reader, policy, shows)
        self._found: dict[int, tuple[list[int], list[Match]]] = {}

    def of(self, number: int) -> tuple[list[int], list[Match]]:
        """The matches of a node, and the numbers of the other ones."""
        found = self._found.get(number)
        if found is None:
            node = self._view.node(number)
            numbers: list[int] = []
            matches = self._matches.of(node)
            for match in matches:
                other = self._view.number_of(match.second if match.first == node else match.first)
                assert other is not None  # whatever has a key, or was decided on, has a number
                numbers.append(other)
            found = self._found[number] = numbers, matches
        return found
