"""The identity graph of a source: which of its things have which keys.

A key is a node; things that share one, in whichever sources, are the same on the evidence
of the property that leads to it. So a link is data of the source that gave the value, goes
with it when it is withdrawn, and n copies of a file need n statements, not n squared.

Rules that one source's own statements decide are applied here: trivial contents and places give
no key, nor does what a source gives to several of its things alike and so can name none of them.
What takes two sources to see is decided when a link is followed (``kg_service.identity.matches``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Triple

from kg_service.identity.claims import Aligned, Claims
from kg_service.identity.content import content_key
from kg_service.identity.evidence import Evidence, Key, key_node
from kg_service.identity.identifiers import identifier_key
from kg_service.identity.kinds import Kind, can_bear
from kg_service.identity.locations import location_keys
from kg_service.identity.names import name_key
from kg_service.terms import kg

# an identifier on more of one source's things than this is that of what they belong to
MOST_IN_SOURCE = 100
_WRITTEN_AS = kg("writtenAs")
_FAMILY_OF_NUMBER = (Kind.MATERIAL, Kind.FILE, Kind.DATASET)

_Given = tuple[NamedNode, Key, str]


def identity_triples(aligned: Aligned) -> list[Triple]:
    """The identity statements of one source's aligned statements, which are iterated few times.

    Activities get no key.
    """
    claims = Claims.gather(aligned)
    made: dict[Triple, None] = {}

    def link(evidence: Evidence, given: Iterable[_Given]) -> None:
        for node, key, written in given:
            target = key_node(key)
            made[Triple(node, evidence.property, target)] = None
            made[Triple(target, _WRITTEN_AS, Literal(written))] = None

    link(Evidence.IDENTIFIER, _identifiers(claims))
    link(Evidence.SAME_AS, _same_as(claims))
    facilities = _facility_names(claims)
    link(Evidence.IDENTIFIER, _catalogue_identifiers(claims, facilities))
    link(Evidence.LOCATION, _locations(claims, facilities))
    link(Evidence.NAME, _names(claims))
    for node, algorithm, written in claims.checksums:
        key = None if node in claims.small else content_key(algorithm, written, None)
        # what is written is in the key already
        if key and Kind.ACTIVITY not in claims.kind(node):
            made[Triple(node, Evidence.CONTENT.property, key_node(key))] = None
    return list(made)


def _identifiers(claims: Claims) -> Iterator[_Given]:
    given: dict[Key, dict[NamedNode, str]] = defaultdict(dict)
    for node in claims.own:
        key = identifier_key(node.value)
        if key and can_bear(claims.kind(node), key[0]):
            given[key][node] = node.value
    for node, value in claims.identifiers:
        if isinstance(value, NamedNode) and Kind.VALUE in claims.kind(value):
            continue  # a description of the identifier, whose value is told beside it
        if key := identifier_key(value.value) or _address_key(value.value):
            if can_bear(claims.kind(node), key[0]):
                given[key].setdefault(node, value.value)
            if key[0] == "iri" and (named := _node(value)) is not None:
                given[key].setdefault(named, value.value)
    shared = {key: nodes for key, nodes in given.items() if len(nodes) > 1}
    inside = _told_apart(claims, shared)
    for key, nodes in given.items():
        files = sum(Kind.FILE in claims.kind(node) for node in nodes) if key in shared else 0
        for node, written in nodes.items():
            of_the_whole = (key, node) in inside or len(nodes) > MOST_IN_SOURCE
            of_files = files > 1 and Kind.FILE in claims.kind(node)
            if node in claims.own or not (of_the_whole or of_files):
                yield node, key, written


def _told_apart(
    claims: Claims, shared: dict[Key, dict[NamedNode, str]]
) -> set[tuple[Key, NamedNode]]:
    """Members that have an identifier of a collection they are in: it is the collection's."""
    nodes = {node for given in shared.values() for node in given}
    pairs = claims.members_among(nodes)
    keys: dict[NamedNode, set[Key]] = defaultdict(set)
    for key, given in shared.items():
        for node in given:
            keys[node].add(key)
    return {(key, part) for whole, part in pairs for key in keys[whole] & keys[part]}


def _same_as(claims: Claims) -> Iterator[_Given]:
    for node, value in claims.same_as:
        key = identifier_key(value.value)
        other = _node(value)
        if key is None and other is not None:
            key = _address_key(value.value) or ("iri", value.value)
        if key is None or Kind.ACTIVITY in claims.kind(node):
            continue
        if other is None:
            yield node, key, value.value
        elif other != node and Kind.ACTIVITY not in claims.kind(other):
            yield node, key, value.value
            yield other, key, value.value


def _catalogue_identifiers(
    claims: Claims, facilities: dict[NamedNode, frozenset[str]]
) -> Iterator[_Given]:
    """Numbers of a catalogue name a thing within one facility, and among things of one kind."""
    given: dict[Key, dict[NamedNode, str]] = defaultdict(dict)
    for node, value in claims.catalogue_identifiers:
        kind = claims.kind(node)
        family = next((f for f in _FAMILY_OF_NUMBER if f in kind), None)
        text = value.value.strip()
        if family is None or family.name is None or not text or Kind.ACTIVITY in kind:
            continue
        for name in facilities.get(node, ()):
            given["catalogue", f"{name} {family.name.lower()} {text}"][node] = value.value
    yield from _unambiguous(given)


def _locations(claims: Claims, facilities: dict[NamedNode, frozenset[str]]) -> Iterator[_Given]:
    given: dict[Key, dict[NamedNode, str]] = defaultdict(dict)
    for node, value in claims.locations:
        if Kind.ACTIVITY not in claims.kind(node):
            for key in location_keys(value.value, facilities.get(node, frozenset())):
                given[key][node] = value.value
    yield from _unambiguous(given)


def _unambiguous(given: dict[Key, dict[NamedNode, str]]) -> Iterator[_Given]:
    """What a source gives to one thing only: where several are, none of them is meant by it."""
    for key, nodes in given.items():
        if len(nodes) == 1:
            for node, written in nodes.items():
                yield node, key, written


def _facility_names(claims: Claims) -> dict[NamedNode, frozenset[str]]:
    """The names of the facility of each thing that has a location or a catalogue's number."""
    nodes = {node for node, _value in (*claims.locations, *claims.catalogue_identifiers)}
    values = claims.facility_values(nodes)
    described = {v for told in values.values() for v in told if isinstance(v, NamedNode)}
    labels = claims.labels(described)
    names = {
        value: frozenset(_names_of(value, labels))
        for told in values.values()
        for value in told
        if isinstance(value, (NamedNode, Literal))
    }
    return {
        node: frozenset(n for v in told for n in names.get(v, ()))  # type: ignore[call-overload]
        for node, told in values.items()
    }


def _names_of(facility: NamedNode | Literal, labels: dict[NamedNode, list[str]]) -> Iterator[str]:
    texts = [facility.value]
    if isinstance(facility, NamedNode):
        texts += labels.get(facility, [])
    for text in texts:
        if key := identifier_key(text):
            yield f"{key[0]}:{key[1]}"
        elif text != facility.value or isinstance(facility, Literal):
            if name := " ".join(text.casefold().split()):
                yield name
        else:
            yield text


def _names(claims: Claims) -> Iterator[_Given]:
    for node, value in claims.named():
        if key := name_key(value.value, claims.kind(node)):
            yield node, key, value.value


def _address_key(written: str) -> Key | None:
    """The key of an address that is no persistent identifier and no site's front page."""
    if not written.startswith(("http://", "https://")):
        return None
    _scheme, _, rest = written.partition("://")
    return ("iri", written) if rest.partition("/")[2].strip("/") else None


def _node(value: NamedNode | Literal) -> NamedNode | None:
    """The thing that an address or IRI names, where it is a valid one."""
    if isinstance(value, NamedNode):
        return value
    try:
        return NamedNode(value.value) if value.value.startswith(("http://", "https://")) else None
    except ValueError:
        return None
