"""YAML 1.1 text as plain values: texts, lists, and mappings that keep duplicate keys.

Scalars stay the text that was written, so that ``081`` and ``1.10`` survive. Events are read,
not nodes: nesting and aliases are bounded before they can exhaust memory or the stack.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from ingest.errors import InvalidSource, UnreadableSource

MAX_DEPTH = 64
MAX_ALIASED = 10_000
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = {"", "~", "null", "Null", "NULL"}


@dataclass(slots=True)
class YamlMapping:
    """Pairs in the order written; ``line`` counts from 1; ``size`` counts all nodes below."""

    line: int
    pairs: list[tuple[YamlValue, YamlValue]] = field(default_factory=list)
    size: int = 1


@dataclass(slots=True)
class YamlSequence:
    line: int
    items: list[YamlValue] = field(default_factory=list)
    size: int = 1


YamlValue = str | YamlMapping | YamlSequence | None


class _Waiting:
    """Stands where a mapping's key is expected."""


_KEY_NEXT = _Waiting()


@dataclass(slots=True)
class _Open:
    """A collection that is being read."""

    value: YamlMapping | YamlSequence
    anchor: str | None
    key: YamlValue | _Waiting = _KEY_NEXT

    def add(self, item: YamlValue, size: int) -> None:
        self.value.size += size
        if isinstance(self.value, YamlSequence):
            self.value.items.append(item)
        elif isinstance(self.key, _Waiting):
            self.key = item
        else:
            self.value.pairs.append((self.key, item))
            self.key = _KEY_NEXT


def documents(content: bytes, where: str) -> Iterator[YamlValue]:
    """The documents of a YAML stream. Raises UnreadableSource, InvalidSource, with the line."""
    try:
        yield from _documents(content, where)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise UnreadableSource(
            f"not valid YAML: {error.problem or error.context}{place}",
            where=where,
            todo="correct it there, or dump it again",
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UnreadableSource(
            f"not readable as YAML: {' '.join(str(error).split())}",
            where=where,
            todo="save it as UTF-8, or dump it again",
        ) from error


def _documents(content: bytes, where: str) -> Iterator[YamlValue]:
    stack: list[_Open] = []
    anchors: dict[str, YamlValue] = {}
    open_anchors: set[str] = set()
    aliased = 0
    root: YamlValue = None
    for event in yaml.parse(content, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 0
        item: YamlValue
        if isinstance(event, yaml.ScalarEvent):
            plain = event.implicit[0] and event.style in (None, "")
            item = None if plain and event.value in _NULLS else str(event.value)
            anchor = event.anchor
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            is_mapping = isinstance(event, yaml.MappingStartEvent)
            stack.append(
                _Open(YamlMapping(line) if is_mapping else YamlSequence(line), event.anchor)
            )
            if event.anchor:
                open_anchors.add(event.anchor)
            if len(stack) > MAX_DEPTH:
                raise InvalidSource(
                    f"nested more than {MAX_DEPTH} levels deep at line {line}",
                    where=where,
                    todo="check that it is an ICAT data file",
                )
            continue
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            closed = stack.pop()
            item, anchor = closed.value, closed.anchor
            open_anchors.discard(anchor or "")
        elif isinstance(event, yaml.AliasEvent):
            name = str(event.anchor)
            if name not in anchors:
                raise _bad_alias(name, name in open_anchors, line, where)
            item, anchor = anchors[name], None
            aliased += _size(item)
            if aliased > MAX_ALIASED:
                raise InvalidSource(
                    f"aliases that expand to more than {MAX_ALIASED:,} values at line {line}",
                    where=where,
                    todo="dump it again; python-icat writes no aliases",
                )
        elif isinstance(event, yaml.DocumentEndEvent):
            yield root
            root, anchors = None, {}
            continue
        else:
            continue
        if anchor:
            anchors[anchor] = item
        if stack:
            stack[-1].add(item, _size(item))
        else:
            root = item


def _size(item: YamlValue) -> int:
    if isinstance(item, (YamlMapping, YamlSequence)):
        return item.size
    # a long text that is repeated by alias costs as much as many short ones
    return 1 + (len(item) // 100 if item else 0)


def _bad_alias(name: str, is_open: bool, line: int, where: str) -> Exception:
    if is_open:
        return InvalidSource(
            f"the alias *{name} at line {line} stands inside of what it names",
            where=where,
            todo="dump it again; python-icat writes no aliases",
        )
    return UnreadableSource(
        f"not valid YAML: the alias *{name} at line {line} names nothing",
        where=where,
        todo="correct it there, or dump it again",
    )
