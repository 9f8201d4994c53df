"""Golden cases of uploads: folders with a form's fields and files, and what its job tells.

``UPDATE_CASES=1`` writes what is expected anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from golden import cases
from login.places import Place

_UPDATE = bool(os.environ.get("UPDATE_CASES"))
_TOLD = ("outcome", "source", "location", "format", "visibility", "error", "errorCode")


def shortened(job: dict[str, Any]) -> dict[str, Any]:
    """What a job tells, without times, ids and counts of triples."""
    told = {name: job[name] for name in ("kind", "state", "message", "files", "summary")}
    sources = [
        {name: report[name] for name in _TOLD}
        | {kind: [f["code"] for f in report[kind]] for kind in ("repairs", "losses", "warnings")}
        for report in job["sources"]
    ]
    return {**told, "sources": sources}


@pytest.mark.parametrize("case", cases(__file__), ids=lambda case: case.name)
def test_case(place: Place, case: Path) -> None:
    key = place.key("els", groups=("beam",))
    fields = json.loads((case / "form.json").read_text("utf-8"))
    paths = sorted((case / "files").iterdir())
    files = [("file", (path.name, path.read_bytes())) for path in paths]
    told = shortened(place.uploaded(key, files, **fields))
    expected = case / "expected.json"
    if _UPDATE:
        expected.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")
    assert told == json.loads(expected.read_text("utf-8"))
    taken = {s["source"] for s in told["sources"] if s["outcome"] != "refused"}
    assert place.source_ids() == taken | {"operators"}
