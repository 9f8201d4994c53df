"""The graphs that a query names with FROM, for engines that must be told apart from its text.

Oxigraph's server, when its default graph is the union, passes FROM over in silence; the same
graphs given by the protocol (SPARQL 1.1 Protocol, section 2.1.4) it heeds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin

_TOKEN = re.compile(
    r"""
      (?P<skip>'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"
              |'(?:[^'\\\n\r]|\\.)*'|"(?:[^"\\\n\r]|\\.)*"|\#[^\n\r]*|[?$]\w+)
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<name>[\w\-.]*:[\w\-.:%\\]*)
    | (?P<word>[A-Za-z_][\w\-]*)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Dataset:
    """IRIs of the graphs that make the default graph, and of those that GRAPH may name."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def dataset_of(sparql: str) -> Dataset:
    """The dataset clauses of a query (SPARQL 1.1 Query, section 13.2); none give an empty one."""
    base, prefixes = "", dict[str, str]()
    graphs: dict[str, list[str]] = {"FROM": [], "NAMED": []}
    before = [""]  # the words since the last IRI, which say what the next one is for
    declared = ""
    for token in _TOKEN.finditer(sparql):
        text, kind = token.group(), token.lastgroup
        if kind == "word":
            before.append(text.upper())
        elif kind == "iri":
            iri = urljoin(base, text[1:-1]) if base else text[1:-1]
            if before[-1] == "BASE":
                base = iri
            elif before[-1] == "PREFIX":
                prefixes[declared] = iri
            elif before[-1] in graphs:
                graphs[before[-1]].append(iri)
            before = [""]
        elif kind == "name":
            prefix, _, local = text.partition(":")
            if before[-1] == "PREFIX":
                declared = prefix
            elif before[-1] in graphs and prefix in prefixes:
                graphs[before[-1]].append(prefixes[prefix] + local.replace("\\", ""))
                before = [""]
    return Dataset(tuple(graphs["FROM"]), tuple(graphs["NAMED"]))
