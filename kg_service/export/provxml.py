"""PROV-XML (W3C Working Group Note of 30 April 2013), in the order of its schema.

An identifier of PROV-XML is a QName, which many IRIs can not be split into (a name that begins
with a digit, or holds a ``%``). Such are written as ``prefix:rest`` all the same, as other
writers do; readers of PROV-XML take them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from ingest.prov.model import PROV, Name, Record, Value
from ingest.prov.relations import ELEMENTS, RELATIONS
from kg_service.export.account import Account
from kg_service.export.names import Names
from kg_service.export.rdf import remarks
from kg_service.export.records import attribute_rank, iris_of, prov_records

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
# XML 1.0, section 2.2: characters that no document can hold, not even escaped
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_provxml(account: Account) -> bytes:
    """One document; a bundle for each graph that says something."""
    document = prov_records(account)
    names = Names(iris_of(document))
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    declared = "".join(f"\n    xmlns:{p}={quoteattr(ns)}" for p, ns in names.prefixes.items())
    lines.append(f'<prov:document{declared}\n    xmlns:xsi="{_XSI}">')
    # within the root: some readers take no comment before it
    lines += [f"  <!-- {_comment(line)} -->" for line in remarks(account)]
    lines += _records(document.records, names, "  ")
    for bundle in document.bundles:
        lines.append(f"  <prov:bundleContent prov:id={quoteattr(names.short(bundle.id))}>")
        lines += _records(bundle.records, names, "    ")
        lines.append("  </prov:bundleContent>")
    lines.append("</prov:document>")
    return "\n".join([*lines, ""]).encode()


def _records(records: Iterable[Record], names: Names, indent: str) -> list[str]:
    return [line for record in records for line in _record(record, names, indent)]


def _record(record: Record, names: Names, indent: str) -> list[str]:
    is_element = record.kind in ELEMENTS
    arguments = ELEMENTS[record.kind] if is_element else RELATIONS[record.kind].arguments
    attribute = f" prov:id={quoteattr(names.short(record.id))}" if record.id is not None else ""
    inner = f"{indent}  "
    body = [
        f"{inner}{_argument(name, value, names)}"
        for name, value in zip(arguments, record.arguments, strict=False)
        if value is not None
    ]
    ranked = sorted(record.attributes, key=lambda a: attribute_rank(a[0]))
    body += [f"{inner}{_attribute(name, value, names)}" for name, value in ranked]
    if not body:
        return [f"{indent}<prov:{record.kind}{attribute}/>"]
    return [
        f"{indent}<prov:{record.kind}{attribute}>",
        *body,
        f"{indent}</prov:{record.kind}>",
    ]


def _argument(name: str, value: Value, names: Names) -> str:
    if isinstance(value, Name):
        return f"<prov:{name} prov:ref={quoteattr(names.short(value.iri))}/>"
    return f"<prov:{name}>{_text(value.value)}</prov:{name}>"


def _attribute(name: str, value: Value, names: Names) -> str:
    tag = names.short(name)
    if isinstance(value, Name):
        return f'<{tag} xsi:type="xsd:QName">{_text(names.short(value.iri))}</{tag}>'
    if value.language:
        return f"<{tag} xml:lang={quoteattr(value.language)}>{_text(value.value)}</{tag}>"
    # the schema gives labels a type of their own
    if value.datatype is None or name == PROV + "label":
        return f"<{tag}>{_text(value.value)}</{tag}>"
    kind = quoteattr(names.short(value.datatype))
    return f"<{tag} xsi:type={kind}>{_text(value.value)}</{tag}>"


def _text(text: str) -> str:
    # a parser makes a plain carriage return a newline
    return escape(_NO_XML.sub("\N{REPLACEMENT CHARACTER}", text), {"\r": "&#13;"})


def _comment(line: str) -> str:
    return _NO_XML.sub("", line).replace("--", "- -").removesuffix("-")
