import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from ingest.iri import is_valid_reference, segment, valid_reference


@pytest.mark.parametrize(
    ("written", "valid"),
    [
        ("data/file.txt", "data/file.txt"),
        ("my file.txt", "my%20file.txt"),
        ("a[1].txt", "a%5B1%5D.txt"),
        ("50%.txt", "50%25.txt"),
        ("#x#y", "#x%23y"),
        ("a|b\\c", "a%7Cb%5Cc"),
        ("http://localhost:abc/x", "http%3A%2F%2Flocalhost%3Aabc%2Fx"),
        ("http://[::1]/a[b]", "http://[::1]/a%5Bb%5D"),
        ("https://doi.org/10.1/ä", "https://doi.org/10.1/ä"),
        ("a%20b", "a%20b"),
    ],
)
def test_what_is_not_allowed_is_percent_encoded(written: str, valid: str) -> None:
    assert valid_reference(written) == valid


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_every_text_becomes_a_reference_an_engine_keeps(text: str) -> None:
    reference = valid_reference(text)
    assert is_valid_reference(reference)
    assert valid_reference(reference) == reference


@given(st.text(st.characters(codec="utf-8")))
def test_a_segment_never_breaks_an_iri(text: str) -> None:
    assert "/" not in segment(text)
    NamedNode("http://x.example/" + segment(text))
