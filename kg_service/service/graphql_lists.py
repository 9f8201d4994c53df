"""Pages of lists of things, as GraphQL gives them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import strawberry

from kg_service.describe import Thing as ThingRecord
from kg_service.search.held import Wanted
from kg_service.service.graphql_context import MOST_LISTED, Asked, answered, checked
from kg_service.service.graphql_paging import (
    cursor_of,
    key_of,
    list_named,
    list_of,
    page_of_iris,
)
from kg_service.service.relations import Relation


@strawberry.type(description="Where a page of a list is.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether there are more after it.")
    has_previous_page: bool = strawberry.field(description="Whether it started after a cursor.")
    start_cursor: str | None = strawberry.field(description="The cursor of its first.")
    end_cursor: str | None = strawberry.field(description="The cursor of its last.")


@dataclass
class ListPage:
    """A page of a list of things."""

    nodes: list[ThingRecord]
    cursors: list[str]
    more: bool
    started: bool
    count: Callable[[], Awaitable[int]]

    @property
    def edges(self) -> list[EdgeRecord]:
        return [EdgeRecord(*pair) for pair in zip(self.cursors, self.nodes, strict=True)]

    @property
    def page_info(self) -> PageInfo:
        return PageInfo(
            has_next_page=self.more,
            has_previous_page=self.started,
            start_cursor=self.cursors[0] if self.cursors else None,
            end_cursor=self.cursors[-1] if self.cursors else None,
        )


@dataclass(slots=True)
class EdgeRecord:
    """A thing in a list, and its place there."""

    cursor: str
    node: ThingRecord


async def page_of(info: Asked, wanted: Wanted, first: int, after: str | None) -> ListPage:
    """A page of all that is wanted, from the graph's index."""
    name = list_of(wanted)

    def make() -> ListPage:
        checked(first, "first", MOST_LISTED)
        found = info.context.graph.found()
        key = key_of(name, after, 2 if found.ranks(wanted) else 1)
        page = found.page(wanted, first, key)

        async def count() -> int:
            return await answered(lambda: found.count(wanted))

        cursors = [cursor_of(name, key) for key in page.keys]
        return ListPage(list(page.things), cursors, page.more, after is not None, count)

    return await answered(make)


async def page_around(
    info: Asked, root: ThingRecord, relation: Relation, first: int, after: str | None
) -> ListPage:
    """A page of what is around a thing, by IRI."""
    name = list_named(relation.name, root.iri)
    iris = await info.context.around.load((relation, root.iri))

    def make() -> tuple[list[str], bool]:
        checked(first, "first", MOST_LISTED)
        return page_of_iris(name, iris, first, after)

    shown, more = await answered(make)
    things = await info.context.things.load_many(shown)

    async def count() -> int:
        return len(iris)

    cursors = [cursor_of(name, (iri,)) for iri in shown]
    return ListPage(list(things), cursors, more, after is not None, count)
