"""Loading mapping sets: those that ship with the service, and a steward's own beside them.

A folder holds SSSOM (``*.sssom.tsv``) and SKOS (``*.ttl``) files, the rules they name, and,
where a vocabulary's terms have several spellings, a ``spellings.tsv``, and where its classes
are kinds of one another, a ``subclasses.tsv``. A steward's set with
the id of a shipped one takes its place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from kg_service.align.hierarchy import Hierarchy
from kg_service.align.mapping import Condition, MappingSet, Row
from kg_service.align.skos import read_skos
from kg_service.align.spelling import Spelling
from kg_service.align.sssom import read_sssom
from kg_service.align.vocabulary import TargetVocabulary
from kg_service.errors import MappingError
from kg_service.terms import PROV_NS

_ENTITY, _ACTIVITY = PROV_NS + "Entity", PROV_NS + "Activity"


def load_sets(folders: Sequence[Path], vocabulary: TargetVocabulary) -> tuple[MappingSet, ...]:
    """The sets of all folders, by id. Raises MappingError: each fault by file and line."""
    sets: dict[str, MappingSet] = {}
    for folder in folders:
        here: dict[str, MappingSet] = {}
        for mapping in _sets_of(folder, vocabulary):
            if mapping.iri in here:
                raise MappingError(
                    f"{mapping.path}: {here[mapping.iri].path} has the same mapping_set_id "
                    f"{mapping.iri}; give it another"
                )
            here[mapping.iri] = mapping
        sets.update(here)
    faults = list(_clashes(list(sets.values()), vocabulary))
    if faults:
        raise MappingError("\n".join(faults))
    return tuple(sorted(sets.values(), key=lambda m: m.iri))


def load_spelling(folders: Sequence[Path]) -> Spelling:
    """The spellings of all folders that have some."""
    return Spelling.load([p for f in folders if (p := f / "spellings.tsv").is_file()])


def load_hierarchy(folders: Sequence[Path]) -> Hierarchy:
    """The superclasses of all folders that tell some."""
    return Hierarchy.load([p for f in folders if (p := f / "subclasses.tsv").is_file()])


def _sets_of(folder: Path, vocabulary: TargetVocabulary) -> list[MappingSet]:
    if not folder.is_dir():
        raise MappingError(f"{folder}: no such folder of mapping sets")
    found = [read_sssom(p, vocabulary.is_known) for p in sorted(folder.glob("*.sssom.tsv"))]
    found += [read_skos(path, vocabulary.is_known) for path in sorted(folder.glob("*.ttl"))]
    if not found:
        raise MappingError(f"{folder}: no mapping set in it (*.sssom.tsv, or SKOS in *.ttl)")
    return found


def _clashes(sets: Sequence[MappingSet], vocabulary: TargetVocabulary) -> Iterator[str]:
    """Rows that can not both be meant."""
    by_id: dict[str, str] = {}
    by_statement: dict[tuple[str, str, Condition, Condition, bool], tuple[str, Row]] = {}
    by_term: dict[tuple[str, Condition], list[tuple[str, Row]]] = defaultdict(list)
    for mapping in sets:
        for row in mapping.rows:
            where = f"{mapping.path}: line {row.line}"
            if row.record_id in by_id:
                yield (
                    f"{where}: record_id {row.record_id} stands at {by_id[row.record_id]} as well; "
                    "give it another number"
                )
            by_id[row.record_id] = where
            said = (row.source, row.target, row.subject, row.object, row.inverse)
            first = by_statement.setdefault(said, (where, row))
            if first[1].predicate != row.predicate:
                yield (
                    f"{where}: {row.record_id} says {row.predicate} where {first[0]} says "
                    f"{first[1].predicate} of the same two terms; keep one of them"
                )
            by_term[row.source, row.subject].append((where, row))
    for rows in by_term.values():
        yield from _contradictions(rows, vocabulary)


def _contradictions(rows: Sequence[tuple[str, Row]], vocabulary: TargetVocabulary) -> Iterator[str]:
    """A term that would be both a class and a property, or an activity and an entity."""
    entailing = [(where, row) for where, row in rows if row.entails]
    for is_first, is_second, words in (
        (vocabulary.classes.__contains__, vocabulary.properties.__contains__,
         ("a class", "a property")),
        (lambda t: _is_a(t, _ACTIVITY, vocabulary), lambda t: _is_a(t, _ENTITY, vocabulary),
         ("a prov:Activity", "a prov:Entity")),
    ):  # fmt: skip
        first = next(((w, r) for w, r in entailing if is_first(r.target)), None)
        second = next(((w, r) for w, r in entailing if is_second(r.target)), None)
        if first and second:
            yield (
                f"{second[0]}: {second[1].record_id} makes {second[1].source} {words[1]}, "
                f"{first[1].record_id} at {first[0]} makes it {words[0]}; it can not be both"
            )


def _is_a(term: str, kind: str, vocabulary: TargetVocabulary) -> bool:
    return term == kind or kind in vocabulary.superclasses.get(term, ())
