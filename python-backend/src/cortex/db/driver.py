"""Which SQLite Cortex runs on: the only module that imports a driver.

The interpreter's own `sqlite3` serves where it can load extensions and is new enough; else `pysqlite3` or
`sqlean`, which bring a current SQLite in their wheels. Their exception classes are unrelated to the standard
library's, so everybody catches the ones exported here. See docs/adr/0003-sqlite-driver.md.
"""

from __future__ import annotations

import importlib
import importlib.util
import sqlite3 as _standard
from pathlib import Path
from typing import TYPE_CHECKING, Any

__all__ = [
    "Connection",
    "Cursor",
    "DatabaseError",
    "Error",
    "IntegrityError",
    "OperationalError",
    "Row",
    "connect",
    "is_full",
    "is_interrupted",
    "sqlite_version",
]

MINIMUM = (3, 45, 0)


def _choose() -> Any:
    if hasattr(_standard.Connection, "enable_load_extension") and _standard.sqlite_version_info >= MINIMUM:
        return _standard
    for name in ("pysqlite3.dbapi2", "sqlean.dbapi2"):
        if importlib.util.find_spec(name.partition(".")[0]) is not None:
            return importlib.import_module(name)
    return _standard


_module = _choose()

if TYPE_CHECKING:
    from sqlite3 import Connection, Cursor, DatabaseError, Error, IntegrityError, OperationalError, Row
else:
    Connection = _module.Connection
    Cursor = _module.Cursor
    Row = _module.Row
    Error = _module.Error
    DatabaseError = _module.DatabaseError
    OperationalError = _module.OperationalError
    IntegrityError = _module.IntegrityError

sqlite_version: str = _module.sqlite_version


def connect(path: str, *, uri: bool = False) -> Connection:
    """A connection in autocommit mode with rows by name and sqlite-vec's functions, usable from any one thread."""
    connection: Connection = _module.connect(path, uri=uri, isolation_level=None, check_same_thread=False)
    connection.row_factory = Row
    connection.enable_load_extension(True)
    connection.load_extension(_vector_extension())
    connection.enable_load_extension(False)
    return connection


def _vector_extension() -> str:
    """The path of sqlite-vec's library, found without importing the package: that would pull in numpy."""
    spec = importlib.util.find_spec("sqlite_vec")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("sqlite-vec is not installed", name="sqlite_vec")
    return str(Path(spec.submodule_search_locations[0]) / "vec0")


def is_full(error: BaseException) -> bool:
    """Whether an error of the driver says that there is no room left."""
    return isinstance(error, OperationalError) and "full" in str(error)


def is_interrupted(error: BaseException) -> bool:
    """Whether an error of the driver says that the query was interrupted on purpose."""
    return isinstance(error, OperationalError) and "interrupted" in str(error)
