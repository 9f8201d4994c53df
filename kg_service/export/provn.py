"""PROV-N (W3C Recommendation of 30 April 2013)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.prov.model import Name, Record, Text, Value
from ingest.prov.relations import ELEMENTS, RELATIONS
from kg_service.export.account import Account
from kg_service.export.names import Names
from kg_service.export.rdf import remarks
from kg_service.export.records import iris_of, prov_records

# section 3.7.1: characters of a local name that need an escape wherever they stand
_ESCAPED = re.compile(r"[='(),:;\[\].\\]")
_STRING = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def write_provn(account: Account) -> bytes:
    """One document; a bundle for each graph that says something."""
    document = prov_records(account)
    names = Names(iris_of(document))
    lines = [f"// {line}" for line in remarks(account)]
    lines.append("document")
    used = {p: ns for p, ns in names.prefixes.items() if p not in ("prov", "xsd")}
    lines += [f"  prefix {prefix} <{namespace}>" for prefix, namespace in used.items()]
    lines += _records(document.records, names, "  ")
    for bundle in document.bundles:
        lines.append(f"  bundle {_name(bundle.id, names)}")
        lines += _records(bundle.records, names, "    ")
        lines.append("  endBundle")
    lines.append("endDocument")
    return "\n".join([*lines, ""]).encode()


def _records(records: Iterable[Record], names: Names, indent: str) -> list[str]:
    return [f"{indent}{_record(record, names)}" for record in records]


def _record(record: Record, names: Names) -> str:
    arguments = [_argument(value, names) for value in record.arguments]
    if record.kind in ELEMENTS:
        assert record.id is not None
        times = arguments if any(a != "-" for a in arguments) else []
        arguments = [_name(record.id, names), *times]
    else:
        wanted = len(RELATIONS[record.kind].arguments)
        # sections 3.3 and 3.4: the optional arguments are all given, but for a derivation of which
        # no more is known than what came of what
        if record.kind != "wasDerivedFrom" or any(a != "-" for a in arguments[2:]):
            arguments += ["-"] * (wanted - len(arguments))
        else:
            arguments = arguments[:2]
    said = ", ".join(arguments)
    if record.attributes:
        said += f", [{', '.join(_attribute(a, v, names) for a, v in record.attributes)}]"
    return f"{record.kind}({said})"


def _argument(value: Value | None, names: Names) -> str:
    if value is None:
        return "-"
    return _name(value.iri, names) if isinstance(value, Name) else value.value


def _attribute(name: str, value: Value, names: Names) -> str:
    return f"{_name(name, names)}={_literal(value, names)}"


def _literal(value: Value, names: Names) -> str:
    if isinstance(value, Name):
        return f"'{_name(value.iri, names)}'"
    text = f'"{_escaped(value)}"'
    if value.language:
        return f"{text}@{value.language}"
    return f"{text} %% {_name(value.datatype, names)}" if value.datatype else text


def _escaped(value: Text) -> str:
    return "".join(_STRING.get(character, character) for character in value.value)


def _name(iri: str, names: Names) -> str:
    prefix, local = names.parts(iri)
    written = _ESCAPED.sub(
        lambda match: match[0] if _is_dot_inside(match) else f"\\{match[0]}", local
    )
    return f"{prefix}:\\{written}" if written.startswith("-") else f"{prefix}:{written}"


def _is_dot_inside(match: re.Match[str]) -> bool:
    return match[0] == "." and 0 < match.start() < len(match.string) - 1
