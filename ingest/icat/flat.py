"""ICAT+ writes flat objects where ICAT has related ones; here they get ICAT's shape.

``sampleName``, ``sampleId`` -> ``sample: {id, name}``; ``instrumentName`` -> ``instrument``;
``type: "acquisition"`` -> ``type: {name}``; an investigation user's person and investigation;
parameters that are an object of names and values. Nothing is added: names and values are
those of the answer. See https://icatplus.esrf.fr/api-docs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ingest.icat import schema

_PERSON = (
    "name", "fullName", "familyName", "givenName", "email", "orcid", "orcidId", "affiliation",
    "affilation",
)  # fmt: skip
_MEMBER = {"name": "givenName", "surname": "familyName"}
_SPELLED = {"orcid": "orcidId", "affilation": "affiliation"}
_MARKS = {
    "Dataset": ("sampleName", "sampleId", "instrumentName", "instrumentId", "techniques"),
    "DatasetParameter": ("datasetId",),
    "Investigation": ("members",),
    "InvestigationUser": ("fullName",),
    "Job": ("datasetIds",),
}


def is_flat(entity: str, value: Mapping[str, Any]) -> bool:
    """Whether an object is written as ICAT+ writes it."""
    marks = _MARKS.get(entity, ())
    if any(name in value for name in marks):
        return True
    if entity == "Dataset" and isinstance(value.get("type"), str):
        return True
    parameters = value.get("parameters")
    if isinstance(parameters, dict):
        return "id" not in parameters
    return isinstance(parameters, list) and any(
        isinstance(p, dict) and "value" in p and "type" not in p for p in parameters
    )


def icat_shaped(entity: str, value: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object in ICAT's shape; unchanged where it has that already."""
    if entity in ("User", "DataPublicationUser"):
        return _respelled(value)
    if not is_flat(entity, value):
        return value
    made = dict(value)
    _parameters(made)
    if entity == "Dataset":
        _dataset(made, value)
    elif entity == "Investigation":
        _members(made)
    elif entity == "InvestigationUser":
        _investigation_user(made)
    elif entity == "DatasetParameter":
        _related(made, "dataset", "datasetName", "datasetId")
    elif entity == "Job":
        _job(made)
    return made


def _respelled(value: Mapping[str, Any]) -> Mapping[str, Any]:
    if not value.keys() & _SPELLED.keys():
        return value
    return {_SPELLED.get(name, name): part for name, part in value.items()}


def _related(made: dict[str, Any], relation: str, name: str, number: str) -> None:
    """``sampleName`` and ``sampleId`` become ``sample``, unless that is there as well."""
    found = {"id": made.get(number), "name": made.get(name)}
    told = {key: part for key, part in found.items() if part not in (None, "")}
    if relation not in made and told and not isinstance(made.get(name), (dict, list)):
        made[relation] = told
        for key in (name, number):
            made.pop(key, None)


def _dataset(made: dict[str, Any], value: Mapping[str, Any]) -> None:
    _related(made, "sample", "sampleName", "sampleId")
    investigation = made.get("investigation")
    sample = made.get("sample")
    if isinstance(sample, dict) and "id" not in sample and isinstance(investigation, dict):
        # a sample's name is its own within an investigation only
        made["sample"] = {**sample, "investigation": {"id": investigation.get("id")}}
    _related(made, "instrument", "instrumentName", "instrumentId")
    if isinstance(made.get("type"), str):
        made["type"] = {"name": made["type"]} if made["type"] else None
    repeated = {
        "datasetId": made.get("id"),
        **{name: value.get(name) for name in ("sampleName", "sampleId")},
    }
    for relation in ("techniques", "parameters"):
        items = made.get(relation)
        if isinstance(items, list):
            made[relation] = [_without_repeats(item, repeated) for item in items]
    outputs = made.get("outputDatasets")
    if isinstance(outputs, list):
        made["outputDatasets"] = [
            {"id": o} if isinstance(o, (int, str)) and not isinstance(o, bool) else o
            for o in outputs
        ]


def _without_repeats(item: Any, repeated: Mapping[str, Any]) -> Any:
    """A part of a dataset without what it only repeats of the dataset."""
    if not isinstance(item, dict):
        return item
    return {
        name: part
        for name, part in item.items()
        if name not in repeated or part not in (None, repeated[name])
    }


def _parameters(made: dict[str, Any]) -> None:
    """An object of names and values becomes a list of parameters."""
    parameters = made.get("parameters")
    if isinstance(parameters, dict) and "id" not in parameters:
        made["parameters"] = [
            {"name": name, "value": part} for name, part in parameters.items() if part is not None
        ]


def _investigation_user(made: dict[str, Any]) -> None:
    if "user" not in made and "name" in made:
        person = {name: made.pop(name) for name in _PERSON if name in made}
        made["user"] = dict(_respelled(person))
    _related(made, "investigation", "investigationName", "investigationId")


def _members(made: dict[str, Any]) -> None:
    """The members of an open investigation are its users, with their names apart."""
    members = made.get("members")
    if "investigationUsers" in made or not isinstance(members, list):
        return
    if not all(isinstance(m, dict) and m.get("surname") for m in members):
        return
    made["investigationUsers"] = [
        {
            "role": member.get("role"),
            "user": _respelled({_MEMBER.get(n, n): v for n, v in member.items() if n != "role"}),
        }
        for member in made.pop("members")
    ]


def _job(made: dict[str, Any]) -> None:
    """A job of ESRF's workflow service names the datasets and samples that it works on."""
    for numbers, relation in (("datasetIds", "inputDatasets"), ("sampleIds", "samples")):
        ids = made.get(numbers)
        if isinstance(ids, list) and all(_is_number(i) for i in ids):
            made[relation] = [{"id": i} for i in ids]
            del made[numbers]
    investigations = made.get("investigations")
    if isinstance(investigations, list):
        made["investigations"] = [
            {k: v for k, v in i.items() if k != "_id"} if isinstance(i, dict) else i
            for i in investigations
        ]


def _is_number(value: Any) -> bool:
    return isinstance(value, int) or (isinstance(value, str) and value.isdigit())


def kind_in(entity: str, relation: str) -> str | None:
    """The kind of the objects in a relation that ICAT+ has beside those of ICAT's schema."""
    return _RELATIONS.get((entity, relation))


_RELATIONS = {
    ("Dataset", "techniques"): "Technique",
    ("Dataset", "outputDatasets"): "Dataset",
    ("Dataset", "inputDatasets"): "Dataset",
    ("Job", "inputDatasets"): "Dataset",
    ("Job", "samples"): "Sample",
    ("Job", "investigations"): "Investigation",
    ("Investigation", "instrument"): "Instrument",
    ("Dataset", "instrument"): "Instrument",
}
assert all(kind in schema.ENTITIES for kind in _RELATIONS.values())
