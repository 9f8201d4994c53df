"""Laws of merging rows into processes, and of the names that processes get."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.isa.model import Annotation, Kind, NodeRef, Process, Value
from ingest.isa.paths import node_path, process_paths
from ingest.isa.processes import Application, Cell, Path, merge

Pairs = list[tuple[int, int]]
pairs = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=25)
names = st.sampled_from(["", "run"])


def sample(n: int) -> NodeRef:
    return NodeRef(Kind.SAMPLE, f"s{n}")


def extract(n: int) -> NodeRef:
    return NodeRef(Kind.EXTRACT, f"e{n}")


def path(left: int, right: int, cell: Cell) -> Path:
    return [(sample(left),), Application(cell), (extract(right),)]


def stated(processes: tuple[Process, ...]) -> set[tuple[NodeRef, NodeRef]]:
    return {(i, o) for p in processes for i in p.inputs for o in p.outputs}


@given(pairs, names)
def test_no_output_comes_from_an_input_that_shares_no_row_with_it(rows: Pairs, name: str) -> None:
    processes = merge([path(a, b, Cell(2, "p", name)) for a, b in rows])
    assert stated(processes) == {(sample(a), extract(b)) for a, b in rows}


@given(pairs, names)
def test_each_output_has_one_process_and_no_two_processes_have_the_same_inputs(
    rows: Pairs, name: str
) -> None:
    processes = merge([path(a, b, Cell(2, "p", name)) for a, b in rows])
    outputs = [o for p in processes for o in p.outputs]
    assert len(outputs) == len(set(outputs))
    assert len({frozenset(p.inputs) for p in processes}) == len(processes)


@given(pairs, st.randoms())
def test_the_order_of_rows_does_not_matter(rows: Pairs, random: st.DrawFn) -> None:
    def graph(order: Pairs) -> set[tuple[frozenset[NodeRef], frozenset[NodeRef]]]:
        made = merge([path(a, b, Cell(2, "p")) for a, b in order])
        return {(frozenset(p.inputs), frozenset(p.outputs)) for p in made}

    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert graph(rows) == graph(shuffled) == graph(rows + rows)


def test_pooling_is_one_process() -> None:
    (process,) = merge([path(n, 0, Cell(2, "p")) for n in range(4)])
    assert (len(process.inputs), len(process.outputs)) == (4, 1)


def test_splitting_is_one_process() -> None:
    (process,) = merge([path(0, n, Cell(2, "p")) for n in range(4)])
    assert (len(process.inputs), len(process.outputs)) == (1, 4)


def test_other_values_are_another_process() -> None:
    ten, twenty = (Value("volume", Annotation(v)) for v in ("10", "20"))
    processes = merge(
        [
            path(0, 0, Cell(2, "p", parameter_values=(ten,))),
            path(1, 0, Cell(2, "p", parameter_values=(twenty,))),
        ]
    )
    assert [len(p.inputs) for p in processes] == [1, 1]


def test_a_name_at_the_end_of_rows_pools_them() -> None:
    (process,) = merge([[(sample(n),), Application(Cell(2, "p", "run 1"))] for n in range(3)])
    assert len(process.inputs) == 3


def test_unnamed_processes_at_the_end_of_rows_stay_apart() -> None:
    assert len(merge([[(sample(n),), Application(Cell(2, "p"))] for n in range(3)])) == 3


def test_of_a_chain_the_last_process_pools() -> None:
    rows: list[Path] = [
        [(sample(n),), Application(Cell(2, "wash")), Application(Cell(4, "mix")), (extract(0),)]
        for n in range(3)
    ]
    processes = merge(rows)
    assert [p.protocol for p in processes] == ["wash", "wash", "wash", "mix"]
    assert processes[3].previous == (0, 1, 2)
    assert not processes[3].inputs


def test_a_named_process_pools_by_the_next_name() -> None:
    rows: list[Path] = [
        [
            (sample(n),),
            Application(Cell(2, "hyb", "hyb 1")),
            Application(Cell(4, "scan", "scan 1")),
            (extract(n),),
        ]
        for n in range(2)
    ]
    hyb = merge(rows)[0]
    assert len(hyb.inputs) == 2


def paths_of(*processes: Process) -> list[str]:
    return process_paths(processes, "study/S", lambda ref: node_path(ref, "study/S", "study/S"))


def test_a_named_process_keeps_its_path_when_its_values_change() -> None:
    one = Process("run 1", protocol="p", date="2024-01-01")
    other = Process("run 1", protocol="p", date="2024-01-02")
    assert paths_of(one) == paths_of(other) == ["study/S/process/p/run%201"]


def test_processes_of_one_name_are_told_apart_by_what_is_before_them() -> None:
    first, second = (Process("run", protocol="p", inputs=(sample(n),)) for n in (1, 2))
    made = paths_of(first, second)
    assert len(set(made)) == 2
    assert paths_of(second, first) == made[::-1]


def test_unnamed_processes_are_told_apart_by_outputs_at_last() -> None:
    first, second = (
        Process(protocol="p", inputs=(sample(0),), outputs=(extract(n),)) for n in (1, 2)
    )
    assert len(set(paths_of(first, second))) == 2
    assert len(set(paths_of(first, first))) == 1


def test_a_circle_of_processes_has_paths_too() -> None:
    made = paths_of(Process(protocol="a", previous=(1,)), Process(protocol="b", previous=(0,)))
    assert len(set(made)) == 2


def test_a_long_chain_has_paths() -> None:
    chain = [Process(protocol="p", previous=(n - 1,) if n else ()) for n in range(5000)]
    assert len(set(paths_of(*chain))) == 5000
