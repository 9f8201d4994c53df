"""The statements of a graph on their way into a store: N-Triples, in memory while they are few.

Between a reader and the store, statements are passed on as lines of canonical N-Triples (RDF
1.1 N-Triples, section 4): a line costs a fraction of what a term object costs, in time and
memory, and what a source holds beyond some megabytes waits in a temporary file.
"""

from __future__ import annotations

import io
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from tempfile import SpooledTemporaryFile, gettempdir

from pyoxigraph import RdfFormat, Triple, parse, serialize

from kg_service.errors import StoreError

_IN_MEMORY_BYTES = 16_000_000
END = b" .\n"


@contextmanager
def temporary_space() -> Iterator[None]:
    """Says what to do where the temporary folder is full, or can not be written."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"what a source says could not be kept for a while ({error}); check the space and "
            f"rights of the temporary folder {_temporary_folder()} (or set TMPDIR to another)"
        ) from error


def _temporary_folder() -> str:
    try:
        return gettempdir()
    except OSError:  # no folder in which a file can be made: the message lists them
        return ""


class Statements:
    """A growing list of statements, each a line ``<subject> <predicate> object .``

    The same statement may stand in it several times; a store keeps it once. ``written`` counts
    lines. It can be read again and again, but by one reader at a time. Raises StoreError where
    the temporary folder has no room.
    """

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - see close
        self.written = 0

    @classmethod
    def of(cls, triples: Iterable[Triple]) -> Statements:
        """The statements of triples, which are taken one by one."""
        made = cls()
        made.extend(triples)
        return made

    def extend(self, triples: Iterable[Triple]) -> None:
        """Add triples."""
        with temporary_space():
            self._file.seek(0, io.SEEK_END)
            serialize(self._counted(triples), self._file, format=RdfFormat.N_TRIPLES)

    def write(self, lines: list[bytes]) -> None:
        """Add lines, each a whole statement."""
        with temporary_space():
            self._file.seek(0, io.SEEK_END)
            self._file.write(b"".join(lines))
        self.written += len(lines)

    def lines(self) -> Iterator[bytes]:
        """Every line, with its line end."""
        self._rewind()
        return iter(self._file)

    def chunks(self, lines: int) -> Iterator[bytes]:
        """The same in pieces of so many lines."""
        return _joined(self.lines(), lines)

    def triples(self) -> Iterator[Triple]:
        """Every statement as a triple."""
        self._rewind()
        return (quad.triple for quad in parse(self._file, format=RdfFormat.N_TRIPLES))

    def triples_of(self, predicates: Container[bytes]) -> Iterator[Triple]:
        """The statements of some properties, each written as ``<...>``."""
        for chunk in _joined(x for x in self.lines() if x.split(b" ", 2)[1] in predicates):
            for quad in parse(chunk, format=RdfFormat.N_TRIPLES):
                yield quad.triple

    def close(self) -> None:
        """Let go of the memory or the temporary file."""
        with suppress(OSError):  # what a full disk did not take is not wanted any more
            self._file.close()

    def _rewind(self) -> None:
        with temporary_space():  # the file writes its last buffer
            self._file.seek(0)

    def _counted(self, triples: Iterable[Triple]) -> Iterator[Triple]:
        for triple in triples:
            self.written += 1
            yield triple


def _joined(lines: Iterable[bytes], number: int = 10_000) -> Iterator[bytes]:
    """Lines in pieces of so many."""
    remaining = iter(lines)
    while piece := b"".join(islice(remaining, number)):
        yield piece
