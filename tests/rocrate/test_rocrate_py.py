"""Crates written by an independent author: the ro-crate-py library."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rocrate.model.contextentity import ContextEntity
from rocrate.model.person import Person
from rocrate.rocrate import ROCrate

from kg_service.graph import KnowledgeGraph
from kg_service.lineage.model import Direction, Request


def test_a_process_run_crate_by_ro_crate_py(
    knowledge: Callable[..., KnowledgeGraph], tmp_path: Path
) -> None:
    for name in ("in put.txt", "out.txt", "tool.py"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    crate = ROCrate()
    crate.name = "by ro-crate-py"
    read = crate.add_file(tmp_path / "in put.txt", properties={"name": "read"})
    written = crate.add_file(tmp_path / "out.txt", properties={"name": "written"})
    tool = crate.add_file(
        tmp_path / "tool.py", properties={"@type": ["File", "SoftwareSourceCode"]}
    )
    who = crate.add(Person(crate, "https://orcid.org/0000-0002-1825-0097", {"name": "J. Carberry"}))
    action = crate.add(ContextEntity(crate, "#run", {"@type": "CreateAction", "name": "the run"}))
    action["object"], action["result"] = read, written
    action["instrument"], action["agent"] = tool, who
    for packed in (tmp_path / "folder", tmp_path / "packed.zip"):
        if packed.suffix == ".zip":
            crate.write_zip(packed)
        else:
            crate.write(packed)
        graph = knowledge(packed)
        answer = graph.lineage(Request(graph.resolve("written"), Direction.UP))
        shown = {n.thing.label: n.thing.kind for n in graph.view(answer).nodes}
        assert shown == {"written": "File", "the run": "ToolRun", "read": "File"}
