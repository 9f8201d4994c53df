"""How alike two records of a file are: by checksum, else by what else was recorded of it.

Graded as Tonkaz grades the outputs of workflow runs (its reproducibility levels 3 to 0): the same
checksum; different, with features alike within a threshold; different; missing. Only what both
records tell is compared; where that is nothing, it is unknown how alike they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from pyoxigraph import NamedNode

from kg_service.identity.claims import bytes_told
from kg_service.rdf import graph_of, is_aligned, node_object, text_object
from kg_service.store.port import GraphReader
from kg_service.terms import KG_NS, dcterms, kg

THRESHOLD = 0.05
_CHECKSUMS = ("sha512", "sha256", "sha1", "md5")
_COUNTS = {
    kg("lineCount"): "lines",
    kg("totalReads"): "total reads",
    kg("mappedReads"): "mapped reads",
    kg("duplicateReads"): "duplicate reads",
    kg("variantCount"): "variants",
    kg("snpCount"): "SNPs",
    kg("indelCount"): "indels",
}
_EDAM = "http://edamontology.org/"


class Likeness(StrEnum):
    """How alike two things are, the most first."""

    SAME = "same"
    SIMILAR = "similar"
    CHANGED = "changed"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Features:
    """What is recorded of a file: checksums by algorithm, numbers by name, EDAM formats."""

    checksums: dict[str, str]
    numbers: dict[str, float]
    formats: frozenset[str]


def features_of(reader: GraphReader, node: NamedNode) -> Features:
    """What aligned graphs say of a file's content."""
    checksums: dict[str, str] = {}
    numbers: dict[str, float] = {}
    formats: set[str] = set()
    counted = [node]
    for quad in reader.quads(node):
        if not is_aligned(graph_of(quad)):
            continue
        term = quad.predicate.value.removeprefix(KG_NS)
        text = text_object(quad)
        if term in _CHECKSUMS:
            checksums[term] = text.strip().casefold()
        elif term == "size":
            if (size := bytes_told(text)) is not None:
                numbers["bytes"] = size
        elif quad.predicate == dcterms("format") and text.startswith(_EDAM):
            formats.add(text.removeprefix(_EDAM))
        elif quad.predicate == kg("statistics") and (statistics := node_object(quad)) is not None:
            counted.append(statistics)
    for counts in counted:
        for quad in reader.quads(counts):
            name = _COUNTS.get(quad.predicate)
            if name is None or not is_aligned(graph_of(quad)):
                continue
            if (count := _number(text_object(quad))) is not None:
                numbers[name] = count
    return Features(checksums, numbers, frozenset(formats))


def likeness(
    first: Features, second: Features, threshold: float = THRESHOLD
) -> tuple[Likeness, str]:
    """How alike two files are, and why, in words. The threshold is relative to the first."""
    common = [a for a in _CHECKSUMS if a in first.checksums and a in second.checksums]
    for algorithm in common:
        if first.checksums[algorithm] == second.checksums[algorithm]:
            return Likeness.SAME, f"same {algorithm}"
    beyond = []
    if first.formats and second.formats and not first.formats & second.formats:
        beyond.append(f"format {_list(first.formats)} and {_list(second.formats)}")
    both = [name for name in first.numbers if name in second.numbers]
    within: list[str] = []
    for name in both:
        one, other = first.numbers[name], second.numbers[name]
        told = f"{_plain(one)} {name}"
        if one != other:
            told = f"{_plain(one)} and {_plain(other)} {name}"
        (within if _is_within(one, other, threshold) else beyond).append(told)
    differing = [f"{common[0]} differs"] if common else []
    if beyond:
        return Likeness.CHANGED, "; ".join([*differing, *beyond])
    if within:
        return Likeness.SIMILAR, "; ".join([*differing, *within])
    if differing:
        return Likeness.CHANGED, "; ".join(differing)
    return Likeness.UNKNOWN, "no checksum, size or count is recorded of both"


def _is_within(one: float, other: float, threshold: float) -> bool:
    if one == 0:
        return other == 0
    return abs(one - other) / abs(one) <= threshold


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)


def _list(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
