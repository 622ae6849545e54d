"""One long file of many texts: cut, looked at, moved, kept and refused; nothing of it in the draft before that."""

import io
import time
from collections.abc import Callable, Iterator, Sequence
from unittest.mock import patch

import pytest

from ivr.apart import Failed, Queue
from ivr.editions.edition import Piece
from ivr.editions.long_recordings import CLAIM
from ivr.editions.reading_order import to_read
from ivr.voice.cutters import Cut, Cutter, ReadScript
from ivr.voice.judging import Doubt
from tests.support.clock import MOMENT
from tests.support.long_reading import long_recording
from tests.support.town import Town, Visitor, begun, number, shared_town

FILE = "/sitting/ja/file"
DOUBT = Doubt("No voice was heard in the recording, only a noise or a tone.", {})


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One city hall for all of these: each begins a draft of its own."""
    with shared_town(tmp_path_factory.mktemp("data")) as made:
        yield made


def sent(visitor: Visitor, draft: str, content: bytes = b"x", which: str = "passages") -> str:
    visitor.get(f"{draft}{FILE}?which={which}")
    target, fields = visitor.form()
    data = {**fields, "file": (io.BytesIO(content), "all.flac")}
    visitor.page = visitor.client.post(f"{target}?which={which}", data=data)
    return visitor._follow()


def cutting(*cuts: Cut, problem: Doubt | None = None):  # type: ignore[no-untyped-def]
    """A cutter that finds this, at once."""

    def begin(_cutter: Cutter, _content: bytes, _name: str, _script: ReadScript, done) -> bool:  # type: ignore[no-untyped-def]
        done(cuts, problem)
        return True

    return patch.object(Cutter, "begin", begin)


def at_once(_queue: Queue, work: Callable[[], None]) -> bool:
    work()
    return True


def piece(key: str | None, take: bytes = b"a take", *doubts: Doubt) -> Cut:
    return Cut(61.0, 3.2, key, "きこえたことば", take, doubts, None if take else DOUBT)


def texts(town: Town, draft: str) -> Sequence[tuple[int, str]]:
    """The passages in order: their numbers and keys."""
    every = to_read(town.office.shelf.line("", MOMENT), town.office.recordings.chunks(number(draft)), {}, "ja")
    return [(each.number, each.piece.chunk) for each in every if each.is_passage]


def kept(town: Town, draft: str) -> set[str]:
    return {each.chunk for each in town.office.drafts.edition(number(draft)).recordings}


def test_each_piece_is_kept_moved_or_refused(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    (_, first), (at, second), (_, third), *_ = texts(town, draft)
    with cutting(piece(first), piece(third, b"moved"), piece(None, b"none"), piece(first, b"")):
        page = sent(editor, draft)
    assert "切り分けた録音を確かめる" in page and "きこえたことば" in page and "1:01から" in page
    assert "どの文の録音か、分かりませんでした" in page and "この録音は使えません" in page
    assert kept(town, draft) == set(), "nothing is in the draft unheard"
    page = decided(editor, {"do-1": "keep", "do-2": "keep", "text-2": str(at), "do-3": "refuse", "do-4": "later"})
    assert "2件入れました" in page and kept(town, draft) == {first, second}
    assert editor.html.count('name="text-') == 1, "what was not decided on stays"
    assert "すべて決め終わりました" in decided(editor, {"do-4": "refuse"}) or "続けて録音する" in editor.text


def decided(visitor: Visitor, fields: dict[str, str]) -> str:
    target, found = visitor.form()
    usual = {name: value for name, value in found.items() if not name.startswith("do-")}
    visitor.page = visitor.client.post(target, data={**usual, **fields})
    return visitor._follow()


def test_what_cannot_be_so_is_refused_and_nothing_of_it_done(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    (at, first), (_, second), *_ = texts(town, draft)
    with cutting(piece(first), piece(second), piece(None, b"")):
        sent(editor, draft)
    for fields, why in (
        ({"do-1": "keep", "do-2": "keep", "text-2": str(at)}, "同じ文に、録音が2つ"),
        ({"do-1": "keep", "text-1": "99999"}, "その番号の文はありません"),
        ({"do-3": "keep", "text-3": str(at)}, "使えない録音が選ばれています"),
    ):
        page = decided(editor, fields)
        assert editor.status == 409 and why in page and kept(town, draft) == set(), why
    assert editor.html.count("<fieldset") == 3


def test_a_file_is_its_sender_s_alone_and_lives_on(town: Town) -> None:
    editor, other = town.who("eto"), town.who("ebina")
    draft = begun(editor)
    with cutting(piece(texts(town, draft)[0][1])):
        sent(editor, draft)
    where = editor.path
    other.get(where)
    assert other.status == 404 and "all.flac" not in other.get(f"{draft}{FILE}")
    assert "all.flac" in editor.get(f"{draft}{FILE}") and "1件" in editor.text
    editor.get(where)
    assert "ファイルを捨てました" in editor.send("/throw-away") and "all.flac" not in editor.text


def test_why_a_file_cannot_be_cut_is_told(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    with cutting(problem=Doubt("The file is damaged and cannot be played. Please save or record it again.", {})):
        assert "壊れていて" in sent(editor, draft)
    with patch.object(Cutter, "_cut", side_effect=Failed), patch.object(Queue, "add", at_once):
        assert "もう一度" in sent(editor, draft)
    with patch.object(Cutter, "begin", return_value=False):
        sent(editor, draft)
    assert editor.status == 503 and "しばらくして" in editor.text
    person = next(each.person for each in town.accounts.all() if each.login == "eto")
    room = town.office.long_recordings
    lost = room.begin(number(draft), "ja", "lost.mp3", person, MOMENT)
    assert room.find(lost, person, MOMENT).working, "it is being cut"
    assert room.find(lost, person, MOMENT + CLAIM).problem, "its worker died"


@pytest.mark.slow(8)
def test_a_real_file_is_cut_and_listened_to_beside_the_request(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    chunks = town.office.recordings.chunks(number(draft))
    read = [texts(town, draft)[at][1] for at in (0, 2)]  # the second one is left out
    content = long_recording((chunks[Piece("ja", key)].spoken for key in read), kind="MP3")
    page = sent(editor, draft, content)
    assert "録音を切り分けています" in page
    where = editor.path
    for _ in range(600):
        if editor.client.get(f"{where}/cut").status_code == 204:
            break
        time.sleep(0.1)
    page = editor.get(where)
    assert editor.html.count("<audio") == 2 and page.count("聞き取った言葉") == 2, page
    decided(editor, {"do-1": "keep", "do-2": "keep"})
    assert kept(town, draft) == set(read)
