"""Answers of open interfaces and other JSON, read by the same kinds as files."""
# ruff: noqa: E501 - records stay on one line, as they are in the answers

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunra.core.tables import errors, read
from sunra.core.tables.answers import read_answer, text_of
from sunra.core.tables.kinds import accident_hotspot
from tests.core.tables import made

RING = {
    "type": "Polygon",
    "coordinates": [[[127.01, 37.6], [127.011, 37.6], [127.011, 37.601], [127.01, 37.6]]],
}
SPOT = {
    "afos_fid": 1, "afos_id": "2025119", "bjd_cd": "1129013300", "spot_cd": "11290001", "sido_sgg_nm": "서울특별시 성북구1",
    "spot_nm": "서울특별시 성북구 정릉동(가상역 부근)", "occrrnc_cnt": 5, "caslt_cnt": 6, "dth_dnv_cnt": 0, "se_dnv_cnt": 2,
    "sl_dnv_cnt": 4, "wnd_dnv_cnt": 0, "geom_json": json.dumps(RING), "lo_crd": "127.0105", "la_crd": "37.6005",
}  # fmt: skip
CAMERA = {
    "MNG_NO": "1", "MNG_INST_NM": "서울특별시 성북구청", "LCTN_LOTNO_ADDR": "서울특별시 성북구 정릉동 1-9",
    "INSTL_PRPS_SE_NM": "생활방범", "CAM_CNTOM": 3, "INSTL_YM": "2019-05", "WGS84_LAT": 37.6, "WGS84_LOT": 127.01,
}  # fmt: skip


def taas(items: Any, code: str = "00", total: int = 1) -> bytes:
    """The frame of the accident spots' interface."""
    return json.dumps(
        {
            "resultCode": code,
            "resultMsg": "NORMAL_CODE",
            "items": items,
            "totalCount": total,
            "numOfRows": 10,
            "pageNo": 1,
        }
    ).encode()


def test_accident_spots_as_one_dict_and_as_list(tmp_path: Path) -> None:
    """One hit comes as a dict, several as a list: both are rows, with the outline as a ring."""
    for items in (
        {"item": SPOT},
        {"item": [SPOT]},
        [SPOT],
        {"item": [SPOT, {**SPOT, "afos_fid": 2, "geom_json": "{}"}]},
    ):
        result = read(made.save(tmp_path / "a.json", taas(items)))
        row = result.table.row(0, named=True)
        assert (result.kind, result.crs, result.encoding, result.accepted) == (
            "accident_hotspot",
            4326,
            "utf-8",
            result.rows,
        )
        assert (row["accidents"], row["casualties"], row["spot"], row["dong"][:5]) == (
            5,
            6,
            "11290001",
            "11290",
        )
        assert row["geometry"][1] == [127.011, 37.6]
    assert result.flags["bad_geometry"] == 1


@pytest.mark.parametrize("items", ["", None, [], {"item": ""}, {"item": []}, {"item": None}])
def test_no_hits_are_said_as_such(tmp_path: Path, items: Any) -> None:
    """Nothing found comes as "" or null where a list would be: no rows, and no defect of the file."""
    with pytest.raises(errors.NoRows):
        read(made.save(tmp_path / "a.json", taas(items, total=0)))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (
            {
                "OpenAPI_ServiceResponse": {
                    "cmmMsgHeader": {
                        "errMsg": "SERVICE ERROR",
                        "returnAuthMsg": "SERVICE_KEY_IS_NOT_REGISTERED_ERROR",
                        "returnReasonCode": "30",
                    }
                }
            },
            "30",
        ),
        ({"response": {"header": {"resultCode": "10", "resultMsg": "잘못된 요청"}, "body": ""}}, "10"),
        ({"RESULT": {"CODE": "ERROR-500", "MESSAGE": "서버 오류입니다."}}, "ERROR-500"),
        (
            [{"head": [{"list_total_count": 0}, {"RESULT": {"CODE": "ERROR-290", "MESSAGE": "x"}}]}],
            "ERROR-290",
        ),
        ({"resultCode": "22", "resultMsg": "LIMITED NUMBER OF SERVICE REQUESTS EXCEEDS ERROR"}, "22"),
    ],
)
def test_errors_under_http_200(tmp_path: Path, body: Any, code: str) -> None:
    """An error message saved as if it were data is a typed error that names the code and nothing else."""
    with pytest.raises(errors.ServiceError) as caught:
        read(made.save(tmp_path / "a.json", json.dumps(body, ensure_ascii=False).encode()))
    assert caught.value.detail == code


@pytest.mark.parametrize(
    "frame",
    [
        lambda rows: {"response": {"header": {"resultCode": "00", "resultMsg": "OK"}, "body": {"items": {"item": rows}, "totalCount": 2}}},
        lambda rows: {"response": {"header": {"resultCode": "00"}, "body": {"items": rows, "totalCount": 2}}},
        lambda rows: {"header": {"resultCode": "00", "errorMsg": None}, "numOfRows": 10, "totalCount": 2, "body": rows},
        lambda rows: {"page": 1, "perPage": 10, "totalCount": 2, "currentCount": 2, "data": rows},
        lambda rows: {"tbCctv": {"list_total_count": 2, "RESULT": {"CODE": "INFO-000", "MESSAGE": "정상"}, "row": rows}},
        lambda rows: {"Cctv": [{"head": [{"list_total_count": 2}, {"RESULT": {"CODE": "INFO-000", "MESSAGE": "정상"}}]}, {"row": rows}]},
        lambda rows: {"fields": [{"id": "MNG_NO"}], "records": rows},
        lambda rows: [[*rows[0]], *[[*row.values()] for row in rows]],
        lambda rows: rows,
    ],
)  # fmt: skip
def test_every_frame_gives_the_same_rows(tmp_path: Path, frame: Any) -> None:
    """Ministries, Seoul, Gyeonggi, odcloud, standard files, plain lists: the same two cameras."""
    rows = [CAMERA, {**CAMERA, "MNG_NO": "2", "CAM_CNTOM": "2"}]
    result = read(made.save(tmp_path / "a.json", json.dumps(frame(rows), ensure_ascii=False).encode()))
    assert (result.kind, result.rows, result.accepted, result.units) == ("cctv", 2, 2, 5)
    assert "part_of_answer" not in result.flags


def test_records_line_by_line_and_a_page_of_many(tmp_path: Path) -> None:
    """NDJSON is a list; an answer that holds fewer rows than announced is flagged with how many lack."""
    lines = "\n".join(json.dumps({**CAMERA, "MNG_NO": str(number)}) for number in range(3))
    assert read(made.save(tmp_path / "a.json", lines.encode())).accepted == 3
    page = {"page": 1, "totalCount": 375_199, "data": [CAMERA]}
    assert read(made.save(tmp_path / "b.json", json.dumps(page).encode())).flags["part_of_answer"] == 375_198


def test_late_feature_collections_and_graphs(tmp_path: Path) -> None:
    """GeoJSON whose type comes last, and a graph of nodes and edges, are streets; both directions are one."""
    data = json.loads(made.geojson(made.lines(3)))
    late = json.dumps({"name": "x" * 70_000, "features": data["features"], "type": data["type"]})
    assert read(made.save(tmp_path / "a.json", late.encode())).kind == "road"
    graph = {
        "nodes": [[1, 37.60, 127.01], [2, 37.601, 127.011], [3, 37.602, 127.012]],
        "edges": [[1, 2, 9.0], [2, 1, 9.0], [2, 3, 9.0], [3, 9, 1.0]],
    }
    result = read(made.save(tmp_path / "b.json", json.dumps(graph).encode()))
    assert (result.kind, result.rows, result.accepted, result.merged, result.reasons) == (
        "road",
        4,
        2,
        1,
        {"no_geometry": 1},
    )
    assert result.table["geometry"][0].to_list() == [[127.01, 37.60], [127.011, 37.601]]


@pytest.mark.parametrize(
    "data",
    [b"{", b"[1, 2", b'{"a": 1', b"[]", b"{}", b"[1]", b'{"a": [[1, 2], [3]]}', b"null", b'{"nodes": 3, "edges": 4}', b'{"nodes": [[1]], "edges": [[1, 2]]}', b'{"nodes": [], "edges": []}', b'{"features": [1, {}]}', b"[" + b"9" * 5_000 + b"]"],
)  # fmt: skip
def test_other_json_is_refused(tmp_path: Path, data: bytes) -> None:
    """Damaged JSON and JSON without records end in a typed error."""
    with pytest.raises(errors.TableError):
        read(made.save(tmp_path / "a.json", data))


def test_nasty_values_become_text(tmp_path: Path) -> None:
    """Halves of characters, NUL, huge numbers, NaN, truth values and nested values never break a table."""
    data = b'[{"a": "\\ud800x\\u0000", "b": 1e999, "c": NaN, "d": true, "e": {"f": [1]}, "g": null, "h": 1.0, "i": 12345678901234567890}]'
    result = read(made.save(tmp_path / "a.json", data))
    assert (result.kind, result.rows) == ("unknown", 1)
    assert [text_of(value) for value in json.loads(data)[0].values()] == [
        "?x",
        "",
        "",
        "Y",
        '{"f": [1]}',
        "",
        "1",
        "12345678901234567890",
    ]


def test_bounds_of_json(tmp_path: Path) -> None:
    """Too many names, rows or cells, too deep, too large: refused before a table is built."""
    from sunra.core.tables import Limits

    limits = Limits(max_rows=5, max_columns=4, max_cells=10, max_depth=6, max_json=200)
    for value, error in (
        ([{"a": 1}] * 6, errors.TooLarge),
        ([{str(n): 1 for n in range(5)}], errors.TooLarge),
        ([{"a": 1, "b": 2, "c": 3}] * 4, errors.TooLarge),
        ([[[[[[[1]]]]]]], errors.TooDeep),
        (["x" * 300], errors.TooLarge),
    ):
        with pytest.raises(error):
            read(made.save(tmp_path / "a.json", json.dumps(value).encode()), limits=limits)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["item", "items", "row", "body", "resultCode", "RESULT", "CODE", "MESSAGE", "head", "data", "x"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(VALUES)
def test_any_answer_is_records_or_a_typed_error(value: Any) -> None:
    """No frame, however strange, ends in anything but records or a refusal."""
    try:
        answer = read_answer(value, file="a.json")
    except errors.TableError:
        return
    assert all(isinstance(record, dict) for record in answer.records)


@given(st.text(max_size=40))
def test_any_outline_is_a_ring_or_none(text: str) -> None:
    """What claims to be a polygon never breaks the row it stands in."""
    assert accident_hotspot.ring_of(text) is None
