"""What `make run` installs, in which order, and what it tells of it."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from ivr import setting_up
from ivr.setting_up import LARGE, half_installed, told
from tests.support.given import ROOT

pytestmark = pytest.mark.timeless

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def pins(requirements: str) -> set[str]:
    return set(re.findall(r"^[\w.-]+==\S+", (ROOT / requirements).read_text(), re.MULTILINE))


def test_the_second_stage_brings_what_no_call_needs_and_the_first_is_a_part_of_all() -> None:
    rest = {re.split(r"[^\w-]", each)[0] for each in PROJECT["optional-dependencies"]["rest"]}
    assert rest == set(LARGE)
    assert pins("requirements-calls.txt") < pins("requirements.txt")
    assert not {pin.partition("==")[0] for pin in pins("requirements-calls.txt")} & rest
    assert rest <= {pin.partition("==")[0] for pin in pins("requirements.txt")}


def test_it_runs_before_anything_is_installed() -> None:
    program = "import sys; sys.path.append('.'); import ivr.setting_up"
    subprocess.run((sys.executable, "-I", "-S", "-c", program), cwd=ROOT, check=True)


def test_nothing_is_missing_where_all_is_installed() -> None:
    assert setting_up.missing() == ()


def test_what_pip_does_is_told_in_words() -> None:
    lines = (
        "Looking in indexes: https://pypi.org/simple\n",
        *(f"Collecting package{number}==1.0 (from -r requirements.txt (line 1))\n" for number in range(19)),
        "  Downloading package1-1.0-py3-none-any.whl (409 kB)\n",
        "Requirement already satisfied: there==1.0 in ./lib (from -r requirements.txt (line 9)) (1.0)\n",
        "Collecting sudachidict-core==1 (from -r requirements.txt (line 1))\n",
        "  Downloading sudachidict_core-20261015-py3-none-any.whl (76.9 MB)\n",
        "  Downloading https://files.example/a/b/av-18.1.0-cp311-abi3-manylinux_2_28_x86_64.whl (35.8 MB)\n",
        "  Building wheel for unidic-lite (pyproject.toml): started\n",
        "Installing collected packages: a, b, c\n",
    )
    assert list(told(lines, 40)) == [
        "20 of 40 packages",
        "fetching sudachidict-core, 77 MB",
        "fetching av, 36 MB",
        "making unidic-lite",
        "putting 3 packages in place",
    ]


def test_what_a_killed_installer_left_is_no_package(tmp_path: Path) -> None:
    whole, half = tmp_path / "whole-1.0.dist-info", tmp_path / "half-1.0.dist-info"
    for each in (whole, half):
        each.mkdir()
        (each / "METADATA").touch()
    (whole / "INSTALLER").write_text("pip\n")
    assert half_installed(tmp_path) == [half]


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """A folder with the wheel of one small package, and what is asked for from it."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    with zipfile.ZipFile(folder / "small-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("small.py", "")
        wheel.writestr("small-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: small\nVersion: 1.0\n")
        wheel.writestr("small-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("small-1.0.dist-info/RECORD", "")
    return folder


def installed(folder: Path, wheels: Path, asked: str) -> tuple[int, str]:
    """What installing this into a folder ended with, and what it told."""
    (wheels / "requirements.txt").write_text(f"--no-index\n--find-links {wheels}\n{asked}\n")
    program = (
        "import sys; from pathlib import Path; from ivr.setting_up import *;"
        "sys.exit(install(Stage('what is small', 1), *map(Path, sys.argv[1:])))"
    )
    done = subprocess.run(
        (sys.executable, "-c", program, str(wheels / "requirements.txt"), str(wheels / "begun")),
        cwd=ROOT,
        env={**os.environ, "PIP_TARGET": str(folder), "PIP_CONFIG_FILE": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.slow(4)
def test_a_stage_is_installed_told_and_taken_up_again_where_it_was_not_finished(tmp_path: Path, wheels: Path) -> None:
    code, words = installed(tmp_path / "there", wheels, "small==1.0\nlarge==2.0")
    assert code and (wheels / "begun").exists()
    assert "large==2.0" in words and "The next `make run` goes on with it." in words
    code, words = installed(tmp_path / "there", wheels, "small==1.0")
    assert code == 0 and not (wheels / "begun").exists()
    assert words.startswith("It was not finished last time; going on with it.\nInstalling what is small: 1 packages")
    assert (tmp_path / "there" / "small.py").exists() and "Installed in" in words
