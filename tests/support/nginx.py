"""nginx with the configuration of `deploy/`, at a free port, before servers of the test's own."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.clock import real_time
from tests.support.given import ROOT
from tests.support.server import free_port
from tests.support.twilio_api import Authority

TEMPLATE = ROOT / "deploy" / "nginx" / "line.conf.template"
PATIENCE = "client_header_timeout 5s;"
SHORT = "client_header_timeout 1s;"
"""So that a test need not wait as long as a stranger."""

AROUND = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/log;
events {{ worker_connections 256; }}
http {{
  {temporary}
  include {folder}/line.conf;
}}
"""


def program() -> str:
    """Where nginx is: not always on everybody's path."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    assert found, "the package nginx is missing: `make test` installs it"
    return found


def written(template: str, **values: str) -> str:
    """The template with its values, as envsubst writes them."""
    return re.sub(r"\$\{(LINE_\w+)\}", lambda found: values[found[1]], template)


@contextmanager
def serve(folder: Path, authority: Authority, calls: tuple[int, ...], console: int) -> Iterator[int]:
    """nginx before servers at these ports: its own port."""
    plain, port = free_port(), free_port()
    configuration = written(
        TEMPLATE.read_text(),
        LINE_NAME="localhost",
        LINE_CALLS=" ".join(f"server 127.0.0.1:{each} max_fails=0;" for each in calls),
        LINE_CONSOLE=f"server 127.0.0.1:{console};",
        LINE_CERTIFICATE=str(authority.certificate),
        LINE_KEY=str(authority.key),
    )
    assert PATIENCE in configuration
    moved = re.sub(r"listen \[::\].*;\n", "", configuration.replace(PATIENCE, SHORT))
    moved = moved.replace("listen 80;", f"listen 127.0.0.1:{plain};").replace("listen 443", f"listen 127.0.0.1:{port}")
    (folder / "line.conf").write_text(moved)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, temporary=temporary))
    command = [program(), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "log")]
    process = subprocess.Popen(command, env=real_time(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port, process, folder / "log")
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise AssertionError(log.read_text())
