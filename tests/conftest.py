"""What tests share: the corpus where it is, the alignment, and graphs made from cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from support import CORPUS, ingest_into_memory

from kg_service.align.engine import Alignment
from kg_service.graph import KnowledgeGraph
from kg_service.opening import load_alignment

# the same examples in every run, so that a change fails for what it changed; `make fuzz` draws
# new ones. How long one takes is the machine's affair.
settings.register_profile("repeatable", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("random", deadline=None, print_blob=True)
settings.load_profile("repeatable")


@pytest.fixture(scope="session", autouse=True)
def _no_caches_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The indexes of SPARQL servers are kept in the user's cache, else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def alignment() -> Alignment:
    return load_alignment()


@pytest.fixture(scope="session")
def corpus() -> Path:
    if not CORPUS.is_dir():
        pytest.skip("needs the corpus of real files in ../shared/corpus, which is not here")
    return CORPUS


@pytest.fixture
def knowledge(alignment: Alignment) -> Callable[..., KnowledgeGraph]:
    """Makes a knowledge graph in memory from the sources at some paths."""

    def make(*paths: Path) -> KnowledgeGraph:
        return ingest_into_memory(alignment, *paths)

    return make
