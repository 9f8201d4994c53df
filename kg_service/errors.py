"""Why the service can not do what was asked.

KgError                     shown to the caller as one message
├── UsageError              the request makes no sense (exit code 2, HTTP 400)
│   └── QuerySyntax         a SPARQL query that does not parse
├── Refused                 the request is understood and not allowed (exit 1, HTTP 403)
├── BadCredentials          who asks can not be told from what they sent (HTTP 401)
├── IssuerDown              nor whether it is right, as its issuer does not answer (HTTP 503)
├── NotKnown                an id, source or question that is not there (exit 1, HTTP 404)
│   ├── Ambiguous           a name that several things have
│   └── Withdrawn           a source that was there and was withdrawn (HTTP 410)
├── Limited                 a query that met a limit; the answer is not whole (HTTP 400 or 503)
├── Busy                    too many queries at once (HTTP 429 or 503, with Retry-After)
├── StoreError              the store can not be opened, read or written (exit 1, HTTP 503)
│   └── StoreBusy           another process writes to it
└── MappingError            a mapping set that is wrong, with its file and line
"""

from __future__ import annotations


class KgError(Exception):
    """Base of all errors with a message for the caller."""


class UsageError(KgError):
    pass


class QuerySyntax(UsageError):
    pass


class Refused(KgError):
    pass


class BadCredentials(KgError):
    pass


class IssuerDown(KgError):
    pass


class NotKnown(KgError):
    pass


class Ambiguous(NotKnown):
    pass


class Withdrawn(NotKnown):
    pass


class Limited(KgError):
    """``limit`` is what was met: time, rows, bytes, memory or depth."""

    def __init__(self, message: str, limit: str) -> None:
        super().__init__(message)
        self.limit = limit


class Busy(KgError):
    """``retry_after`` is in seconds; ``own``: it is the caller who asks too much at once."""

    def __init__(self, message: str, retry_after: int, *, own: bool) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.own = own


class StoreError(KgError):
    pass


class StoreBusy(StoreError):
    pass


class MappingError(KgError):
    pass
