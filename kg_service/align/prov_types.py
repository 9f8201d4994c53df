"""What PROV says of the things that its properties relate, and of the times of activities.

A last pass over the aligned lines of one graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pyoxigraph import Literal, RdfFormat, parse

from ingest.findings import Findings
from kg_service.align.plans import TIMES, TYPE, iri_of, token
from kg_service.align.times import time_literal
from kg_service.store.statements import END
from kg_service.terms import PROV_NS

# PROV-O, section 3, and PROV-CONSTRAINTS, constraint 50: what these properties say of the things
# that they relate. "" where they say nothing of an end, or the end is a value.
DOMAIN_RANGE: dict[str, tuple[str, str]] = {
    PROV_NS + name: (domain and PROV_NS + domain, range_ and PROV_NS + range_)
    for name, domain, range_ in (
        ("used", "Activity", "Entity"),
        ("generated", "Activity", "Entity"),
        ("invalidated", "Activity", "Entity"),
        ("wasStartedBy", "Activity", "Entity"),
        ("wasEndedBy", "Activity", "Entity"),
        ("wasGeneratedBy", "Entity", "Activity"),
        ("wasInvalidatedBy", "Entity", "Activity"),
        ("wasDerivedFrom", "Entity", "Entity"),
        ("wasRevisionOf", "Entity", "Entity"),
        ("wasQuotedFrom", "Entity", "Entity"),
        ("hadPrimarySource", "Entity", "Entity"),
        ("alternateOf", "Entity", "Entity"),
        ("specializationOf", "Entity", "Entity"),
        ("hadMember", "Entity", "Entity"),
        ("wasInformedBy", "Activity", "Activity"),
        ("wasAssociatedWith", "Activity", "Agent"),
        ("wasAttributedTo", "Entity", "Agent"),
        ("actedOnBehalfOf", "Agent", "Agent"),
        ("entity", "", "Entity"),
        ("activity", "", "Activity"),
        ("agent", "", "Agent"),
        ("hadPlan", "", "Entity"),
        ("startedAtTime", "Activity", ""),
        ("endedAtTime", "Activity", ""),
        ("generatedAtTime", "Entity", ""),
        ("invalidatedAtTime", "Entity", ""),
    )
}
_ENTITY, _ACTIVITY, _AGENT = (token(PROV_NS + n) for n in ("Entity", "Activity", "Agent"))
_IMPLIED = {token(p): (d and token(d), r and token(r)) for p, (d, r) in DOMAIN_RANGE.items()}
# what follows the subject where it is said to be an activity
ACTIVITY_ENDING = b" " + TYPE + b" " + _ACTIVITY + END
TIME_TOKENS = frozenset(token(term) for term in TIMES)
_STARTED = token(PROV_NS + "startedAtTime")
_ENDED = token(PROV_NS + "endedAtTime")


def implied_types(
    lines: Iterable[bytes], typed: Mapping[bytes, bool], findings: Findings
) -> list[bytes]:
    """The types, as lines, that follow for nodes from the properties they stand at.

    ``typed`` has the nodes that have types, and whether prov:Activity is one of them. What an
    activity is associated with is an agent, and what it used is an entity, whatever else they
    are said to be; but an activity never becomes an entity, and only a node that has no type
    becomes an activity (PROV-CONSTRAINTS, constraints 50 and 55).

    Warns of times that are none, and of activities that end before they start.
    """
    inferred: dict[bytes, None] = {}
    started: dict[bytes, bytes] = {}
    ended: dict[bytes, bytes] = {}
    for line in lines:
        subject, predicate, rest = line.split(b" ", 2)
        if (kinds := _IMPLIED.get(predicate)) is not None:
            if kinds[0] and _follows(subject, kinds[0], typed):
                inferred[subject + b" " + TYPE + b" " + kinds[0] + END] = None
            if kinds[1] and rest[:1] == b"<" and _follows(rest[: -len(END)], kinds[1], typed):
                inferred[rest[: -len(END)] + b" " + TYPE + b" " + kinds[1] + END] = None
        if predicate in TIME_TOKENS and rest[:1] == b'"':
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


def _follows(node: bytes, kind: bytes, typed: Mapping[bytes, bool]) -> bool:
    is_activity = typed.get(node)
    if kind == _ENTITY:
        return not is_activity
    return kind == _AGENT or is_activity is None


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
