"""The queue: a folder that holds each job and its files until they are done.

::

    incoming/ID/         what is being received; nobody was told of it yet
    jobs/ID/job.json     the job, replaced whole
    jobs/ID/files/       what was sent, removed when the job has ended
    jobs/ID/cancel       its presence asks to end the job
    open/ID              empty; the jobs that have not ended, in the order of their ids
    runner.lock          held by the one process that works them off

A job is there, wholly, once its folder was renamed from ``incoming`` to ``jobs``. So what was
accepted is done even if all processes die: another one takes it up.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg_service.access.files import make_folder, replace_file, sync_folder
from kg_service.errors import StoreError
from kg_service.uploads.jobs import Job, State

_ID = re.compile(r"\d{20}-[0-9a-f]{12}")
_DAY_S = 24 * 3600
_KEPT_S = 30 * _DAY_S


class JobQueue:
    """The jobs in a folder, of all processes that share it. Raises StoreError."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._incoming = folder / "incoming"
        self._jobs = folder / "jobs"
        self._open = folder / "open"

    def prepare(self) -> None:
        """Make the folders, and remove what is over: what nobody finished to send, old jobs."""
        with _explained(self.folder):
            for folder in (self.folder, self._incoming, self._jobs, self._open):
                make_folder(folder)
            self._remove_old(self._incoming, _DAY_S)
            self._remove_old(self._jobs, _KEPT_S)

    @contextmanager
    def receiving(self, job: Job) -> Iterator[Path]:
        """A folder to put a job's files into; removed with them unless it is accepted."""
        folder = self._incoming / job.id
        with _explained(self.folder):
            make_folder(self._incoming)
            (folder / "files").mkdir(parents=True, mode=0o700)
        try:
            yield folder / "files"
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def accept(self, job: Job) -> None:
        """Take in a job that was received: from now on it is not lost."""
        folder = self._incoming / job.id
        self._write(folder, job)
        with _explained(self.folder):
            for part in (self._jobs, self._open):
                make_folder(part)
            sync_folder(folder / "files")
            # first what tells that there is something to do: without the job it does no harm
            (self._open / job.id).touch()
            folder.rename(self._jobs / job.id)
            sync_folder(self._jobs)
            sync_folder(self._open)

    def waiting(self) -> list[str]:
        """The ids of the jobs that have not ended, in the order in which they are done."""
        try:
            return sorted(entry.name for entry in os.scandir(self._open) if _ID.match(entry.name))
        except FileNotFoundError:
            return []

    def job(self, id_: str) -> Job | None:
        """A job; None where there is none of that id, which may be any text."""
        if not _ID.fullmatch(id_):
            return None
        try:
            return Job.from_record(json.loads((self._jobs / id_ / "job.json").read_text("utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{self._jobs / id_}: the job can not be read ({error})") from error

    def jobs(self, owner: str | None, limit: int) -> list[Job]:
        """The newest jobs of an owner, or of all for None."""
        try:
            names = sorted((entry.name for entry in os.scandir(self._jobs)), reverse=True)
        except FileNotFoundError:
            return []
        found: list[Job] = []
        for name in names:
            job = self.job(name)
            if job is not None and (owner is None or job.owner == owner):
                found.append(job)
                if len(found) == limit:
                    break
        return found

    def open_jobs(self) -> list[Job]:
        """The jobs that have not ended, in the order in which they are done."""
        return [job for id_ in self.waiting() if (job := self.job(id_)) is not None]

    def save(self, job: Job) -> None:
        """Keep how far a job is; one that has ended is open no more, and its files go."""
        folder = self._jobs / job.id
        self._write(folder, job)
        if job.state.is_end:
            self._close(job.id)

    def opened(self, id_: str) -> float:
        """When a job was put to those to be done, in seconds since 1970; 0 where it was not."""
        try:
            return (self._open / id_).stat().st_mtime
        except OSError:
            return 0.0

    def close_missing(self, id_: str) -> None:
        """Forget that a job is to be done, of which there is nothing (any more)."""
        self._close(id_)

    def files(self, job: Job) -> Path:
        """Where a job's files are."""
        return self._jobs / job.id / "files"

    def cancel(self, job: Job) -> None:
        """Ask that a job be ended."""
        with _explained(self.folder):
            (self._jobs / job.id / "cancel").touch()

    def is_cancelled(self, job: Job) -> bool:
        """Whether somebody asked for that."""
        return (self._jobs / job.id / "cancel").exists()

    @contextmanager
    def working(self) -> Iterator[bool]:
        """Be the one who works off the jobs, if nobody is: whether that is so."""
        with _explained(self.folder):
            make_folder(self.folder)
            number = os.open(self.folder / "runner.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(number)

    def _close(self, id_: str) -> None:
        shutil.rmtree(self._jobs / id_ / "files", ignore_errors=True)
        (self._open / id_).unlink(missing_ok=True)

    def _write(self, folder: Path, job: Job) -> None:
        replace_file(folder / "job.json", json.dumps(job.as_record(), ensure_ascii=False))

    def _remove_old(self, folder: Path, seconds: float) -> None:
        for entry in folder.iterdir():
            if time.time() - entry.stat().st_mtime < seconds or (self._open / entry.name).exists():
                continue
            shutil.rmtree(entry, ignore_errors=True)


def is_poisoned(job: Job) -> bool:
    """Whether a job was begun so often without an end that it is not begun again."""
    return job.state in (State.RUNNING, State.WAITING) and job.attempts >= _MOST_ATTEMPTS


_MOST_ATTEMPTS = 3


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"{folder}: uploads can not be kept there ({error.strerror}); check its permissions "
            "and how much space is left"
        ) from error
