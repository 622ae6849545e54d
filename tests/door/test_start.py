"""A start is quick and small: nothing is loaded that calls do without."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ivr.wiring import create_app
from tests.support.given import ACCOUNT, ORIGIN, ROOT, TOKEN, settings_for

NEVER_IN_A_CALL = (
    "alembic",
    "ivr.callers",
    "ivr.commands.line",
    "ivr.voice.drivers",
    "mako",
    "numpy",
    "openpyxl",
    "psycopg",
    "redis",
    "requests",
    "rich",
)
"""What a server with its defaults has no use for until somebody asks for more than calls and pages."""

STARTED = """
import json, sys, threading
import ivr.wiring
alone = threading.active_count() == 1
from app import app
from tests.support.given import ORIGIN, SIGNER
form = {"CallSid": "CA1", "From": "+815011112222", "To": "+815012345678"}
headers = SIGNER.headers(ORIGIN + "/voice", form, b"")
client = app.test_client()
answers = [client.post("/voice", data=form, base_url=ORIGIN, headers=headers), client.get("/"), client.get("/healthz")]
print(json.dumps([alone, [answer.status_code for answer in answers], sorted(sys.modules)]))
"""


@pytest.mark.slow(3)
def test_a_start_loads_nothing_that_calls_do_without(tmp_path: Path) -> None:
    create_app(settings_for(tmp_path)).extensions["ivr.office"].database.close()  # whose tables are there then
    environ = {
        "DATA_DIR": str(tmp_path),
        "PUBLIC_URL": ORIGIN,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        (sys.executable, "-c", STARTED), cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120, check=True
    )
    alone, statuses, modules = json.loads(done.stdout)
    assert alone, "workers are forked from what is imported: no thread runs by then"
    assert statuses == [200, 200, 200]
    assert not {module for module in modules if module.startswith(NEVER_IN_A_CALL)}
