"""One large JSON object, read member by member in memory that does not grow with the file.

The members of the object come as they stand; of an array that is named beforehand (a crate's
``@graph``) each item comes on its own. Between two of them only a piece of the text is held.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Any, Final, NamedTuple, NoReturn

from ingest.errors import UnreadableSource
from ingest.findings import Findings
from ingest.json_text import UTF16, merged_pairs

MAX_VALUE_CHARACTERS: Final = 128 * 1024 * 1024

_SPACE = re.compile(r"[ \t\n\r]*")
# an error this near to the end of the held text may come from the cut; the longest token that
# the decoder looks at as a whole is -Infinity, or two \uXXXX escapes
_CUT = 16


class Member(NamedTuple):
    """A member of the object; ``item`` counts the items of the array that is read apart."""

    key: str
    value: Any
    item: int | None = None


class JsonStream:
    """A JSON text that comes in pieces. ``where`` names the file in messages.

    Duplicate keys and NaN are read as ``json_text.parse`` does, and told to ``findings``.
    ``characters`` says how much of the text was read.
    """

    def __init__(
        self,
        pieces: Iterable[bytes],
        where: str,
        findings: Findings | None = None,
    ) -> None:
        self._pieces = iter(pieces)
        self._where = where
        self._findings = findings
        self._noticed: Findings | None = None
        self._key = ""
        self._index: int | None = None
        self._start = b""
        self._decode: codecs.IncrementalDecoder | None = None
        self._bytes = 0
        self._text = ""
        self._at = 0
        self._lines = 0  # newlines in the text that was let go
        self._column = 0  # characters of its last line
        self._ended = False
        self.characters = 0
        decoder = json.JSONDecoder(object_pairs_hook=self._object, parse_constant=self._constant)
        # what raw_decode calls, without its cost for each of many small values
        self._scan: Callable[[str, int], tuple[Any, int]] = decoder.scan_once  # type: ignore[attr-defined]

    def members(self, apart: str) -> Iterator[Member]:
        """The members of the object, in order; each item where ``apart`` holds an array.

        A text that is no object gives one member with an empty key. Raises
        UnreadableSource with line and column.
        """
        if self._peek() != "{":
            yield Member("", self._value())
        else:
            self._at += 1
            yield from self._object_members(apart)
        if self._peek():
            self._fail("Extra data", self._at)

    def _object_members(self, apart: str) -> Iterator[Member]:
        if self._peek() == "}":
            self._at += 1
            return
        while True:
            if self._peek() != '"':
                self._fail("Expecting property name enclosed in double quotes", self._at)
            key = self._value()
            self._key = key
            if self._peek() != ":":
                self._fail("Expecting ':' delimiter", self._at)
            self._at += 1
            if key == apart and self._peek() == "[":
                yield from self._items(key)
            else:
                yield Member(key, self._value())
            self._key = ""
            if self._ends("}"):
                return

    def _items(self, key: str) -> Iterator[Member]:
        self._at += 1
        if self._peek() == "]":
            self._at += 1
            return
        for index in count():
            self._index = index
            yield Member(key, self._value(), index)
            if self._ends("]"):
                self._index = None
                return

    def _ends(self, bracket: str) -> bool:
        """Step over the comma to the next one, or over the closing bracket."""
        found = self._peek()
        if found != "," and found != bracket:
            self._fail("Expecting ',' delimiter", self._at)
        self._at += 1
        return found == bracket

    def _peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        while True:
            character = self._text[self._at : self._at + 1]
            if character and character not in " \t\n\r":
                return character
            match = _SPACE.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at == len(self._text) and not self._more():
                return ""

    def _value(self) -> Any:
        self._peek()
        while True:
            try:
                value, end = self._scan(self._text, self._at)
            except StopIteration as error:
                self._retry("Expecting value", error.value)
            except json.JSONDecodeError as error:
                self._retry(error.msg, error.pos)
            except (RecursionError, ValueError) as error:
                raise UnreadableSource(
                    f"JSON that can not be parsed ({type(error).__name__} in {self._path})",
                    where=self._where,
                    todo="export it again with less nesting and shorter numbers",
                ) from error
            else:
                # a number at the end of a piece may go on in the next
                if end < len(self._text) or not self._more():
                    self._at = end
                    if self._noticed is not None:
                        self._tell()
                    return value
            self._noticed = None  # it is read once more, with more of the text

    def _retry(self, message: str, position: int) -> None:
        """Hold more text if the error may come from the cut; else it stands."""
        cut = position >= len(self._text) - _CUT or message.startswith("Unterminated")
        if not (cut and self._more()):
            self._fail(message, position)

    def _tell(self) -> None:
        if self._findings is not None and self._noticed is not None:
            self._findings.include(self._noticed)
        self._noticed = None

    @property
    def _path(self) -> str:
        key = f".{self._key}" if self._key else ""
        return f"${key}" if self._index is None else f"${key}[{self._index}]"

    def _more(self) -> bool:
        """Hold more text: at least as much again. False at the end of the file."""
        if self._ended:
            return False
        held = self._text[self._at :]
        if len(held) > MAX_VALUE_CHARACTERS:
            raise UnreadableSource(
                f"{self._path} alone is longer than {MAX_VALUE_CHARACTERS // 2**20} Mi characters",
                where=self._where,
                todo="keep such data in a file beside the metadata",
            )
        self._let_go()
        new = [held]
        wanted = len(held)
        while wanted >= 0 and not self._ended:
            piece = next(self._pieces, None)
            self._ended = piece is None
            text = self._decoded(piece or b"")
            wanted -= max(1, len(text))
            self.characters += len(text)
            new.append(text)
        self._text = "".join(new)
        return True

    def _let_go(self) -> None:
        lines = self._text.count("\n", 0, self._at)
        self._lines += lines
        last = self._text.rfind("\n", 0, self._at)
        self._column = self._at - last - 1 if lines else self._column + self._at
        self._at = 0

    def _decoded(self, piece: bytes) -> str:
        if self._decode is None:
            piece = self._start + piece
            if len(piece) < len(UTF16[0]) and not self._ended:
                self._start = piece
                return ""
            name = "utf-16" if piece[:2] in UTF16 else "utf-8-sig"
            self._decode = codecs.getincrementaldecoder(name)()
        try:
            text = self._decode.decode(piece, final=self._ended)
        except UnicodeDecodeError as error:
            offset = self._bytes + len(piece) - len(error.object) + error.start
            raise UnreadableSource(
                f"not UTF-8 (byte {error.object[error.start]:#04x} at offset {offset})",
                where=self._where,
                todo="save it as UTF-8",
            ) from error
        self._bytes += len(piece)
        return text

    def _fail(self, message: str, position: int) -> NoReturn:
        lines = self._text.count("\n", 0, position)
        last = self._text.rfind("\n", 0, position)
        column = position - last if lines else self._column + position + 1
        what = message.removesuffix(" at")
        raise UnreadableSource(
            f"not valid JSON: {what} at line {self._lines + lines + 1}, column {column}",
            where=self._where,
            todo="correct it there, or export it again",
        )

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        return merged_pairs(pairs, self._path, self._notice())

    def _constant(self, text: str) -> str:
        self._notice().repaired("not-a-number", self._path, f"{text} kept as text")
        return text

    def _notice(self) -> Findings:
        """Findings of the value that is being read."""
        if self._noticed is None:
            self._noticed = Findings()
        return self._noticed
