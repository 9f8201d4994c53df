"""What a person writes, as a full-text query: no input is a syntax error."""

from __future__ import annotations

# what is found in a name counts most, in a description least
WEIGHTS = "10.0, 10.0, 5.0, 8.0, 1.0"


def match_of(text: str) -> str | None:
    """A query for things with all the words of a text; None where it has no letter or digit.

    A word may be the beginning of one, and may hold punctuation (``10.5072/x``): then its parts
    must follow each other. Case and diacritics do not matter.
    """
    words = [word for word in _clean(text).split() if any(map(str.isalnum, word))]
    return " ".join(f'"{word}"*' for word in words) or None


def _clean(text: str) -> str:
    kept = text.encode("utf-8", "replace").decode("utf-8")
    return kept.replace('"', " ").replace("\0", " ")
