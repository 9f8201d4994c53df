"""Lineage that ESRF keeps in dataset parameters: ids of datasets in the catalogue.

``input_datasetIds`` and ``output_datasetIds`` hold the direct neighbours, separated by
spaces. Parameters called ``__full_…`` hold longer lists of the same kind, which may name
more distant ancestors and descendants; they keep their own property for that reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.findings import Findings
from ingest.icat.catalogue import Catalogue, Thing
from ingest.icat.records import Record

_DIRECTION = re.compile(r"(?P<direction>input|output)_datasetIds")
# ICAT's limit on a parameter's text: a list that reaches it may have lost its end
_LONGEST_VALUE = 4000


@dataclass(frozen=True)
class Link:
    """One dataset named by another one's parameter. ``thing`` has ``catalogue_id``."""

    property: str
    thing: Thing
    catalogue_id: str
    is_outside: bool


def parameter_name(catalogue: Catalogue, parameter: Record) -> str:
    """What a parameter is called: by its type in ICAT, by its own name in ICAT+."""
    kind = parameter.reference("type")
    target = catalogue.target(parameter, "type", kind) if kind is not None else None
    return (catalogue.name_of(target) if target else parameter.attribute("name")) or ""


def parameter_text(parameter: Record) -> str | None:
    """The value of a parameter as it is written."""
    values = (parameter.attribute(name) for name in ("stringValue", "value", "numericValue"))
    return next((value for value in values if value), None)


@dataclass
class DatasetLinks:
    """Reads such parameters against the ids of the datasets in the file."""

    catalogue: Catalogue
    findings: Findings
    _by_id: dict[str, Thing] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for record in self.catalogue.records("Dataset"):
            own, thing = record.attribute("id"), self.catalogue.thing(record)
            if own is not None and thing is not None:
                self._by_id.setdefault(own.strip(), thing)

    def of(self, parameter: Record, where: str) -> Iterator[Link]:
        """The links that a dataset's parameter spells; none for other parameters."""
        name = parameter_name(self.catalogue, parameter)
        direction = _DIRECTION.search(name)
        text = parameter_text(parameter)
        if direction is None or text is None:
            return
        meant = "__full_" if "__full_" in name else ""
        ids = text.split()
        if len(text) >= _LONGEST_VALUE:
            # half a number is another dataset's number
            ids.pop()
            self.findings.warned(
                "list-at-limit",
                where,
                f"{name} has {len(text)} characters; its end may be cut off, "
                "so its last number makes no link",
            )
        for number in ids:
            if not number.isascii() or not number.isdigit():
                self.findings.warned("no-dataset-id", where, f"{number!r} in {name} makes no link")
                continue
            thing = self._by_id.get(number)
            yield Link(
                f"{meant}{direction['direction']}_datasetIds",
                thing or Thing("Dataset", f"id-{number}"),
                number,
                thing is None,
            )
