"""A service that takes keys and uploads."""

from __future__ import annotations

from pathlib import Path

import pytest
from login.places import Place

from kg_service.align.engine import Alignment


@pytest.fixture
def place(tmp_path: Path, alignment: Alignment) -> Place:
    return Place(tmp_path, alignment)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, alignment: Alignment) -> Place:
    """One that a module's tests only ask, or upload to under owners of their own."""
    return Place(tmp_path_factory.mktemp("place"), alignment)
