"""Reading one ISA-Tab study or assay table into nodes and processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ingest.findings import Findings
from ingest.isa.columns import Column, columns
from ingest.isa.data_files import is_settings
from ingest.isa.factors import FactorValues
from ingest.isa.gather import Scopes, categories_of, units_of
from ingest.isa.layout import Layout, NodeStep, ProcessStep, layout
from ingest.isa.model import NOTHING, Annotation, Comment, Kind, NodeRef, Table, Value
from ingest.isa.processes import Application, Cell, Path, merge

Row = tuple[int, list[str]]


def read_table(
    name: str,
    rows: Sequence[Row],
    scopes: Scopes,
    findings: Findings,
    protocols: Sequence[str] = (),
) -> Table:
    """The graph that an ISA-Tab table makes; ``name`` and line numbers go into the findings.

    ``protocols``: the declared names, which a cell may write in another case.
    """
    if not rows:
        findings.warned("empty-table", name, "the table is empty")
        return Table()
    made = columns(rows[0][1])
    reader = TableReader(name, rows[0], made, layout(made), scopes, findings, protocols)
    for number, cells in rows[1:]:
        reader.row(number, cells)
    return reader.finish()


class TableReader:
    """Makes nodes and processes of rows under headings whose layout is known.

    ``sheet``: what an annotation table is called, which is the protocol of rows that name none,
    and the name of the process in rows that do. ``offset``: how many columns stand before it.
    ``categories``: the terms of the characteristics that its headings name.
    """

    def __init__(
        self,
        name: str,
        heading: Row,
        columns: Sequence[Column],
        layout: Layout,
        scopes: Scopes,
        findings: Findings,
        protocols: Sequence[str],
        sheet: str = "",
        offset: int = 0,
        categories: Mapping[str, Annotation] | None = None,
    ) -> None:
        self._protocols = {p: p for p in protocols}
        for protocol in protocols:
            self._protocols.setdefault(protocol.casefold(), protocol)
        self._name = name
        self._headings = heading[1]
        self._width = len(self._headings)
        self._scopes = scopes
        self._findings = findings
        self._columns = columns
        self._layout = layout
        self._sheet = sheet
        self._categories = categories or {}
        self._offset = offset
        self._factors = FactorValues(self._layout, name, findings)
        self._paths: list[Path] = []
        self._mentioned: dict[NodeRef, None] = {}
        self._values: dict[tuple[str, ...], Value] = {}
        self._units: dict[Annotation, None] = {}
        self._declared = scopes.declared
        self._tell_of_headings(heading[0])

    def finish(self) -> Table:
        for ref, value in self._factors.settle():
            self._scopes.of(ref)[ref].factor_values[value] = None
        names = [s.name for step in self._layout.steps if isinstance(step, NodeStep)
                 for s in step.characteristics]  # fmt: skip
        return Table(
            nodes=self._scopes.own.freeze() if self._scopes.own is not self._scopes.study else (),
            mentioned=tuple(self._mentioned),
            processes=merge(self._paths),
            characteristic_categories=categories_of(
                (self._categories.get(n, Annotation(n)) for n in names), ()
            ),
            unit_categories=units_of(self._units, self._values.values()),
        )

    def row(self, number: int, cells: list[str]) -> None:
        if len(cells) > self._width:
            for position in range(self._width, len(cells)):
                if cells[position]:
                    self._findings.lost(
                        "extra-cell",
                        self._at(number, position),
                        f"{cells[position]!r} under no heading",
                    )
            cells = cells[: self._width]
        elif len(cells) < self._width:
            self._findings.warned(
                "short-row",
                self._at(number, len(cells) - 1),
                f"the row ends here, under {self._width} headings; the rest is taken as empty",
            )
            cells = cells + [""] * (self._width - len(cells))
        if cells[0].startswith("#") and not any(cells[1:]):
            self._findings.warned("comment-line", self._at(number, 0), cells[0])
            return
        path, found = self._path(number, cells)
        self._paths.append(path)
        for column in self._layout.unnamed:
            if cells[column.position]:
                self._findings.lost(
                    "unnamed-column", self._at(number, column.position),
                    f"{cells[column.position]!r} under no heading",
                )  # fmt: skip
        for position, (column, _near) in enumerate(self._layout.factors):
            value = self._value(number, column, cells)
            if value is not None:
                self._factors.add(position, value, found, number)

    def _path(self, number: int, cells: list[str]) -> tuple[Path, dict[int, NodeRef]]:
        """The row as a path of nodes and processes, and its node at each step."""
        path: Path = []
        found: dict[int, NodeRef] = {}
        joined_to: int | None = None
        for index, step in enumerate(self._layout.steps):
            if isinstance(step, ProcessStep):
                application = self._application(index, step, number, cells)
                if application is not None:
                    path.append(application)
                continue
            ref = self._node(step, number, cells, path)
            if index not in self._layout.joint:
                joined_to = None
            if ref is None:
                continue
            found[index] = ref
            last = path[-1] if path else None
            if isinstance(last, Application) and is_settings(step.column.name):
                last.by_products += (ref,)
                continue
            if isinstance(last, tuple):
                if joined_to is not None:
                    path[-1] = (*last, ref)
                    continue
                path.append(self._missing(index, step, number))
            path.append((ref,))
            joined_to = index
        return path, found

    def _missing(self, index: int, step: NodeStep, number: int) -> Application:
        self._findings.warned(
            "missing-protocol",
            self._at(number, step.column.position),
            "no protocol between this node and the one before: an unnamed process is put there",
        )
        # half a step before its node, to stand in order among the others
        return Application(Cell(step=2 * index - 1))

    def _node(self, step: NodeStep, number: int, cells: list[str], path: Path) -> NodeRef | None:
        position = step.column.position
        name = cells[position]
        if not name:
            self._unnamed(step, number, cells, path)
            return None
        ref = self._scopes.ref(step.kind, name)
        nodes = self._scopes.of(ref)
        is_foreign = ref.kind is Kind.SAMPLE and nodes is not self._scopes.own
        if is_foreign and not path and self._declared and ref not in nodes:
            self._findings.warned(
                "undeclared-sample", self._at(number, position),
                f"sample {name!r} is not in the study's table",
            )  # fmt: skip
        gathered = nodes[ref]
        if ref.kind is Kind.FILE or (ref.kind is Kind.MATERIAL and step.column.name):
            gathered.types[step.column.name] = None
        if nodes is not self._scopes.own or ref.kind is Kind.FILE:
            self._mentioned[ref] = None
        for column in step.characteristics:
            value = self._value(number, column, cells)
            if value is not None:
                gathered.characteristics[value] = None
        gathered.comments.update(dict.fromkeys(self._comments(step.comments, cells)))
        return ref

    def _unnamed(self, step: NodeStep, number: int, cells: list[str], path: Path) -> None:
        """What describes a node without name is said of the process or node before it."""
        for column in (*step.characteristics, *step.comments):
            text = cells[column.position]
            if not text:
                continue
            where, last = self._at(number, column.position), path[-1] if path else None
            if last is None:
                self._findings.lost("value-without-node", where, f"{text!r} describes nothing")
                continue
            self._findings.repaired(
                "value-without-node", where, f"{text!r} is kept as a comment on what is before"
            )
            said = [Comment(column.name, text)]
            for word, position in (
                ("Term Source REF", column.source),
                ("Term Accession Number", column.accession),
                ("Unit", column.unit),
            ):
                if position is not None and cells[position]:
                    said.append(Comment(f"{column.name} {word}", cells[position]))
            if isinstance(last, Application):
                last.comments += tuple(said)
            else:
                self._scopes.of(last[-1])[last[-1]].comments.update(dict.fromkeys(said))

    def _application(
        self, index: int, step: ProcessStep, number: int, cells: list[str]
    ) -> Application | None:
        protocol = self._protocol(step, number, cells)
        name = cells[step.name.position] if step.name else ""
        if self._sheet and protocol != self._sheet:
            protocol, name = protocol or self._sheet, self._sheet if protocol else ""
        values = [self._value(number, column, cells) for column in step.parameters]
        performers = [cells[c.position] for c in step.performers if cells[c.position]]
        dates = [cells[c.position] for c in step.dates if cells[c.position]]
        parameters = tuple(v for v in values if v is not None)
        comments = self._comments(step.comments, cells)
        comments += tuple(Comment("Date", d) for d in dates[1:])
        if not (protocol or name or parameters or performers or dates or comments):
            return None
        if not protocol:
            self._findings.warned(
                "missing-protocol", self._at(number, step.position), "a process without protocol"
            )
        name_type = step.name.name if step.name and name and not protocol else ""
        cell = Cell(
            2 * index, protocol, name, name_type,
            "; ".join(performers), dates[0] if dates else "", parameters,
        )  # fmt: skip
        return Application(cell, comments)

    def _protocol(self, step: ProcessStep, number: int, cells: list[str]) -> str:
        written = cells[step.protocol.position] if step.protocol else ""
        declared = self._protocols.get(written) or self._protocols.get(written.casefold(), written)
        if step.protocol and declared != written:
            self._findings.repaired(
                "protocol-name",
                self._at(number, step.protocol.position),
                f"{written!r} is taken as {declared!r}",
            )
        return declared

    def _comments(self, comments: Sequence[Column], cells: list[str]) -> tuple[Comment, ...]:
        return tuple(Comment(c.name, cells[c.position]) for c in comments if cells[c.position])

    def _value(self, number: int, column: Column, cells: list[str]) -> Value | None:
        qualifiers = (
            column.source, column.accession, column.unit, column.unit_source, column.unit_accession
        )  # fmt: skip
        texts = tuple("" if q is None else cells[q] for q in qualifiers)
        text = cells[column.position]
        if not text and not texts[1]:
            self._without_value(self._at(number, column.position), texts)
            return None
        key = (column.name, text, *texts)
        value = self._values.get(key)
        if value is None:
            unit = Annotation.of(texts[2:]) if any(texts[2:]) else NOTHING
            value = Value(column.name, Annotation(text, texts[0], texts[1]), unit)
            self._values[key] = value
        return value

    def _without_value(self, where: str, texts: Sequence[str]) -> None:
        """Units and sources of terms beside an empty cell, as templates leave them.

        They say nothing of the node or process in the row; a unit is one that the table uses.
        """
        unit = Annotation.of(texts[2:])
        if unit.value or unit.accession:
            self._units[unit] = None
            self._findings.repaired(
                "unit-without-value", where,
                f"{unit.value or unit.accession!r} is kept among the units of the table",
                sum(map(bool, texts[2:])),
            )  # fmt: skip
        elif unit:
            self._findings.warned(
                "source-without-term", where, f"{unit.source!r} is the source of no unit"
            )
        if texts[0]:
            self._findings.warned(
                "source-without-term", where, f"{texts[0]!r} is the source of no term"
            )

    def _tell_of_headings(self, number: int) -> None:
        for column in self._columns:
            if not column.known:
                self._findings.warned(
                    "unknown-column", self._at(number, column.position), "kept as a comment"
                )
        for column in self._layout.misplaced:
            self._findings.warned(
                "misplaced-column", self._at(number, column.position),
                "not beside a process; taken as part of the process before",
            )  # fmt: skip

    def _at(self, number: int, position: int) -> str:
        heading = self._headings[position] if position < self._width else ""
        column = f"column {position + self._offset + 1}" + (f" ({heading})" if heading else "")
        return f"{self._name}: row {number}, {column}"
