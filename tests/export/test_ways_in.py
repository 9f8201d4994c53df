"""kg export and /export: files, formats, media types, and what goes wrong."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pyoxigraph import NamedNode
from service.conftest import PLANT, write_crates
from support import BASE
from typer.testing import CliRunner, Result

from kg_service.align.engine import Alignment
from kg_service.cli.main import app
from kg_service.errors import KgError, NotKnown, Refused, UsageError
from kg_service.export.formats import FORMATS, ExportFormat, format_named
from kg_service.graph import KnowledgeGraph
from kg_service.intake import Intake
from kg_service.lineage.model import Request
from kg_service.questions import load_questions
from kg_service.resources import resource_folder
from kg_service.service.app import ServiceContext, create_app
from kg_service.store.disk import DiskStore
from kg_service.store.snapshots import SnapshotReader


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, alignment: Alignment) -> Path:
    folder = tmp_path_factory.mktemp("export")
    store = DiskStore(folder / "store", BASE)
    intake = Intake(store, alignment, BASE)
    for path in write_crates(folder / "crates"):
        for report in intake.take_path(path, path.name):
            assert report is not None
            assert report.error is None
    store.publish()
    store.close()
    return folder / "store"


def kg(store: Path, *words: str | Path) -> Result:
    return CliRunner().invoke(app, ["export", *map(str, words), "--store", str(store)])


def refusal(store: Path, *words: str | Path) -> KgError:
    error = kg(store, *words).exception
    assert isinstance(error, KgError)
    return error


def test_a_file_is_written_whole_and_not_twice(store: Path, tmp_path: Path) -> None:
    target = tmp_path / "plant.ttl"
    assert kg(store, PLANT, "--down", "-o", target).exit_code == 0
    first = target.read_bytes()
    assert b"prov:used" in first
    again = refusal(store, PLANT, "-o", target)
    assert isinstance(again, Refused)
    assert "--force" in str(again)
    assert target.read_bytes() == first
    assert kg(store, PLANT, "--depth", "0", "--force", "-o", target).exit_code == 0
    assert target.read_bytes() != first
    assert [path.name for path in tmp_path.iterdir()] == ["plant.ttl"]


def test_what_can_not_be_written_leaves_nothing(store: Path, tmp_path: Path) -> None:
    assert "no folder" in str(refusal(store, PLANT, "-o", tmp_path / "none" / "x.ttl"))
    assert "is a folder" in str(refusal(store, PLANT, "-f", "dot", "-o", tmp_path))
    assert not list(tmp_path.iterdir())


def test_the_file_tells_the_format(store: Path, tmp_path: Path) -> None:
    for form in FORMATS:
        target = tmp_path / f"x-{form.name}{form.file_ending}"
        if form.in_folder:
            target = tmp_path / form.in_folder
        assert kg(store, PLANT, "-o", target).exit_code == 0
        assert target.stat().st_size > 100
    assert "--format" in str(refusal(store, PLANT, "-o", tmp_path / "x.doc"))
    assert "--format" in str(refusal(store, PLANT))


def test_a_crate_goes_into_a_folder_under_its_own_name(store: Path, tmp_path: Path) -> None:
    assert kg(store, PLANT, "-f", "ro-crate", "-o", tmp_path).exit_code == 0
    document = json.loads((tmp_path / "ro-crate-metadata.json").read_bytes())
    assert document["@graph"][0]["@type"] in ("CreativeWork", "Dataset")


def test_formats_and_ids_that_are_not_there(store: Path) -> None:
    unknown = refusal(store, PLANT, "--format", "provn")
    assert isinstance(unknown, UsageError)
    assert "did you mean prov-n?" in str(unknown)
    assert all(form.name in str(unknown) for form in FORMATS)
    assert isinstance(refusal(store, "nobody knows it", "-f", "dot"), NotKnown)
    assert isinstance(refusal(store, PLANT, "-f", "dot", "--up", "--down"), UsageError)


def test_what_is_in_no_lineage_can_not_be_exported(small: KnowledgeGraph) -> None:
    with pytest.raises(NotKnown, match="nothing to export: no source relates 'Ada'"):
        small.export(Request(NamedNode("http://lab.example/ada")), format_named("turtle"))


def test_standard_output_holds_the_export_and_nothing_else(store: Path) -> None:
    ran = kg(store, PLANT, "--down", "--depth", "1", "-f", "prov-json")
    assert "activity" in json.loads(ran.stdout)["bundle"].popitem()[1]
    assert "not complete: stopped at depth 1" in ran.stderr


@pytest.fixture(scope="module")
def client(store: Path, alignment: Alignment) -> Iterator[TestClient]:
    graph = KnowledgeGraph(SnapshotReader(store), alignment)
    questions = tuple(load_questions(resource_folder("queries")))
    with TestClient(create_app(ServiceContext(graph, questions, BASE))) as client:
        yield client


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_every_format_has_its_media_type(form: ExportFormat, client: TestClient) -> None:
    answer = client.get("/export", params={"id": PLANT, "format": form.name})
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == form.media_type
    shown = answer.headers["content-disposition"]
    name = form.in_folder or f"plant-1-lineage{form.file_ending}"
    assert shown.endswith(f'; filename="{name}"')
    assert answer.headers["kg-complete"] == "true"
    assert answer.content


def test_accept_chooses(client: TestClient) -> None:
    for accept, media_type in [
        ("image/svg+xml", "image/svg+xml"),
        ("application/trig;q=0.9, text/turtle;q=0.1", "application/trig"),
        ("application/ld+json", "application/ld+json"),
        ("*/*", "application/json"),
    ]:
        answer = client.get("/export", params={"id": PLANT}, headers={"Accept": accept})
        assert answer.headers["content-type"].partition(";")[0] == media_type
    refused = client.get("/export", params={"id": PLANT}, headers={"Accept": "image/png"})
    assert refused.status_code == 406
    assert "image/svg+xml" in refused.json()["error"]["message"]


def test_direction_and_depth_are_heeded(client: TestClient) -> None:
    params = {"id": PLANT, "format": "tsv", "direction": "down", "depth": 1}
    answer = client.get("/export", params=params)
    assert answer.headers["kg-complete"] == "false"
    assert "# not complete: stopped at depth 1" in answer.text


def test_errors_are_those_of_the_service(client: TestClient) -> None:
    assert client.get("/export", params={"id": "nobody", "format": "dot"}).status_code == 404
    bad = client.get("/export", params={"id": PLANT, "format": "word"})
    assert (bad.status_code, bad.json()["error"]["code"]) == (400, "usage")
    assert "prov-json" in bad.json()["error"]["message"]
    assert client.get("/export").status_code == 400


def test_the_zip_holds_the_crate_and_nothing_else(small: KnowledgeGraph) -> None:
    made = small.export(Request(small.resolve("area.csv")), format_named("ro-crate-zip"))
    with zipfile.ZipFile(BytesIO(made.content)) as archive:
        assert archive.namelist() == ["ro-crate-metadata.json"]


def test_only_what_some_sources_say(store: Path, client: TestClient) -> None:
    whole = kg(store, PLANT, "--down", "-f", "tsv").stdout
    some = kg(store, PLANT, "--down", "-f", "tsv", "--source", "field").stdout
    assert len(some) < len(whole)
    answer = client.get(
        "/export", params={"id": PLANT, "direction": "down", "format": "tsv", "source": "field"}
    )
    assert answer.text == some
    assert "there is no source 'no'" in str(refusal(store, PLANT, "-f", "tsv", "--source", "no"))


def test_a_folder_that_is_named_with_a_slash_is_made(store: Path, tmp_path: Path) -> None:
    assert kg(store, PLANT, "-f", "ro-crate", "-o", f"{tmp_path}/crate/").exit_code == 0
    assert [path.name for path in (tmp_path / "crate").iterdir()] == ["ro-crate-metadata.json"]
    again = refusal(store, PLANT, "-f", "ro-crate", "-o", f"{tmp_path}/crate/")
    assert isinstance(again, Refused)
    no_file = refusal(store, PLANT, "-f", "turtle", "-o", f"{tmp_path}/ttl/")
    assert "name a file in it" in str(no_file)
    assert not (tmp_path / "ttl").exists()
