"""What the errors of databases mean, and what of them may be told: never a value.

`hide_parameters` keeps values out of SQLAlchemy's own words; PostgreSQL puts them into its
details ("Failing row contains ..."), which are cut off here before anybody can log them.
"""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError

from ivr.store.health import Trouble

LONGEST = 200
"""Characters of a database's own words in a sentence of ours [own value]."""

_SQLITE: Mapping[str, Trouble] = MappingProxyType(
    {  # https://www.sqlite.org/rescode.html; extended codes begin with their primary one
        "SQLITE_BUSY": Trouble.BUSY,
        "SQLITE_LOCKED": Trouble.BUSY,
        "SQLITE_FULL": Trouble.FULL,
        "SQLITE_READONLY": Trouble.READ_ONLY,
        "SQLITE_CORRUPT": Trouble.DAMAGED,
        "SQLITE_NOTADB": Trouble.DAMAGED,
        "SQLITE_FORMAT": Trouble.DAMAGED,
        "SQLITE_IOERR": Trouble.SILENT,
        "SQLITE_CANTOPEN": Trouble.SILENT,
        "SQLITE_PERM": Trouble.SILENT,
        "SQLITE_AUTH": Trouble.SILENT,
        "SQLITE_NOMEM": Trouble.SILENT,
        "SQLITE_PROTOCOL": Trouble.BUSY,
        "SQLITE_SCHEMA": Trouble.BUSY,
    }
)
_POSTGRESQL: Mapping[str, Trouble] = MappingProxyType(
    {  # https://www.postgresql.org/docs/current/errcodes-appendix.html, the longest beginning first
        "53100": Trouble.FULL,
        "25006": Trouble.READ_ONLY,
        "3D000": Trouble.ABSENT,
        "42P01": Trouble.FOREIGN,  # no such table
        "42703": Trouble.FOREIGN,  # no such column
        "55P03": Trouble.BUSY,
        "57014": Trouble.BUSY,
        "40": Trouble.BUSY,
        "XX001": Trouble.DAMAGED,
        "XX002": Trouble.DAMAGED,
        "58": Trouble.SILENT,
        "08": Trouble.SILENT,
        "28": Trouble.SILENT,
        "53": Trouble.SILENT,
        "57": Trouble.SILENT,
    }
)
_FOREIGN = ("no such table", "no such column", "has no column named")


class DatabaseGone(Exception):
    """The database cannot be used now, and why: the cause is chained. The message is for staff,
    `detail` for whoever runs the line."""

    def __init__(self, trouble: Trouble = Trouble.SILENT, detail: str = "") -> None:
        self.trouble = trouble
        self.detail = detail
        super().__init__("The database does not answer. What callers hear goes on; nothing was changed.")


class NotStorable(Exception):
    """What was sent holds characters or numbers that no database keeps, such as U+0000, half a
    pair of surrogates, or a number of 20 digits."""

    def __init__(self) -> None:
        super().__init__("This holds characters or numbers that cannot be kept. Nothing was changed.")


def meaning(context: ExceptionContext) -> DatabaseGone | NotStorable | None:
    """The error of ours that an error of the database stands for; None where it stays as it is
    (such as a broken constraint), and then without the values in it."""
    error = context.original_exception
    if isinstance(error, OverflowError | UnicodeError):
        return NotStorable()
    if not isinstance(error, context.dialect.loaded_dbapi.Error):
        return None
    if isinstance(error, context.dialect.loaded_dbapi.DataError):
        error.args = (type(error).__name__,)  # "invalid input: ..." would say it
        return NotStorable()
    _hide_values(error, context.sqlalchemy_exception)
    trouble = _trouble(context, error)
    return DatabaseGone(trouble, in_short(error)) if trouble else None


def in_short(error: BaseException) -> str:
    """The first line of what a database says."""
    return next(iter(str(error).splitlines()), type(error).__name__)[:LONGEST]


def _trouble(context: ExceptionContext, error: BaseException) -> Trouble | None:
    name = getattr(error, "sqlite_errorname", None)
    if name is not None:
        if any(words in str(error) for words in _FOREIGN):
            return Trouble.FOREIGN
        return _beginning(_SQLITE, name)
    known = _beginning(_POSTGRESQL, getattr(error, "sqlstate", None) or "")
    dbapi = context.dialect.loaded_dbapi
    lost = isinstance(error, dbapi.OperationalError | dbapi.InterfaceError) or context.is_disconnect
    return known or (Trouble.SILENT if lost else None)


def _beginning(known: Mapping[str, Trouble], code: str) -> Trouble | None:
    return next((trouble for start, trouble in known.items() if code.startswith(start)), None)


def _hide_values(error: BaseException, wrapped: BaseException | None) -> None:
    """Leave the first line, which names tables and constraints; details name what is in them."""
    error.args = (in_short(error),)
    if isinstance(wrapped, DBAPIError):
        wrapped.args = (f"({type(error).__name__}) {in_short(error)}",)
