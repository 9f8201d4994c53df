"""The checks that are questions: ``queries/checks/*.rq``, each with its documentation as header.

A check is a SELECT of ``?graph ?count ?example`` grouped by aligned graph. ``good: some``
passes where it finds something, ``good: none`` where it finds nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from kg_service.check.model import Checked, Family, Verdict
from kg_service.rdf import solutions_of
from kg_service.store.port import GraphReader
from kg_service.terms import shorten

_HEAD = re.compile(r"^#\+\s*(?P<key>[a-z]+):\s*(?P<value>.*)$", re.MULTILINE)


@dataclass(frozen=True)
class CheckQuery:
    """One check as its file tells it."""

    check: str
    family: Family
    wants_some: bool
    title: str
    todo: str
    text: str

    def ask(self, reader: GraphReader, graphs: tuple[str, ...]) -> Checked:
        """The check's result over the aligned graphs of a source."""
        count, example = 0, ""
        for graph in graphs:
            for row in solutions_of(reader.query(self.text, {"graph": NamedNode(graph)})):
                number, first = row["count"], row["example"]
                assert isinstance(number, Literal)
                count += int(number.value)
                example = example or (first.value if isinstance(first, Literal) else "")
        good = (count > 0) is self.wants_some
        verdict = Verdict.PASS if good else Verdict.FAIL
        evidence = shorten(example) if example else ""
        return Checked(self.check, self.family, self.title, verdict, count, evidence, self.todo)


def load_checks(folder: Path) -> tuple[CheckQuery, ...]:
    """All checks of ``queries/checks``, by family and name."""
    found = []
    for path in sorted(folder.glob("*.rq")):
        text = path.read_text(encoding="utf-8")
        head = {match["key"]: match["value"].strip() for match in _HEAD.finditer(text)}
        found.append(
            CheckQuery(
                check=head["check"],
                family=Family(head["family"]),
                wants_some=head["good"] == "some",
                title=head["title"],
                todo=head["todo"],
                text=text,
            )
        )
    order = list(Family)
    return tuple(sorted(found, key=lambda c: (order.index(c.family), c.check)))
