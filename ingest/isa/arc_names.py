"""Which node a name means anywhere in an ARC, and where that node belongs.

In an ARC a table begins where another ended, often in another workbook: what links them is the
name. So a name is one node in all of it, whatever the headings call it, but for a source and a
sample that one row makes of it, and for files.
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
    workbook came alone, so that names stay what they are.
    """

    study: str
    own: str
    folder: str | None = None
    data: str = ""


@dataclass
class Names:
    """What each name of a material is in an ARC: filled from all tables before any is read."""

    _made: dict[str, tuple[Kind, str]] = field(default_factory=dict)
    _copied: dict[str, tuple[Kind, str]] = field(default_factory=dict)
    _used: dict[str, dict[Kind, str]] = field(default_factory=dict)

    def add(self, table: AnnotationTable, place: Place) -> None:
        """Learn the names of a table."""
        for _number, cells in table.rows:
            inputs = _named(table.columns.inputs, cells)
            for name, kind in inputs.items():
                self._used.setdefault(name, {}).setdefault(kind, _home(kind, place))
            for name, kind in _named(table.columns.outputs, cells).items():
                known = self._copied if name in inputs else self._made
                known.setdefault(name, (kind, _home(kind, place)))

    def ref(self, kind: Kind, name: str, place: Place) -> NodeRef:
        """The node that a cell of some kind means."""
        made = self._made.get(name)
        if made is None and kind is not Kind.SOURCE:
            made = self._copied.get(name)
        if made is not None:
            return NodeRef(made[0], name, made[1])
        used = self._used.get(name, {})
        first = Kind.SOURCE if Kind.SOURCE in used else next(iter(used), kind)
        return NodeRef(first, name, used.get(first) or _home(kind, place))


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
