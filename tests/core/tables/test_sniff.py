"""Encodings, delimiters and containers told from bytes alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunra.core.tables import errors, sniff


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("euc_kr", "위도,경도\n서울,1"),
        ("cp949", "위도,경도\n뷁똠,1"),
        ("utf-8", "위도,경도\n뷁,1"),
        ("utf-8-sig", "위도,경도\n서울,1"),
        ("utf-16", "위도,경도\n서울,1"),
        ("utf-8", "a,b\n1,2"),
    ],
)
def test_encoding_is_named_as_python_names_it(encoding: str, text: str) -> None:
    """Strict EUC-KR, CP949 only, UTF-8 with and without mark, and ASCII each get their own name."""
    assert sniff.encoding_of(text.encode(encoding), file="f") == encoding


@given(st.text(alphabet=st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1))
def test_any_hangul_saved_as_cp949_comes_back_the_same(text: str) -> None:
    """Whatever name is reported, decoding with it gives the text that was saved."""
    data = ("이름," + text).encode("cp949")
    assert data.decode(sniff.encoding_of(data, file="f")) == "이름," + text


@pytest.mark.parametrize("data", [b"", b"  \n\r\n", b"\xef\xbb\xbf"])
def test_nothing_is_refused_as_empty(data: bytes) -> None:
    """No bytes, white space alone and a lone mark are one and the same refusal."""
    with pytest.raises(errors.Empty):
        sniff.encoding_of(data, file="f")


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x00\x00", bytes(range(1, 32)) * 20])
def test_binary_is_refused(data: bytes) -> None:
    """NUL bytes or many control characters are no text."""
    with pytest.raises(errors.NotATable):
        sniff.encoding_of(data, file="f")


def test_wrong_encoding_names_the_line() -> None:
    """Bytes that no Korean encoding knows are refused with the line they stand on."""
    with pytest.raises(errors.BadEncoding) as caught:
        sniff.encoding_of("가,나\n다,".encode("cp949") + b"\xff\xfe\xff\n", file="f")
    assert caught.value.line == 2
    with pytest.raises(errors.BadEncoding):
        sniff.encoding_of(b"\xef\xbb\xbf\xb0\xa1", file="f")


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_delimiter_outside_quotes_wins(mark: str) -> None:
    """A separator inside quotation marks does not count."""
    text = f'a{mark}"b,,,,;;;;||||"{mark}c\n' * 3
    assert sniff.delimiter_of(text) == mark
    assert sniff.delimiter_of("title\n") == ","


@pytest.mark.parametrize(
    ("data", "suffix", "container"),
    [
        (b"\x1f\x8b...", ".csv", "gz"),
        (b"PK\x03\x04....[Content_Types].xml", "", "xlsx"),
        (b"PK\x03\x04....", ".zip", "zip"),
        (b"\xd0\xcf\x11\xe0", ".csv", "xls"),
        (b"\x00\x00\x27\x0a", ".dat", "shp"),
        (b'\xef\xbb\xbf{"type":"FeatureCollection"}', ".json", "geojson"),
        (b'{"nodes":[]}', ".json", "json"),
        (b"<osm/>", ".osm", "xml"),
        (b"a,b", ".xlsx.csv", "text"),
    ],
)
def test_container_is_told_by_content(data: bytes, suffix: str, container: str) -> None:
    """A wrong file ending does not lead to the wrong reader."""
    assert sniff.container_of(data, suffix) == container
