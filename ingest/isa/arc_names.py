"""Which node a name means in an ARC, and where that node belongs.

In an ARC a table begins where another ended, often in another workbook: what links them is the
name, whatever the headings call it. Names such as ``1`` or ``control`` are used again and again,
so a name is looked for in its own study first, and elsewhere only where it is made but once.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.iri import has_scheme
from ingest.isa.annotation_table import AnnotationTable
from ingest.isa.columns import Column
from ingest.isa.gather import Nodes, Scopes
from ingest.isa.model import Kind, NodeRef

_TOP = re.compile(r"(?:studies|assays|runs|workflows)/", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """Where a workbook's tables are: paths of its study and of itself, and its folder in the ARC.

    ``data``: the folder below it that file names start from. ``folder`` is None where the
    workbook came alone, so that names stay what they are. ``in_study``: whether there is a study.
    """

    study: str
    own: str
    folder: str | None = None
    data: str = ""
    in_study: bool = True

    @property
    def makes_for(self) -> str:
        """Where what its tables make belongs: to the study, or to an assay that has none."""
        return self.study if self.in_study else self.own


Known = dict[str, dict[str, tuple[Kind, str]]]


@dataclass
class Names:
    """What each name of a material is, by section: filled from all tables before any is read.

    ``ambiguous``: names that were looked for, and that several other studies have.
    """

    _made: Known = field(default_factory=dict)
    _copied: Known = field(default_factory=dict)
    _used: Known = field(default_factory=dict)
    ambiguous: set[str] = field(default_factory=set)

    def add(self, table: AnnotationTable, place: Place) -> None:
        """Learn the names of a table."""
        for _number, cells in table.rows:
            inputs = _named(table.columns.inputs, cells)
            for name, kind in inputs.items():
                known = self._used.setdefault(name, {})
                if place.study not in known or kind is Kind.SOURCE:
                    known[place.study] = (kind, _home(kind, place))
            for name, kind in _named(table.columns.outputs, cells).items():
                into = self._copied if name in inputs else self._made
                home = place.own if kind is Kind.MATERIAL else place.makes_for
                into.setdefault(name, {}).setdefault(place.makes_for, (kind, home))

    def ref(self, kind: Kind, name: str, place: Place) -> NodeRef:
        """The node that a cell of some kind means.

        What the study itself makes comes first, then what another makes. What nobody makes is
        the study's own, but for the name in an assay of no study, which is that of the study
        where it is met.
        """
        sources = [self._made] if kind is Kind.SOURCE else [self._made, self._copied]
        for source in sources:
            known = source.get(name, {})
            if place.makes_for in known:
                return _ref(name, known[place.makes_for])
        for source in sources:
            found = self._elsewhere(name, source.get(name, {}))
            if found is not None:
                return found
        used = self._used.get(name, {})
        own = used.get(place.study)
        others = {study: of for study, of in used.items() if study != place.study}
        if not place.in_study and others:
            found = self._elsewhere(name, others)
            if found is not None:
                return found
        return _ref(name, own or (kind, _home(kind, place)))

    def _elsewhere(self, name: str, known: dict[str, tuple[Kind, str]]) -> NodeRef | None:
        if len(known) > 1:
            self.ambiguous.add(name)
        return _ref(name, next(iter(known.values()))) if len(known) == 1 else None


def _ref(name: str, known: tuple[Kind, str]) -> NodeRef:
    return NodeRef(known[0], name, known[1])


def _named(columns: Sequence[Column], cells: Sequence[str]) -> dict[str, Kind]:
    return {
        cells[c.position]: c.kind
        for c in columns
        if c.kind is not None and c.kind is not Kind.FILE and cells[c.position]
    }


def _home(kind: Kind, place: Place) -> str:
    return place.study if kind in (Kind.SOURCE, Kind.SAMPLE) else place.own


@dataclass(frozen=True)
class ArcScopes(Scopes):
    """Where the nodes of one workbook's tables live; ``homes`` has the nodes of each section."""

    names: Names = field(default_factory=Names)
    place: Place = field(default=Place("", ""))
    homes: Mapping[str, Nodes] = field(default_factory=dict)
    exists: Callable[[str], bool] = field(default=lambda name: False)

    @property
    def declared(self) -> bool:
        return False  # that a name is new is nothing odd: any table may begin with it

    def ref(self, kind: Kind, name: str) -> NodeRef:
        if kind is Kind.FILE:
            return NodeRef(kind, data_path(name, self.place, self.exists))
        return self.names.ref(kind, name, self.place)

    def of(self, ref: NodeRef) -> Nodes:
        return self.files if ref.kind is Kind.FILE else self.homes[ref.home]


def data_path(name: str, place: Place, exists: Callable[[str], bool]) -> str:
    """A file's place in the ARC: names are relative to it, or to where a section keeps its data.

    ARC specification, data path annotation.
    """
    if place.folder is None or has_scheme(name) or name.startswith("/"):
        return name
    path = posixpath.normpath(name.replace("\\", "/"))
    if _TOP.match(path):
        return path
    for folder in ("", place.folder, f"{place.folder}{place.data}"):
        if exists(folder + path.partition("#")[0]):
            return folder + path
    return f"{place.folder}{place.data}{path}"
