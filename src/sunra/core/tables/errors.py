"""Why a whole file is refused. A refused row is no error: it goes to the quarantine."""


class TableError(Exception):
    """A file that cannot be read as a table.

    ``code`` names the reason (texts are in `messages`), ``file`` the file's name without its folder,
    ``detail`` what was found in technical words (never content of the file), ``line`` where (0 = no line).
    """

    code = "not_a_table"

    def __init__(self, file: str, detail: str = "", *, line: int = 0) -> None:
        where = f"{file}:{line}" if line else file
        super().__init__(f"{where}: {self.code}" + (f" ({detail})" if detail else ""))
        self.file = file
        self.detail = detail
        self.line = line


class Unreadable(TableError):  # noqa: N818
    """The file is missing, a folder, or the system refuses to open it."""

    code = "unreadable"


class Empty(TableError):  # noqa: N818
    """No bytes, or nothing but white space."""

    code = "empty_file"


class NotATable(TableError):  # noqa: N818
    """Binary or damaged content, or nothing in it that looks like rows."""

    code = "not_a_table"


class Unsupported(TableError):  # noqa: N818
    """A known format that is not read here."""

    code = "unsupported_format"


class TooLarge(TableError):  # noqa: N818
    """More bytes, rows, columns or claimed content than the limits allow."""

    code = "too_large"


class TooDeep(TableError):  # noqa: N818
    """Nested deeper than any real table: archives in archives, brackets in brackets."""

    code = "too_deep"


class BadEncoding(TableError):  # noqa: N818
    """The bytes are neither UTF-8, EUC-KR nor CP949."""

    code = "bad_encoding"


class UnclosedQuote(TableError):  # noqa: N818
    """A quotation mark opens and never closes."""

    code = "unclosed_quote"


class HeaderOnly(TableError):  # noqa: N818
    """Column names and not one row."""

    code = "header_only"


class XmlEntities(TableError):  # noqa: N818
    """A document type or entity declaration inside, which tables never need and attacks use."""

    code = "xml_entities"


class ManyTables(TableError):  # noqa: N818
    """An archive with several tables: which one is meant cannot be known."""

    code = "many_tables"


class ServiceError(TableError):
    """The answer of an interface is an error, whatever its HTTP status was; ``detail`` is its code."""

    code = "service_error"


class NoRows(TableError):  # noqa: N818
    """The answer of an interface holds no hits."""

    code = "no_rows"
