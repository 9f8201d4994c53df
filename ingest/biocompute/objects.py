"""From a file to BioCompute Objects: one, an array of them, or a dump of a BCO server.

The server (bco_api) keeps an object in the ``contents`` of a record, and its dump holds
records of other kinds too: accounts, sessions, permissions. Those are none of ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

DOMAINS = (
    "provenance_domain",
    "usability_domain",
    "extension_domain",
    "description_domain",
    "execution_domain",
    "parametric_domain",
    "io_domain",
    "error_domain",
)
# an object without two of these says nothing that makes it one
_EVIDENCE = frozenset(DOMAINS) - {"extension_domain"}
ID_NAMES = ("object_id", "bco_id", "BCO_id")


@dataclass(frozen=True)
class BioComputeObject:
    """One object; ``where`` is its JSON path, ``record`` what a server says of it."""

    data: dict[str, Any]
    where: str
    record: dict[str, Any]

    @property
    def identifier(self) -> str | None:
        """Its own identifier, under the name of any version of the specification."""
        for name in ID_NAMES:
            value = self.data.get(name)
            if isinstance(value, str) and value.strip():
                return value.strip()
        return None

    def domain(self, name: str) -> dict[str, Any]:
        """A domain's fields; empty where it is missing or no object."""
        value = self.data.get(name)
        return value if isinstance(value, dict) else {}

    @property
    def state(self) -> str | None:
        """PUBLISHED, DRAFT, … where a server says so."""
        state = self.record.get("state")
        return state.upper() if isinstance(state, str) else None


def is_object(value: Any) -> bool:
    """Whether a JSON value is a BioCompute Object, by its domains."""
    return isinstance(value, dict) and len(_EVIDENCE.intersection(value)) >= 2


def objects_of(value: Any) -> Iterator[BioComputeObject | str]:
    """The objects in a JSON value; for each thing that is none, its JSON path."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _of_item(item, f"$[{number}]")
    else:
        yield from _of_item(value, "$")


def _of_item(value: Any, where: str) -> Iterator[BioComputeObject | str]:
    if is_object(value):
        yield BioComputeObject(value, where, {})
        return
    if isinstance(value, dict):
        fields = value.get("fields")
        holder = fields if isinstance(fields, dict) else value
        contents = holder.get("contents")
        if isinstance(contents, dict) and is_object(contents):
            record = {k: v for k, v in value.items() if k not in ("fields", "contents")}
            record |= {k: v for k, v in holder.items() if k not in ("fields", "contents")}
            place = ".fields.contents" if holder is fields else ".contents"
            yield BioComputeObject(contents, where + place, record)
            return
    yield where
