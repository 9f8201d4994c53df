"""Who makes the request that is being answered.

It is kept in a context variable, so that what answers a request can not forget to ask: where
nothing has said who it is, it is the anonymous caller, who sees the least.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from kg_service.access.caller import ANONYMOUS, Caller

_CALLER: ContextVar[Caller] = ContextVar("caller", default=ANONYMOUS)


def caller() -> Caller:
    """Who asks now."""
    return _CALLER.get()


def set_caller(who: Caller) -> None:
    """Say who asks, for the rest of this request."""
    _CALLER.set(who)


@contextmanager
def asking(who: Caller) -> Iterator[None]:
    """Say who asks, until the block ends."""
    before = caller()
    set_caller(who)
    try:
        yield
    finally:
        set_caller(before)
