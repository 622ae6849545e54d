"""Eleven languages, nine of them a file each and a code in `languages`: everything has them."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask
from openpyxl import load_workbook

from ivr.carrier import fallback
from ivr.editions import exchange, reading
from ivr.editions.edition import Edition
from ivr.editions.texts import words_at
from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from ivr.line.chunks import all_chunks
from ivr.line.loading import load
from ivr.line.speeds import Speed
from ivr.line.values import Line
from ivr.voice.audio import items
from ivr.voice.voices import NoVoice, voice_for
from tests.support.clock import MOMENT
from tests.support.given import SIGNER
from tests.support.languages import ELEVEN, with_languages
from tests.support.schema import problems
from tests.support.town import ORIGIN, Town, begun, console_app, secrets_of

FILES = with_languages(ELEVEN)
CODES = ["ja", "en", *ELEVEN]


@pytest.fixture(scope="module")
def eleven() -> Line:
    return load(FILES)


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The program with these files: nothing else tells it of the languages."""
    folder = tmp_path_factory.mktemp("prompts")
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    app = console_app(tmp_path_factory.mktemp("data"), PROMPTS_DIR=str(folder))
    yield app
    app.extensions["ivr.office"].database.close()


@pytest.fixture(scope="module")
def town(everywhere: Flask) -> Town:
    return Town(everywhere, secrets_of(everywhere))


def greeting(line: Line, code: str) -> str:
    return line.languages[code].prompts["say.greeting"].chunks()[0].written


@pytest.mark.parametrize("code", CODES)
def test_a_number_of_its_own_is_answered_in_it_by_its_own_voice(everywhere: Flask, eleven: Line, code: str) -> None:
    caller = Handset(Wsgi(everywhere, SIGNER, ORIGIN), at=MOMENT)
    caller.dial(f"/voice?language={code}")
    document = caller.documents[-1].xml
    assert problems(document) == []
    say = next(ElementTree.fromstring(document).iter("Say"))
    language = eleven.languages[code]
    assert (say.get("language"), say.get("voice")) == (language.locale, language.voice)
    assert greeting(eleven, code) in "".join(say.itertext())


@pytest.mark.parametrize("code", CODES)
def test_its_page_has_one_address_and_names_all_others(everywhere: Flask, eleven: Line, code: str) -> None:
    path = "/" if code == "ja" else f"/{code}"
    answer = everywhere.test_client().get(path)
    assert answer.status_code == 200
    html = unescape(answer.get_data(as_text=True))
    frame = code if code in ("ja", "en") else "en"
    assert f'<html lang="{frame}">' in html, "the words around are in a language that pages can be had in"
    assert answer.headers["Content-Language"] == (code if code == frame else f"{code}, {frame}")
    said = re.search(r'<p class="greeting"><span class="said" lang="([^"]*)"( dir="rtl")?>', html)
    assert said and said[1] == code and bool(said[2]) == (code == "ar")
    assert greeting(eleven, code) in html
    links = dict(re.findall(r'<link rel="alternate" hreflang="([^"]*)" href="([^"]*)"', html))
    addresses = {other: f"{ORIGIN}/" if other == "ja" else f"{ORIGIN}/{other}" for other in CODES}
    assert links == {**addresses, "x-default": f"{ORIGIN}/"}
    assert everywhere.test_client().get("/ja").status_code == 308


def test_staff_write_a_prompt_in_all_of_them(town: Town, eleven: Line) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    page = editor.get(f"{draft}/prompts/say.greeting")
    for name in ("中国語", "韓国語", "ベトナム語", "ネパール語", "ポルトガル語", "スペイン語", "アラビア語", "タイ語"):
        assert name in page
    for code in CODES:
        assert f'name="text-{code}"' in editor.html and greeting(eleven, code) in page
    editor.send("/prompts/say.greeting", **{"text-qaa": "𐐨𐐩𐐪."})
    assert 'value="𐐨𐐩𐐪."' in editor.html or ">𐐨𐐩𐐪.</textarea>" in editor.html
    assert "最初のあいさつ（qaa）" in editor.get(draft)


def test_an_alert_is_heard_in_the_languages_that_have_words_for_it(town: Town) -> None:
    editor = town.who("eto")
    editor.get("/staff/alerts?from=0")
    assert "区役所を名乗る" in editor.html and "冒充区政府" in editor.html, "its prepared words, where there are some"
    end = {
        "end": (MOMENT + timedelta(hours=2))
        .astimezone(town.office.library.shipped.line.zone)
        .strftime("%Y-%m-%dT%H:%M")
    }
    empty = {f"words-{code}": "" for code in CODES if code not in ("ja", "zh")}
    assert "すべての言語" in editor.send("/alerts/look", **end, **empty)
    page = editor.send("/alerts/look", **end, **empty, partly="on")
    assert "次の言語の方には、聞こえません" in page and "英語" in page and "中国語" not in page
    editor.send("/alerts")
    line = town.office.shelf.line("", MOMENT)
    (alert,) = line.alerts_at(MOMENT)
    assert set(alert.words) == {"ja", "zh"}


def test_the_document_without_a_server_has_it(eleven: Line) -> None:
    for code in CODES:
        document = fallback.document(eleven, [code])
        assert problems(document) == [] and greeting(eleven, code)[:12] in document


def test_each_has_sounds_to_be_made_and_a_script_to_be_read(eleven: Line) -> None:
    for code, language in eleven.languages.items():
        wanted = list(items(eleven, [code], [Speed.NORMAL]))
        assert len(wanted) > 300 and {item.language for item in wanted} == {code}
        assert any(chunk.key == "say.greeting" for chunk in all_chunks(eleven, language))


def test_whoever_has_no_voice_of_ones_own_gets_espeaks(eleven: Line) -> None:
    found = {}
    for code in CODES:
        try:
            voice = voice_for(eleven.languages[code].pronunciation)
            found[code] = f"{voice.engine}:{voice.name}"
        except NoVoice:
            found[code] = ""
    assert found["ja"] == "openjtalk:mei" and found["en"] == "hibari:heart"
    assert found["zh"] == "espeak:cmn", "as its file says"
    assert found["pt-BR"] == "espeak:pt-br" and found["ar"] == "espeak:ar"
    assert found["qaa"] == "", "nobody speaks it: the carrier does"


def test_a_translators_spreadsheet_has_a_column_of_it_and_brings_it_back() -> None:
    edition = Edition(FILES)
    content = exchange.as_spreadsheet(edition)
    head, *rows = load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    assert head == ("key", "place", *CODES)
    found = next(row for row in rows if row[0] == "say.greeting")
    assert list(found[2:]) == [edition.texts[words_at(code, "say.greeting")] for code in CODES]
    back = {place: text for place, text in reading.read("t.xlsx", content).items() if place.file}
    assert all(edition.texts[place] == text for place, text in back.items())
    assert {place.language for place in back} == set(CODES)


def test_the_commands_have_it(everywhere: Flask) -> None:
    run = everywhere.test_cli_runner()
    script = run.invoke(args=["line", "script", "--language", "qaa"])
    assert script.exit_code == 0 and "𐐻" in script.output
    assert "𐐻" in run.invoke(args=["line", "graph", "--language", "qaa"]).output


def test_only_its_file_and_its_code_tell_of_it(tmp_path: Path) -> None:
    before, after = with_languages({}), with_languages({"qaa": ELEVEN["qaa"]})
    changed = {name for name in after if before.get(name) != after[name]}
    assert changed == {"line.toml", "qaa.toml"}
    assert len(load(after).languages) == 3
