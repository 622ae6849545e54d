"""What all tests are given: the line's files, the carrier's secrets, the hours at which callers ring."""

from datetime import datetime
from pathlib import Path

from ivr.carrier.twilio.twilio_carrier import TwilioSigner
from ivr.config import Settings, from_environment
from ivr.line.values import Line

ROOT = Path(__file__).parents[2]
PROMPTS = ROOT / "prompts"
ORIGIN = "https://line.example.jp"
TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
"""A token of Twilio's form, which only the tests know."""

SIGNER = TwilioSigner(TOKEN)
"""Signs the requests of callers."""

ACCOUNT = "AC" + "1" * 32
TUESDAY_11 = "2026-11-24 11:00"
"""An ordinary working day: every desk that can be rung is open."""

SUNDAY_NIGHT = "2026-11-22 23:00"
"""Every desk is closed."""


def settings_for(data_dir: Path, **more: str) -> Settings:
    return from_environment(
        {
            "DATA_DIR": str(data_dir),
            "PUBLIC_URL": ORIGIN,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            **more,
        }
    )


def moment(text: str, line: Line) -> datetime:
    """A time in the line's zone."""
    return datetime.fromisoformat(text).replace(tzinfo=line.zone)


def greeting(line: Line, code: str = "ja") -> str:
    """What the line says first, as it is written: tests ask for it whatever its words are."""
    return "".join(chunk.written for chunk in line.languages[code].prompts["say.greeting"].chunks())
