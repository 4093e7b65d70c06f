"""One page of an open interface's answer, JSON or XML, whatever was asked for and whatever HTTP said."""

import json

from sunra.core.tables.answers import Answer, read_answer
from sunra.core.tables.errors import NotATable, TooLarge
from sunra.core.tables.files import check_nesting, check_xml
from sunra.core.tables.limits import Limits
from sunra.core.tables.markup import tree_of
from sunra.core.tables.sniff import encoding_of


def read_page(data: bytes, *, file: str, limits: Limits | None = None) -> Answer:
    """The records of a page and the announced total.

    Raises `ServiceError` for an error in the body (its code in ``detail``), `NoRows` for no hits,
    `NotATable` and the other `TableError` subclasses for what is no answer at all.
    """
    limits = limits or Limits()
    if len(data) > limits.max_json:
        raise TooLarge(file, f"{len(data)} bytes, limit {limits.max_json}")
    text = data.decode(encoding_of(data, file=file))
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        check_xml(data, file)
        return read_answer(tree_of(text, file, limits), file=file)
    check_nesting(data, file, limits)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise NotATable(file, "neither JSON nor XML") from None
    return read_answer(value, file=file)
