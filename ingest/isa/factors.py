"""Which node of a row a factor value belongs to.

ISA-Tab writes factor values at the end of a row, and ISA-JSON gives them to samples. A factor
belongs to the sample if it is the same in all rows of each sample; else to the first kind of
node of which that is true (an extract, a file).
"""

from __future__ import annotations

from collections.abc import Iterator

from ingest.findings import Findings
from ingest.isa.layout import Layout, NodeStep
from ingest.isa.model import Kind, NodeRef, Value


class FactorValues:
    """The factor values of a table, kept until all rows are seen."""

    def __init__(self, layout: Layout, table: str, findings: Findings) -> None:
        self._factors = layout.factors
        self._table = table
        self._findings = findings
        nodes = [i for i, s in enumerate(layout.steps) if isinstance(s, NodeStep)]
        samples = [
            i for i in nodes
            if isinstance(step := layout.steps[i], NodeStep) and step.kind is Kind.SAMPLE
        ]  # fmt: skip
        self._order = [*samples, *(i for i in nodes if i not in samples)]
        self._rows: list[list[tuple[Value, dict[int, NodeRef], int]]] = [[] for _ in layout.factors]

    def add(self, factor: int, value: Value, nodes: dict[int, NodeRef], row: int) -> None:
        """Keep the value that a row gives to the n-th factor column."""
        self._rows[factor].append((value, nodes, row))

    def settle(self) -> Iterator[tuple[NodeRef, Value]]:
        """Each factor value with the node that it belongs to."""
        for (column, near), rows in zip(self._factors, self._rows, strict=True):
            order = self._order if near is None else [near, *self._order]
            step = next((i for i in order if _tells_apart(rows, i)), None)
            for value, nodes, row in rows:
                ref = nodes.get(step) if step is not None else None
                if ref is None:
                    ref = next(reversed(nodes.values()), None)
                if ref is None:
                    self._findings.lost(
                        "value-without-node", f"{self._table}: row {row}, {column.name}",
                        f"factor value {value.value.value!r} in a row without node",
                    )  # fmt: skip
                    continue
                yield ref, value


def _tells_apart(rows: list[tuple[Value, dict[int, NodeRef], int]], step: int) -> bool:
    """Whether the nodes at a step have one value each, in all rows."""
    seen: dict[NodeRef, Value] = {}
    for value, nodes, _row in rows:
        ref = nodes.get(step)
        if ref is None or seen.setdefault(ref, value) != value:
            return False
    return bool(rows)
