"""How often the mapping sets' rows and rules fired, over all sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kg_service.align.engine import Alignment
from kg_service.align.mapping import MappingSet
from kg_service.catalogue import ask_catalogue
from kg_service.errors import NotKnown
from kg_service.rdf import solutions_of
from kg_service.store.port import GraphReader

_FIRED = """
PREFIX graph: <https://w3id.org/kg-service/graph/>
SELECT ?source ?fired WHERE {
  GRAPH graph:catalogue { ?source kg:currentVersion ?version . ?version kg:fired ?fired }
}
"""


@dataclass(frozen=True)
class MappingUse:
    """By row or rule: how many statements it made, and in how many sources."""

    statements: Counter[str]
    sources: Counter[str]

    def of(self, mapping: MappingSet) -> tuple[int, int]:
        """Statements that a set made, and the most sources that one of its rows fired in."""
        ids = [*(row.record_id for row in mapping.rows), *(rule.iri for rule in mapping.rules)]
        most = max((self.sources[i] for i in ids), default=0)
        return sum(self.statements[i] for i in ids), most


def mapping_use(reader: GraphReader) -> MappingUse:
    """What the catalogue records of the current versions of all sources."""
    use = MappingUse(Counter(), Counter())
    for row in solutions_of(ask_catalogue(reader, _FIRED)):
        identifier, _space, count = str(row["fired"].value).rpartition(" ")
        use.statements[identifier] += int(count)
        use.sources[identifier] += 1
    return use


def set_named(alignment: Alignment, name: str) -> MappingSet:
    """The mapping set of a name or IRI. Raises NotKnown."""
    for mapping in alignment.sets:
        if name in (mapping.name, mapping.iri):
            return mapping
    raise NotKnown(f"no mapping set is called {name!r}; there are {_names(alignment.sets)}")


def _names(sets: Sequence[MappingSet]) -> str:
    return ", ".join(mapping.name for mapping in sets)
