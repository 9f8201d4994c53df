"""Each reader, given valid sources made wrong: only our own errors, in bounded memory and time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import REPOSITORY

from ingest.formats import FORMATS

EXAMPLES = 120
TIMEOUT_S = 120


@pytest.mark.parametrize("name", [fmt.name for fmt in FORMATS])
def test_what_is_wrong_is_taken_or_refused(name: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "fuzzing.py"), name,
         "--examples", str(EXAMPLES), "--keep", str(tmp_path)],
        env={**os.environ, "PYTHONPATH": f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'tests'}"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}{done.stderr}; the sources are in {tmp_path}"
    # else nothing got past the first check of a reader
    assert " 0 taken in part or whole" not in done.stdout
