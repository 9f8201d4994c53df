"""``kg links`` and ``kg withdraw``, as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli.test_cli import Kg
from support import crate

SAMPLES = ["https://w3id.org/ro/crate/1.1/context", {"Sample": "https://bioschemas.org/Sample"}]


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Kg:
    """The same two laboratories, for tests that change nothing."""
    return two_laboratories(tmp_path_factory.mktemp("untouched"))


@pytest.fixture
def laboratories(tmp_path: Path) -> Kg:
    return two_laboratories(tmp_path)


def two_laboratories(tmp_path: Path) -> Kg:
    """Two laboratories with a sample of the same name, and a table that both have."""
    kg = Kg(tmp_path / "store")
    for name, spelled in (("north", "Leaf_01"), ("south", "leaf 01")):
        crate(
            tmp_path / name,
            {"@id": "leaf", "@type": "Sample", "name": spelled},
            {"@id": "t.csv", "@type": "File", "name": f"{name}.csv", "identifier": "10.5072/t"},
            context=SAMPLES,
            name=f"laboratory {name}",
        )
        kg("ingest", str(tmp_path / name), "--id", name)
    return kg


def listed(kg: Kg, *arguments: str) -> list[dict]:  # type: ignore[type-arg]
    return json.loads(kg("links", *arguments, "--json"))  # type: ignore[no-any-return]


def test_links_are_listed_with_evidence_values_and_sources(untouched: Kg) -> None:
    (link,) = listed(untouched)
    assert link["evidence"] == "identifier"
    assert link["key"] == "doi:10.5072/t"
    assert link["first"]["value"] == link["second"]["value"] == "10.5072/t"
    assert [link[end]["sources"] for end in ("first", "second")] == [["north"], ["south"]]
    assert link["policies"] == ["strict", "default", "all"]
    assert link["since"].startswith("20")
    assert listed(untouched, "north.csv") == [link]
    assert listed(untouched, "--source", "north") == [link]
    assert listed(untouched, "--evidence", "content") == []
    out = untouched("links")
    for words in ("same persistent identifier doi:10.5072/t", "followed by strict", "1 link"):
        assert words in out


def test_a_candidate_is_confirmed_and_shown_in_lineage(laboratories: Kg) -> None:
    (candidate,) = listed(laboratories, "--candidates")
    assert (candidate["evidence"], candidate["first"]["value"]) == ("name", "Leaf_01")
    one, other = (candidate[end]["id"] for end in ("first", "second"))
    assert other not in laboratories("lineage", one)
    done = laboratories("links", "confirm", one, other, "--because", "the same tube",
                        "--who", "0000-0002-1825-0097")  # fmt: skip
    assert "confirmed by https://orcid.org/0000-0002-1825-0097: the same tube" in done
    assert listed(laboratories, "--candidates") == []
    said = "inferred steward's decision by https://orcid.org/0000-0002-1825-0097: the same tube"
    assert said in laboratories("lineage", one, "--policy", "strict")
    (link,) = listed(laboratories, one)
    assert (link["evidence"], link["decision"]["verdict"]) == ("decision", "confirmed")


def test_a_link_is_rejected_and_the_decision_outlives_its_sources(
    laboratories: Kg, tmp_path: Path
) -> None:
    pair = ("north.csv", "south.csv")
    out = laboratories("links", "reject", *pair, "--because", "another table")
    assert "rejected by" in out
    for policy in ("strict", "default", "all"):
        assert "south.csv" not in laboratories("lineage", "north.csv", "--policy", policy)
    assert "not followed: a steward told them apart" in laboratories("links")
    laboratories("withdraw", "south", "--because", "moved")
    laboratories("ingest", str(tmp_path / "south"), "--id", "south")
    assert "not followed: a steward told them apart" in laboratories("links")
    laboratories("links", "forget", *pair)
    assert "south.csv" in laboratories("lineage", "north.csv")


def test_what_still_joins_a_rejected_pair_is_told(laboratories: Kg, tmp_path: Path) -> None:
    both = {"@id": "t.csv", "@type": "File", "name": "both.csv"}
    for name, number in (("east", "1"), ("west", "2")):
        told = {**both, "name": f"{name}.csv", "identifier": f"10.5072/{number}"}
        crate(tmp_path / name, told, name=name)
        laboratories("ingest", str(tmp_path / name), "--id", name)
    crate(tmp_path / "mid", {**both, "identifier": ["10.5072/1", "10.5072/2"]}, name="mid")
    laboratories("ingest", str(tmp_path / "mid"), "--id", "mid")
    out = laboratories("links", "reject", "east.csv", "west.csv", "--because", "no")
    assert "still joined" in out
    assert out.count("same persistent identifier") == 2


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("confirm", "nothing", "north.csv", "--because", "x"), 1, "'nothing' is not known"),
        (("confirm", "north.csv", "north.csv", "--because", "x"), 2, "the same thing already"),
        (("reject", "north.csv", "south.csv", "--because", " "), 2, "say why"),
        (("reject", "north.csv", "south.csv"), 2, "--because"),
        (("confirm", "north.csv", "Leaf_01", "--because", "x"), 2, "can not be the same thing"),
        (("forget", "north.csv", "south.csv"), 2, "there is no decision to forget"),
        (
            ("reject", "north.csv", "south.csv", "--because", "x", "--who", "0000-0002-1825-0098"),
            2,
            "is no ORCID",
        ),
        (("--source", "nowhere"), 1, "there is no source 'nowhere'"),
        (("--evidence", "hearsay"), 2, "hearsay"),
        (("nothing",), 1, "'nothing' is not known"),
    ],
)
def test_what_makes_no_sense_is_refused(
    untouched: Kg, arguments: tuple[str, ...], code: int, said: str
) -> None:
    assert said in untouched("links", *arguments, code=code)


def test_a_withdrawn_source_leaves_a_tombstone_and_comes_back(
    laboratories: Kg, tmp_path: Path
) -> None:
    out = laboratories("withdraw", "south", "--because", "consent withdrawn", "--who", "the board")
    assert "south was withdrawn on " in out
    assert "by the board: consent withdrawn" in out
    assert [s["id"] for s in json.loads(laboratories("sources", "--json"))] == ["north"]
    (stone,) = json.loads(laboratories("sources", "--withdrawn", "--json"))
    assert (stone["id"], stone["title"]) == ("south", "laboratory south")
    assert "consent withdrawn" in laboratories("withdraw", "south", "--because", "x", code=1)
    assert "there is no source 'nroth'; did you mean north?" in laboratories(
        "withdraw", "nroth", "--because", "x", code=1
    )
    assert listed(laboratories) == []
    laboratories("ingest", str(tmp_path / "south"), "--id", "south")
    assert json.loads(laboratories("sources", "--withdrawn", "--json")) == []
    assert len(listed(laboratories)) == 1
