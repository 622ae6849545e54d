"""All texts of a language in one sitting: in the order of the call, held at once, heard, and kept in one go."""

import io
import re
from collections.abc import Iterator, Sequence
from unittest.mock import patch

import pytest
from werkzeug.test import TestResponse

from ivr.apart import Busy
from ivr.editions.edition import Piece
from ivr.editions.reading_order import Wanted, those, to_read
from ivr.voice import mulaw
from ivr.voice.booth import Booth
from ivr.voice.judging import Doubt
from ivr.voice.render import Item
from ivr.voice.store import Store, address
from ivr.voice.voices import DEFAULT_CHOICE, voice_for
from tests.support.clock import MOMENT
from tests.support.town import GREETING, Town, Visitor, begun, number, shared_town

TAKE = b"a take"
MAIL = "text.mail.passages.1"
DOUBT = Doubt("No voice was heard in the recording, only a noise or a tone.", {})


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One city hall for all of these: each begins a draft of its own."""
    with shared_town(tmp_path_factory.mktemp("data")) as made:
        yield made


def recorded(visitor: Visitor, draft: str, piece: str, take: bytes = TAKE, doubts: tuple[Doubt, ...] = ()) -> int:
    """A text read in the sitting: its recording, as the page's script sends it."""
    page = visitor.client.get(f"{draft}/sitting/ja").get_data(as_text=True)
    spoken = re.search(rf'data-take="[^"]*/take/ja/{re.escape(piece)}"[^>]*data-spoken="([^"]*)"', page)
    token = re.search(r'name="csrf_token" value="([^"]*)"', page)
    assert spoken and token
    with patch.object(Booth, "take", lambda *_all: (take, doubts)):
        answer = visitor.client.post(
            f"{draft}/take/ja/{piece}",
            data={
                "csrf_token": token[1],
                "words": spoken[1],
                "sitting": "yes",
                "file": (io.BytesIO(b"x"), "recording"),
            },
            headers={"Accept": "application/json"},
        )
    return answer.status_code


def test_texts_come_in_the_order_of_the_call(town: Town) -> None:
    chunks = town.office.recordings.chunks(number(begun(town.who("eto"))))
    every = to_read(town.office.shelf.line("", MOMENT), chunks, {}, "ja")
    keys = [each.piece.chunk for each in every]
    assert keys[0] == GREETING and [each.number for each in every] == list(range(1, len(keys) + 1))
    assert len(keys) == len(set(keys)) == sum(piece.language == "ja" for piece in chunks)
    where = [keys.index(key) for key in ("menu.main.lead", "menu.fraud.name", MAIL, "text.lost.passages.1")]
    assert where == sorted(where), "the first option with all behind it comes before the second"
    passages = those(Wanted.PASSAGES, every)
    assert passages and all(".passages." in each.piece.chunk for each in passages)


def test_what_is_recorded_is_held_at_once_and_kept_in_one_go(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    page = editor.get(f"{draft}/sitting/ja")
    assert "続けて録音する：日本語" in page and "件のうち0件" in page
    assert recorded(editor, draft, GREETING) == recorded(editor, draft, MAIL, b"another") == 204
    assert "件のうち2件" in editor.get(f"{draft}/sitting/ja"), "whoever left goes on where they were"
    assert town.office.drafts.edition(number(draft)).recordings == {}
    assert "録音を確かめる" in editor.get(f"{draft}/sitting/ja/held")
    assert editor.html.count("<audio") == 2 and editor.html.count('name="keep"') == 2
    keep_all(editor, draft, keep=[GREETING, MAIL])
    assert "2件入れました" in editor.text
    kept = town.office.drafts.edition(number(draft)).recordings
    assert set(kept) == {Piece("ja", GREETING), Piece("ja", MAIL)} and kept[Piece("ja", GREETING)].words
    assert GREETING not in re.findall(r'data-take="[^"]*/take/ja/([^"]*)"', editor.html), "it is missing no more"
    assert f"/take/ja/{GREETING}" in editor.client.get(f"{draft}/sitting/ja?which=all").get_data(as_text=True)


def keep_all(visitor: Visitor, draft: str, **fields: list[str]) -> None:
    """Send the form of all that is held with these boxes ticked."""
    visitor.get(f"{draft}/sitting/ja/held")
    token = visitor.form()[1]["csrf_token"]
    visitor.page = visitor.client.post(f"{draft}/sitting/ja/held", data={"csrf_token": token, **fields})
    visitor._follow()


def test_a_doubtful_one_is_kept_once_somebody_has_listened(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    assert recorded(editor, draft, GREETING, doubts=(DOUBT,)) == 200
    keep_all(editor, draft, keep=[GREETING])
    assert editor.status == 409 and "確かめてください" in editor.text and "人の声が聞こえません" in editor.text
    assert town.office.drafts.edition(number(draft)).recordings == {}
    keep_all(editor, draft, keep=[GREETING], sure=[GREETING])
    assert set(town.office.drafts.edition(number(draft)).recordings) == {Piece("ja", GREETING)}
    keep_all_nothing = editor.get(f"{draft}/sitting/ja/held")
    assert "待っている録音はありません" in keep_all_nothing


def test_nobody_keeps_what_somebody_else_holds(town: Town) -> None:
    editor, other, approver = town.who("eto"), town.who("ebina"), town.who("abe")
    draft = begun(editor)
    recorded(editor, draft, GREETING)
    assert "待っている録音はありません" in other.get(f"{draft}/sitting/ja/held")
    token = other.html.partition('name="csrf_token" value="')[2].partition('"')[0]
    other.client.post(f"{draft}/sitting/ja/held", data={"csrf_token": token, "keep": GREETING})
    assert town.office.drafts.edition(number(draft)).recordings == {}
    page = approver.get(f"{draft}/sitting/ja")
    assert "この文を読んでください" not in page and "文の一覧" in page


def test_the_script_for_printing_has_all_texts_with_their_readings(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/prompts/{GREETING}")
    editor.send(**{"text-ja": "{戸塚区|とつかく}の窓口です。"})
    page = editor.get(f"{draft}/sitting/ja/script")
    assert "録音の原稿：日本語" in page and "2秒あけて" in page
    assert "<ruby>戸塚区<rp>（</rp><rt>とつかく</rt><rp>）</rp></ruby>の窓口です。" in editor.html
    chunks = [each for each in town.office.recordings.chunks(number(draft)) if each.language == "ja"]
    assert editor.html.count('class="box"') == len(chunks)


def test_what_is_typed_is_heard_before_it_is_saved(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/prompts/{GREETING}")
    made: list[str] = []
    with patch.object(Booth, "speak", lambda _booth, items, store, _choice: made.extend(_written(items, store))):
        answer = sent(editor, draft, "まだ保存していません。")
        assert made == ["まだ保存していません。"], "at the speed that is played alone"
    sounds = answer.get_json()["sounds"]
    assert len(sounds) == 1 and editor.client.get(sounds[0]).status_code == 200
    assert town.office.drafts.differences(number(draft)) == (), "it is not in the draft"
    assert "まだ保存していません。" in editor.get(f"{draft}/prompts/{GREETING}"), "nothing typed is lost"


def _written(items: Sequence[Item], store: Store) -> list[str]:
    """The words of items, each made as a second of silence in the store."""
    for item in items:
        at = address(voice_for(item.spoken, DEFAULT_CHOICE), item.text, item.speed)
        store.put(at, mulaw.written(mulaw.silence(1)))
    return [item.text for item in items]


def sent(visitor: Visitor, draft: str, text: str, accept: str = "application/json") -> TestResponse:
    """The press beside the field."""
    fields = visitor.form()[1] if visitor.path.endswith(f"/prompts/{GREETING}") else {}
    where = f"{draft}/prompts/{GREETING}/say/ja"
    return visitor.client.post(where, data={**fields, "text-ja": text}, headers={"Accept": accept})


@pytest.mark.parametrize(("text", "why"), [("{戸塚|とつか", "波かっこ"), ("長い話です。" * 60, "60秒を超えます")])
def test_what_cannot_be_spoken_is_told_and_made_nowhere(town: Town, text: str, why: str) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/prompts/{GREETING}")
    with patch.object(Booth, "speak", lambda *_all: pytest.fail("it was spoken")):
        answer = sent(editor, draft, text)
    assert answer.status_code == 409 and why in answer.get_json()["problem"]


def test_while_others_are_spoken_one_is_told_to_wait(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/prompts/{GREETING}")

    def busy(*_all: object) -> None:
        raise Busy

    with patch.object(Booth, "speak", busy):
        assert sent(editor, draft, "まだです。").status_code == 503
    assert sent(town.who("abe"), draft, "だめです。").status_code in (400, 403)
