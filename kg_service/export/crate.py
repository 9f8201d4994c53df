"""A Workflow Run RO-Crate that carries the biological and the computational provenance together.

RO-Crate 1.1, with those of the run profiles (Process, Workflow, Provenance Run Crate) whose
requirements what is told meets. Files are referred to where they are, not copied.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.model.data_entity import DataEntity
from rocrate.rocrate import ROCrate

from kg_service.catalogue import SourceRecord
from kg_service.export.account import Account
from kg_service.export.crate_entities import CrateEntities, CrateEntity, ref, told_by
from kg_service.export.crate_terms import DATA, RUNS, SOFTWARE, TERMS
from kg_service.export.rdf import remarks

_VERSION = "1.1"
_RUN_CONTEXT = "https://w3id.org/ro/terms/workflow-run/context"
_PROFILES = {
    "process": ("https://w3id.org/ro/wfrun/process/0.5", "Process Run Crate"),
    "workflow": ("https://w3id.org/ro/wfrun/workflow/0.5", "Workflow Run Crate"),
    "provenance": ("https://w3id.org/ro/wfrun/provenance/0.5", "Provenance Run Crate"),
    "workflow-crate": ("https://w3id.org/workflowhub/workflow-ro-crate/1.0", "Workflow RO-Crate"),
}
_METADATA = "ro-crate-metadata.json"


def write_crate(account: Account) -> bytes:
    """The crate's ``ro-crate-metadata.json``."""
    document = _crate(account).metadata.generate()
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


def write_crate_zip(account: Account) -> bytes:
    """The crate as a ZIP file with nothing but its metadata, the same for the same crate."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(_METADATA), write_crate(account), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


class _Crate(ROCrate):  # type: ignore[misc]
    """A crate in which identifiers that differ by a final slash are those of different things."""

    def resolve_id(self, id_: str) -> str:
        resolved: str = super().resolve_id(id_)
        return f"{resolved}/" if id_.endswith("/") else resolved


def _crate(account: Account) -> ROCrate:
    entities = list(CrateEntities(account).all.values())
    by_id = {entity.id: entity for entity in entities}
    _complete_parameters(by_id)
    main = _main_workflow(entities, by_id)
    profiles = _profiles(entities, by_id, main)
    crate = _Crate(version=_VERSION)
    crate.metadata.extra_contexts.append(_RUN_CONTEXT)
    crate.metadata.extra_terms.update(TERMS)
    if main is not None:
        specification = ref(f"https://w3id.org/ro/crate/{_VERSION}")
        crate.metadata["conformsTo"] = [specification, ref(_PROFILES["workflow-crate"][0])]
    for name, value in _root(account, entities, profiles, main).items():
        crate.root_dataset[name] = value
    for entity in entities:
        made = DataEntity if entity.is_a(*DATA) else ContextEntity
        crate.add(made(crate, entity.id, properties=_properties(entity)))
    for source in _sources(account):
        crate.add(ContextEntity(crate, told_by(source), properties=_of_source(source)))
    for name in profiles:
        crate.add(ContextEntity(crate, _PROFILES[name][0], properties=_profile(name)))
    return crate


def _root(
    account: Account,
    entities: list[CrateEntity],
    profiles: list[str],
    main: CrateEntity | None,
) -> dict[str, Any]:
    headline, *stops = remarks(account)
    sources = _sources(account)
    said = (
        f"{headline}, as {len(sources)} {'source tells' if len(sources) == 1 else 'sources tell'}"
    )
    root: dict[str, Any] = {
        "name": f"Lineage of {account.view.start.label}",
        "description": " ".join(f"{sentence}." for sentence in (said, *stops)),
        "datePublished": account.made.replace(microsecond=0).isoformat(),
        "license": _licences(sources),
        "citation": [ref(told_by(source)) for source in sources],
        "mentions": [ref(e.id) for e in entities if e.is_a("Action", "AssessAction", *RUNS)],
    }
    if profiles:
        root["conformsTo"] = [ref(_PROFILES[name][0]) for name in profiles]
    if main is not None:
        root["mainEntity"] = ref(main.id)
    return root


def _profile(name: str) -> dict[str, Any]:
    iri, title = _PROFILES[name]
    version = iri.rpartition("/")[2]
    return {"@type": "CreativeWork", "name": title, "version": version}


def _properties(entity: CrateEntity) -> dict[str, Any]:
    """JSON-LD with single values outside of lists, as RO-Crate writes it."""
    types = entity.types[0] if len(entity.types) == 1 else entity.types
    told = {name: values[0] if len(values) == 1 else values
            for name, values in entity.properties.items()}  # fmt: skip
    return {"@type": types, **told}


def _sources(account: Account) -> list[SourceRecord]:
    found = {source.id: source for source in account.sources.values()}
    return [found[id_] for id_ in sorted(found)]


def _of_source(source: SourceRecord) -> dict[str, Any]:
    told: dict[str, Any] = {
        "@type": "CreativeWork",
        "name": source.title or source.id,
        "version": source.version,
    }
    if source.identifier:
        told["identifier"] = source.identifier
    if source.licence:
        told["license"] = _reference_or_text(source.licence)
    return told


def _licences(sources: Iterable[SourceRecord]) -> Any:
    """The licence that all sources have; else, in words, whose licences bind."""
    stated = {source.id: source.licence for source in sources}
    if len(set(stated.values())) == 1 and (only := next(iter(stated.values()))):
        return _reference_or_text(only)
    told = [f"{id_}: {licence or 'none stated'}" for id_, licence in stated.items()]
    return f"What each source states for its part. {'; '.join(told)}"


def _reference_or_text(licence: str) -> Any:
    return ref(licence) if licence.startswith(("http://", "https://")) else licence


def _complete_parameters(by_id: dict[str, CrateEntity]) -> None:
    """Workflow Run Crate: a parameter says what it takes, which its values show."""
    takes: dict[str, str] = {}
    for entity in by_id.values():
        for parameter in entity.ids("exampleOfWork"):
            for type_ in ("File", "Dataset", "Collection"):
                if entity.is_a(type_):
                    takes[parameter] = type_
    for entity in by_id.values():
        if entity.is_a("FormalParameter"):
            entity.add("additionalType", takes.get(entity.id, "Text"))


def _main_workflow(
    entities: list[CrateEntity], by_id: dict[str, CrateEntity]
) -> CrateEntity | None:
    """The workflow whose run is nearest to the start, where it is all that a main one must be."""
    for entity in entities:
        if entity.is_a(*RUNS):
            for id_ in entity.ids("instrument"):
                plan = by_id.get(id_)
                if plan and plan.is_a("ComputationalWorkflow") and plan.is_a("File"):
                    languages = plan.ids("programmingLanguage")
                    if any(by_id[i].is_a("ComputerLanguage") for i in languages if i in by_id):
                        return plan
    return None


def _profiles(
    entities: list[CrateEntity], by_id: dict[str, CrateEntity], main: CrateEntity | None
) -> list[str]:
    """The profiles whose requirements are met, the most general first."""
    if not any(entity.is_a(*RUNS) for entity in entities):
        return []
    found = ["process"]
    if main is not None:
        found.append("workflow")
        if _tells_steps(entities):
            found.append("provenance")
        found.append("workflow-crate")
    return found


def _tells_steps(entities: list[CrateEntity]) -> bool:
    """Whether each tool of each workflow is there with a run of it: Provenance Run Crate."""
    run = {id_ for e in entities if e.is_a(*RUNS) for id_ in e.ids("instrument")}
    workflows = [e for e in entities if e.is_a("ComputationalWorkflow")]
    tools = {id_ for e in workflows for id_ in e.ids("hasPart")}
    steps = [e for e in entities if e.is_a("HowToStep")]
    in_workflow = {id_ for e in workflows for id_ in e.ids("step")}
    there = {e.id for e in entities if e.is_a(*SOFTWARE)}
    return (
        any(e.is_a("ControlAction") for e in entities)
        and all(e.ids("hasPart") for e in workflows)
        and tools <= run & there
        and all(e.ids("workExample") and e.id in in_workflow for e in steps)
    )
