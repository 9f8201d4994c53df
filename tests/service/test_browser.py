"""The pages in a real browser that can reach nothing but the service."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/", "kg-service"),
        ("/graphql", "graphiql-container"),
        ("/docs", "opblock"),
    ],
)
def test_pages_work_without_any_other_host(
    served: str, tmp_path: Path, path: str, shown: str
) -> None:
    if CHROMIUM is None:
        pytest.skip("needs Chromium, which is not installed")
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
         "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
         f"--user-data-dir={tmp_path}", "--virtual-time-budget=15000", "--dump-dom",
         served + path],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert shown in done.stdout, done.stderr[-2000:]
