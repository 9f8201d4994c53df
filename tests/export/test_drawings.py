"""The layout's laws, the escapes of drawings, the bounds of tables."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import pytest
from export.conftest import AREA, TRAITS, told
from hypothesis import given
from hypothesis import strategies as st

from kg_service.errors import UsageError
from kg_service.export import chains, svg
from kg_service.export.formats import format_named
from kg_service.export.layout import layered
from kg_service.export.names import Names, split
from kg_service.export.picture import picture
from kg_service.graph import KnowledgeGraph
from kg_service.lineage.model import Direction, Request

_graphs = st.integers(1, 14).flatmap(
    lambda n: st.tuples(
        st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=40)
    )
)


@given(_graphs)
def test_no_two_nodes_overlap(graph: tuple[int, list[tuple[int, int]]]) -> None:
    count, edges = graph
    layout = layered(range(count), edges)
    for column in range(layout.columns):
        rows = sorted(layout.row[n] for n in range(count) if layout.column[n] == column)
        assert all(after - before > 0.999 for before, after in pairwise(rows))
    assert min(layout.row.values()) >= 0
    assert min(layout.column.values()) >= 0


@given(_graphs)
def test_time_goes_to_the_right_where_no_cycle_forbids_it(
    graph: tuple[int, list[tuple[int, int]]],
) -> None:
    count, edges = graph
    forward = [(min(edge), max(edge)) for edge in edges if edge[0] != edge[1]]
    layout = layered(range(count), forward)
    for tail, head in forward:
        assert layout.column[tail] < layout.column[head]
        between = [column for column, _row in layout.bends[tail, head]]
        assert between == list(range(layout.column[tail] + 1, layout.column[head]))


def test_identity_links_stand_in_the_order_of_the_walk(example: KnowledgeGraph) -> None:
    drawn = picture(told(example, Request(example.resolve(TRAITS), Direction.UP)))
    layout = layered([s.number for s in drawn.shapes], [(a.tail, a.head) for a in drawn.arrows])
    (start,) = [shape for shape in drawn.shapes if shape.is_start]
    assert layout.column[start.number] == layout.columns - 1
    plants = [shape.number for shape in drawn.shapes if shape.kind == "Specimen"]
    assert {layout.column[number] for number in plants} == {0}


def test_an_svg_is_whole_xml_with_title_and_links(small: KnowledgeGraph) -> None:
    root = ElementTree.fromstring(svg.write_svg(told(small, Request(AREA))))
    names = {"s": "http://www.w3.org/2000/svg"}
    assert root.findtext("s:title", namespaces=names) == "The lineage of area.csv"
    assert "5 things and 3 activities" in (root.findtext("s:desc", namespaces=names) or "")
    links = [link.get("href") for link in root.findall("s:a", names)]
    assert len(links) == 8
    assert AREA.value in links


def test_too_large_a_drawing_is_refused(
    small: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(svg, "MOST_SHAPES", 7)
    with pytest.raises(UsageError, match="8 things"):
        svg.write_svg(told(small, Request(AREA)))


def test_a_table_that_is_cut_says_so(
    example: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = told(example, Request(example.resolve(TRAITS), Direction.UP))
    whole = format_named("tsv").write(account).decode().splitlines()
    assert len(whole) == 5
    assert not any(line.startswith("#") for line in whole)
    assert {len(line.split("\t")) for line in whole} == {len(chains.COLUMNS)}
    monkeypatch.setattr(chains, "MOST_CHAINS", 2)
    cut = format_named("tsv").write(account).decode().splitlines()
    assert cut[-1] == "# cut: there are more than these 2 chains"
    assert len(cut) == 4


_iris = st.from_regex(r"https?://[a-z.]{1,8}(/[A-Za-z0-9%_.,()=@:#-]{0,6}){0,4}", fullmatch=True)


@given(st.sets(_iris, min_size=1, max_size=8))
def test_names_expand_to_what_they_shorten(iris: set[str]) -> None:
    names = Names(iris)
    for iri in iris:
        prefix, local = names.parts(iri)
        assert names.prefixes[prefix] + local == iri
        assert split(iri)[0] + split(iri)[1] == iri
    assert len(set(names.prefixes.values())) == len(names.prefixes)
