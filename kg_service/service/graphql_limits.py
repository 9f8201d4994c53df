"""What a GraphQL query may cost, told before it is carried out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLList,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
)
from strawberry.extensions import SchemaExtension

from kg_service.service.graphql_context import MOST_LISTED

DEEPEST_QUERY = 15
MOST_ALIASES = 30
MOST_TOKENS = 2000
MOST_COST = 50_000
_WALK = 100
# what a field costs by itself, if it has arguments: without, it is a part of an answer
_WALKS = {
    "lineage": _WALK,
    "results": _WALK,
    "specimens": _WALK,
    "resultsOfSpecimen": _WALK,
    "specimensOfResult": _WALK,
    "ask": _WALK,
    "paths": 2 * _WALK,
    "commonAncestors": 10 * _WALK,
    "affected": _WALK,
    "gaps": 2 * _WALK,
    "differences": 2 * _WALK,
    "why": _WALK,
    "export": 10 * _WALK,
    "studyTable": 100 * _WALK,
}
_LIST = 10
# "paths": those of an ancestor; between two things, "first" says how many
_LISTS = {"nodes": 100, "edges": 100, "things": 100, "paths": 2, "said": 2}


@dataclass
class _Weight:
    depth: int = 0
    aliases: int = 0
    cost: int = 0

    def add(self, other: _Weight, aliases: int = 0) -> None:
        """Join what stands beside it."""
        self.depth = max(self.depth, other.depth)
        self.aliases += other.aliases + aliases
        self.cost += other.cost


class _Scale:
    """Weighs the operation of a document that is valid."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]
    ) -> None:
        self._schema = schema
        self._variables = dict(variables)
        self._spreads: dict[tuple[str, int | None], _Weight] = {}
        self._fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }

    def weigh(self, operation: OperationDefinitionNode) -> _Weight:
        """How deep it nests, how many aliases it has, how many objects it may give."""
        root = self._schema.get_root_type(operation.operation)
        for variable in operation.variable_definitions or ():
            name = variable.variable.name.value
            if name not in self._variables and isinstance(variable.default_value, IntValueNode):
                self._variables[name] = int(variable.default_value.value)
        return self._of(operation.selection_set, root, None) if root else _Weight()

    def _of(self, selected: SelectionSetNode, type_: Any, page: int | None) -> _Weight:
        weight = _Weight()
        for node in selected.selections:
            if isinstance(node, FieldNode):
                weight.add(self._field(node, type_, page), node.alias is not None)
            elif isinstance(node, FragmentSpreadNode):
                weight.add(self._spread(node.name.value, page))
            elif isinstance(node, InlineFragmentNode):
                weight.add(self._of(node.selection_set, self._on(node, type_), page))
        return weight

    def _spread(self, name: str, page: int | None) -> _Weight:
        """The weight of a fragment, found once: fragments of fragments could be many."""
        key = name, page
        if key not in self._spreads:
            fragment = self._fragments[name]
            on = self._on(fragment, None)
            self._spreads[key] = self._of(fragment.selection_set, on, page)
        return self._spreads[key]

    def _on(self, fragment: InlineFragmentNode | FragmentDefinitionNode, type_: Any) -> Any:
        condition = fragment.type_condition
        return self._schema.get_type(condition.name.value) if condition else type_

    def _field(self, field: FieldNode, type_: Any, page: int | None) -> _Weight:
        name = field.name.value
        if name.startswith("__"):
            return _Weight()
        defined = type_.fields.get(name) if hasattr(type_, "fields") else None
        if defined is None or field.selection_set is None:
            return _Weight(depth=1)
        named = get_named_type(defined.type)
        first = self._first(field, defined) if "first" in defined.args else None
        is_list = isinstance(get_nullable_type(defined.type), GraphQLList)
        inner = self._of(field.selection_set, named, None if is_list else first)
        times = 1
        if is_list:
            if page is not None:
                times = page  # of the list that this is a page of
            elif first is not None:
                times = first
            else:
                times = _LISTS.get(name, _LIST)
        own = _WALKS.get(name, 1) if defined.args else 1
        return _Weight(inner.depth + 1, inner.aliases, own + times * (1 + inner.cost))

    def _first(self, field: FieldNode, defined: Any) -> int:
        value: Any = defined.args["first"].default_value
        for argument in field.arguments or ():
            if argument.name.value != "first":
                continue
            if isinstance(argument.value, IntValueNode):
                value = int(argument.value.value)
            elif isinstance(argument.value, VariableNode):
                value = self._variables.get(argument.value.name.value, value)
        return min(max(value, 1), MOST_LISTED) if isinstance(value, int) else 1


class Limits(SchemaExtension):
    """Refuses a query that nests too deep, has too many aliases, or may cost too much."""

    def on_execute(self) -> Iterator[None]:
        context = self.execution_context
        document = context.graphql_document
        if document is not None:
            operation = _operation(document, context.operation_name)
            if operation is not None:
                schema = context.schema._schema
                scale = _Scale(schema, document, context.variables or {})
                if refusal := _refusal(scale.weigh(operation)):
                    error = GraphQLError(refusal, extensions={"code": "too-costly"})
                    context.result = ExecutionResult(data=None, errors=[error])
        yield


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    operations = [n for n in document.definitions if isinstance(n, OperationDefinitionNode)]
    if name is None:
        return operations[0] if len(operations) == 1 else None
    return next((n for n in operations if n.name and n.name.value == name), None)


def _refusal(weight: _Weight) -> str | None:
    if weight.depth > DEEPEST_QUERY:
        return (
            f"the query nests {weight.depth} levels deep, and at most {DEEPEST_QUERY} are "
            "allowed; ask in several queries, from the ids that the first one gives"
        )
    if weight.aliases > MOST_ALIASES:
        return (
            f"the query has {weight.aliases} aliases, and at most {MOST_ALIASES} are allowed; "
            "ask for many things with nodes(ids: ...), or in several queries"
        )
    if weight.cost > MOST_COST:
        return (
            f"the query may cost {weight.cost}, and at most {MOST_COST} is allowed; lower "
            "'first', nest fewer lists in each other, or ask in several queries"
        )
    return None
