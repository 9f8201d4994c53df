"""Reading questions: the header of a ``.rq`` file is YAML in comment lines that begin with ``#+``.

The style is grlc's (https://github.com/CLARIAH/grlc), whose own decorators mean here what they
mean there; grlc passes over the others::

    #+ summary: one line, the question
    #+ description: |
    #+   what the answer means, and what it leaves out
    #+ tags: [lineage, specimen]            the first is the family
    #+ method: GET
    #+ endpoint_in_url: False
    #+ pagination: 100                      rows on a page, where pages are asked for
    #+ profile: [process run crate]
    #+ needs: ["kg:Run kg:hadPlan kg:Software", "identity kg:hasContentKey"]
    #+ parameters:
    #+   specimen: {type: iri, required: true, example: barley-plant-01, description: "..."}
    #+ columns:
    #+   result: What stands in this column.
    #+ empty: what it means when there are no rows
    #+ slow: why it may take seconds over a large graph

A parameter is a variable that the query projects and that is bound in every row, so that an
answer for a given value is the rows of the whole answer that hold it. It is bound before
evaluation, never pasted into the text: grlc's parameters (``?_name``) are not used, and to grlc
these questions have none. One that is not given and has no ``default`` is free.

A need is a class, a property (whose name begins with a small letter), or a class with a property
of its things and the class of the value, in the source's aligned graph unless ``identity`` or
``catalogue`` stands before it. ``|`` divides alternatives.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from kg_service.errors import UsageError
from kg_service.questions.model import (
    Column,
    Family,
    Need,
    Parameter,
    ParameterType,
    Pattern,
    Question,
    Where,
)

_MARK = "#+"
_KEYS = {
    "summary", "description", "tags", "method", "endpoint_in_url", "pagination", "profile",
    "needs", "parameters", "columns", "empty", "slow",
}  # fmt: skip
_PARAMETER_KEYS = {
    "type", "required", "default", "values", "example", "address", "description",
}  # fmt: skip
_RESERVED = {"limit", "offset", "page"}
_PAGE = 100
_NAME = re.compile(r"[a-z]+:[A-Za-z0-9]+")


def load_questions(folder: Path) -> tuple[Question, ...]:
    """All questions of a folder, by family, then by id. Raises UsageError for a bad header."""
    families = list(Family)
    questions = [read_question(path) for path in folder.glob("*.rq")]
    return tuple(sorted(questions, key=lambda q: (families.index(q.family), *_order(q.id))))


def read_question(path: Path) -> Question:
    """The question in a file. Raises UsageError that names the file and what is wrong in it."""
    text = path.read_text(encoding="utf-8")
    header = [line[len(_MARK) :] for line in text.splitlines() if line.startswith(_MARK)]
    try:
        told = yaml.safe_load("\n".join(header))
    except yaml.YAMLError as error:
        raise UsageError(f"{path}: the header is no valid YAML ({error})") from error
    if not isinstance(told, dict) or "summary" not in told or "columns" not in told:
        raise UsageError(f"{path}: the header must give a summary and columns, after {_MARK}")
    _only(told, _KEYS, path, "the header")
    tags = tuple(str(tag) for tag in told.get("tags") or ())
    return Question(
        id=path.stem,
        summary=str(told["summary"]),
        description=_line(told.get("description")) or "",
        family=_family(tags, path),
        tags=tags,
        profile=tuple(str(profile) for profile in told.get("profile") or ()),
        needs=tuple(_need(str(need), path) for need in told.get("needs") or ()),
        parameters=tuple(
            _parameter(str(name), told_of, path)
            for name, told_of in (told.get("parameters") or {}).items()
        ),
        columns=tuple(Column(str(n), str(d)) for n, d in told["columns"].items()),
        empty=_line(told.get("empty")),
        slow=_line(told.get("slow")),
        page=_page(told, path),
        text=text,
    )


def _family(tags: tuple[str, ...], path: Path) -> Family:
    if tags and tags[0] in set(Family):
        return Family(tags[0])
    raise UsageError(f"{path}: the first tag must be a family: one of {', '.join(Family)}")


def _page(told: Mapping[Any, Any], path: Path) -> int:
    # grlc would offer an address to send the query to, and POST; here there is one way
    if told.get("method", "GET") != "GET" or told.get("endpoint_in_url", False) is not False:
        raise UsageError(f"{path}: method must be GET, endpoint_in_url must be False")
    rows = told.get("pagination", _PAGE)
    if not isinstance(rows, int) or rows < 1:
        raise UsageError(f"{path}: pagination must be a number of rows, not {rows!r}")
    return rows


def _need(text: str, path: Path) -> Need:
    return Need(tuple(_pattern(part.split(), path) for part in text.split("|")))


def _pattern(words: list[str], path: Path) -> Pattern:
    where = Where.ALIGNED
    if words and words[0] in set(Where):
        where = Where(words[0])
        words = words[1:]
    if not 1 <= len(words) <= 3 or not all(_NAME.fullmatch(word) for word in words):
        raise UsageError(
            f"{path}: the need {' '.join(words)!r} is no class, property, or class with a property"
        )
    if words[0].partition(":")[2][0].isupper():
        return Pattern(where, *words)
    if len(words) > 2:
        raise UsageError(f"{path}: the need {' '.join(words)!r} begins with no class")
    return Pattern(where, None, *words)


def _parameter(name: str, told: Any, path: Path) -> Parameter:
    if not isinstance(told, dict) or "description" not in told:
        raise UsageError(f"{path}: parameter {name} must give a type and a description")
    _only(told, _PARAMETER_KEYS, path, f"parameter {name}")
    try:
        kind = ParameterType(told.get("type", ""))
    except ValueError as error:
        types = ", ".join(ParameterType)
        raise UsageError(f"{path}: the type of parameter {name} must be one of {types}") from error
    if name in _RESERVED:
        raise UsageError(f"{path}: a parameter can not be called {name}, which names a page")
    return Parameter(
        name=name,
        type=kind,
        description=str(told["description"]),
        required=bool(told.get("required", False)),
        default=_line(told.get("default")),
        values=tuple(str(value) for value in told.get("values") or ()),
        example=_line(told.get("example")),
        address=_line(told.get("address")),
    )


def _only(told: Mapping[Any, Any], known: set[str], path: Path, where: str) -> None:
    for key in told:
        if key not in known:
            raise UsageError(f"{path}: {where} has {key!r}, which is none of {sorted(known)}")


def _line(told: Any) -> str | None:
    return None if told is None else " ".join(str(told).split())


def _order(name: str) -> tuple[int, str]:
    numbered = re.fullmatch(r"cq([0-9]+)", name)
    return (int(numbered.group(1)), "") if numbered else (0, name)
