"""Lists read by column give what GraphQL's own execution gives, whatever is selected."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import event, given, note, settings
from hypothesis import strategies as st
from service.conftest import PLANT, TABLE

from kg_service.service import graphql_projection, graphql_schema
from kg_service.service.app import ServiceContext
from kg_service.service.graphql_context import GraphQLContext

SCHEMA = graphql_schema.make_schema()

LEAVES = st.sampled_from(["id", "label", "kind", "kinds", "identifiers", "description"])
SOURCE_LEAVES = st.sampled_from(
    ["id", "iri", "title", "asserted", "profiles", "identifier", "__typename", "visibility"]
)
TYPES = ["Thing", "Node", "Entity", "Activity", "Sample", "File", "ToolRun", "OtherActivity"]


def _aliased(field: str, alias: int | None) -> str:
    return field if alias is None else f"a{alias}_{field.strip('_')}: {field}"


def _directive(field: str, directive: str) -> str:
    head, brace, rest = field.partition(" {")
    return f"{head}{directive}{brace}{rest}"


def _selected(fields: list[str]) -> str:
    return " ".join(fields)


DIRECTIVES = st.sampled_from(
    ["", "", "", " @skip(if: $yes)", " @skip(if: $no)", " @include(if: $yes)", " @include(if: $no)"]
)
ALIASES = st.one_of(st.none(), st.integers(0, 2))
SOURCES = st.lists(st.builds(_aliased, SOURCE_LEAVES, ALIASES), min_size=1, max_size=4).map(
    lambda fields: f"sources {{ {_selected(fields)} }}"
)
# what is not plain: it must fall back to the ordinary way, for the whole list
SLOW = st.sampled_from(
    ["lineage(depth: 0) { complete }", "links { key }", "attributedTo { totalCount }"]
)
FIELDS = st.one_of(
    st.builds(_aliased, LEAVES, ALIASES), st.just("__typename"), SOURCES, SOURCES, SLOW
)
DIRECTED = st.builds(_directive, FIELDS, DIRECTIVES)


def _on(type_: str, fields: list[str], directive: str) -> str:
    kept = [f for f in fields if type_ != "Node" or f.startswith(("id", "__typename"))]
    return f"... on {type_}{directive} {{ {_selected(kept or ['id'])} }}"


THING = st.lists(
    st.one_of(
        DIRECTED,
        DIRECTED,
        st.builds(_on, st.sampled_from(TYPES), st.lists(DIRECTED, max_size=3), DIRECTIVES),
        st.just("...Told"),
    ),
    min_size=1,
    max_size=5,
).map(_selected)
NODE = st.one_of(
    st.just("kind depth stops"),
    st.just("partOfRun { id }"),
    THING.map(lambda thing: f"depth a: kind thing {{ __typename {thing} }}"),
)
IDS = f'"{PLANT}", "x:y", "{TABLE}"'
QUERIES = st.one_of(
    NODE.map(lambda node: f'lineage(id: "{TABLE}") {{ nodes {{ {node} }} }}'),
    THING.map(lambda thing: f"things {{ totalCount nodes {{ {thing} }} }}"),
    THING.map(lambda thing: f"activities {{ edges {{ cursor node {{ {thing} }} }} }}"),
    THING.map(lambda thing: f"nodes(ids: [{IDS}]) {{ ...on Thing {{ {thing} }} }}"),
    SOURCES,
)  # fmt: skip
FLAGS = (("yes", "true"), ("no", "false"))


def ask(schema: Any, context: ServiceContext, query: str) -> tuple[Any, list[str]]:
    found = asyncio.run(schema.execute(query, context_value=GraphQLContext(context)))
    return found.data, sorted(str(error) for error in found.errors or [])


@pytest.fixture(scope="module")
def ordinary() -> Any:
    """The same schema, executed in the ordinary way."""
    schema = graphql_schema.make_schema()
    base = graphql_projection.ProjectingExecutor.__bases__[0]
    schema.execution_context_class = base
    return schema


@settings(deadline=None, max_examples=150)
@given(query=QUERIES, more=st.sampled_from(["", "description", "... on File { kinds }"]))
def test_both_ways_give_the_same(
    context: ServiceContext, ordinary: Any, query: str, more: str
) -> None:
    declared = [f"${n}: Boolean = {v}" for n, v in FLAGS if f"${n}" in query]
    text = f"query{f'({chr(44).join(declared)})' if declared else ''} {{ {query} }} "
    if "...Told" in query:
        text += f"fragment Told on Thing {{ label named: label sources {{ id }} {more} }}"
    ours, theirs = ask(SCHEMA, context, text), ask(ordinary, context, text)
    note(text)
    event("answered" if ours[0] is not None else ours[1][0].split(chr(10))[0][:60])
    assert ours == theirs
    assert list(map(str, _keys(ours[0]))) == list(map(str, _keys(theirs[0])))


def _keys(data: Any) -> list[Any]:
    """The order of the fields, which the specification fixes too."""
    if isinstance(data, dict):
        return [[key, _keys(value)] for key, value in data.items()]
    return [_keys(item) for item in data] if isinstance(data, list) else []


def test_plain_lists_are_read_by_column(
    context: ServiceContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else this module would compare one way with itself."""
    read: list[int] = []
    objects = graphql_projection._Projector.objects

    def counted(self: Any, type_: Any, selected: Any) -> Any:
        column = objects(self, type_, selected)

        def noted(items: Any) -> Any:
            found = column(items)
            read.append(len(items))
            return found

        return noted

    monkeypatch.setattr(graphql_projection._Projector, "objects", counted)
    query = (
        f'{{ lineage(id: "{TABLE}") {{ nodes {{ depth kind thing {{ id sources {{ id }} }} }} }} }}'
    )
    data, errors = ask(SCHEMA, context, query)
    assert not errors
    assert len(data["lineage"]["nodes"]) in read


@pytest.mark.parametrize("wrong", [{"label": None}, {"label": 5}, {"sources": (None,)}])
def test_values_that_break_the_schema_are_told_the_ordinary_way(
    context: ServiceContext, ordinary: Any, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any]
) -> None:
    things = list(context.graph.specimens()) * 2
    broken = [things[0], replace(things[1], **wrong)]
    monkeypatch.setattr(ServiceContext, "keep", lambda *_: broken)
    query = "{ specimens { id label sources { id } } }"
    ours, theirs = ask(SCHEMA, context, query), ask(ordinary, context, query)
    assert ours == theirs
    assert wrong["label" if "label" in wrong else "sources"] == 5 or ours[1]
