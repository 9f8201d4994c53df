"""ISA-JSON that was exported from an ARC: what its tables were, from how the exporter wrote them.

ARCtrl writes a table as one process (or as several, where parameters differ) that lists the
inputs and the outputs of all rows, in step, and calls it by the table's name. ISA-JSON by itself
would read that as everything made of everything. A protocol that is only the table has no name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ingest.isa.model import Annotation, Component, Process
from ingest.isa.processes import Application, Cell, Path, merge

_WORKBOOK = re.compile(r"(?:.*[\\/])?isa\.(?:investigation|study|assay)\.xlsx", re.IGNORECASE)
_NUMBERED = re.compile(r"(?P<table>.+)_\d+", re.DOTALL)
_COMPONENT = re.compile(r"(?P<name>.*) \((?P<term>[^()\s]*)\)", re.DOTALL)


def is_arc_export(content: dict[str, Any]) -> bool:
    """Whether an investigation or study names the workbooks of an ARC as its files."""
    sections = [content]
    for key in ("studies", "assays"):
        listed = [s.get(key) for s in sections]
        sections += [s for part in listed if isinstance(part, list) for s in part]
        sections = [s for s in sections if isinstance(s, dict)]
    names = [s.get("filename") for s in sections]
    return any(isinstance(name, str) and _WORKBOOK.fullmatch(name) for name in names)


def unwrapped(content: Any) -> Any:
    """The investigation in a crate's descriptor, which is how ARCs were exported before 2025."""
    about = content.get("about") if isinstance(content, dict) else None
    if not isinstance(about, dict) or "@graph" in content:
        return content
    return about if about.get("additionalType", about.get("@type")) == "Investigation" else content


def in_arc(process: Process, is_unnamed: bool) -> Process:
    """The process as its table has it; ``is_unnamed``: its protocol has no name of its own."""
    numbered = _NUMBERED.fullmatch(process.name)
    table = numbered["table"] if numbered else process.name
    if is_unnamed or process.protocol in ("", table):
        return replace(process, protocol=table, name="")
    return replace(process, name=table)


def rows_of(process: Process) -> tuple[Process, ...]:
    """The processes that the rows of a table make, where inputs and outputs are in step."""
    if len(process.inputs) != len(process.outputs) or len(process.inputs) < 2:
        return (
            replace(
                process,
                inputs=tuple(dict.fromkeys(process.inputs)),
                outputs=tuple(dict.fromkeys(process.outputs)),
            ),
        )
    cell = Cell(
        0, process.protocol, process.name, process.name_type, process.performer, process.date,
        process.parameter_values,
    )  # fmt: skip
    paths: list[Path] = [
        [(before,), Application(cell, process.comments), (after,)]
        for before, after in zip(process.inputs, process.outputs, strict=True)
    ]
    return merge(paths)


def components(found: Sequence[Component]) -> tuple[Component, ...]:
    """Components without the term that the exporter puts behind the name: ``Trypsin (MS:1)``."""
    made = []
    for component in found:
        match = _COMPONENT.fullmatch(component.name)
        if match:
            source, colon, _number = match["term"].partition(":")
            term = Annotation("", source if colon else "", match["term"])
            component = replace(component, name=match["name"], term=term)
        made.append(component)
    return tuple(made)
