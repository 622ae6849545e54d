"""Thousands of webhooks to sign, the same on every machine, and what Twilio's library for Node makes of them.

    python -m tests.support.signed_forms FOLDER

FOLDER is where `npm install twilio` was run. It prints the fingerprint that tests/carrier/test_form_signature.py
holds ours against, and asks that library whether it takes our signatures.
"""

import json
import random
import subprocess
import sys
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

from ivr.carrier.form_signature import signature_of
from tests.support.given import TOKEN

MANY = 3000
ORIGINS = ("https://line.example.jp", "https://line.example.jp:8443", "http://127.0.0.1:8000", "https://[::1]:444")
PATHS = (
    "/voice",
    "/voice?language=en",
    "/voice/1/d05da91bdb/ja/main-fraud-police.join/key?typed=1&keyed=7205&heard=pQE&began=120",
    "/voice/x'y?a=it's&b=%27&c=%E3%81%82%20b+c",
    "/voice?",
    "/voice?a=&a=1&&b",
)
NAMES = ("CallSid", "From", "To", "Digits", "SpeechResult", "FromCity", "a", "A", "aa", "_", "名前", "x y", "é", "")
VALUES = (
    "",
    "1",
    "+81312345678",
    "詐欺かもしれません",
    "シャープ九一一〇",
    "😀 emoji 👩‍👩‍👧",
    "it's",
    '"<&>"',
    "a=b&c=d",
    "100%+20%",
    "é\u0301",
    "\n\t ",
    "x" * 300,
)


class SignedForm(NamedTuple):
    """An address and a form, whose names may have several values."""

    url: str
    pairs: tuple[tuple[str, str], ...]


NODE = """
const {getExpectedTwilioSignature, validateRequest} = require("twilio/lib/webhooks/webhooks");
const {token, forms, ours} = JSON.parse(require("fs").readFileSync(0));
const theirs = forms.map(([url, form]) => getExpectedTwilioSignature(token, url, form));
const taken = forms.filter(([url, form], at) => validateRequest(token, ours[at], url, form)).length;
console.log(JSON.stringify({theirs, taken}));
"""


def signed_forms() -> Iterator[SignedForm]:
    """All of them: Japanese, emoji, doubled and empty fields, ports, apostrophes."""
    dice = random.Random(20261126)
    for _ in range(MANY):
        size = dice.choice((0, 1, 3, 12, 25))
        pairs = tuple((dice.choice(NAMES), dice.choice(VALUES)) for _ in range(size))
        yield SignedForm(dice.choice(ORIGINS) + dice.choice(PATHS), pairs)


def fingerprint(signatures: Iterable[str]) -> str:
    """A hash of many signatures."""
    return sha256("\\n".join(signatures).encode()).hexdigest()


def by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """A form as libraries take it."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def main() -> None:
    """Ask the library for Node."""
    forms = list(signed_forms())
    ours = [signature_of(TOKEN, form.url, form.pairs).decode() for form in forms]
    told = {"token": TOKEN, "forms": [(form.url, by_name(form.pairs)) for form in forms], "ours": ours}
    asked = ["node", "-e", NODE]
    answer = json.loads(
        subprocess.run(asked, cwd=sys.argv[1], input=json.dumps(told).encode(), capture_output=True, check=True).stdout
    )
    print(f"it takes {answer['taken']} of {len(forms)} of our signatures; its own: {fingerprint(answer['theirs'])}")


if __name__ == "__main__":
    main()
