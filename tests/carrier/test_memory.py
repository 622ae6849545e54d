"""Answers from memory: the same, byte for byte, as those that are made anew, whatever changes meanwhile."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from time import sleep
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ivr import clock
from ivr.call.acts import Ring, Turn, words_of
from ivr.call.conversation import step
from ivr.carrier.finished import Finished
from ivr.carrier.form import FORM_TYPE
from ivr.carrier.front import Front
from ivr.carrier.memory import BESIDE, LINES, Memory, Question
from ivr.carrier.webhooks import DRAFT, SPEECH
from ivr.carrier.wire import BUILT_IN_ACCOUNT, CarrierFields, Signer
from ivr.config import from_environment
from ivr.editions import library
from ivr.editions.edition import Edition
from ivr.editions.office import Office
from ivr.editions.timeline import PublicationKind
from ivr.line.loading import read
from ivr.line.values import Line
from ivr.line.words import Chunk
from ivr.voice import mulaw
from ivr.voice.audio import Audio
from ivr.voice.store import Store
from ivr.wiring import create_app
from tests.support.carriers import CASES
from tests.support.clock import MOMENT, WALL
from tests.support.given import ORIGIN, PROMPTS, SIGNER, settings_for
from tests.support.stores import APPROVER, EDITOR, shipped

OUR_NUMBER, A_DESK_S = "+815012345678", "+81456649110"
ADDRESS = re.compile(r'(?:action="|<Redirect method="POST">)(/voice/1/[^"<]+)')


@dataclass
class Carrier:
    """Sends the same webhook twice: to what remembers, and to what does not, and holds the answers together."""

    app: Flask
    signer: Signer = SIGNER
    known: int = 0
    asked: int = 0

    @property
    def front(self) -> Front:
        found: Front = self.app.extensions["ivr.webhooks"].front
        return found

    @property
    def office(self) -> Office:
        found: Office = self.app.extensions["ivr.office"]
        return found

    def post(self, path: str, told: dict[str, str], **environ: object) -> bytes:
        body = urlencode(told).encode()
        headers = self.signer.headers(ORIGIN + path, told, body)
        answer = self.app.test_client().post(
            path, data=body, content_type=FORM_TYPE, headers=headers, environ_overrides=environ
        )
        assert answer.status_code == 200
        return bytes(answer.data)

    def from_memory(self, path: str, told: dict[str, str]) -> bytes | None:
        """As the server's door asks."""
        body = urlencode(told).encode()
        signed = {name.lower(): value for name, value in self.signer.headers(ORIGIN + path, told, body).items()}
        fields = self.front.admitted("POST", path, lambda name: signed.get(name.lower(), ""), FORM_TYPE, body)
        assert fields is not None
        return self.front.known(path, fields)

    def asks(self, path: str, **told: str) -> str:
        """The answer, from memory or not."""
        form = {"CallSid": "CA1", "From": "+819011112222", "To": OUR_NUMBER, **told}
        anew = self.post(path, form, **{clock.NOW: WALL.now})
        for _ in range(2):
            known = self.from_memory(path, form)
            assert known in (None, anew)
            assert self.post(path, form) == anew
        self.asked += 1
        self.known += known is not None
        return anew.decode()

    def asks_once(self, path: str, **told: str) -> str:
        """The same with fewer requests."""
        form = {"CallSid": "CA1", "To": OUR_NUMBER, **told}
        known, anew = self.from_memory(path, form), self.post(path, form, **{clock.NOW: WALL.now})
        assert known in (None, anew), (WALL.now, path)
        self.known += known is not None
        if known is None:
            assert self.post(path, form) == anew
        return anew.decode()


@pytest.fixture(scope="module")
def listening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Carrier]:
    """A line that listens to words, with two more editions to be published."""
    app = create_app(settings_for(tmp_path_factory.mktemp("line"), SPEECH_INPUT="on"))
    carrier = Carrier(app)
    with carrier.office.database.writing() as connection:
        for edition in EDITIONS:
            library.keep(connection, edition, library.DRAFTED, MOMENT)
    carrier.office.shelf.refresh()
    yield carrier
    carrier.office.database.close()


def _another(greeting: str) -> Edition:
    files = dict(shipped())
    files["ja.toml"] = re.sub(rb'(?m)^greeting = ".*"$', f'greeting = "{greeting}"'.encode(), files["ja.toml"], count=1)
    return Edition(files)


EDITIONS = (_another("はい、こちらはひとつめです。"), _another("はい、こちらはふたつめです。"))


# --- a walk across all edges ----------------------------------------------------------------

PRESSED = st.sampled_from("01234567890*#00112255")
SAID = st.sampled_from(
    ["詐欺", "警察につないで", "はい", "いいえ", "1番", "もう一度", "ええと", "1 2 3 4", "help", "In English please"]
)
HEARD: st.SearchStrategy[tuple[str, dict[str, str]]] = st.one_of(
    PRESSED.map(lambda key: ("key", {"Digits": key})),
    SAID.map(lambda words: ("key", {"SpeechResult": words})),
    st.just(("silence", {})),
    st.sampled_from(["completed", "busy", "no-answer", "failed", "odd"]).map(
        lambda status: ("dialled", {"DialCallStatus": status})
    ),
)
LATER = st.one_of(
    st.sampled_from([0, 0, 1, 2, 3, 4, 9, 10, 11, 40, 60, 1800, 3600]).map(lambda seconds: timedelta(seconds=seconds)),
    st.tuples(
        st.integers(0, 9),
        st.sampled_from(["00:00", "08:30", "08:45", "09:00", "12:00", "17:00", "17:15", "21:00"]),
        st.sampled_from([-1, 0]),
    ),
)
CHANGES = st.sampled_from(["alert", "closure", "publish", "roll back", *[""] * 16])


def _after(now: datetime, later: timedelta | tuple[int, str, int]) -> datetime:
    if isinstance(later, timedelta):
        return now + later
    days, at, seconds = later
    return datetime.combine(now.date() + timedelta(days=days), time.fromisoformat(at), now.tzinfo) + timedelta(
        seconds=seconds
    )


def _change(office: Office, what: str, number: int) -> None:
    now = WALL.now
    match what:
        case "alert":
            words = {"ja": f"注意、その{number}です。", "en": f"Warning {number}."}
            office.announcements.warn(words, now + timedelta(seconds=number), now + timedelta(hours=2), EDITOR, now)
        case "closure":
            until = now + timedelta(hours=1, seconds=number)
            office.announcements.close("city", now + timedelta(seconds=number), until, EDITOR, now)
        case "publish" | "roll back":
            kind = PublicationKind.PUBLISH if what == "publish" else PublicationKind.ROLL_BACK
            edition = EDITIONS[number % 2].id
            with office.database.writing() as connection:
                library.append(connection, kind, APPROVER, now, now + timedelta(seconds=number), edition=edition)
    office.shelf.refresh()


@pytest.mark.slow(8)
@hypothesis_settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_is_remembered_is_what_would_be_said_anew(listening: Carrier, data: st.DataObject) -> None:
    """Over walks through time, editions, alerts and closures; the memory is that of the walks before, too."""
    here = "/voice"
    ways = ["/voice", "/voice?language=en"]
    for number in range(10):
        if change := data.draw(CHANGES):
            _change(listening.office, change, number)
        event, told = data.draw(HEARD)
        form = {**told, "To": data.draw(st.sampled_from([OUR_NUMBER, OUR_NUMBER, A_DESK_S]))}
        path = re.sub(r"/(key|silence|dialled)(?=\?|$)", f"/{event}", here)
        answer = listening.asks(path, **form)
        ways += ADDRESS.findall(answer.replace("&amp;", "&"))
        here = data.draw(st.sampled_from([*ways[-2:] * 4, *ways]))
        WALL.now = _after(WALL.now, data.draw(LATER))
        if data.draw(st.booleans()):  # the same again, perhaps beyond an edge
            listening.asks(path, **form)


def test_most_of_what_is_asked_again_is_known(listening: Carrier) -> None:
    listening.office.shelf.refresh()
    way = ["1", "2", "5", "7", "*", "0"]
    for turn in range(2):
        known, asked = listening.known, listening.asked
        here = "/voice"
        for key in way:
            answer = listening.asks(here, **({} if here == "/voice" else {"Digits": key}))
            here = ADDRESS.findall(answer.replace("&amp;", "&"))[0]
            WALL.now += timedelta(seconds=7)
        assert listening.asked - asked == len(way)
        assert listening.known - known == len(way), turn


# --- what is never remembered ---------------------------------------------------------------


def kept(carrier: Carrier) -> list[tuple[Question, Finished]]:
    """All that is remembered."""
    return list(carrier.front.memory._answers.items())


def remembers(carrier: Carrier, path: str, **told: str) -> bool:
    """Whether an answer is remembered that was given just now."""
    form = {"CallSid": "CA1", "To": OUR_NUMBER, **told}
    before = len(kept(carrier))
    carrier.post(path, form)
    return len(kept(carrier)) > before


@pytest.fixture
def carrier(standing: Flask) -> Carrier:
    found = Carrier(standing)
    found.front.memory._answers.clear()
    return found


def here(carrier: Carrier, query: str = "began=120") -> str:
    return f"/voice/1/{carrier.office.library.shipped.id}/ja/main/key?{query}"


def test_an_answer_is_remembered_once(carrier: Carrier) -> None:
    assert remembers(carrier, here(carrier), Digits="1")
    assert not remembers(carrier, here(carrier, "began=119"), Digits="1"), "the times in it are filled in"
    assert remembers(carrier, here(carrier, "began=30"), Digits="1"), "but a long call is another"


@pytest.mark.parametrize("number", ["123456789012", "12", "1 2 3 4 5 6"])
def test_no_number_is_remembered(carrier: Carrier, number: str) -> None:
    for told in ({"Digits": number}, {"SpeechResult": number}):
        assert not remembers(carrier, here(carrier), **told)


def test_nor_the_refusal_of_one_that_was_keyed_digit_by_digit(carrier: Carrier) -> None:
    assert not remembers(carrier, here(carrier, "run=5&typed=5&keyed=7&from=ja~normal~main&began=120"), Digits="3")


def test_what_was_said_is_nowhere_in_memory(carrier: Carrier) -> None:
    assert remembers(carrier, here(carrier), SpeechResult="わたしのなまえは警察です")
    held = repr(kept(carrier))
    assert "なまえ" not in held and "CA1" not in held
    assert not remembers(carrier, here(carrier), SpeechResult="警察"), "what means the same is one answer"


@pytest.mark.parametrize("environ", [{clock.NOW: MOMENT}, {SPEECH: "local"}, {DRAFT: "0123456789"}])
def test_our_own_telephones_are_not_remembered(carrier: Carrier, environ: dict[str, object]) -> None:
    carrier.post(here(carrier), {"Digits": "1"}, **environ)
    assert not kept(carrier)


@pytest.mark.parametrize(
    "path",
    [
        "/voice/1/0123456789/ja/main/key?began=120",  # an edition that nobody knows
        "/voice/1/{edition}/ja/nowhere/key?began=120",
        "/voice/1/{edition}/ja/main/key?x=123456789012&began=120",
        "/voice/1/{edition}/ja/main/key?began=120&heard=",
        "/voice/1/{edition}/ja/main/key?keyed=0&began=120",
        "/voice/1/{edition}/j%61/main/key?began=120",
        "/voice?language=en&x=1",
        "/voice/status",
        "/voice/staff",
        "/voice/nonsense",
    ],
)
def test_addresses_that_the_line_does_not_write_are_not_remembered(carrier: Carrier, path: str) -> None:
    assert not remembers(carrier, path.format(edition=carrier.office.library.shipped.id), Digits="1")


# --- what decides an answer ------------------------------------------------------------------

PLACES = ("main", "main-city.0", "main-fraud")


def test_no_answer_outlives_the_hours_of_a_desk(carrier: Carrier) -> None:
    """On both sides of every opening and closing of a Tuesday, and of midnight."""
    carrier.office.shelf.refresh()
    line = carrier.office.shelf.line("", MOMENT)
    times = {at for desk in line.desks.values() for version in desk.versions for at in version.hours.times()}
    kinds, known = set[str](), carrier.known
    for at in sorted({*times, time(0)}):
        for seconds in (-2, -1, 0):
            WALL.now = datetime.combine(MOMENT.date(), at, MOMENT.tzinfo) + timedelta(seconds=seconds)
            for place in PLACES:
                path = f"/voice/1/{line.edition}/ja/{place}/key?began=0"
                kinds.add(carrier.asks_once(path, Digits="0"))
    assert carrier.known - known > len(times), "just before an edge the answer is known"
    assert len(kinds) > len(PLACES), "and another behind some of them"


def test_the_number_that_is_rung_decides(carrier: Carrier) -> None:
    """Where it is a desk's own, this is not rung."""
    carrier.office.shelf.refresh()
    line = carrier.office.shelf.line("", WALL.now)
    path = f"/voice/1/{line.edition}/ja/main/key?began=120"
    answers = {to: carrier.asks(path, Digits="0", To=to) for to in (OUR_NUMBER, *_dialled(line), OUR_NUMBER)}
    assert "<Dial" in answers[OUR_NUMBER] and len(set(answers.values())) > 1


def _dialled(line: Line) -> list[str]:
    return [desk.dial for desk in line.desks.values() if desk.dial]


def test_in_the_first_second_of_a_day_and_the_very_second_of_a_key_times_cannot_be_told_apart(carrier: Carrier) -> None:
    WALL.now = datetime.combine(MOMENT.date(), time(9), MOMENT.tzinfo)  # midnight, UTC
    assert not remembers(carrier, here(carrier), Digits="1")
    WALL.now += timedelta(seconds=5)
    assert not remembers(carrier, here(carrier, "typed=1&keyed=5&unbroken=1&began=0"), Digits="1")
    assert remembers(carrier, here(carrier, "typed=1&keyed=4&unbroken=1&began=0"), Digits="1")


def test_a_document_in_which_a_sound_is_missing_is_not_remembered(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path, SPEECH="local"))
    carrier, form = Carrier(app), {"CallSid": "CA1", "To": OUR_NUMBER}
    carrier.office.shelf.refresh()
    assert not remembers(carrier, "/voice")
    at = _sounds_of_a_ring(carrier)
    store = Store(tmp_path / "audio")
    for each in at:
        store.put(each, mulaw.written(mulaw.silence(0.1)))
    assert remembers(carrier, "/voice")
    carrier.front.memory.forget(carrier.front.stand)
    assert b"<Play>" in (carrier.from_memory("/voice", form) or b"")
    store.path(at[0]).write_bytes(b"damaged")
    carrier.front.memory.forget(carrier.front.stand)
    assert carrier.from_memory("/voice", form) is None, "a sound that it plays has gone"
    carrier.office.database.close()


def _sounds_of_a_ring(carrier: Carrier) -> list[str]:
    line = carrier.office.shelf.line("", MOMENT)
    audio: Audio = carrier.app.extensions["ivr.audio"]
    said = [
        (each, part)
        for each in words_of(step(line, None, Ring(), MOMENT).acts)
        for part in each.parts
        if isinstance(part, Chunk) and not part.mute
    ]
    found = (audio.address(line.languages[each.language].pronunciation, part, each.speed) for each, part in said)
    return [at for at in found if at]


@pytest.mark.parametrize("name", ["telnyx", "signalwire"])
def test_what_is_remembered_is_in_the_carriers_words(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    own = {"DATA_DIR": str(tmp_path), "PUBLIC_URL": ORIGIN, "SPEECH": "carrier"}
    carrier = Carrier(create_app(from_environment(own | case.environ)), signer=case.signer)
    carrier.office.shelf.refresh()
    answer = carrier.asks("/voice")
    assert carrier.known == 1
    assert ("<break" in answer) == (name == "signalwire")
    carrier.office.database.close()


def test_what_many_ask_at_once_is_made_once(carrier: Carrier, monkeypatch: pytest.MonkeyPatch) -> None:
    """As right after a publication, when nothing is known."""
    carrier.office.shelf.refresh()
    made: list[object] = []

    def slowly(*about: Any) -> Turn:
        made.append(about)
        sleep(0.05)
        return step(*about)

    monkeypatch.setattr("ivr.carrier.front.step", slowly)
    told = CarrierFields(call="CA1", called=OUR_NUMBER, digits="1")
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: carrier.front.anew(here(carrier), told), range(8)))
    assert len(made) == 1 and len(set(answers)) == 1 and answers[0]


# --- bounds ---------------------------------------------------------------------------------


def test_what_was_not_asked_for_longest_is_forgotten_first(carrier: Carrier) -> None:
    for key in "1234":
        assert remembers(carrier, here(carrier), Digits=key)
    answers = kept(carrier)
    small = Memory(most=sum(len(answer.document) for _, answer in answers[1:]) + 3 * BESIDE)
    for question, answer in answers:
        small.keep(question, answer)
    assert [small.find(question) is not None for question, _ in answers] == [False, True, True, True]


def test_one_line_too_many_takes_the_answers_of_one_along_and_of_no_other() -> None:
    memory, line = Memory(), read(PROMPTS)
    lines = [replace(line, edition=str(number)) for number in range(LINES + 1)]
    spans = [memory.new_span(line, MOMENT) for line in lines]
    assert [memory.span(line, MOMENT) for line in lines] == [None, *spans[1:]]


def test_the_steps_of_callers_are_recorded_each_once_also_those_from_memory(carrier: Carrier) -> None:
    steps: list[tuple[str, str]] = []
    front = replace(
        carrier.front,
        record=lambda call, step, _now, _address, _talked: steps.append((call, step.heard)),
        memory=Memory(),
    )
    install = carrier.app.extensions["ivr.webhooks"]
    carrier.app.extensions["ivr.webhooks"] = replace(install, front=front)
    try:
        carrier.asks(here(carrier), Digits="1")  # anew; then, from memory where it is there, five times in all
        carrier.post(here(carrier), {"CallSid": "CA2", "AccountSid": BUILT_IN_ACCOUNT, "Digits": "1"})
    finally:
        carrier.app.extensions["ivr.webhooks"] = install
    assert steps == [("CA1", "key 1")] * 4
