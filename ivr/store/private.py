"""What the program writes is for its own user alone: folders 0700, files 0600.

In it are the words that staff have not published, their accounts, and the secrets that sign
sessions and webhooks.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

log = logging.getLogger(__name__)

FOLDER, FILE = 0o700, 0o600

_OTHERS = 0o077
_OURS = (
    "line.db*",
    "secret-key",
    "secret-key.replaced-*",
    "webhook-token*",
    "numbers-before.json*",
    "skeletons-*.json",
    "audio",
    "live",
    "journal",
    "practice",
)
"""What the program has ever written under DATA_DIR; what else lies there is somebody else's."""


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file for this user alone, which is there whole or not at all, whatever happens to the machine. One that
    was there is replaced."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as file:  # made with 0600
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            os.replace(file.name, path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def keep_private(data_dir: Path, database_url: str = "") -> None:
    """Have everything that this process (and those it starts) writes from now on be for its user
    alone, and what it wrote before, too. `database_url` (SQLAlchemy's): SQLite's file may lie
    elsewhere. Where something is another user's, the log says so and all goes on."""
    os.umask(_OTHERS)
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        log.warning("DATA_DIR %s cannot be made: %s", data_dir, error.strerror)
        return
    for path in (data_dir, *_ours(data_dir), *_beside(database_url)):
        _close(path)


def _ours(data_dir: Path) -> Iterator[Path]:
    for pattern in _OURS:
        for path in data_dir.glob(pattern):
            yield path
            if path.is_dir() and not path.is_symlink():
                yield from path.rglob("*")


def _beside(url: str) -> Iterator[Path]:
    """The file of SQLite and those that it keeps beside it."""
    from sqlalchemy import make_url  # here, since a child that only writes a file would load it for nothing

    if url.startswith("sqlite") and (file := make_url(url).database):
        yield from (Path(file + ending) for ending in ("", "-wal", "-shm", "-journal"))


def _close(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
        if path.is_symlink() or not mode & _OTHERS:
            return
        path.chmod(FOLDER if path.is_dir() else FILE)
    except FileNotFoundError:
        return  # the last process beside this one closed its database, or renamed what it wrote
    except OSError as error:
        log.warning("%s can be read by others, and that cannot be changed: %s", path, error.strerror)
