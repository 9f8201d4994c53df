"""Applying a mapping set's rules: each a CONSTRUCT over one graph's happened statements."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from pyoxigraph import QueryTriples, RdfFormat, Store

from kg_service.align.mapping import Rule
from kg_service.align.prov_types import TIME_TOKENS, with_time
from kg_service.store.statements import Statements, temporary_space

_IN_MEMORY_LINES = 100_000
_CHUNK_LINES = 50_000


@contextmanager
def rule_store(statements: Statements) -> Iterator[Store]:
    """A store of its own for the rules of one source: in memory while it is small."""
    if statements.written <= _IN_MEMORY_LINES:
        yield _loaded(Store(), statements)
        return
    with temporary_space():
        made = TemporaryDirectory(prefix="kg-rules-")
    with made as folder:
        with temporary_space():
            store = _loaded(Store(folder), statements)
        yield store


def _loaded(store: Store, statements: Statements) -> Store:
    for chunk in statements.chunks(_CHUNK_LINES):
        store.bulk_load(chunk, RdfFormat.N_TRIPLES)
    return store


def made_by(rule: Rule, store: Store) -> list[bytes]:
    """What a rule makes, as lines of N-Triples, with times that are some as xsd:dateTime."""
    result = store.query(rule.text)
    assert isinstance(result, QueryTriples)
    lines = io.BytesIO(result.serialize(format=RdfFormat.N_TRIPLES) or b"")
    return [with_time(line) if line.split(b" ", 2)[1] in TIME_TOKENS else line for line in lines]
