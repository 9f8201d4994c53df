"""What PROV says of the things that its properties relate, and of the times of activities.

A last pass over the aligned lines of one graph.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from pyoxigraph import Literal, RdfFormat, parse

from ingest.findings import Findings
from kg_service.align.plans import TIMES, TYPE, iri_of, token
from kg_service.align.times import time_literal
from kg_service.store.statements import END
from kg_service.terms import PROV_NS

# PROV-O, section 3: what these properties say of the things they relate
DOMAIN_RANGE: dict[str, tuple[str, str]] = {
    PROV_NS + name: (PROV_NS + domain, PROV_NS + range_)
    for name, domain, range_ in (
        ("used", "Activity", "Entity"),
        ("wasGeneratedBy", "Entity", "Activity"),
        ("wasDerivedFrom", "Entity", "Entity"),
        ("wasInformedBy", "Activity", "Activity"),
        ("hadMember", "Entity", "Entity"),
        ("wasAssociatedWith", "Activity", "Agent"),
        ("wasAttributedTo", "Entity", "Agent"),
    )
}
_IMPLIED = {token(p): (token(d), token(r)) for p, (d, r) in DOMAIN_RANGE.items()}
TIME_TOKENS = frozenset(token(term) for term in TIMES)
_AGENT = token(PROV_NS + "Agent")
_STARTED = token(PROV_NS + "startedAtTime")
_ENDED = token(PROV_NS + "endedAtTime")


def implied_types(
    lines: Iterable[bytes], typed: Container[bytes], findings: Findings
) -> list[bytes]:
    """The types, as lines, of nodes that have none, by the properties they stand at.

    What an activity is associated with is an agent, whatever else it is said to be.

    Warns of times that are none, and of activities that end before they start.
    """
    inferred: dict[bytes, None] = {}
    started: dict[bytes, bytes] = {}
    ended: dict[bytes, bytes] = {}
    for line in lines:
        subject, predicate, rest = line.split(b" ", 2)
        if (kinds := _IMPLIED.get(predicate)) is not None:
            if subject not in typed:
                inferred[subject + b" " + TYPE + b" " + kinds[0] + END] = None
            # an agent may be an entity as well; an activity never is one
            if rest[:1] == b"<" and (kinds[1] == _AGENT or rest[: -len(END)] not in typed):
                inferred[rest[: -len(END)] + b" " + TYPE + b" " + kinds[1] + END] = None
        elif predicate in TIME_TOKENS and rest[:1] == b'"':
            if b'"^^<' not in rest:
                text = str(rest[1:].rpartition(b'"')[0], "utf-8")
                findings.warned("time", iri_of(subject), f"no ISO 8601 time: {text!r}")
            elif predicate == _STARTED:
                started[subject] = rest
            elif predicate == _ENDED:
                ended[subject] = rest
    for activity, start in started.items():
        _warn_of_order(activity, start, ended.get(activity), findings)
    return list(inferred)


def _warn_of_order(activity: bytes, start: bytes, end: bytes | None, findings: Findings) -> None:
    if end is None or len(end) != len(start):
        return
    begun, datatype = _lexical(start)
    done, _ = _lexical(end)
    # compared as text only where both are written alike, zone included
    if end.endswith(datatype) and done[19:] == begun[19:] and done < begun:
        findings.warned("time-order", iri_of(activity), f"ended {done} before it started {begun}")


def _lexical(rest: bytes) -> tuple[str, bytes]:
    text, _quote, datatype = rest[1:].rpartition(b'"')
    return text.decode(), datatype


def with_time(line: bytes) -> bytes:
    """A statement of a time, whose value is xsd:dateTime or xsd:date where it is one."""
    triple = next(iter(parse(line, format=RdfFormat.N_TRIPLES))).triple
    if not isinstance(triple.object, Literal):
        return line
    subject, predicate, _rest = line.split(b" ", 2)
    return subject + b" " + predicate + b" " + str(time_literal(triple.object)[0]).encode() + END
