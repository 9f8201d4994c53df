"""``kg lineage`` of a thing at which very much hangs."""

from __future__ import annotations

import json
from pathlib import Path

from cli.test_cli import Kg
from support import crate, ref


def test_a_tree_has_an_end_that_is_told(tmp_path: Path) -> None:
    kg = Kg(tmp_path / "store")
    names = [f"out{number}" for number in range(1_200)]
    run = {"@id": "#run", "@type": "CreateAction", "object": ref("in"), "result": ref(*names)}
    files = [{"@id": name, "@type": "File"} for name in ("in", *names)]
    kg("ingest", str(crate(tmp_path / "wide", run, *files)), "--id", "wide")
    shown = kg("lineage", "in").splitlines()
    assert len(shown) < 1_010
    assert "not complete" in shown
    assert "only the 1,000 nearest things are shown: --limit N shows more" in shown[-1]
    whole = kg("lineage", "in", "--limit", "2000").splitlines()
    assert len(whole) > 1_200
    assert "complete: all 1202 things" in whole[-1]
    answer = json.loads(kg("lineage", "in", "--json"))
    assert len(answer["nodes"]) == 1_202
    assert answer["complete"] is True
