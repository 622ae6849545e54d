"""What is done beside the server: what `make run` has not installed yet, then the line's own voice.

    python -m ivr.door.beside on make --no-print-directory setup    # off: the voice is not made

Runs in a process group of its own, which ends with the server. Where something was installed the server is told
(SIGUSR1), so that its workers are replaced by others who find it.
"""

import os
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

RENDER = (sys.executable, "-m", "flask", "--app", "app", "line", "render")


def beside(set_up: Sequence[str], renders: bool) -> int:
    """Set up by this command, if there is one, and make what is missing of the voice, by what is there then; 0 where
    all of it went well."""
    failed = 0
    if set_up:
        before = _installed()
        failed = subprocess.run(set_up, stdin=subprocess.DEVNULL, check=False).returncode
        if _installed() != before:
            os.kill(os.getppid(), signal.SIGUSR1)
    if renders:
        quiet = subprocess.DEVNULL
        failed |= subprocess.run(RENDER, stdin=quiet, stdout=quiet, stderr=quiet, check=False).returncode
    return failed


def _installed() -> frozenset[str]:
    """Packages and their versions, as folders name them."""
    return frozenset(each.name for each in Path(sysconfig.get_path("purelib")).glob("*.dist-info"))


def _end(_signal: int, _frame: FrameType | None) -> None:
    """With the server, and all that was begun here."""
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    sys.exit(beside(sys.argv[2:], renders=sys.argv[1] == "on"))
