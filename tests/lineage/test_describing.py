"""What a thing is, is told alike however much hangs at it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import NamedNode
from support import BASE, crate, ref

from kg_service import describe
from kg_service.align.engine import Alignment
from kg_service.describe import Describer
from kg_service.intake import Intake
from kg_service.store.embedded import OxigraphStore


def test_of_a_hub_as_of_any_thing(
    alignment: Alignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"out{number}" for number in range(300)]
    run = {
        "@id": "http://e.org/run",
        "@type": "CreateAction",
        "name": "a run",
        "description": "of many",
        "identifier": "https://doi.org/10.5072/run",
        "result": ref(*names),
    }
    files = [{"@id": name, "@type": "File"} for name in names]
    store = OxigraphStore()
    for source in ("one", "two"):
        list(
            Intake(store, alignment, BASE).take_path(crate(tmp_path / source, run, *files), source)
        )
    node = NamedNode("http://e.org/run")
    hub = Describer(store).thing(node)
    monkeypatch.setattr(describe, "_MANY", 10_000)
    usual = Describer(store).thing(node)
    assert hub == replace(usual, identifiers=hub.identifiers)
    assert set(hub.identifiers) == set(usual.identifiers)
    assert [s.id for s in hub.sources] == ["one", "two"]
    assert (hub.label, hub.description) == ("a run", "of many")
