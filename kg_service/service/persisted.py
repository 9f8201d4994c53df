"""Persisted queries: a client sends the hash of a query that the service has met before.

The flow is that of Apollo's automatic persisted queries, which urql speaks too: the hash alone;
where it is not known, ``PersistedQueryNotFound``; then hash and query, and from then on the hash.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from graphql import GraphQLError

_MOST = 1000
_LONGEST = 100_000


class NotPersisted(Exception):
    """What the client is told in GraphQL's form."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.error = GraphQLError(message, extensions={"code": code})


@dataclass
class PersistedQueries:
    """The queries met last, by the SHA-256 of their text. May be asked by several threads."""

    _queries: OrderedDict[str, str] = field(default_factory=OrderedDict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def meant(self, query: str | None, extensions: Mapping[str, Any] | None) -> str | None:
        """The query that a request means. Raises NotPersisted."""
        told = (extensions or {}).get("persistedQuery")
        if told is None:
            return query
        digest = told.get("sha256Hash") if isinstance(told, dict) else None
        if not isinstance(digest, str) or told.get("version", 1) != 1:
            raise NotPersisted(
                "persistedQuery: give version 1 and the query's SHA-256 as sha256Hash", "usage"
            )
        with self._guard:
            if query is None:
                if digest not in self._queries:
                    raise NotPersisted("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
                self._queries.move_to_end(digest)
                return self._queries[digest]
            if sha256(query.encode("utf-8", "surrogatepass")).hexdigest() != digest.lower():
                raise NotPersisted(
                    "persistedQuery: the sha256Hash is not that of the query", "usage"
                )
            if len(query) <= _LONGEST:
                self._queries[digest] = query
                self._queries.move_to_end(digest)
                if len(self._queries) > _MOST:
                    self._queries.popitem(last=False)
        return query
