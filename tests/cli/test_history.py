"""``kg history`` and ``kg lineage --as-of``, as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli.test_cli import Kg
from support import crate, ref


@pytest.fixture
def replaced(tmp_path: Path) -> Kg:
    """A source that was ingested in two versions."""
    kg = Kg(tmp_path / "store")
    for result in ("first.csv", "second.csv"):
        crate(
            tmp_path / "crate",
            {"@id": "#run", "@type": "CreateAction", "object": ref("in"), "result": ref(result)},
            {"@id": "in", "@type": "File"},
            {"@id": result, "@type": "File"},
        )
        kg("ingest", str(tmp_path / "crate"), "--id", "series")
    return kg


def _versions(kg: Kg, *arguments: str) -> list[dict]:  # type: ignore[type-arg]
    return json.loads(kg("history", *arguments, "--json"))  # type: ignore[no-any-return]


def test_an_older_version_is_asked_and_pruned(replaced: Kg) -> None:
    first, second = _versions(replaced)
    assert [first["state"], second["state"]] == ["archived", "current"]
    assert first["until"] == second["since"]
    assert second["until"] is None
    assert first["bytes"] > 100

    shown = replaced("lineage", "in", "--as-of", f"series@{first['version'][:8]}")
    assert "first.csv" in shown
    assert "second.csv" not in shown
    assert f"close version {first['version'][:16]} of series" in shown
    assert "as of " in shown
    assert "second.csv" in replaced("lineage", "in")
    answer = json.loads(replaced("lineage", "in", "--as-of", "2999-01-01", "--json"))
    assert answer["asOf"] == "2999-01-01T23:59:59.999999+00:00"
    assert "was not known as of" in replaced("lineage", "in", "--as-of", "2001-01-01", code=1)

    assert "removed: 0" in replaced("history", "--prune", "--before", "2001-01-01")
    assert "removed: 1" in replaced("history", "series", "--prune")
    assert [v["state"] for v in _versions(replaced, "series")] == ["pruned", "current"]
    gone = replaced("lineage", "in", "--as-of", f"series@{first['version'][:8]}", code=1)
    assert "it was pruned on" in gone


def test_history_that_makes_no_sense(replaced: Kg) -> None:
    assert "there is no source 'sereis'" in replaced("history", "sereis", code=1)
    assert "there is no source 'sereis'" in replaced("history", "sereis", "--prune", code=1)
    assert "--before goes with --prune" in replaced("history", "--before", "2026-01-01", code=2)
    assert "its versions are" in replaced("lineage", "in", "--as-of", "series@0000", code=1)
    assert "SOURCE@VERSION" in replaced("lineage", "in", "--as-of", "lately", code=2)


def test_a_withdrawn_source_has_no_history(replaced: Kg) -> None:
    replaced("withdraw", "series", "--because", "a test")
    assert _versions(replaced) == []
    assert not [p for p in (replaced.store / "history").rglob("*") if p.is_file()]


def test_a_named_folder_keeps_the_past(
    tmp_path: Path, replaced: Kg, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_HISTORY", str(tmp_path / "elsewhere"))
    assert [v["state"] for v in _versions(replaced)] == ["not kept", "current"]


def test_every_question_takes_as_of(replaced: Kg) -> None:
    """What the older version said is answered as of it, and is not known without."""
    first, _ = _versions(replaced)
    version = ("--as-of", f"series@{first['version'][:8]}")
    questions: list[tuple[tuple[str, ...], str]] = [
        (("path", "in", "first.csv"), "first.csv"),
        (("common", "first.csv", "in"), "in"),
        (("affected", "in"), "first.csv"),
        (("gaps", "first.csv"), "first.csv"),
        (("diff", "first.csv", "first.csv"), "first.csv"),
        (("results", "in"), "first.csv"),
        (("specimens", "first.csv"), ""),
        (("table", "series"), ""),
        (("export", "first.csv", "-f", "prov-json"), "first.csv"),
    ]
    for question, told in questions:
        assert told in replaced(*question, *version), question
        if "first.csv" in question:
            assert "is not known" in replaced(*question, code=1), question


def test_exports_of_some_kinds(replaced: Kg) -> None:
    whole = replaced("export", "in", "-f", "tsv")
    assert "second.csv" in whole
    told = replaced("export", "in", "-f", "prov-json", "--kind", "File")
    assert "second.csv" in told
    assert '"activity"' not in told
    assert '"activity"' in replaced("export", "in", "-f", "prov-json")
    assert "did you mean" in replaced("export", "in", "-f", "tsv", "--kind", "Fiel", code=2)
