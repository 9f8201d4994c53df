"""What a question is: its documentation, what it needs, and the text of its query."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Family(StrEnum):
    """The families of questions, in the order in which they are shown; a question's first tag."""

    COMPETENCY = "competency question"
    LINEAGE = "lineage"
    LABORATORY = "laboratory"
    FACILITY = "facility"
    WORKFLOW = "workflow"
    STEWARDSHIP = "stewardship"
    FAIR = "FAIR"
    CATALOGUE = "catalogue"
    MAPPING = "mapping"


class ParameterType(StrEnum):
    """How the text that a caller gives becomes a term."""

    IRI = "iri"
    STRING = "string"
    INTEGER = "integer"


@dataclass(frozen=True)
class Parameter:
    """A variable of a question that a caller may bind; one that is ``required`` must be.

    ``values`` are all that it can be, where these are known beforehand; ``example`` is one that
    gives an answer on the examples that come with the service, and ``address`` the IRI of that,
    relative to the base where it is below it.
    """

    name: str
    type: ParameterType
    description: str
    required: bool = False
    default: str | None = None
    values: tuple[str, ...] = ()
    example: str | None = None
    address: str | None = None


@dataclass(frozen=True)
class Column:
    """A column of a question's answer."""

    name: str
    description: str


class Where(StrEnum):
    """The graphs of a source in which a need is looked for."""

    ALIGNED = "aligned"
    IDENTITY = "identity"
    CATALOGUE = "catalogue"


@dataclass(frozen=True)
class Pattern:
    """A statement that must be there: terms are prefixed names, None is anything.

    ``subject`` is a class of the subject; ``object`` is the object, or a class of it.
    """

    where: Where
    subject: str | None = None
    predicate: str | None = None
    object: str | None = None

    @property
    def terms(self) -> tuple[str, ...]:
        return tuple(t for t in (self.subject, self.predicate, self.object) if t is not None)

    def __str__(self) -> str:
        where = "" if self.where is Where.ALIGNED else f"{self.where} "
        return where + " ".join(self.terms)


@dataclass(frozen=True)
class Need:
    """What a source must tell for a question to have an answer: one of some patterns."""

    any_of: tuple[Pattern, ...]

    def __str__(self) -> str:
        return " | ".join(map(str, self.any_of))


@dataclass(frozen=True)
class Question:
    """A question: its id (the file's name), its documentation, and the query's text.

    ``empty`` says what an answer without rows means where that is an answer, too; ``slow`` why it
    may take seconds over a large graph; ``page`` is how many rows a page has by default.
    """

    id: str
    summary: str
    description: str
    family: Family
    tags: tuple[str, ...]
    profile: tuple[str, ...]
    needs: tuple[Need, ...]
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    empty: str | None
    slow: str | None
    page: int
    text: str

    @property
    def required(self) -> tuple[Parameter, ...]:
        return tuple(parameter for parameter in self.parameters if parameter.required)

    def examples(self) -> dict[str, str]:
        """A value for each parameter that must be given, with which the examples have an answer."""
        return {p.name: p.example for p in self.required if p.example is not None}

    def as_json(self) -> dict[str, Any]:
        """The question's documentation as plain data; keys are stable."""
        return {
            "id": self.id,
            "summary": self.summary,
            "description": self.description,
            "family": self.family.value,
            "tags": list(self.tags),
            "profile": list(self.profile),
            "needs": [str(need) for need in self.needs],
            "parameters": [
                {
                    "name": p.name,
                    "type": p.type.value,
                    "required": p.required,
                    "default": p.default,
                    "values": list(p.values),
                    "example": p.example,
                    "description": p.description,
                }
                for p in self.parameters
            ],
            "columns": [{"name": c.name, "description": c.description} for c in self.columns],
            "empty": self.empty,
            "slow": self.slow,
            "page": self.page,
            "address": f"/queries/{self.id}",
        }
