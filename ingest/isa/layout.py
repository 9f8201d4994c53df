"""The order of nodes and processes in an ISA-Tab table, read off its headings once.

A table is a path: node, process, node, ... from left to right. Each *step* is a node column
or a process (a ``Protocol REF``, a name such as ``Assay Name``, or both), with the columns
that describe it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.isa.columns import Column, Role
from ingest.isa.data_files import is_derived
from ingest.isa.model import Kind


@dataclass
class NodeStep:
    """A material or file column, and the columns that describe it."""

    column: Column
    characteristics: list[Column] = field(default_factory=list)
    comments: list[Column] = field(default_factory=list)

    @property
    def kind(self) -> Kind:
        assert self.column.kind is not None
        return self.column.kind


@dataclass
class ProcessStep:
    """A process: its protocol column, its name column, and the columns that describe it."""

    protocol: Column | None = None
    name: Column | None = None
    parameters: list[Column] = field(default_factory=list)
    performers: list[Column] = field(default_factory=list)
    dates: list[Column] = field(default_factory=list)
    comments: list[Column] = field(default_factory=list)

    @property
    def position(self) -> int:
        column = self.protocol or self.name
        return column.position if column else 0


Step = NodeStep | ProcessStep


@dataclass
class Layout:
    """The steps in order; factor columns and columns without heading belong to no step.

    ``joint``: the steps whose files come out of the same process as those of the step before.
    """

    steps: list[Step] = field(default_factory=list)
    factors: list[tuple[Column, int | None]] = field(default_factory=list)
    unnamed: list[Column] = field(default_factory=list)
    joint: frozenset[int] = frozenset()
    misplaced: list[Column] = field(default_factory=list)


def layout(columns: Sequence[Column]) -> Layout:
    """Put the columns of a table together into steps."""
    made = Layout()
    early: list[Column] = []
    for index, column in enumerate(columns):
        last = made.steps[-1] if made.steps else None
        match column.role:
            case Role.MATERIAL | Role.FILE:
                made.steps.append(NodeStep(column))
            case Role.PROTOCOL:
                if _is_open(last) and not _is_named_next(columns[index + 1 :]):
                    assert isinstance(last, ProcessStep)
                    last.protocol = column
                else:
                    made.steps.append(ProcessStep(protocol=column))
            case Role.PROCESS_NAME:
                if isinstance(last, ProcessStep) and last.name is None:
                    last.name = column
                else:
                    made.steps.append(ProcessStep(name=column))
            case Role.FACTOR:
                made.factors.append((column, _material_before(made.steps)))
            case Role.UNNAMED:
                made.unnamed.append(column)
            case _:
                if not _describe(made, column):
                    early.append(column)
    for column in early:
        if not _describe(made, column, anywhere=True):
            made.unnamed.append(column)
    made.joint = _joint(made.steps)
    return made


def _is_open(step: Step | None) -> bool:
    """Whether a name began a process, so that its protocol may come after."""
    return isinstance(step, ProcessStep) and step.protocol is None


def _is_named_next(columns: Sequence[Column]) -> bool:
    """Whether a name of its own follows a ``Protocol REF`` before the next node or protocol."""
    for column in columns:
        if column.role is Role.PROCESS_NAME:
            return True
        if column.role in (Role.MATERIAL, Role.FILE, Role.PROTOCOL):
            return False
    return False


def _material_before(steps: Sequence[Step]) -> int | None:
    """The last step, where it is a material."""
    if steps and isinstance(steps[-1], NodeStep) and steps[-1].kind is not Kind.FILE:
        return len(steps) - 1
    return None


def _describe(made: Layout, column: Column, anywhere: bool = False) -> bool:
    """Give a describing column to its step; false where no such step is there (yet)."""
    steps = made.steps if not anywhere else list(reversed(made.steps))
    if column.role is Role.COMMENT:
        if not steps:
            return False
        steps[-1].comments.append(column)
        return True
    if column.role is Role.CHARACTERISTIC:
        materials = [s for s in steps if isinstance(s, NodeStep) and s.kind is not Kind.FILE]
        if not materials:
            return False
        materials[-1].characteristics.append(column)
        return True
    processes = [s for s in steps if isinstance(s, ProcessStep)]
    if not processes:
        return False
    step = processes[-1]
    if step is not steps[-1]:
        made.misplaced.append(column)
    match column.role:
        case Role.PARAMETER:
            step.parameters.append(column)
        case Role.PERFORMER:
            step.performers.append(column)
        case _:
            step.dates.append(column)
    return True


def _joint(steps: Sequence[Step]) -> frozenset[int]:
    joint = set()
    for index, (before, step) in enumerate(pairwise(steps), start=1):
        if not isinstance(before, NodeStep) or not isinstance(step, NodeStep):
            continue
        if before.kind is not Kind.FILE or step.kind is not Kind.FILE:
            continue
        if is_derived(before.column.name) or not is_derived(step.column.name):
            joint.add(index)
    return frozenset(joint)
