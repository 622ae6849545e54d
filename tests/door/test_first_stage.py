"""The line is answered before all is installed, and takes up the rest once it is there."""

import re
import sys
import venv
from importlib.metadata import distribution
from pathlib import Path

import pytest

from tests.support.given import ROOT
from tests.support.server import server, wait_for

pytestmark = [pytest.mark.slow(8), pytest.mark.timeless]

REST = """
import pathlib, sys, time
folder, go = map(pathlib.Path, sys.argv[1:])
print("Installing the rest", flush=True)
while not go.exists():
    time.sleep(0.05)
for each in pathlib.Path(sys.argv[0]).with_name("rest").iterdir():
    each.rename(folder / each.name)
"""
"""What stands for `pip install` here: it waits until it may, and puts the rest where Python looks."""


def pinned(requirements: str) -> set[str]:
    """The packages of a file."""
    return set(re.findall(r"^([\w.-]+)==", (ROOT / requirements).read_text(), re.MULTILINE))


def put(names: set[str], folder: Path) -> None:
    """These packages, as they are installed for the tests, into another folder."""
    folder.mkdir(exist_ok=True)
    for name in names:
        found = distribution(name)
        for top in {file.parts[0] for file in found.files or () if file.parts[0] not in ("..", "__pycache__")}:
            if not (folder / top).exists():
                (folder / top).symlink_to(Path(str(found.locate_file(top))).absolute())


def test_calls_are_answered_first_and_the_console_opens_with_the_rest(tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", symlinks=True)
    folder = next((tmp_path / "venv" / "lib").glob("python3*/site-packages"))
    first = pinned("requirements-calls.txt")
    put(first, folder)
    put(pinned("requirements.txt") - first, tmp_path / "rest")
    python, go = str(tmp_path / "venv" / "bin" / "python"), tmp_path / "go"
    (tmp_path / "rest.py").write_text(REST)
    set_up = f"{sys.executable} {tmp_path / 'rest.py'} {folder} {go}"
    with server(tmp_path / "data", python=python, SETUP=set_up) as started:
        assert started.rings()
        for path in ("/", "/en", "/phone", "/healthz"):
            assert started.ask("GET", path)[0] == 200, path
        status, page = started.ask("GET", "/staff/sign-in")
        assert status == 503 and "インストール" in page.decode()
        go.touch()
        wait_for(lambda: started.ask("GET", "/staff/sign-in")[0] == 200)
        assert started.rings()
    log = (tmp_path / "data.log").read_text()
    assert "Installing the rest" in log and "Traceback" not in log
