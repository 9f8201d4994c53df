"""The ``kg`` command, run as a user runs it: exit codes, output, messages."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from support import EXAMPLE, REPOSITORY, crate


class Kg:
    """Runs ``kg`` over one store."""

    def __init__(self, store: Path) -> None:
        self.store = store

    def __call__(self, *arguments: str, code: int = 0) -> str:
        """Standard output, and standard error where the exit code is not 0."""
        done = subprocess.run(
            [sys.executable, "-c", "from kg_service.cli.main import main; main()", *arguments],
            capture_output=True,
            text=True,
            env={**os.environ, "KG_STORE": str(self.store), "COLUMNS": "400"},
            timeout=120,
            check=False,
        )
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done.stdout if code == 0 else done.stdout + done.stderr


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Kg:
    kg = Kg(tmp_path_factory.mktemp("example") / "store")
    out = kg("ingest", str(EXAMPLE))
    assert "3 added" in out
    return kg


@pytest.fixture
def empty(tmp_path: Path) -> Kg:
    return Kg(tmp_path / "store")


def test_ingest_reports_as_json_and_twice_is_once(example: Kg) -> None:
    report = json.loads(example("ingest", "--json", str(EXAMPLE)))
    assert report["summary"]["unchanged"] == 3
    assert {s["format"] for s in report["sources"]} == {"isa-tab", "icat", "ro-crate"}


def test_sources_is_a_json_array(example: Kg) -> None:
    sources = json.loads(example("sources", "--json"))
    assert len(sources) == 3
    assert {"id", "format", "version"} <= sources[0].keys()
    assert "BARLEY-ROOTS-2026" in example("sources")


def test_the_example_leads_from_a_specimen_to_its_results_over_three_sources(example: Kg) -> None:
    out = example("lineage", "barley-plant-01", "--down")
    for words in (
        "root sampling",
        "fixation and staining",
        "acquisition",
        "tomoflow",
        "traits.csv",
    ):
        assert words in out
    assert "complete: all" in out
    answer = json.loads(example("lineage", "SAMEA900000001", "--down", "--json"))
    assert answer["complete"] is True
    assert len({e["source"] for e in answer["edges"]}) == 3
    assert {e["grade"] for e in answer["edges"]} <= {"asserted", "mapped", "close", "inferred"}
    assert "traits.csv" in {n["label"] for n in answer["nodes"]}
    assert "barley-plant-02" not in {n["label"] for n in answer["nodes"]}


def test_and_back_from_a_result_to_its_specimens(example: Kg) -> None:
    answer = json.loads(example("lineage", "traits.csv", "--up", "--json"))
    kinds = {n["label"]: n["kind"] for n in answer["nodes"]}
    assert kinds["barley-plant-01"] == kinds["barley-plant-02"] == "Specimen"
    one = json.loads(example("lineage", "mask-01.tif", "--up", "--json"))
    assert "barley-plant-02" not in {n["label"] for n in one["nodes"]}


def test_depth_cuts_and_says_so(example: Kg) -> None:
    out = example("lineage", "barley-plant-01", "--down", "--depth", "1")
    assert "not complete" in out
    assert "stopped at depth 1" in out


def test_run_granularity(example: Kg) -> None:
    out = example("lineage", "traits.csv", "--up", "--granularity", "run")
    assert "Run of root-traits" in out
    assert "Run of segment" not in out


def test_strict_policy_and_direction_options(example: Kg) -> None:
    example("lineage", "traits.csv", "--up", "--down", code=2)
    example("lineage", "traits.csv", "--policy", "strict")
    example("lineage", "traits.csv", "--policy", "no-such", code=2)


def test_an_unknown_id_says_what_to_do(example: Kg) -> None:
    assert "kg sources" in example("lineage", "no-such-thing", code=1)


def test_an_ambiguous_name_lists_what_it_could_be(example: Kg) -> None:
    out = example("lineage", "threshold", code=1)
    assert "names" in out
    assert "FormalParameter" in out


def test_first_steps_of_the_readme(example: Kg) -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    steps = readme.partition("## First steps\n")[2].partition("\n## ")[0]
    commands = re.findall(r"^    (?:\$ )?kg (.+)$", steps, re.MULTILINE)
    assert len(commands) > 8
    for command in commands:
        name, *arguments = shlex.split(command, comments=True)
        if name not in ("ingest", "serve"):  # of other files; does not end
            example(name, *arguments)


@pytest.mark.parametrize("base", ["foo", "ftp://kg.test", "http://", "http://a b", "http://a/?x"])
def test_a_base_that_is_no_address_is_refused(empty: Kg, base: str) -> None:
    assert "is no address" in empty("ingest", str(EXAMPLE), "--base", base, code=2)


@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("ingest", str(EXAMPLE))])
def test_another_base_than_the_stores_is_refused(example: Kg, command: tuple[str, ...]) -> None:
    out = example(*command, "--base", "http://other.example", code=1)
    assert "its IRIs start with" in out


def test_an_object_that_is_not_known_is_told(example: Kg) -> None:
    out = example("why", "traits.csv", "wasGeneratedBy", "measuring", code=1)
    assert out.startswith("kg: 'measuring' is not known, and no source says")
    out = example("why", "traits.csv", "wasGeneratedBy", "mask-01.tif", code=1)
    assert out.startswith("kg: no source says")


def test_a_thing_alone_is_complete(example: Kg) -> None:
    assert "the sources connect it with nothing" in example("lineage", "barley-plant-01", "--up")


def test_questions(example: Kg) -> None:
    listed = example("ask", "--list")
    assert all(f"cq{n}" in listed for n in range(1, 12))
    assert {"cq1", "specimens"} <= {q["id"] for q in json.loads(example("ask", "--list", "--json"))}
    assert "Run of root-traits" in example("ask", "cq6")
    down = example("ask", "results-of-specimen", "--param", "specimen=SAMEA900000001")
    assert "traits.csv" in down
    assert "no question is called" in example("ask", "cq99", code=1)
    assert "specimen" in example("ask", "results-of-specimen", "--param", "spcimen=x", code=2)


@pytest.mark.parametrize("fmt", ["table", "csv", "json"])
def test_query_formats(example: Kg, fmt: str) -> None:
    query = "SELECT ?label { ?s a kg:Specimen ; rdfs:label ?label } ORDER BY ?label"
    out = example("query", query, "--format", fmt)
    assert "barley-plant-01" in out
    if fmt == "json":
        assert len(json.loads(out)["results"]["bindings"]) == 2
    if fmt == "csv":
        assert out.splitlines() == ["label", "barley-plant-01", "barley-plant-02"]


def test_queries_that_can_not_be_run(example: Kg) -> None:
    assert "does not parse" in example("query", "SELECT * {", code=2)
    assert "SERVICE" in example("query", "SELECT * { SERVICE <http://x/> {} }", code=1)
    assert "read only" in example("query", "DROP ALL", code=1)


def test_graph_and_boolean_queries(example: Kg) -> None:
    assert example("query", "ASK { ?s a kg:Specimen }").strip() == "true"
    made = example("query", "CONSTRUCT { ?s a kg:Specimen } WHERE { ?s a kg:Specimen }")
    assert "barley-plant-01" in made


def test_usage_errors(empty: Kg) -> None:
    empty("ingest", code=2)
    empty("no-such-command", code=2)
    empty("lineage", "x", "--depth", "-1", code=2)
    empty("ingest", "a", "b", "--id", "x", code=2)


def test_reading_without_a_store_says_how_to_make_one(empty: Kg) -> None:
    for command in (["sources"], ["lineage", "x"], ["query", "ASK {}"], ["ask", "cq1"]):
        assert "kg ingest" in empty(*command, code=1)
    assert not empty.store.exists(), "reading creates nothing"


def test_some_refused_is_exit_1_and_the_others_are_in(empty: Kg, tmp_path: Path) -> None:
    good = crate(tmp_path / "good")
    out = empty("ingest", str(tmp_path / "missing"), str(good), code=1)
    assert "no such file" in out
    assert "1 added, 1 refused" in out
    assert len(json.loads(empty("sources", "--json"))) == 1


def test_help_names_every_command(empty: Kg) -> None:
    out = empty("--help")
    for command in ("ingest", "sources", "lineage", "ask", "query", "serve", "demo"):
        assert command in out
        assert empty(command, "--help")


def test_the_version() -> None:
    done = Kg(Path("unused"))("--version")
    assert done.startswith("kg-service ")


def test_demo_shows_the_chain_and_three_answers(empty: Kg) -> None:
    out = empty("demo", "--no-serve")
    assert out.count("added") >= 3
    assert "traits.csv" in out
    assert out.count("$ kg ask") == 3


def test_why_names_source_statement_and_row(example: Kg) -> None:
    out = example("why", "stained root 01", "a", "prov:Entity")
    assert "says icatdump-" in out
    assert "mapped by icat:" in out
    assert "from http://127.0.0.1:8000/source/icatdump-" in out
    (reason, *_) = json.loads(example("why", "stained root 01", "a", "prov:Entity", "--json"))
    assert reason["grounds"][0]["basis"][0]["predicate"].endswith("#type")
    assert "no source says" in example("why", "stained root 01", "used", "nothing", code=1)


def test_mappings_lists_sets_rows_and_uses(example: Kg) -> None:
    sets = {s["name"]: s for s in json.loads(example("mappings", "--json"))}
    assert sets["isa"]["sources"] == 1
    assert sets["isa"]["statements"] > 100
    (isa,) = json.loads(example("mappings", "isa", "--json"))
    assert sum(r["statements"] for r in isa["rows"] + isa["rules"]) == sets["isa"]["statements"]
    assert "isa:108" in example("mappings", "isa")
    assert "owl:Axiom" in example("mappings", "isa", "--export", "skos")
    assert "record_id\t" in example("mappings", "isa", "--export", "sssom")
    assert "no mapping set is called 'x'" in example("mappings", "x", code=1)


def test_realign_uses_a_stewards_own_sets(empty: Kg, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "lab.ttl").write_text(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        "<http://schema.org/about> skos:relatedMatch <http://www.w3.org/ns/prov#used> .\n"
    )
    assert "there is no store yet" in empty("realign", code=1)
    empty("ingest", str(crate(tmp_path / "c")))
    assert "0 realigned, 1 up to date" in empty("realign")
    assert "1 realigned" in empty("realign", "--mappings", str(own))
    assert "0 realigned, 1 up to date" in empty("realign", "--mappings", str(own))
    (own / "lab.ttl").write_text("<http://schema.org/about> <http://x.example/y> <http://z> .\n")
    assert "holds no SKOS mapping" in empty("realign", "--mappings", str(own), code=1)


def test_check_tells_each_family_and_fails_on_typing_only(example: Kg, empty: Kg) -> None:
    out = example("check")
    for title in ("PROV's own typing: 1 of 1", "Broken chains", "FAIR", "Completeness: "):
        assert title in out
    (one,) = json.loads(example("check", "BARLEY-ROOTS-2026", "--json"))
    assert one["completeness"]["of"] == 20
    assert {"typing", "chains", "fair", "completeness", "mapping"} == {
        c["family"] for c in one["checks"]
    }
    assert "no source has the id 'x'" in example("check", "x", code=1)
    assert "there is no store yet" in empty("check", code=1)
