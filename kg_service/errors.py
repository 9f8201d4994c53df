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


class StoreError(KgError):
    pass


class StoreBusy(StoreError):
    pass


class MappingError(KgError):
    pass
