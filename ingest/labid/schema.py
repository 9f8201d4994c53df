"""The format as JSON Schema: ``python -m ingest.labid.schema > ontologies/labid.schema.json``."""

from __future__ import annotations

import json
from typing import Any

from ingest.labid.form import HEAD, KINDS, PROFILE, SECTIONS, Field, Value

_TYPES: dict[Value, dict[str, Any]] = {
    Value.TEXT: {"type": "string"},
    Value.NUMBER: {"type": "number", "minimum": 0},
    Value.SCALAR: {"type": ["string", "number", "boolean"]},
    Value.TIME: {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}.*)?$"},
    Value.REFERENCE: {"type": "string", "minLength": 1},
}


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a kg-labid document.

    It says what a field may hold; that ids are unique, and that a reference names a record of
    the right kind, only the reader checks.
    """
    properties = {name: _field(field) for name, field in HEAD.items()}
    for section, kind in SECTIONS.items():
        properties[section] = {"type": "array", "items": {"$ref": f"#/$defs/{kind}"}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": PROFILE,
        "title": "kg-labid 1.0",
        "type": "object",
        "required": [name for name, field in HEAD.items() if field.required],
        "properties": properties,
        "$defs": {kind: _kind(fields) for kind, fields in KINDS.items()},
    }


def _kind(fields: dict[str, Field]) -> dict[str, Any]:
    required = [name for name, field in fields.items() if field.required]
    shape: dict[str, Any] = {"type": "object"}
    if required:
        shape["required"] = required
    shape["properties"] = {name: _field(field) for name, field in fields.items()}
    return shape


def _field(field: Field) -> dict[str, Any]:
    if field.choices:
        one: dict[str, Any] = {"enum": list(field.choices)}
    elif field.value is Value.RECORD:
        one = {"$ref": f"#/$defs/{field.to[0]}"}
    else:
        one = dict(_TYPES[field.value])
        if field.value is Value.TEXT and field.required:
            one["minLength"] = 1
    if field.many:
        return {"anyOf": [{"type": "array", "items": one}, one]}
    return one


if __name__ == "__main__":
    print(json.dumps(schema(), indent=2))
