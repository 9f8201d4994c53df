"""A question's text where a source is given: engines then begin with that source.

An engine that only puts the term in the variable's place still begins with what it takes to be
rarest, such as all files, or evaluates a part of the text by itself, over all sources. Two
things help, and neither changes an answer:

- The source and its id stand as a row of data before each part that begins with the catalogue.
- A line ``#source: PATTERN`` of a text is read where a source is given, and a comment else. It says
  again what the text demands anyway, in a part that engines evaluate by itself: a sub-select, a
  MINUS, an OPTIONAL of more than one pattern. A line ``#small source: PATTERN`` is read where the
  source is small, too: walking from each of its things then costs less than one walk over all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pyoxigraph import Literal, NamedNode

SMALL = 1_000  # aligned statements
SMALL_SOURCE = "#small source: "
_LINE_OF_SOURCE = re.compile(r"^( *)#source: ", re.MULTILINE)
_LINE_OF_SMALL_SOURCE = re.compile(r"^( *)#(?:small )?source: ", re.MULTILINE)
# a group of patterns that begins with the catalogue, where ``?s`` is the source of the id
_AT_CATALOGUE = re.compile(
    r"\{\n(?: *#.*\n)* *(?=GRAPH graph:catalogue \{[^}]*\?s\b[^.}]*\bdcterms:identifier \?source\b)"
)


def beginning_with_source(
    text: str, id_: Literal, sources: Sequence[NamedNode], *, small: bool
) -> str:
    """The text for what has this id: ``sources``, at least one.

    With its IRI an engine knows that what follows is little, and looks it up instead of reading
    all of it. Terms are written by themselves, as in ``kg_service.store.bound``.
    """
    text = (_LINE_OF_SMALL_SOURCE if small else _LINE_OF_SOURCE).sub(r"\1", text)
    rows = " ".join(f"({source} {id_})" for source in sources)
    return _AT_CATALOGUE.sub(lambda found: f"{found[0]}VALUES (?s ?source) {{ {rows} }} ", text)
