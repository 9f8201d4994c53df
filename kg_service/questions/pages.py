"""The pages of ``docs/``: an overview of all questions, and a page for each family.

Made from the headers alone; a test compares them with what is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kg_service.questions.model import Family, Parameter, Question

_ABOUT: Mapping[Family, str] = {
    Family.COMPETENCY: "The eleven competency questions of Workflow Run RO-Crate, over all "
    "sources and every spelling of a term at once.",
    Family.LINEAGE: "From a result back to where it came from, and forward to what came of it.",
    Family.LABORATORY: "Specimens, samples, protocols, reagents, where things are kept.",
    Family.FACILITY: "Proposals, instruments, techniques, measurements and their datasets.",
    Family.WORKFLOW: "Workflows and tools: versions, parameters, failures, cost, environment.",
    Family.STEWARDSHIP: "What is missing, doubled, contradictory, embargoed or unlicensed.",
    Family.FAIR: "Identifiers, metadata, access, formats, people.",
    Family.CATALOGUE: "The sources themselves: versions, findings, visibility, how they hang "
    "together.",
    Family.MAPPING: "What the mapping sets made of the sources' terms.",
}


def question_pages(questions: Sequence[Question]) -> dict[str, str]:
    """The pages by their paths within ``docs/``."""
    pages = {"questions.md": _overview(questions)}
    for family in Family:
        of_family = [question for question in questions if question.family is family]
        pages[f"questions/{_file(family)}"] = _family_page(family, of_family)
    return pages


def _file(family: Family) -> str:
    return f"{family.value.lower().replace(' ', '-')}.md"


def _overview(questions: Iterable[Question]) -> str:
    asked = list(questions)
    parts = [_INTRODUCTION.replace("{count}", str(len(asked)))]
    for family in Family:
        page = f"questions/{_file(family)}"
        parts.append(f"\n## [{_title(family)}]({page})\n\n{_ABOUT[family]}\n\n")
        parts.append("| question | |\n|---|---|\n")
        parts += [
            f"| [{q.id}]({page}#{q.id}) | {q.summary} |\n" for q in asked if q.family is family
        ]
    parts.append(_ADDING)
    return "".join(parts)


def _family_page(family: Family, questions: Iterable[Question]) -> str:
    parts = [
        f"# Questions: {_title(family)}\n\n{_ABOUT[family]} [All questions](../questions.md)\n"
    ]
    for question in questions:
        parts.append(f"\n## {question.id}\n\n**{question.summary}**\n\n{question.description}\n")
        if question.empty:
            parts.append(f"\nNo rows mean: {question.empty}.\n")
        if question.slow:
            parts.append(f"\nMay take seconds over a large graph: {question.slow}\n")
        about = [", ".join(question.tags)]
        if question.profile:
            about.append("profile: " + ", ".join(question.profile))
        if question.needs:
            about.append("needs: " + ", ".join(f"`{need}`" for need in question.needs))
        parts.append(f"\n*{'; '.join(about)}*\n")
        if question.parameters:
            parts.append("\n| parameter | type | |\n|---|---|---|\n")
            parts += [_parameter_row(parameter) for parameter in question.parameters]
        parts.append("\n| column | |\n|---|---|\n")
        parts += [f"| `{column.name}` | {column.description} |\n" for column in question.columns]
    return "".join(parts)


def _title(family: Family) -> str:
    return family.value if family.value.isupper() else family.value.capitalize()


def _parameter_row(parameter: Parameter) -> str:
    kind = str(parameter.type)
    if parameter.required:
        kind += ", required"
    elif parameter.default is not None:
        kind += f", default `{parameter.default}`"
    if parameter.values:
        kind += ": " + ", ".join(f"`{value}`" for value in parameter.values)
    return f"| `{parameter.name}` | {kind} | {parameter.description} |\n"


_INTRODUCTION = """\
# Questions

{count} questions have names. Each is one file of SPARQL in `queries/`, whose header is all of its
documentation: these pages are made from the headers.

    kg ask final-results --param source=BARLEY-ROOTS-2026
    kg ask --list --family facility
    kg ask --list --source BARLEY-ROOTS-2026

The same file answers

- on the command line (`kg ask`), as a table, CSV, TSV, JSON or XML;
- over HTTP at `/queries/{id}?parameter=value`, whole or by pages (`limit`, `offset` or `page`, and
  `Link` headers): see [http.md](http.md#questions);
- in GraphQL (`questions`, `question`, `ask`): see [graphql.md](graphql.md);
- as a `sh:SPARQLExecutable`, at `/sparql-examples` and in a graph of the store
  (`https://w3id.org/kg-service/graph/examples/...`, renewed by `kg ingest`), where editors of
  several endpoints look for examples.

What to know of the answers:

- A parameter narrows the answer to the rows that hold the value given; without it, the answer is
  over everything. One marked required must be given.
- A parameter of type `iri` is written as an IRI, as a persistent identifier in any spelling, or as
  a name that only one thing has. One of type `string` must be written as the source writes it.
- Every question is answered over all sources at once, from their aligned graphs and the catalogue,
  so that it does not matter which system or which version of a vocabulary wrote them. `source`
  tells which source says so.
- A name in a `..._label` column is one name of the thing; where a source gives several, the first
  in the alphabet. A cell is empty where no source tells.
- A question says what it *needs* of a source: a class, a property, a property of a class. `kg check
  SOURCE` tells which questions a source can answer and what it lacks for the others; so do `kg ask
  --list --source ID` and `/queries?source=ID`. An answer may still have no rows; where that is an
  answer, too, the question says what it means.
"""
_ADDING = """
## Adding one

Write a file with such a header; `tests/questions` checks that its columns, parameters and needs are
those of its text, and that it has an answer on the examples. The header follows
[grlc](https://github.com/CLARIAH/grlc), so the folder can be served by it as well: `summary`,
`description`, `tags`, `method`, `endpoint_in_url` and `pagination` mean the same there. What
differs:

- the first tag is the family;
- parameters are declared under `parameters` and are variables of the answer, which are bound
  before the query runs; grlc's own, `?_name` in the text, are not used, so that to grlc the
  questions have no parameters, nor `defaults` or `enumerate` (here `default` and `values` of one);
- `profile`, `needs`, `columns`, `empty` and `slow` are ours; grlc passes over them.

In the text: begin with what is rare, and put what may be missing into an OPTIONAL of its own that
begins with something that is bound. An OPTIONAL on a variable that may be free joins everything;
`tests/questions` refuses it. Keep the alternatives of a property path at its top, or engines take
it apart and start at both of its ends. An OPTIONAL within an OPTIONAL is evaluated over all
sources: put it behind, and give its variable a value (`COALESCE(?step, ?g)`). Where an EXISTS takes
two steps, the second is an EXISTS of its own. MIN and MAX of a group in which a value may be free
differ between engines: aggregate where it is bound.

Each branch of a UNION begins with the catalogue, as the whole does, so that engines can begin with
the source that is asked about. In a sub-select, a MINUS or an OPTIONAL of several patterns, a line
`#source: GRAPH graph:catalogue {...}` does so: such lines are read where a source is given, say
again what the text demands anyway, and are comments else. A line `#small source:` is read where
that source has a thousand aligned statements at most.
"""
