"""Who asks: what a caller may see and do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a caller may do. Each includes nothing of the others."""

    READ = "read"
    WRITE = "write"
    UPDATE = "update"
    ADMIN = "admin"


@dataclass(frozen=True)
class Caller:
    """One who asks.

    ``name`` is for logs: ``anonymous``, ``key:ID``, ``oidc:SUBJECT``. ``internal`` tells whether
    internal sources are shown, ``groups`` which restricted ones are, ``everything`` that all are.
    ``owner`` owns what the caller uploads, which is kept below ``~owner/``; empty for nobody.
    """

    name: str
    scopes: frozenset[Scope] = frozenset({Scope.READ})
    internal: bool = False
    groups: frozenset[str] = frozenset()
    everything: bool = False
    owner: str = ""


ANONYMOUS = Caller("anonymous")
# who has the store's own files, as the command line has, sees and does everything
OPERATOR = Caller("operator", frozenset(Scope), internal=True, everything=True)
