"""The transcript says what the telephone says: state by state, in the same words and order."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient

from ivr.call.acts import Ask, Say, Turn
from ivr.call.walking import Visit, walk
from ivr.carrier.twilio.twilio_carrier import TwilioSigner
from ivr.carrier.twiml import Carriage, document
from ivr.clock import NOW
from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from ivr.line.chunks import all_chunks
from ivr.line.loading import load
from ivr.line.numbers import tel
from ivr.line.tree import key_paths
from ivr.line.values import Alert, Line
from ivr.line.words import Chunk, Part, parse
from ivr.pages.routes import locale_of
from ivr.pages.transcript import DeskPart, ListenTo, MenuPart, TextPart, transcript
from ivr.wiring import create_app
from tests.support.browser import without_limits
from tests.support.given import ORIGIN, settings_for

TOKYO = ZoneInfo("Asia/Tokyo")
OPEN = datetime(2026, 11, 24, 11, 0, tzinfo=TOKYO)
CLOSED = datetime(2026, 11, 28, 23, 0, tzinfo=TOKYO)
HOURS = pytest.mark.parametrize("now", [OPEN, CLOSED], ids=["open", "closed"])
SILENT: ListenTo = lambda _language, _part: None  # noqa: E731 (a line without sounds)
LANGUAGES = pytest.mark.parametrize("code", ["ja", "en"])


def walked(test: Callable[..., None]) -> Callable[..., None]:
    """One process walks the line for all of these tests, each at hours of its own."""
    marked: Callable[..., None] = pytest.mark.timeless(pytest.mark.xdist_group("walked")(test))
    return marked


TRANSLATIONS = Path(__file__).parents[2] / "ivr/pages/translations"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return without_limits(create_app(settings_for(tmp_path_factory.mktemp("data"))))


@pytest.fixture(scope="module")
def line(app: Flask) -> Line:
    found: Line = app.extensions["ivr.line"]("", OPEN)
    return found


@pytest.fixture(scope="module")
def states(line: Line) -> Callable[[str, datetime], list[Visit]]:
    """Every state in which a language is spoken, at some time; walked once."""

    @cache
    def found(code: str, now: datetime) -> list[Visit]:
        return [visit for visit in walk(line, (code,), now) if visit.turn.position.language == code]

    return found


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


class Page(HTMLParser):
    """A page as a reader without style or script has it: what it says, in which language, and
    where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: dict[str, dict[str, str]] = defaultdict(dict)
        self.links: list[dict[str, str]] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.ids: list[str] = []
        self.text = ""
        self._open: list[tuple[str, str, str | None]] = []
        self._begun = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append((tag, found))
        if "id" in found:
            self.ids.append(found["id"])
        if tag in ("a", "link"):
            self.links.append(found)
        if tag not in ("meta", "link", "input", "br"):
            language = found.get("lang") or (self._open[-1][1] if self._open else "")
            self._open.append((tag, language, found.get("data-prompt")))
            self._begun = self._begun or "data-prompt" in found

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data
        if prompt := next((prompt for *_, prompt in reversed(self._open) if prompt), None):
            said = self.said[self._open[-1][1]]
            said[prompt] = data if self._begun else said[prompt] + data
            self._begun = False


def page(client: FlaskClient, code: str, now: datetime) -> Page:
    path = "/" if code == "ja" else f"/{code}"
    return Page(client.get(path, environ_overrides={NOW: now}).text)


def said(turn: Turn) -> Iterator[Say]:
    for act in turn.acts:
        for each in act.says if isinstance(act, Ask) else (act,):
            if isinstance(each, Say):
                yield each


def chunks(visit: Visit) -> Iterator[tuple[str, Chunk]]:
    return ((say.language, part) for say in said(visit.turn) for part in say.parts if isinstance(part, Chunk))


def rings(app: Flask, code: str, now: datetime) -> Handset:
    own = app.extensions["ivr.settings"]
    caller = Handset(Wsgi(app, TwilioSigner(own.token), own.public_url), at=now)
    caller.dial(f"/voice?language={code}")
    return caller


def heard(caller: Handset) -> str:
    return squeezed(" ".join(caller.last))


def squeezed(text: str) -> str:
    """Without blanks: how chunks are joined is not what is said."""
    return re.sub(r"\s", "", text)


# --- the same words, state by state -----------------------------------------------------------


@walked
@LANGUAGES
@HOURS
def test_every_word_of_every_state_stands_on_the_page(
    client: FlaskClient, states: Callable[[str, datetime], list[Visit]], code: str, now: datetime
) -> None:
    shown = page(client, code, now)
    for visit in states(code, now):
        for language, chunk in chunks(visit):
            if not chunk.key.startswith("time."):
                assert shown.said[language].get(chunk.key) == chunk.written, f"{visit}: {chunk.key}"
    assert len(states(code, now)) > 100


@LANGUAGES
def test_every_word_of_the_line_stands_on_the_page(client: FlaskClient, line: Line, code: str) -> None:
    """Also what is said at other hours; times of day as the pattern that they are made by."""
    shown = page(client, code, OPEN).said[code]
    never_said = re.compile(
        r"(desk|menu|text)\.\w+\.option|whisper\.language\.\w+|menu\.\w+\.person|menu\.main\.(option|name)"
    )
    for chunk in all_chunks(line, line.languages[code]):
        if chunk.key.startswith("time."):
            assert any(re.fullmatch(pattern, chunk.written) for pattern in times_of_day(line, code))
        elif chunk.key.startswith("day."):
            month, day = (str(int(figure)) for figure in chunk.key.removeprefix("day.").split("-"))
            names = shown[f"calendar.months.{month}"], shown[f"calendar.days.{day}"]
            assert all(name in chunk.written for name in names)
        elif not never_said.fullmatch(chunk.key):
            assert shown.get(chunk.key) == chunk.written


def times_of_day(line: Line, language: str) -> list[str]:
    """The ways in which a language tells the time, as the page shows them: figures between words."""
    figure = (Chunk("figure", ()),)
    prompts = [
        prompt
        for key, prompt in line.languages[language].prompts.items()
        if re.match(r"calendar\.([ap]m|noon|midnight)", key)
    ]
    filled = [prompt.fill(dict.fromkeys(prompt.slots, figure)) for prompt in prompts]
    return ["".join(r"\d+" if part in figure else re.escape(words(part)) for part in parts) for parts in filled]


def words(part: Part) -> str:
    return part.written if isinstance(part, Chunk) else ""


@walked
@LANGUAGES
@HOURS
def test_every_document_is_made_of_the_page_s_words(
    client: FlaskClient, line: Line, states: Callable[[str, datetime], list[Visit]], code: str, now: datetime
) -> None:
    shown = page(client, code, now)
    known = {language: whole(said, times_of_day(line, language)) for language, said in shown.said.items()}
    for visit in states(code, now):
        for say in ElementTree.fromstring(document(line, visit.turn, Carriage())).iter("Say"):
            text = "".join(say.itertext())
            assert not known[say.attrib["language"].partition("-")[0]].sub("", text).strip(), f"{visit}: {text}"


def whole(said: dict[str, str], times: list[str]) -> re.Pattern[str]:
    """Any of these words, the longest first, or any time of day."""
    found = sorted(said.values(), key=len, reverse=True)
    return re.compile("|".join([*map(re.escape, found), *times]))


@LANGUAGES
def test_the_page_says_nothing_that_the_line_cannot_say(client: FlaskClient, line: Line, code: str) -> None:
    known = {
        (language.code, chunk.key): chunk.written
        for language in line.languages.values()
        for chunk in (*all_chunks(line, language), *(c for p in language.prompts.values() for c in p.chunks()))
    }
    for language, said in page(client, code, OPEN).said.items():
        for key, words in said.items():
            assert key.startswith("time.") or known[language, key] == words, key


# --- the same order ---------------------------------------------------------------------------


def way_back(line: Line, code: str) -> str:
    return squeezed("".join(chunk.written for chunk in line.languages[code].prompts["say.way_back"].chunks()))


@LANGUAGES
@HOURS
def test_menus_and_texts_are_told_as_the_webhooks_tell_them(app: Flask, line: Line, code: str, now: datetime) -> None:
    script = transcript(line, code, now, SILENT)
    for part in parts(script.main):
        caller = rings(app, code, now)
        caller.press("".join(part.path) or "5")  # the greeting tells the languages twice, the menu itself once
        if isinstance(part, MenuPart):
            shown = squeezed("".join(option.speech.words for option in part.options))
            assert part.person is None or squeezed(part.person.words) + shown in heard(caller)
            assert shown in heard(caller)
            person = squeezed(part.person.words) if part.person else ""
            back = "" if part is script.main else way_back(line, code)
            assert part.lead is None or heard(caller).endswith(squeezed(part.lead.words) + back + person)
            continue
        for passage in part.passages:
            read = squeezed(passage.words).rstrip(".")  # no full stop is said behind a number that is read slower
            assert read in heard(caller), "around a number: a pen, and once more"
            caller.wait()
        assert heard(caller).startswith(squeezed("".join(option.speech.words for option in part.options)))


@LANGUAGES
@HOURS
def test_key_paths_lead_to_each_desk(app: Flask, line: Line, code: str, now: datetime) -> None:
    script = transcript(line, code, now, SILENT)
    for desk in script.desks:
        caller = rings(app, code, now)
        assert desk.path, desk.key
        caller.press("".join(desk.path))
        if squeezed(desk.status.words) not in heard(caller):
            caller.wait()
            assert caller.ringing
            assert caller.ringing.number == line.desks[desk.key].dial


@LANGUAGES
def test_the_greeting_and_the_alert_in_force_are_told(line: Line, code: str) -> None:
    words = {"ja": parse("alert", "偽の電話に、ご注意ください。"), "en": parse("alert", "Beware of fake calls.")}
    alert = Alert("alert", MappingProxyType(words), OPEN, OPEN + timedelta(hours=1))
    warned = replace(line, alerts=(alert,))
    script = transcript(warned, code, OPEN, SILENT)
    assert [speech.words for speech in script.alerts] == [words[code].chunks()[0].written]
    assert script.greeting.words
    assert not transcript(warned, code, alert.end, SILENT).alerts


def parts(menu: MenuPart) -> Iterator[MenuPart | TextPart]:
    yield menu
    for part in menu.parts:
        if isinstance(part, MenuPart):
            yield from parts(part)
        else:
            yield part


def test_every_part_of_the_line_is_told_once(line: Line) -> None:
    script = transcript(line, "ja", OPEN, SILENT)
    told = [part.key for part in (*parts(script.main), *script.more)] + [desk.key for desk in script.desks]
    assert sorted(told) == sorted([*line.menus, *line.texts, *line.desks])


def test_key_paths_are_the_shortest(line: Line) -> None:
    found = key_paths(line)
    assert found["mail"] == ("1", "1")
    assert found["police"] == ("3", "3", "1")
    assert found["abroad"] == ("1", "2", "3", "3"), "behind a text, whose choices are named first"
    assert found[line.start] == ()


# --- desks ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minute", "is_open"), [((8, 29), False), ((8, 30), True), ((17, 14), True), ((17, 15), False)]
)
def test_a_desk_opens_and_closes_to_the_minute(line: Line, minute: tuple[int, int], is_open: bool) -> None:
    assert police(line, OPEN.replace(hour=minute[0], minute=minute[1])).is_open is is_open


def police(line: Line, now: datetime) -> DeskPart:
    script = transcript(line, "ja", now, SILENT)
    return next(desk for desk in script.desks if desk.key == "police")


def test_a_closed_desk_tells_when_it_opens_next(line: Line) -> None:
    assert "11月30日" in police(line, CLOSED).status.words


@pytest.mark.timeless
@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("ja", ["ファクス", "電子メール", "手話リンク", "ヨメテル", "電話リレーサービス"]),
        ("en", ["Fax", "E-mail", "Shuwa Link", "Yometel", "Telephone relay service"]),
    ],
)
def test_who_cannot_hear_or_speak_finds_other_ways_to_ask(client: FlaskClient, code: str, names: list[str]) -> None:
    found = page(client, code, OPEN)
    section = found.text.partition("045-550-3610")
    assert all(name in found.text for name in names) and "di-kikaku@city.yokohama.jp" in section[2]
    addresses = [link["href"] for link in found.links]
    assert "#contacts" in addresses and "contacts" in found.ids, "told at the top, too"
    assert "mailto:di-kikaku@city.yokohama.jp" in addresses
    assert "https://www.nftrs.or.jp/" in addresses


def test_a_line_without_contacts_says_nothing_of_them(line: Line) -> None:
    assert transcript(replace(line, contacts=()), "ja", OPEN, SILENT).contacts == ()


@pytest.mark.parametrize(
    ("number", "address"),
    [
        ("045-664-9110", "tel:+81456649110"),
        ("#9110", "tel:%239110"),
        ("188", "tel:188"),
        ("0120-95-0178", "tel:0120950178"),
    ],
)
def test_numbers_can_be_dialled_from_the_page(number: str, address: str) -> None:
    assert tel(number) == address


def test_each_number_is_a_link(client: FlaskClient, line: Line) -> None:
    links = {link.get("href") for link in page(client, "ja", OPEN).links}
    assert {tel(number) for desk in line.desks.values() for number in desk.numbers} <= links


def test_a_number_in_a_sentence_is_a_link_and_the_full_stop_stands_behind_it(client: FlaskClient, line: Line) -> None:
    stopped = line.desks["card_stop"].heard_in("en").numbers[0]
    found = page(client, "en", CLOSED)
    told = [link for link in found.links if link.get("href") == tel(stopped)]
    assert len(told) >= 4, "twice in the text, in what helps at any hour, and as the desk's own"
    assert f"{stopped}." in found.text and f"{stopped} ." not in found.text


def test_times_are_those_of_the_line_s_zone(client: FlaskClient) -> None:
    assert "11:00" in page(client, "ja", OPEN.astimezone(UTC)).text


# --- another line -----------------------------------------------------------------------------


def test_of_three_languages_one_key_leads_to_the_others(line: Line) -> None:
    folder = Path(__file__).parents[2] / "prompts"
    files = {path.name: path.read_bytes() for path in folder.glob("*.toml")}
    files["line.toml"] = files["line.toml"].replace(b'["ja", "en"]            #', b'["ja", "en", "zh"]      #')
    files["zh.toml"] = files["en.toml"].replace(b'name = "English"\nlocale = "en-US"', b'name = "X"\nlocale = "zh-CN"')
    several = load(files)
    script = transcript(several, "ja", OPEN, SILENT)
    assert [option.key for option in script.main.options] == ["1", "2", "3", "4"]
    (page,) = script.languages
    assert [(option.key, option.speech.language) for option in page] == [("1", "en"), ("2", "zh")]


# --- the page ---------------------------------------------------------------------------------


@LANGUAGES
def test_the_page_is_in_its_language_and_names_the_others(client: FlaskClient, code: str) -> None:
    shown = page(client, code, OPEN)
    assert shown.tags[0] == ("html", {"lang": code})
    alternates = {link["hreflang"]: link["href"] for link in shown.links if link.get("rel") == "alternate"}
    assert alternates == {"ja": f"{ORIGIN}/", "en": f"{ORIGIN}/en", "x-default": f"{ORIGIN}/"}
    assert all(attrs.get("lang") for tag, attrs in shown.tags if attrs.get("class") == "said")


@LANGUAGES
def test_links_within_the_page_lead_somewhere(client: FlaskClient, code: str) -> None:
    shown = page(client, code, OPEN)
    assert len(shown.ids) == len(set(shown.ids))
    targets = {link["href"][1:] for link in shown.links if link.get("href", "").startswith("#")}
    assert targets <= set(shown.ids)


def test_readers_get_no_cookie_and_a_page_that_may_be_kept_a_minute(client: FlaskClient) -> None:
    answer = client.get("/")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Content-Language"] == "ja"
    again = client.get(
        "/",
        headers={"If-None-Match": client.get("/", environ_overrides={NOW: OPEN}).headers["ETag"]},
        environ_overrides={NOW: OPEN},
    )
    assert again.status_code == 304


def test_the_page_needs_no_script_and_has_no_style_of_its_own(client: FlaskClient) -> None:
    tags = page(client, "ja", OPEN).tags
    assert not [tag for tag, _ in tags if tag in ("script", "style")]
    assert not [name for _, attrs in tags for name in attrs if name == "style" or name.startswith("on")]


def test_a_text_with_audio_has_a_player_that_loads_nothing_by_itself(line: Line) -> None:
    script = transcript(line, "ja", OPEN, lambda language, part: f"/{language}/{part}")
    first = next(part for part in parts(script.main) if isinstance(part, TextPart))
    assert first.audio == "/ja/mail"


def test_the_first_language_has_one_address(client: FlaskClient) -> None:
    assert client.get("/ja").headers["Location"] == "/"
    assert client.get("/ja/phone").headers["Location"] == "/phone"


@pytest.mark.parametrize("path", ["/", "/en", "/phone", "/static/pages/now/style.css", "/nothing", "/healthz"])
def test_every_page_tells_browsers_what_to_refuse(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "microphone=()" in headers["Permissions-Policy"]


def test_the_carrier_gets_no_headers_for_browsers(client: FlaskClient) -> None:
    assert "Content-Security-Policy" not in client.post("/voice").headers


# --- errors in words --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "language", "words"),
    [("/nothing", "ja", "ページが見つかりません"), ("/en/nothing", "en", "This page does not exist")],
)
def test_a_missing_page_is_told_in_words(client: FlaskClient, path: str, language: str, words: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    shown = Page(answer.text)
    assert shown.tags[0] == ("html", {"lang": language})
    assert words in shown.text


def test_a_fault_of_ours_is_told_in_words(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path))
    app.add_url_rule("/fault", "fault", lambda: str(1 // 0))
    answer = app.test_client().get("/fault")
    assert answer.status_code == 500
    assert "こちらの不具合です" in answer.text


def test_a_method_that_a_page_lacks_is_told(client: FlaskClient) -> None:
    answer = client.post("/")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_too_many_readings_are_told_in_words(tmp_path: Path) -> None:
    client = create_app(settings_for(tmp_path)).test_client()
    answers = [client.get("/en/phone") for _ in range(61)]
    assert [answer.status_code for answer in answers] == [200] * 60 + [429]
    assert "Too many requests" in answers[-1].text
    assert answers[-1].headers["Retry-After"] == "60"


# --- translations -----------------------------------------------------------------------------


@pytest.mark.parametrize("folder", sorted(TRANSLATIONS.glob("*/LC_MESSAGES")), ids=lambda folder: folder.parent.name)
def test_translations_are_whole_and_compiled(folder: Path) -> None:
    with (folder / "messages.po").open("rb") as written, (folder / "messages.mo").open("rb") as compiled:
        messages = {message.id: message.string for message in read_po(written) if message.id}
        assert all(messages.values())
        assert messages == {message.id: message.string for message in read_mo(compiled) if message.id}


def test_every_label_is_translated(client: FlaskClient, line: Line) -> None:
    """No English furniture on a Japanese page: what is not Japanese there is a name, a number or an address."""
    text = page(client, "ja", OPEN).text
    for told in ("For English, press 4.", "For English, press 1.", "For English, press 9."):
        text = text.replace(told, "")
    for contact in line.contacts:
        text = text.replace(contact.shown, "")
    assert set(re.findall(r"[A-Za-z]{4,}", text)) <= {"English", "YOKE", "di", "kikaku", "city", "yokohama", "jp"}


def test_visitors_behind_a_proxy_are_counted_one_by_one(tmp_path: Path) -> None:
    def answers(visitor: str, **environ: str) -> int:
        client = create_app(settings_for(tmp_path, **environ)).test_client()
        crowd = [client.get("/", headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code for n in range(70)]
        return crowd.count(429) + client.get("/", headers={"X-Forwarded-For": visitor}).status_code

    assert answers("198.51.100.200", PROXIES="1") == 200
    assert answers("198.51.100.200") > 429, "nobody's word is taken for where they come from"


@pytest.mark.parametrize(
    ("code", "locale"),
    [("ja", "ja"), ("ja-Hira", "ja"), ("pt-BR", "en"), ("ne-x", "en"), ("tlh", "en"), ("zz-ZZ", "en")],
)
def test_a_language_without_a_catalogue_has_its_pages_in_another_frame(code: str, locale: str) -> None:
    assert locale_of(code) == locale
