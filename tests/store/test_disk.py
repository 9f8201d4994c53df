"""A full disk, folders that may not be written, damaged files: a clear message and no damage."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import REPOSITORY, crate, ref

from kg_service.catalogue import Catalogue
from kg_service.store.snapshots import SnapshotReader

SMALL, LARGE = 20, 2500


def write(folder: Path, runs: int, title: str) -> Path:
    """A crate of some runs; the same source whatever it is called."""
    entities = []
    for n in range(runs):
        run, file = f"#run-{n}", f"file-{n}.txt"
        entities.append(
            {"@id": run, "@type": "CreateAction", "name": f"{title} {n}", "result": ref(file)}
        )
        entities.append({"@id": file, "@type": "File", "name": f"{title} {n} " + "x" * 200})
    return crate(folder / title, *entities, name=title, identifier="the-crate")


def kg(
    *arguments: object, limit: int = 0, temp: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    if temp is not None:
        environment["TMPDIR"] = str(temp)
    command = [sys.executable, str(Path(__file__).parent / "filling.py"), str(limit)]
    return subprocess.run(
        [*command, *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )  # fmt: skip


def failed(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """The command failed with one message that has these words, and no traceback."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("kg: ")]
    assert len(lines) == 1, done.stderr
    for word in words:
        assert word in lines[0], lines[0]


def titles(store: Path) -> list[str | None]:
    """What readers see."""
    return [source.title for source in Catalogue(SnapshotReader(store)).sources()]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a small source in it, to be copied."""
    folder = tmp_path_factory.mktemp("made")
    done = kg("ingest", write(folder, SMALL, "old"), "--store", folder / "store")
    assert done.returncode == 0, done.stderr
    return folder / "store"


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Path:
    """A store with a small source in it, and the source beside it."""
    write(tmp_path, SMALL, "old")
    return Path(shutil.copytree(made, tmp_path / "store"))


# --- no space --------------------------------------------------------------------------------


def test_files_that_may_not_grow(store: Path, tmp_path: Path) -> None:
    new = write(tmp_path, LARGE, "new")
    failed(kg("ingest", new, "--store", store, limit=200_000), "free some space")
    assert titles(store) == ["old"]
    assert kg("ingest", new, "--store", store).returncode == 0
    assert titles(store) == ["new"]


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the right to mount a small file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def filled(tiny: Path, left: int) -> Path:
    """Fill the file system but for some bytes."""
    room = os.statvfs(tiny)
    path = tiny / "filling"
    path.write_bytes(bytes(max(0, room.f_bavail * room.f_frsize - left)))
    return path


@pytest.mark.parametrize("left", [0, 300_000])
@pytest.mark.parametrize("step", ["ingest", "replace", "withdraw"])
def test_a_full_disk(made: Path, tiny: Path, tmp_path: Path, step: str, left: int) -> None:
    new = write(tmp_path, LARGE, "new")
    where = tiny / "store"
    before: list[str | None] = []
    if step != "ingest":
        shutil.copytree(made, where)
        before = ["old"]
    filling = filled(tiny, left)
    arguments = (
        ["withdraw", "the-crate", "--because", "x"] if step == "withdraw" else ["ingest", new]
    )
    done = kg(*arguments, "--store", where)
    if done.returncode:
        failed(done, "space", str(where))
    else:
        assert step == "withdraw"  # it needs little
        before = []
    if before:
        assert titles(where) == before
    filling.unlink()
    subprocess.run(["mount", "-o", "remount,size=60m", str(tiny)], check=True)
    assert kg("ingest", new, "--store", where).returncode == 0
    assert titles(where) == ["new"]


def test_a_full_temporary_folder(store: Path, tiny: Path, tmp_path: Path) -> None:
    filled(tiny, 1_000_000)
    huge = write(tmp_path, 40_000, "huge")
    done = kg("ingest", huge, "--store", store, temp=tiny)
    failed(done, "temporary folder", str(tiny))
    assert titles(store) == ["old"]


# --- no rights -------------------------------------------------------------------------------


def readable(folder: Path, *, writable: bool = False) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(
            (0o777 if writable else 0o555) if path.is_dir() else 0o666 if writable else 0o444
        )


def test_a_folder_that_may_only_be_read(store: Path, tmp_path: Path) -> None:
    readable(tmp_path)
    for arguments in (["ingest", tmp_path / "old"], ["withdraw", "the-crate", "--because", "x"]):
        failed(kg(*arguments, "--store", store), str(store), "may do there")
    done = kg("sources", "--store", store)
    assert done.returncode == 0, done.stderr
    assert "the-crate" in done.stdout
    readable(tmp_path, writable=True)


def test_a_database_of_somebody_else(store: Path, tmp_path: Path) -> None:
    readable(tmp_path, writable=True)
    readable(store / "live")
    done = kg("ingest", write(tmp_path, 3, "third"), "--store", store)
    failed(done, str(store), "may do there")
    readable(store, writable=True)
    assert titles(store) == ["old"]


# --- a store that is not as it should be --------------------------------------------------------


def test_folders_that_are_not_there_are_made(tmp_path: Path) -> None:
    where = tmp_path / "a" / "b" / "store"
    assert kg("ingest", write(tmp_path, 3, "new"), "--store", where).returncode == 0
    assert titles(where) == ["new"]


def test_a_store_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("x")
    failed(kg("ingest", write(tmp_path, 3, "new"), "--store", tmp_path / "store"), "not a folder")
    assert (tmp_path / "store").read_text() == "x"


@pytest.mark.parametrize("what", ["snapshots removed", "current names none", "current is junk"])
def test_lost_snapshots_are_made_again(store: Path, tmp_path: Path, what: str) -> None:
    if what == "snapshots removed":
        shutil.rmtree(store / "snapshots")
    else:
        (store / "current").write_bytes(b"000999" if what == "current names none" else b"\xff")
    failed(kg("sources", "--store", store), str(store))
    assert kg("ingest", tmp_path / "old", "--store", store).returncode == 0
    assert titles(store) == ["old"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"layout": 1}', '{"layout": 1, "base": 5}', "\x00"]
)
def test_a_damaged_description_of_the_store(store: Path, tmp_path: Path, text: str) -> None:
    sound = (store / "kg-store.json").read_text()
    (store / "kg-store.json").write_text(text)
    for arguments in (["sources"], ["ingest", tmp_path / "old"]):
        failed(kg(*arguments, "--store", store), "kg-store.json is damaged")
    (store / "kg-store.json").write_text(sound)
    assert titles(store) == ["old"]


def damaged(content: bytes, damage: str) -> bytes:
    half = len(content) // 2
    if damage == "a block":  # found only when a query meets it
        return bytes([(content[0] + 1) % 256]) + content[1:]
    return content[:half] + (bytes(len(content) - half) if damage == "overwritten" else b"")


@pytest.mark.parametrize("damage", ["cut short", "overwritten", "removed", "a block"])
def test_damaged_database_files_are_told(store: Path, tmp_path: Path, damage: str) -> None:
    name = (store / "current").read_text()
    for folder, arguments in (
        (store / "snapshots" / name, ["query", "SELECT * { ?s ?p ?o . ?o ?q ?r }"]),
        (store / "snapshots" / name, ["sources"]),
        (store / "live", ["ingest", write(tmp_path, 3, "new")]),
    ):
        for path in folder.glob("*.sst"):
            content = path.read_bytes()
            path.unlink()  # it may be shared with snapshots
            if damage != "removed":
                path.write_bytes(damaged(content, damage))
        failed(kg(*arguments, "--store", store), "damaged")
