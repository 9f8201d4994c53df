"""The lineage of a source by names, to compare sources whose vocabularies and IRIs differ."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Triple

PROV = "http://www.w3.org/ns/prov#"
KG = "https://w3id.org/kg-service/terms#"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
KINDS = ("Specimen", "Sample", "File")
Step = tuple[frozenset[str], frozenset[str]]


def steps(aligned: Iterable[Triple]) -> Counter[Step]:
    """What each activity used and generated, by name, and how many activities did so."""
    facts = list(aligned)
    names = _names(facts)
    activities = {t.subject for t in facts if _is(t, _TYPE) and t.object == _prov("Activity")}
    used: dict[object, set[str]] = defaultdict(set)
    made: dict[object, set[str]] = defaultdict(set)
    for t in facts:
        if _is(t, PROV + "used"):
            used[t.subject].add(names[t.object])
        elif _is(t, PROV + "wasGeneratedBy"):
            made[t.object].add(names[t.subject])
    return Counter((frozenset(used[a]), frozenset(made[a])) for a in activities)


def pairs(aligned: Iterable[Triple]) -> set[tuple[str, str]]:
    """What was used and what came of it, whichever activities did it."""
    return {(a, b) for used, made in steps(aligned) for a in used for b in made}


def kinds(aligned: Iterable[Triple]) -> set[tuple[str, str]]:
    """Name and kind of the materials and files that the lineage has; a specimen is only that."""
    facts = list(aligned)
    names = _names(facts)
    linked = {t.object for t in facts if _is(t, PROV + "used")}
    linked |= {t.subject for t in facts if _is(t, PROV + "wasGeneratedBy")}
    found = {
        (names[t.subject], kind)
        for t in facts
        for kind in KINDS
        if _is(t, _TYPE) and t.object == NamedNode(KG + kind) and t.subject in linked
    }
    return {(n, k) for n, k in found if k != "Sample" or (n, "Specimen") not in found}


def context(aligned: Iterable[Triple], word: str) -> Counter[tuple[frozenset[str], str]]:
    """What activities (by what they generated) are linked to by ``kg:word``, by name."""
    facts = list(aligned)
    names = _names(facts)
    made: dict[object, set[str]] = defaultdict(set)
    for t in facts:
        if _is(t, PROV + "wasGeneratedBy"):
            made[t.object].add(names[t.subject])
    return Counter(
        (frozenset(made[t.subject]), names[t.object])
        for t in facts
        if t.predicate.value in (KG + word, PROV + word)
    )


def _names(facts: Iterable[Triple]) -> dict[object, str]:
    names: dict[object, str] = {}
    for t in facts:
        for end in (t.subject, t.object):
            names.setdefault(end, str(end))
        if _is(t, _LABEL) and isinstance(t.object, Literal):
            names[t.subject] = t.object.value.removeprefix("./")
    return names


def _is(triple: Triple, predicate: str) -> bool:
    return triple.predicate.value == predicate


def _prov(word: str) -> NamedNode:
    return NamedNode(PROV + word)
