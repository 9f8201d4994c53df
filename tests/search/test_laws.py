"""Laws: the file and the store tell the same, whatever the statements, in whatever order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple
from search.stores import put
from support import BASE

from kg_service.describe import Describer
from kg_service.search.feed import ThingFeed
from kg_service.search.held import Wanted
from kg_service.search.index import ThingIndex
from kg_service.search.text import match_of
from kg_service.search.things import Things
from kg_service.store.embedded import OxigraphStore
from kg_service.store.side import IndexedStore
from kg_service.terms import RDF_TYPE, RDFS_LABEL, dcterms, kg, prov

NODES = [
    NamedNode(iri)
    for iri in (
        f"{BASE}/source/a/file%20é.csv",
        f"{BASE}/source/a/",
        f"{BASE}/source/a/x",
        "https://doi.org/10.5072/x",
        "urn:uuid:1",
    )
]
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
LITERALS = st.one_of(
    TEXTS.map(Literal),
    TEXTS.map(lambda text: Literal(text, language="de-at")),
    st.integers().map(Literal),
    st.sampled_from(['"', "\\", "\n\r\t", 'a "b" .', "\x1f", "é\u2028\x0b", "😀"]).map(Literal),
)
KINDS = st.sampled_from(
    [kg("Sample"), kg("File"), kg("Collection"), prov("Collection"), prov("Activity"), NODES[3]]
)
PROPERTIES = st.sampled_from(
    [RDFS_LABEL, kg("name"), dcterms("identifier"), dcterms("description"), prov("used")]
)
STATEMENTS = st.one_of(
    st.builds(Triple, st.sampled_from(NODES), st.just(RDF_TYPE), KINDS),
    st.builds(
        Triple, st.sampled_from(NODES), PROPERTIES, st.one_of(LITERALS, st.sampled_from(NODES))
    ),
)
GRAPHS = st.dictionaries(
    st.sampled_from(["a", "b", "c"]), st.lists(STATEMENTS, max_size=12), min_size=1
)


def filled(graphs: dict[str, list[Triple]], path: Path) -> tuple[OxigraphStore, Things]:
    store = OxigraphStore()
    fed = IndexedStore(store, [ThingFeed(path, store)])
    for id_, triples in graphs.items():
        put(fed, id_, triples)
    return store, ThingIndex(path).at(store)


@settings(deadline=None, max_examples=150)
@given(GRAPHS)
def test_the_file_tells_what_the_store_tells(graphs: dict[str, list[Triple]]) -> None:
    with TemporaryDirectory() as folder:
        store, things = filled(graphs, Path(folder) / "things.db")
        describer = Describer(store)
        told = things.things([node.value for node in NODES])
        assert told == {node.value: describer.thing(node) for node in NODES}


@settings(deadline=None, max_examples=60)
@given(GRAPHS, st.one_of(TEXTS, LITERALS.map(lambda literal: literal.value)))
def test_a_search_with_and_without_the_file_is_the_same(
    graphs: dict[str, list[Triple]], text: str
) -> None:
    with TemporaryDirectory() as folder:
        store, things = filled(graphs, Path(folder) / "things.db")
        without = ThingIndex().at(store)
        for wanted in (
            Wanted(text),
            Wanted(text, kinds=frozenset({"Sample"})),
            Wanted(sources=frozenset({"a"})),
            Wanted(kinds=frozenset({"Sample"}), list_of=frozenset({"File", "Collection"})),
        ):
            found = things.page(wanted, 100)
            assert set(found.things) == set(without.page(wanted, 100).things)
            assert things.count(wanted) == len(found.things) == without.count(wanted)
            for kinds in filter(None, (wanted.kinds, wanted.list_of)):
                assert all(kinds & set(thing.kinds) for thing in found.things)
            told = [{source.id for source in thing.sources} for thing in found.things]
            assert all(wanted.sources <= ids for ids in told)


@settings(deadline=None, max_examples=60)
@given(GRAPHS, st.integers(1, 3), st.sampled_from(["", "x", "a"]))
def test_pages_joined_are_the_whole_list(
    graphs: dict[str, list[Triple]], size: int, text: str
) -> None:
    with TemporaryDirectory() as folder:
        _store, things = filled(graphs, Path(folder) / "things.db")
        whole = things.page(Wanted(text), 100)
        assert list(_paged(things, Wanted(text), size)) == list(whole.things)


def _paged(things: Things, wanted: Wanted, size: int) -> Iterator[object]:
    after = None
    while True:
        page = things.page(wanted, size, after)
        yield from page.things
        if not page.more:
            return
        after = page.keys[-1]


@given(st.text())
def test_no_text_is_a_syntax_error(text: str) -> None:
    store = OxigraphStore()
    put(store, "a", [Triple(NODES[0], RDFS_LABEL, Literal("x"))])
    ThingIndex().at(store).page(Wanted(text), 3)
    match_of(text)
