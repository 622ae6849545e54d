"""Strange requests to every route there is, by the routes' own list: new ones are met by themselves.

    python -m tests.support.strange 100000 20000

sends so many signed webhooks and so many other requests, and tells what was answered.
"""

# ruff: noqa: E501 (tables)

import json
import random
import sys
import tempfile
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch
from urllib.parse import quote, quote_from_bytes, unquote, urlencode

from twilio.request_validator import RequestValidator
from werkzeug.routing import Rule

from ivr.clock import NOW
from ivr.door.wsgi import Answer, Scope, answered, environ_of, headers_of
from ivr.people.persons import Role
from ivr.voice.booth import Booth
from tests.support.clock import MOMENT
from tests.support.given import TOKEN
from tests.support.town import ORIGIN, PEOPLE, Town, Visitor, console_app, secrets_of

ODD = (
    "", " ", "0", "-1", "1", "9", "９", "٣", "²", "①", "9" * 25, "9" * 5000, "1e400", "-0", "0x10", "1_0", "NaN", "inf",
    "\0", "a\0b", "\ufffe", "\uffff", "\x08", "\x0b", "\u200b", "\u202e", "\ufeff", "\u2028", "\U000e0041", "\x85", "\x7f",
    "{", "}", "|", "{desk}", "{a|b}", "｛a｜b｝", "{a|}", "%", "%zz", "%00", "%s", "%(name)s", "{0}", "${x}", "{{7*7}}",
    "//[", "http://[", "//evil.example/", "javascript:alert(1)", "/\\evil.example", "\\\\evil", "../../etc/passwd", "..", ".",
    "<script>alert(1)</script>", "<Say>&amp;", "]]>", "'; DROP TABLE audit; --", '"', "'", "`id`", "a" * 3000, "あ" * 1500, "日本語",
    "横浜市", "🤖", "e\u0301", "\r\nX-Odd: 1", "\n", "0001-01-01T00:00", "9999-12-31T23:59", "2026-02-30T10:00", "2026-11-24T24:00",
    "2026-11-24T10:00+99:99", "10000-01-01", "24:00", "true", "null", "[]", "[" * 2000, '{"a":' * 500, "on", "off", "ja", "en",
    "xx", "text", "desk", "menu", "say.greeting", "fraud", "police", "main", "mail", "normal", "slow", "eto", "abe", "key", "staff",
    "123456789012", "一二三四五六七八九〇一二", "045-671-3792", "０４５", "+815011112222", "*", "#", "12#", "completed", "answered", "RE" + "0" * 32,
    "CA" + "0" * 32, "https://api.twilio.com/x", "file:///etc/passwd", "administrator", "1970-01-01", "Mo-Fr 08:45-17:15", "24/7", "sunset", "12-29/01-03",
)  # fmt: skip
RAW = (b"\xff", b"\xed\xa0\x80", b"\xc3", b"%ED%A0%80", b"%FF", b"%", b"%0", b"%00", b"%2F..%2F", b";", b"?")
TYPES = (
    "application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=odd", "multipart/form-data",
    "multipart/form-data; boundary=" + "x" * 300, "text/plain", "application/x-www-form-urlencoded; charset=utf-16",
    "application/json; charset=nothing", "audio/webm", "", "a/b; c=\"", "\xff",
)  # fmt: skip
FIELDS = (
    "login", "password", "code", "next", "again", "language", "title", "reason", "digest", "file", "changes", "sound", "source", "at",
    "start", "end", "desk", "name", "text", "key", "words", "version", "based", "seen", "q", "who", "act", "since", "until", "before",
    "draft", "role-editor", "call", "press", "say", "do", "Digits", "SpeechResult", "DialCallStatus", "To", "From", "CallSid",
    "RecordingSid", "RecordingUrl", "RecordingDuration", "RecordingStatus", "CallStatus", "AccountSid", "Confidence", "typed-ja", "typed-en", "based-ja",
    "ja", "en", "numbers", "dial", "hours", "holidays", "closed", "source", "confirmed", "recorded", "languages", "options", "choices", "desks",
)  # fmt: skip
HEADERS = (
    "origin", "referer", "sec-fetch-site", "accept-language", "if-none-match", "if-modified-since", "range", "cookie", "host",
    "x-forwarded-for", "x-forwarded-host", "authorization", "content-encoding", "expect", "x-twilio-signature", "x-csrftoken", "accept",
)  # fmt: skip
LONGEST = 60_000


@dataclass
class Strange:
    """Somebody who sends anything anywhere; the same things for the same `seed`."""

    town: Town
    seed: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    _people: dict[str, Visitor] = field(default_factory=dict)
    now: datetime = MOMENT

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.rules = list(self.town.app.url_map.iter_rules())
        self.validator = RequestValidator(TOKEN)

    # --- what is sent --------------------------------------------------------------------------

    def webhook(self) -> Answer:
        """A signed webhook."""
        rule = self.dice.choice([each for each in self.rules if each.rule.startswith("/voice")])
        target = self._target(rule)
        form = self._pairs()
        method = "GET" if self.dice.random() < 0.05 else "POST"
        signed = {} if method == "GET" else dict(form)
        url = ORIGIN + target.decode("latin-1")
        headers = {"x-twilio-signature": self.validator.compute_signature(url, signed), "content-type": TYPES[0]}
        body = b"" if method == "GET" else urlencode(signed, errors="surrogatepass").encode()
        return self._send(method, target, headers, body[:LONGEST])

    def other(self, rule: Rule | None = None) -> Answer:
        """A request to any other route, of somebody signed in more often than not."""
        rule = rule or self.dice.choice([each for each in self.rules if not each.rule.startswith("/voice")])
        methods = sorted(rule.methods or {"GET"})
        method = self.dice.choice([*methods, *methods, "POST", "DELETE", "PATCH"])
        headers = {self.dice.choice(HEADERS): self._text().replace("\0", "") for _ in range(self.dice.randrange(3))}
        headers.setdefault("sec-fetch-site", "same-origin")
        pairs = self._pairs()
        if self.dice.random() < 0.8:
            person = self._person()
            headers["cookie"] = self._cookie(person)
            pairs = [*pairs, ("csrf_token", self._token(person))]
        kind, body = self._body(pairs)
        return self._send(method, self._target(rule), {"content-type": kind, **headers}, body)

    def _target(self, rule: Rule) -> bytes:
        path = b""
        for is_dynamic, data in rule._trace:
            if not is_dynamic:
                path += data.lstrip("|").encode()
                continue
            path += self._part(data)
        path = path or b"/"
        query = urlencode(self._pairs(), errors="surrogatepass").encode() if self.dice.random() < 0.4 else b""
        if self.dice.random() < 0.05:
            query += self.dice.choice(RAW)
        return (path + (b"?" + query if query else b""))[:6000]

    def _part(self, name: str) -> bytes:
        likely = {
            "draft": ("1", "2", "3"), "language": ("ja", "en"), "code": ("ja", "en"), "key": ("say.greeting", "text.mail.passages.1"),
            "table": ("desk", "text", "line"), "name": ("mail", "police", "eto", "1"), "speed": ("normal", "slow"), "event": ("key", "silence", "dialled"),
            "trail": ("main", "main-fraud", "main-fraud-mail.2", "main-police.join"), "edition": (self.town.office.library.shipped.id,),
        }  # fmt: skip
        if self.dice.random() < 0.05:
            return self.dice.choice(RAW)
        text = self.dice.choice(likely.get(name, ("1",))) if self.dice.random() < 0.6 else self._text()
        return quote(text, safe="", errors="surrogatepass").encode()

    def _pairs(self) -> list[tuple[str, str]]:
        return [(self.dice.choice(FIELDS), self._text()) for _ in range(self.dice.randrange(6))]

    def _text(self) -> str:
        chosen = self.dice.choice(ODD)
        return chosen + self.dice.choice(ODD) if self.dice.random() < 0.2 and len(chosen) < 500 else chosen

    def _body(self, pairs: list[tuple[str, str]]) -> tuple[str, bytes]:
        kind = self.dice.choice(TYPES) if self.dice.random() < 0.4 else TYPES[0]
        form = urlencode(pairs, errors="surrogatepass").encode()
        if "json" in kind:
            return kind, self.dice.choice(
                (json.dumps(dict(pairs)), "[" * 30_000, '{"a":' * 10_000, "NaN", '"\\ud800"', "")
            ).encode()
        if kind.endswith("boundary=odd"):
            return kind, b"".join(_multipart(pairs)) + self.dice.choice((b"--odd--\r\n", b"--odd", b""))
        return kind, (form + (self.dice.choice(RAW) if self.dice.random() < 0.1 else b""))[:LONGEST]

    def _send(self, method: str, target: bytes, headers: dict[str, str], body: bytes) -> Answer:
        path, _, query = target.partition(b"?")
        scope: Scope = {
            "method": method,
            "raw_path": path,
            "query_string": query,
            "http_version": "1.1",
            "headers": [(name.encode(), value.encode("utf-8", "surrogatepass")) for name, value in headers.items()],
        }
        environ = {**environ_of(scope, headers_of(scope), body), NOW: self.now}
        environ.setdefault("HTTP_HOST", "localhost")
        answer = answered(self.town.app.wsgi_app, environ)
        self.answers[answer.status] += 1
        if answer.status >= 500:
            shown = b64encode(body).decode()[:2000]
            self.faults.append(f"{answer.status} {method} {quote_from_bytes(target)[:800]} {headers} {shown}")
        return answer

    # --- somebody signed in --------------------------------------------------------------------

    def _person(self) -> Visitor:
        """Somebody signed in; anew where what was sent has signed them out, or locked them out."""
        login = self.dice.choice(("baba", "admin"))
        person = self._people.get(login)
        if person is None or person.client.get("/staff/me").status_code != 200:
            self.now += timedelta(minutes=20)
            person = replace(self.town.visitor(), now=self.now)
            person.sign_in(login)
            self._people[login] = person
        return person

    def _cookie(self, person: Visitor) -> str:
        found = person.client.get_cookie("staff", path="/staff")
        return f"staff={found.value}" if found else ""

    def _token(self, person: Visitor) -> str:
        person.now = self.now
        person.get("/staff/me")
        return person.html.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]


def _multipart(pairs: list[tuple[str, str]]) -> Iterator[bytes]:
    for name, value in pairs:
        file = "; filename=odd.xlsx" if name in ("file", "sound") else ""
        head = f'--odd\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        yield head.encode() + value.encode("utf-8", "surrogatepass") + b"\r\n"


def a_town(folder: Path) -> Town:
    """A city hall with a draft and an administrator."""
    app = console_app(folder)
    PEOPLE.setdefault("admin", ("足立", (Role.ADMINISTRATOR,)))
    town = Town(app, secrets_of(app))
    editor = town.who("eto")
    editor.get("/staff/drafts")
    editor.send("/drafts", title="下書き")
    return town


def main(webhooks: int, others: int) -> None:
    """Send so many, and tell."""
    with tempfile.TemporaryDirectory() as folder, patch.object(Booth, "begin"):
        strange = Strange(a_town(Path(folder)), seed=webhooks)
        for number in range(webhooks + others):
            strange.webhook() if number < webhooks else strange.other()
        print(dict(sorted(strange.answers.items())))
        for fault in strange.faults[:40]:
            print(unquote(fault)[:600])
        sys.exit(1 if strange.faults else 0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
