"""What is derived from a source's asserted graphs: an aligned graph each, and one of identity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import NamedNode, Triple

from ingest.findings import Findings
from kg_service.align.engine import Alignment
from kg_service.align.plans import token
from kg_service.catalogue import GraphNames
from kg_service.identity.links import identity_triples
from kg_service.report import Derived
from kg_service.store.grades import Grades
from kg_service.store.port import Sizes
from kg_service.store.statements import Statements


@dataclass
class Derivation:
    """The derived graphs of one source, not yet written, and what made them."""

    names: Sequence[GraphNames]
    graphs: dict[NamedNode, Statements] = field(default_factory=dict)
    grades: dict[NamedNode, Grades] = field(default_factory=dict)
    fired: Counter[str] = field(default_factory=Counter)
    unmapped: Counter[str] = field(default_factory=Counter)

    def close(self) -> None:
        """Let go of the memory or temporary files."""
        for statements in self.graphs.values():
            statements.close()
        for grades in self.grades.values():
            grades.close()

    def counted(self, sizes: Sizes) -> Derived:
        """The same as figures, once the graphs are written."""
        return Derived(
            aligned=sum(sizes[names.aligned] for names in self.names),
            identity=sizes[self.names[0].identity],
            fired=self.fired,
            unmapped=self.unmapped,
        )


def derive(
    alignment: Alignment, asserted: Mapping[GraphNames, Statements], findings: Findings
) -> Derivation:
    """Align each graph by itself, and find the keys of all the things in them."""
    made = Derivation(list(asserted))
    for names, statements in asserted.items():
        aligned = alignment.align(statements, findings)
        made.graphs[names.aligned] = aligned.statements
        made.grades[names.aligned] = aligned.grades
        made.fired += aligned.fired
        made.unmapped += aligned.unmapped
    told = _Told(list(made.graphs.values()))
    made.graphs[made.names[0].identity] = Statements.of(identity_triples(told))
    return made


@dataclass(frozen=True)
class _Told:
    """The statements of several graphs, to be had by property as often as needed."""

    graphs: Sequence[Statements]

    def of(self, properties: Collection[NamedNode]) -> Iterator[Triple]:
        wanted = frozenset(token(term.value) for term in properties)
        for statements in self.graphs:
            yield from statements.triples_of(wanted)
