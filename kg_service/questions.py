"""The questions that can be asked by name: one ``.rq`` file each, its header is its documentation.

The header is YAML in comment lines that begin with ``#+`` (grlc's style)::

    #+ summary: one line, the question
    #+ description: |
    #+   what the answer means, and what it leaves out
    #+ tags: [lineage, specimen]
    #+ profile: [process run crate]
    #+ parameters:
    #+   specimen: {type: iri, required: true, description: "..."}
    #+ columns:
    #+   result: What stands in this column.

A parameter is a variable that the query projects and that is bound in every row, so that an
answer for a given value is the rows of the whole answer that hold it. It is bound before
evaluation, never pasted into the text. One that is not given and has no ``default`` is free.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml
from pyoxigraph import Literal, NamedNode

from ingest.iri import has_scheme, is_valid_reference
from kg_service.errors import NotKnown, UsageError
from kg_service.store.port import GraphReader, Term
from kg_service.tables import Table, evaluate

_MARK = "#+"
_KEYS = {"summary", "description", "tags", "profile", "parameters", "columns"}
_PARAMETER_KEYS = {"type", "required", "default", "description"}
_INTEGER = re.compile(r"[+-]?[0-9]+")


class ParameterType(StrEnum):
    """How the text that a caller gives becomes a term."""

    IRI = "iri"
    STRING = "string"
    INTEGER = "integer"


@dataclass(frozen=True)
class Parameter:
    """A variable of a question that a caller may bind; one that is ``required`` must be."""

    name: str
    type: ParameterType
    description: str
    required: bool = False
    default: str | None = None


@dataclass(frozen=True)
class Column:
    """A column of a question's answer."""

    name: str
    description: str


@dataclass(frozen=True)
class Question:
    """A question: its id (the file's name), its documentation, and the query's text."""

    id: str
    summary: str
    description: str
    tags: tuple[str, ...]
    profile: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    text: str

    def as_json(self) -> dict[str, Any]:
        """The question's documentation as plain data; keys are stable."""
        return {
            "id": self.id,
            "summary": self.summary,
            "description": self.description,
            "tags": list(self.tags),
            "profile": list(self.profile),
            "parameters": [
                {
                    "name": p.name,
                    "type": p.type.value,
                    "required": p.required,
                    "default": p.default,
                    "description": p.description,
                }
                for p in self.parameters
            ],
            "columns": [{"name": c.name, "description": c.description} for c in self.columns],
            "address": f"/queries/{self.id}",
        }


def load_questions(folder: Path) -> tuple[Question, ...]:
    """All questions of a folder, competency questions first. Raises UsageError for a bad header."""
    paths = sorted(folder.glob("*.rq"), key=lambda path: _order(path.stem))
    return tuple(read_question(path) for path in paths)


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
    return Question(
        id=path.stem,
        summary=str(told["summary"]),
        description=" ".join(str(told.get("description", "")).split()),
        tags=tuple(str(tag) for tag in told.get("tags") or ()),
        profile=tuple(str(profile) for profile in told.get("profile") or ()),
        parameters=tuple(
            _parameter(str(name), told_of, path)
            for name, told_of in (told.get("parameters") or {}).items()
        ),
        columns=tuple(Column(str(n), str(d)) for n, d in told["columns"].items()),
        text=text,
    )


def question_named(questions: Iterable[Question], wanted: str) -> Question:
    """The question of this id. Raises NotKnown, with the ids that are near."""
    by_id = {question.id: question for question in questions}
    if wanted in by_id:
        return by_id[wanted]
    near = get_close_matches(wanted.lower(), by_id, n=3, cutoff=0.4)
    hint = f"did you mean {', '.join(near)}?" if near else f"there are {', '.join(by_id)}"
    raise NotKnown(f"no question is called {wanted!r}; {hint}")


def ask(
    reader: GraphReader,
    question: Question,
    given: Mapping[str, str],
    resolve: Callable[[str], NamedNode] | None = None,
) -> Table:
    """The answer to a question, for the parameters given as text.

    With ``resolve``, an ``iri`` may also be written as a persistent identifier or a name.
    Raises UsageError for a parameter that is unknown, invalid or missing, what ``resolve``
    raises, and StoreError.
    """
    answer = evaluate(reader, question.text, terms_of(question, given, resolve))
    assert isinstance(answer, Table), f"{question.id} is no SELECT query"
    return answer


def terms_of(
    question: Question,
    given: Mapping[str, str],
    resolve: Callable[[str], NamedNode] | None = None,
) -> dict[str, Term]:
    """The terms that a question's variables are bound to: see ``ask``."""
    known = {parameter.name: parameter for parameter in question.parameters}
    for name in given:
        if name not in known:
            there = f"it has {', '.join(known)}" if known else "it has none"
            raise UsageError(f"{question.id} has no parameter {name!r}; {there}")
    bound: dict[str, Term] = {}
    for name, parameter in known.items():
        text = given.get(name, parameter.default)
        if text is not None:
            bound[name] = _term(question, parameter, text, resolve)
        elif parameter.required:
            raise UsageError(
                f"{question.id} needs the parameter {name} ({parameter.type}): "
                f"{parameter.description}"
            )
    return bound


def _term(
    question: Question,
    parameter: Parameter,
    text: str,
    resolve: Callable[[str], NamedNode] | None,
) -> Term:
    if parameter.type is ParameterType.STRING:
        return Literal(text)
    if parameter.type is ParameterType.INTEGER:
        if _INTEGER.fullmatch(text.strip()):
            return Literal(int(text))
        raise UsageError(f"{question.id}: {parameter.name} must be a whole number, not {text!r}")
    if resolve is not None:
        return resolve(text)
    if has_scheme(text) and is_valid_reference(text):
        return NamedNode(text)
    raise UsageError(f"{question.id}: {parameter.name} must be an absolute IRI, not {text!r}")


def _parameter(name: str, told: Any, path: Path) -> Parameter:
    if not isinstance(told, dict) or "description" not in told:
        raise UsageError(f"{path}: parameter {name} must give a type and a description")
    _only(told, _PARAMETER_KEYS, path, f"parameter {name}")
    try:
        kind = ParameterType(told.get("type", ""))
    except ValueError as error:
        types = ", ".join(ParameterType)
        raise UsageError(f"{path}: the type of parameter {name} must be one of {types}") from error
    default = told.get("default")
    return Parameter(
        name=name,
        type=kind,
        description=str(told["description"]),
        required=bool(told.get("required", False)),
        default=None if default is None else str(default),
    )


def _only(told: Mapping[Any, Any], known: set[str], path: Path, where: str) -> None:
    for key in told:
        if key not in known:
            raise UsageError(f"{path}: {where} has {key!r}, which is none of {sorted(known)}")


def _order(name: str) -> tuple[int, int, str]:
    numbered = re.fullmatch(r"cq([0-9]+)", name)
    return (0, int(numbered.group(1)), "") if numbered else (1, 0, name)


def questions_page(questions: Iterable[Question]) -> str:
    """The page ``docs/questions.md``: one section a question, made from the headers alone."""
    parts = [_INTRODUCTION]
    for question in questions:
        parts.append(f"\n## {question.id}: {question.summary}\n\n{question.description}\n")
        about = [", ".join(question.tags)]
        if question.profile:
            about.append("profile: " + ", ".join(question.profile))
        parts.append(f"\n*{'; '.join(about)}*\n")
        if question.parameters:
            parts.append("\n| parameter | type | |\n|---|---|---|\n")
            parts += [_parameter_row(parameter) for parameter in question.parameters]
        parts.append("\n| column | |\n|---|---|\n")
        parts += [f"| `{column.name}` | {column.description} |\n" for column in question.columns]
    return "".join(parts)


def _parameter_row(parameter: Parameter) -> str:
    kind = str(parameter.type)
    if parameter.required:
        kind += ", required"
    elif parameter.default is not None:
        kind += f", default `{parameter.default}`"
    return f"| `{parameter.name}` | {kind} | {parameter.description} |\n"


_INTRODUCTION = """\
# Questions

Each question is one file of SPARQL in `queries/`. The same file answers on the command line
(`kg ask`), over HTTP (`/queries`) and in the SPARQL editor's examples, and its header is all of its
documentation: this page is made from the headers.

- A parameter narrows the answer to the rows that hold the value given; without it, the answer is
  over everything. One marked required must be given.
- A parameter of type `iri` is written as an IRI, as a persistent identifier in any spelling, or as
  a name that only one thing has. One of type `string` must be written as the source writes it.
- Every question is answered over all sources at once, from their aligned graphs and the catalogue,
  so that it does not matter which system or which version of a vocabulary wrote them. `source`
  tells which source says so.
- A name in a `..._label` column is one name of the thing; where a source gives several, the first
  in the alphabet. A cell is empty where no source tells.

To add a question, write a file with such a header; `tests/questions` checks it.
"""
