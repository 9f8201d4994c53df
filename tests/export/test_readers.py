"""Exports read by others: the prov package, rdflib, ro-crate-py, roc-validator, runcrate."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

import pytest
from export.conftest import AREA, TRAITS, told
from prov.model import ProvDocument
from rdflib import Dataset, Graph
from rocrate.rocrate import ROCrate

from ingest.rocrate.terms import core_context, extension_contexts
from kg_service.export.formats import format_named
from kg_service.graph import KnowledgeGraph
from kg_service.lineage.model import Direction, Granularity, Request

_CHECK = Path(__file__).parent / "roc_check.py"
# the folder of programs of an environment of their own: roc-validator wants an older rich
_TOOLS = Path(os.environ.get("KG_CRATE_TOOLS", "/nowhere"))
_RUN_PROFILES = ("process-run-crate", "workflow-run-crate", "provenance-run-crate")


def _written(graph: KnowledgeGraph, request: Request, name: str) -> bytes:
    return format_named(name).write(told(graph, request))


def _counts(document: ProvDocument) -> Counter[str]:
    records = [r for part in (document, *document.bundles) for r in part.get_records()]
    return Counter(type(record).__name__ for record in records)


def test_prov_reads_prov_json_and_prov_xml_alike(example: KnowledgeGraph) -> None:
    request = Request(example.resolve(TRAITS))
    from_json = ProvDocument.deserialize(
        content=_written(example, request, "prov-json").decode(), format="json"
    )
    from_xml = ProvDocument.deserialize(
        content=_written(example, request, "prov-xml"), format="xml"
    )
    assert from_json == from_xml
    assert len(list(from_json.bundles)) == 3
    edges = Counter(edge.kind.value for edge in example.lineage(request).edges)
    counts = _counts(from_json)
    assert counts["ProvUsage"] == edges["used"]
    assert counts["ProvAlternate"] == edges["identity"]
    assert counts["ProvMembership"] == edges["member"]
    assert counts["ProvGeneration"] >= edges["generated"]


def test_prov_n_has_the_records_that_prov_writes(small: KnowledgeGraph) -> None:
    request = Request(AREA)
    document = ProvDocument.deserialize(
        content=_written(small, request, "prov-json").decode(), format="json"
    )
    ours = _written(small, request, "prov-n").decode().splitlines()
    theirs = document.get_provn().splitlines()

    def kinds(lines: list[str]) -> Counter[str]:
        return Counter(word for line in lines if (word := line.strip().partition("(")[0]).isalnum())

    assert kinds(ours) == kinds(theirs)


def test_prov_xml_is_in_the_order_of_its_schema(small: KnowledgeGraph) -> None:
    order = ["startTime", "endTime", "label", "location", "role", "type", "value", "other"]
    root = ElementTree.fromstring(_written(small, Request(AREA), "prov-xml"))
    prov = "{http://www.w3.org/ns/prov#}"
    for element in root.iter():
        if element.tag in (f"{prov}entity", f"{prov}activity", f"{prov}agent"):
            names = [child.tag.removeprefix(prov) for child in element]
            places = [order.index(n if n in order else "other") for n in names]
            assert places == sorted(places)


@pytest.mark.parametrize(("name", "syntax"), [("turtle", "turtle"), ("json-ld", "json-ld")])
def test_rdflib_reads_the_same_statements(name: str, syntax: str, example: KnowledgeGraph) -> None:
    request = Request(example.resolve(TRAITS))
    joined = Graph().parse(data=_written(example, request, name), format=syntax)
    dataset = Dataset(default_union=True)
    dataset.parse(data=_written(example, request, "trig"), format="trig")
    about_bundles = {s for s, _, _ in joined ^ Graph()} - set(joined.subjects())
    assert not about_bundles
    assert len(joined) > 400
    assert set(joined) <= {(s, p, o) for s, p, o, _ in dataset.quads()}


def test_json_ld_has_the_start_first_and_short_names(small: KnowledgeGraph) -> None:
    document = json.loads(_written(small, Request(AREA), "json-ld"))
    first = document["@graph"][0]
    assert first["id"] == AREA.value
    assert first["wasGeneratedBy"].endswith("#run")


def _crate(graph: KnowledgeGraph, request: Request, folder: Path) -> Path:
    content = _written(graph, request, "ro-crate")
    (folder / "ro-crate-metadata.json").write_bytes(content)
    return folder


def test_ro_crate_py_opens_the_crate(example: KnowledgeGraph, tmp_path: Path) -> None:
    request = Request(example.resolve(TRAITS))
    crate = ROCrate(_crate(example, request, tmp_path))
    assert crate.name == "Lineage of traits.csv"
    assert crate.mainEntity["@type"] == [
        "File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"
    ]  # fmt: skip
    made = {e.id for e in crate.get_entities() if "LabProcess" in e.type}
    assert len(made) == 4
    specimens = [e for e in crate.get_entities() if e.get("additionalType") == "Specimen"]
    assert sorted(e["name"] for e in specimens) == ["barley-plant-01", "barley-plant-02"]
    assert {a.id for a in crate.root_dataset["mentions"]} >= made


def _tool(name: str) -> str:
    found = _TOOLS / name if (_TOOLS / name).exists() else shutil.which(name)
    if not found:
        pytest.skip(f"needs {name} of the packages roc-validator and runcrate; see .ci/run")
    return str(found)


@pytest.mark.parametrize("direction", [Direction.UP, Direction.DOWN, Direction.BOTH])
@pytest.mark.parametrize("granularity", list(Granularity))
def test_the_crate_passes_roc_validator(
    direction: Direction, granularity: Granularity, example: KnowledgeGraph, tmp_path: Path
) -> None:
    python = _tool("rocrate-validator").replace("rocrate-validator", "python")
    start = TRAITS if direction is not Direction.DOWN else "barley-plant-01"
    request = Request(example.resolve(start), direction, granularity=granularity)
    crate = _crate(example, request, tmp_path)
    contexts = {
        "https://w3id.org/ro/crate/1.1/context": {"@context": core_context("1.1")},
        "https://w3id.org/ro/terms/workflow-run/context": {
            "@context": extension_contexts()["workflow-run"]
        },
    }
    served = tmp_path.parent / "contexts.json"
    served.write_text(json.dumps(contexts), encoding="utf-8")
    root = next(
        entity
        for entity in json.loads((crate / "ro-crate-metadata.json").read_bytes())["@graph"]
        if entity["@id"] == "./"
    )
    claimed = [
        profile
        for profile in _RUN_PROFILES
        if any(
            ref["@id"].startswith(f"https://w3id.org/ro/wfrun/{profile.split('-')[0]}/")
            for ref in root["conformsTo"]
        )
    ]
    assert claimed[0] == "process-run-crate"
    command = [python, str(_CHECK), str(crate), str(served), "ro-crate-1.1", claimed[-1]]
    ran = subprocess.run(command, capture_output=True, text=True, env={}, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    required = [issue for issues in found.values() for issue in issues if issue[0] == "REQUIRED"]
    assert required == []


def test_runcrate_reports_the_runs(example: KnowledgeGraph, tmp_path: Path) -> None:
    crate = _crate(example, Request(example.resolve(TRAITS)), tmp_path)
    command = [_tool("runcrate"), "report", str(crate)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    actions = [line for line in ran.stdout.splitlines() if line.startswith("action: ")]
    assert len(actions) == 6  # the workflow's run, three tools', and two of the facility's software
    assert "0.42 <- " in ran.stdout
