"""Installs what the program needs, in two stages, and tells in words how far it is.

    python -m ivr.setting_up calls requirements-calls.txt
    python -m ivr.setting_up rest requirements.txt

After the first stage calls are answered; the second brings what is large, and `make run` has it done beside the server
(`ivr.door.beside`). Runs while nothing is installed yet, so that it uses no more than Python's own library.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

LARGE = (
    "av",
    "espeakng-loader",
    "fugashi",
    "hibari-tts",
    "jreadability",
    "numpy",
    "pyopenjtalk-plus",
    "pyttsx3",
    "soundfile",
    "soxr",
    "unidic-lite",
    "weasyprint",
)
"""What the second stage brings: the packages of `rest` in pyproject.toml."""


@dataclass(frozen=True)
class Stage:
    """What a stage is for, and how much is fetched for it, in megabytes (measured in November 2026)."""

    what: str
    megabytes: int


STAGES = {
    "calls": Stage("what answers calls", 130),
    "rest": Stage("the line's own voice, and what the console reads recordings and prints with", 210),
}

TOLD_EVERY = 20
"""Packages after which it is told how many there are [own value]."""

TOLD_FROM = 10.0
"""Megabytes from which the fetching of a single package is told [own value]: a slow line is silent over it for long."""

_LAST_LINES = 20  # of pip's, shown where it fails

_COLLECTING = re.compile(r"Collecting (\S+?)==")
_THERE = re.compile(r"Requirement already satisfied: (\S+?)==")
_FETCHING = re.compile(r"\s+Downloading (?:\S*/)?([\w.]+?)-\S+ \(([0-9.]+) MB\)")


def missing() -> tuple[str, ...]:
    """The packages of the second stage that are not there, or not whole."""
    return tuple(name for name in LARGE if not _is_whole(name))


def _is_whole(name: str) -> bool:
    try:
        return distribution(name).read_text("INSTALLER") is not None
    except PackageNotFoundError:
        return False


def half_installed(folder: Path) -> list[Path]:
    """What tells of packages in a folder (site-packages) that are not whole: an installer signs last what it has put in
    place, and takes what a killed one left for installed."""
    return [each for each in folder.glob("*.dist-info") if not (each / "INSTALLER").exists()]


def told(lines: Iterable[str], count: int) -> Iterator[str]:
    """What pip does with `count` packages, by the lines that it writes, in words for people."""
    seen: set[str] = set()
    said = 0
    for line in lines:
        if found := _COLLECTING.match(line) or _THERE.match(line):
            seen.add(found[1])
            if len(seen) >= said + TOLD_EVERY:
                said = len(seen)
                yield f"{said} of {count} packages"
        elif (found := _FETCHING.match(line)) and float(found[2]) >= TOLD_FROM:
            yield f"fetching {found[1].replace('_', '-')}, {float(found[2]):.0f} MB"
        elif line.lstrip().startswith("Building wheel for") and "started" in line:
            yield f"making {line.split()[3]}"
        elif line.startswith("Installing collected packages"):
            yield f"putting {line.count(',') + 1} packages in place"


def install(stage: Stage, requirements: Path, begun: Path) -> int:
    """Install what a file asks for, telling it on standard output; pip's exit code. `begun` stands beside it while it
    is not done."""
    count = len(re.findall(r"^[\w.\-\[\]]+==", requirements.read_text(encoding="utf-8"), re.MULTILINE))
    if begun.exists():
        _say("It was not finished last time; going on with it.")
    _say(f"Installing {stage.what}: {count} packages, about {stage.megabytes} MB where none is there yet.")
    begun.touch()
    for each in half_installed(Path(sysconfig.get_path("purelib"))):
        shutil.rmtree(each)
    since, last = time.monotonic(), deque[str](maxlen=_LAST_LINES)
    with subprocess.Popen(
        _pip("install", "--no-compile", "--progress-bar", "off", "-r", str(requirements)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as pip:
        for sentence in told(_kept(pip.stdout or (), last), count):
            _say(f"  {sentence}")
    if pip.returncode:
        _say(*last, f"This was not installed: {stage.what}. The next `make run` goes on with it.")
    else:
        begun.unlink()
        _say(f"Installed in {time.monotonic() - since:.0f} s: {stage.what}.")
    return pip.returncode


def _pip(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-color", *arguments)


def _kept(lines: Iterable[str], last: deque[str]) -> Iterator[str]:
    for line in lines:
        last.append(line.rstrip())
        yield line


def _say(*sentences: str) -> None:
    print(*sentences, sep="\n", flush=True)


def main(name: str, requirements: str) -> int:
    """Install the stage of this name by this file."""
    return install(STAGES[name], Path(requirements), Path(sys.prefix) / f"{name}.begun")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
