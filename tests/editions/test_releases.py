"""The program starts with other files than it did: what they bring waits for staff, and nothing of either is lost."""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from ivr.editions.checks import at_once
from ivr.editions.draft import Draft, Status
from ivr.editions.edition import Piece
from ivr.editions.office import office, open_office
from ivr.editions.releases import PROGRAM
from ivr.editions.texts import TextPlace, change, texts
from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from ivr.line.loading import load
from ivr.people.refusals import NotAllowed, Refused
from ivr.store.tables import audit
from ivr.wiring import create_app
from tests.support.brought import HOURS, LINE, MENU_TEXT_AND_DESK
from tests.support.given import ORIGIN, SIGNER, settings_for
from tests.support.stores import APPROVER, EDITOR, ENGLISH, GREETING, NOON, WRITER, City, kept, shipped

Files = Mapping[str, bytes]

FILES = shipped()
LANGUAGES = TextPlace(LINE, "line.languages")
JAPANESE_ALONE = change(FILES, {LANGUAGES: '["ja"]'} | {place: "" for place in texts(FILES) if place.file == "en.toml"})

GREETED = {GREETING: "こちらは、新しい電話案内です。"}
"""What a release changes where it hardly matters."""


def started(city: City, files: Files) -> City:
    """The program started over the same database with other files, some time on."""
    rooms = office(str(city.office.database.engine.url), files, lambda _asked: (), "secret", city.folder, lambda: NOON)
    assert open_office(rooms, city.now)
    return replace(city.later(hours=1), office=rooms)


@pytest.fixture
def start(request: pytest.FixtureRequest) -> Iterator[Callable[[City, Files], City]]:
    made: list[City] = []

    def begin(city: City, files: Files) -> City:
        made.append(started(city, files))
        return made[-1]

    yield begin
    for each in made:
        each.office.database.close()


Start = Callable[[City, Files], City]


def brought(city: City) -> Draft | None:
    """The draft by the program that waits; there is one at most."""
    found = [
        draft
        for draft in city.office.drafts.all(Status.OPEN, Status.SUBMITTED, Status.APPROVED)
        if draft.by == PROGRAM.id
    ]
    assert len(found) <= 1
    return found[0] if found else None


def waiting(city: City) -> Draft:
    found = brought(city)
    assert found is not None
    return found


def published(city: City, draft: Draft) -> City:
    city.office.publishing.publish(city.approve(draft).id, APPROVER, city.now)
    return city.later(minutes=1)


def live(city: City) -> Mapping[TextPlace, str]:
    return city.office.library.live(city.now).texts


# --- the whole way ------------------------------------------------------------------------------


def test_a_desk_a_menu_a_text_and_a_language_of_new_files_are_heard_once_they_are_approved(tmp_path: Path) -> None:
    def app_with(files: Files) -> tuple[City, Callable[[str], Handset]]:
        folder = tmp_path / "prompts"
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        app = create_app(settings_for(tmp_path / "data", PROMPTS_DIR=str(folder)))
        rooms = app.extensions["ivr.office"]
        rooms.checks.rules, rooms.checks.begin = (lambda _asked: ()), at_once

        def ring(path: str) -> Handset:
            rooms.shelf.refresh()
            caller = Handset(Wsgi(app, SIGNER, ORIGIN))
            caller.dial(path)
            return caller

        return City(rooms, tmp_path, NOON.replace(hour=0)), ring  # two hours before anybody rings

    city, ring = app_with(JAPANESE_ALONE)
    for words in ("一つ目です。", "二つ目です。", "三つ目です。"):
        city.publish(ja=words)
        city = city.later(minutes=1)
    facts = city.draft()
    city.say(facts, '"Mo-Su 00:00-24:00"', HOURS)
    said = city.office.drafts.edition(facts.id).line.languages["ja"].prompts["say.goodbye"].chunks()[0].spoken
    goodbye = Piece("ja", "say.goodbye")
    kept(city.office, facts.id, goodbye, said, b"voice", "upload", WRITER, city.now)
    city = published(city, facts)
    before = city.office.library.live(city.now)

    city, ring = app_with(change(FILES, MENU_TEXT_AND_DESK))
    city = city.later(hours=1)
    assert ring("/voice").heard("三つ目です。")
    assert not ring("/voice?language=en").heard("Yokohama"), "nothing is heard before it is published"
    published(city, waiting(city))
    caller = ring("/voice")
    assert caller.heard("三つ目です。"), "staff's words stand"
    caller.press("23")
    assert caller.heard("有効期限は、") and caller.heard("交付窓口は、")
    caller.press("1")
    assert caller.heard("カードの期限は、十年です。")
    caller = ring("/voice?language=en")
    assert caller.heard("Yokohama")
    caller.press("231")
    assert caller.heard("A card is good for ten years.")
    now_live = city.office.library.live(city.later(minutes=5).now)
    assert now_live.texts[HOURS] == '"Mo-Su 00:00-24:00"'
    assert now_live.recordings == before.recordings
    assert b"# To adopt the line" in now_live.files[LINE], "its files come with their comments"


def test_what_the_files_no_longer_have_is_taken_away_and_what_staff_worked_on_stays(city: City, start: Start) -> None:
    gone = change(JAPANESE_ALONE, {place: "" for place in texts(JAPANESE_ALONE) if "yoke" in place.key.split(".")})
    lists = {
        place: text.replace(', "yoke"', "").replace('"yoke", ', "")
        for place, text in texts(gone).items()
        if place.file == LINE and '"yoke"' in text
    }
    gone = change(gone, lists)
    assert load(gone)
    city.publish(ja="一つ目です。")
    later = start(city, gone)
    after = published(later, waiting(later))
    assert live(after) == {**texts(gone), GREETING: "一つ目です。"}
    assert "en.toml" not in after.office.library.live(after.now).files


# --- what is the program's, and what is not -------------------------------------------------------


def test_where_nothing_was_published_new_files_are_simply_heard(town: City, start: Start) -> None:
    town.draft(ja="一つ目です。")
    later = start(town, change(FILES, GREETED))
    assert brought(later) is None
    assert later.heard() == GREETED[GREETING]


def test_the_same_files_and_files_that_say_the_same_bring_nothing(town: City, start: Start) -> None:
    town.publish(ja="一つ目です。")
    assert brought(start(town, FILES)) is None
    assert brought(start(town, {**FILES, LINE: b"# another remark\n" + FILES[LINE]})) is None


def test_starting_again_makes_no_second_draft_and_many_at_once_make_one(city: City, start: Start) -> None:
    city.publish(ja="一つ目です。")
    files = change(FILES, {ENGLISH: "Hello."})
    rooms = [
        office(str(city.office.database.engine.url), files, lambda _asked: (), "secret", city.folder, lambda: NOON)
        for _ in range(4)
    ]
    workers = [threading.Thread(target=open_office, args=[each, NOON]) for each in rooms]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for each in rooms:
        each.database.close()
    first = waiting(city)
    assert waiting(start(city, files)) == first
    assert city.office.drafts.words(first.id)[ENGLISH].by == PROGRAM.id


def test_only_what_the_release_changed_is_in_the_draft_and_in_the_trail(town: City, start: Start) -> None:
    town.publish(ja="一つ目です。")
    later = start(town, change(FILES, {ENGLISH: "Hello."}))
    draft = waiting(later)
    assert [each.place for each in later.office.drafts.differences(draft.id)] == [ENGLISH]
    with town.office.database.reading() as connection:
        acts = {row.act for row in connection.execute(select(audit).where(audit.c.who == PROGRAM.id))}
    assert acts == {"draft.start", "draft.release"}


def test_files_that_cannot_be_put_together_do_not_keep_the_line_from_starting(
    town: City, start: Start, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    town.publish(ja="一つ目です。")
    monkeypatch.setattr("ivr.editions.releases.merge", lambda *_: int("no number"))
    later = start(town, change(FILES, GREETED))
    assert later.heard() == "一つ目です。"
    assert "could not be put together" in caplog.text


# --- where both changed the same ------------------------------------------------------------------


def test_a_disagreement_is_settled_by_somebody_who_chooses(city: City, start: Start) -> None:
    city.publish(ja="一つ目です。", en="One.")
    later = start(city, change(FILES, {**GREETED, ENGLISH: "Hello.", HOURS: '"Mo-Fr 09:00-17:00"'}))
    draft, releases = waiting(later), later.office.releases
    assert [each.place for each in later.office.drafts.differences(draft.id)] == [HOURS], "staff's words stand"
    told = {each.at: (each.live, each.new) for each in releases.disagreements(draft.id)}
    assert told == {GREETING: ("一つ目です。", GREETED[GREETING]), ENGLISH: ("One.", "Hello.")}
    with pytest.raises(NotAllowed, match="Only editors"):
        releases.choose(draft.id, GREETING, True, APPROVER, later.now)
    releases.choose(draft.id, GREETING, True, EDITOR, later.now)
    releases.choose(draft.id, ENGLISH, False, EDITOR, later.now)
    assert releases.disagreements(draft.id) == ()
    with pytest.raises(Refused, match="settled already"):
        releases.choose(draft.id, GREETING, False, EDITOR, later.now)
    after = published(later, draft)
    assert (live(after)[GREETING], live(after)[ENGLISH]) == (GREETED[GREETING], "One.")


def test_staff_s_work_on_a_desk_that_the_files_no_longer_have_stays_until_somebody_lets_it_go(
    town: City, start: Start
) -> None:
    city = start(town, change(FILES, MENU_TEXT_AND_DESK))
    hours = TextPlace(LINE, "desk.counter.hours")
    draft = city.draft()
    city.say(draft, '"Mo 10:00-11:00"', hours)
    city = published(city, draft)
    later = start(city, FILES)
    draft = waiting(later)
    (told,) = later.office.releases.disagreements(draft.id)
    assert (told.at, told.live) == (TextPlace(LINE, "desk.counter"), hours.key)
    assert later.office.drafts.words(draft.id)[hours].text == '"Mo 10:00-11:00"'
    later.office.releases.choose(draft.id, told.at, True, EDITOR, later.now)
    after = published(later, draft)
    assert not [place for place in live(after) if "counter" in place.key.split(".")]


def test_a_language_that_goes_leaves_the_others_as_they_are(town: City, start: Start) -> None:
    town.publish(ja="一つ目です。", en="One.")
    later = start(town, JAPANESE_ALONE)
    draft = waiting(later)
    (told,) = later.office.releases.disagreements(draft.id)
    assert (told.at, told.live) == (TextPlace("en.toml", ""), GREETING.key)
    assert "en" in later.office.drafts.edition(draft.id).line.languages
    later.office.releases.choose(draft.id, told.at, True, EDITOR, later.now)
    assert not [place for place, word in later.office.drafts.words(draft.id).items() if word.renew]
    after = published(later, draft)
    assert live(after) == {**texts(JAPANESE_ALONE), GREETING: "一つ目です。"}


def test_the_files_of_another_city_wait_for_approval_like_any_others(town: City, start: Start) -> None:
    draft = town.draft(ja="一つ目です。")
    town.say(draft, '"Mo-Su 00:00-24:00"', HOURS)
    city = published(town, draft)
    other = {name: content.replace(b"police", b"koban") for name, content in FILES.items()}
    assert load(other)
    later = start(city, other)
    assert later.heard() == "一つ目です。"
    draft = waiting(later)
    (told,) = later.office.releases.disagreements(draft.id)
    assert (told.at, told.new) == (TextPlace(LINE, "desk.police"), ""), "staff worked on it"
    later.office.releases.choose(draft.id, told.at, True, EDITOR, later.now)
    assert live(published(later, draft)) == {**texts(other), GREETING: "一つ目です。"}


# --- one release after the other -------------------------------------------------------------------


@pytest.mark.parametrize("state", ["open", "submitted", "approved"])
def test_the_next_release_goes_into_the_draft_that_waits_and_people_s_work_in_it_stays(
    town: City, start: Start, state: str
) -> None:
    town.publish(ja="一つ目です。")
    first = start(town, change(FILES, MENU_TEXT_AND_DESK))
    draft = waiting(first)
    renewal = TextPlace("ja.toml", "menu.renewal.name")
    first.say(draft, "カードの更新", renewal)
    if state == "submitted":
        first.office.approval.submit(draft.id, "because", EDITOR, first.now)
    elif state == "approved":
        first.approve(draft)
    second = start(first, change(FILES, {**MENU_TEXT_AND_DESK, ENGLISH: "Hello.", HOURS: '"Mo-Fr 09:00-17:00"'}))
    again = waiting(second)
    assert (again.id, again.status) == (draft.id, Status.OPEN)
    assert bool(again.sent_back) == (state != "open")
    after = published(second, again)
    expected = {**MENU_TEXT_AND_DESK, ENGLISH: "Hello.", HOURS: '"Mo-Fr 09:00-17:00"', renewal: "カードの更新"}
    assert live(after) == {**texts(FILES), **expected, GREETING: "一つ目です。"}
    assert brought(start(after, change(FILES, {**MENU_TEXT_AND_DESK, ENGLISH: "Hello."}))) is not None


def test_a_draft_put_away_is_not_made_again_but_the_next_release_has_all_of_it(town: City, start: Start) -> None:
    town.publish(ja="一つ目です。")
    files = change(FILES, {ENGLISH: "Hello."})
    first = start(town, files)
    first.office.drafts.discard(waiting(first).id, EDITOR, first.now)
    assert brought(start(first, files)) is None
    second = start(first, change(files, {HOURS: '"Mo-Fr 09:00-17:00"'}))
    after = published(second, waiting(second))
    assert (live(after)[ENGLISH], live(after)[HOURS]) == ("Hello.", '"Mo-Fr 09:00-17:00"')


def test_a_release_that_goes_back_takes_its_draft_along_and_what_was_published_back(town: City, start: Start) -> None:
    town.publish(ja="一つ目です。")
    files = change(FILES, {ENGLISH: "Hello."})
    first = start(town, files)
    assert brought(start(first, FILES)) is None
    again = start(first, files)
    after = published(again, waiting(again))
    back = start(after, FILES)
    assert live(published(back, waiting(back))) == {**texts(FILES), GREETING: "一つ目です。"}


def test_an_edition_published_meanwhile_is_not_lost_and_the_draft_is_brought_up_to_date(
    town: City, start: Start
) -> None:
    town.publish(ja="一つ目です。")
    files = change(FILES, {ENGLISH: "Hello.", HOURS: '"Mo-Fr 09:00-17:00"'})
    later = start(town, files)
    draft = waiting(later)
    later.publish(ja="二つ目です。", en="Two.")
    later = later.later(minutes=1)
    with pytest.raises(Refused, match="up to date"):
        later.office.approval.submit(draft.id, "because", EDITOR, later.now)
    later.office.approval.rebase(draft.id, EDITOR, later.now)
    assert [each.at for each in later.office.releases.disagreements(draft.id)] == [ENGLISH]
    after = published(later, draft)
    expected = {GREETING: "二つ目です。", ENGLISH: "Two.", HOURS: '"Mo-Fr 09:00-17:00"'}
    assert live(after) == {**texts(FILES), **expected}


def test_what_staff_did_by_hand_before_the_release_is_no_disagreement_later(town: City, start: Start) -> None:
    town.publish(ja=GREETED[GREETING])
    first = start(town, change(FILES, GREETED))
    assert brought(first) is None, "callers hear it already"
    second = start(first, change(FILES, {GREETING: "さらに新しい案内です。"}))
    draft = waiting(second)
    assert second.office.releases.disagreements(draft.id) == ()
    assert second.office.drafts.words(draft.id)[GREETING].text == "さらに新しい案内です。"


# --- back and forth ----------------------------------------------------------------------------------


def test_after_a_rollback_callers_hear_what_they_heard_before_and_the_news_wait_again(town: City, start: Start) -> None:
    town.publish(ja="一つ目です。")
    files = change(FILES, {ENGLISH: "Hello."})
    first = start(town, files)
    draft = waiting(first)
    after = published(first, draft)
    after.office.publishing.roll_back(APPROVER, after.now)
    assert live(after)[ENGLISH] == texts(FILES)[ENGLISH]
    again = waiting(after)
    assert again.id != draft.id
    assert waiting(start(after, files)) == again, "once"
    later = after.later(minutes=5)
    assert live(published(later, again)) == {**texts(files), GREETING: "一つ目です。"}


def test_rolling_all_back_leads_to_the_files_that_callers_heard_and_not_to_unapproved_ones(
    town: City, start: Start
) -> None:
    town.publish(ja="一つ目です。")
    files = change(FILES, {ENGLISH: "Hello."})
    first = start(town, files)
    first.office.publishing.roll_back(APPROVER, first.now)
    first = first.later(minutes=1)
    assert live(first) == texts(FILES)
    assert first.heard(language="en") == texts(FILES)[ENGLISH]
    draft = waiting(first)
    first.office.approval.rebase(draft.id, EDITOR, first.now)
    assert live(published(first, draft)) == texts(files)


def test_an_edition_brought_back_does_not_lose_the_news(town: City, start: Start) -> None:
    old = town.publish(ja="一つ目です。")
    files = change(FILES, {ENGLISH: "Hello."})
    first = start(town, files)
    after = published(first, waiting(first))
    assert old.edition is not None
    back = after.office.drafts.start("Back", EDITOR, after.now, words_of=old.edition)
    after = published(after, back)
    assert live(after) == {**texts(FILES), GREETING: "一つ目です。"}
    again = start(after, files)
    assert live(published(again, waiting(again))) == {**texts(files), GREETING: "一つ目です。"}


def test_a_scheduled_release_that_is_withdrawn_comes_with_the_next_one(town: City, start: Start) -> None:
    town.publish(ja="一つ目です。")
    first = start(town, change(FILES, {ENGLISH: "Hello."}))
    draft = first.approve(waiting(first))
    first.office.publishing.publish_at(draft.id, first.later(days=1).now, APPROVER, first.now)
    second = start(first, change(FILES, {ENGLISH: "Hello.", HOURS: '"Mo-Fr 09:00-17:00"'}))
    assert [each.place for each in second.office.drafts.differences(waiting(second).id)] == [HOURS]
    (coming,) = second.office.library.scheduled(second.now)
    second.office.publishing.withdraw(coming.seq, APPROVER, second.now)
    third = start(second, second.office.library.shipped.files)
    last = waiting(third)
    third.office.approval.rebase(last.id, EDITOR, third.now)
    after = published(third, last)
    assert (live(after)[ENGLISH], live(after)[HOURS]) == ("Hello.", '"Mo-Fr 09:00-17:00"')


# --- voices -------------------------------------------------------------------------------------------


def test_recordings_go_along_with_their_words(town: City, start: Start) -> None:
    passages = [TextPlace("ja.toml", f"text.leaked.passages.{number}") for number in (1, 2, 3, 4, 5)]
    draft = town.draft()
    for place in passages[:3]:
        piece = Piece("ja", place.key)
        said = town.office.recordings.chunks(draft.id).get(piece)
        if said is not None:
            kept(town.office, draft.id, piece, said.spoken, place.key.encode(), "upload", WRITER, town.now)
    city = published(town, draft)
    voices = {each.words: each.audio for each in city.office.library.live(city.now).recordings.values()}
    assert voices
    words = [texts(FILES)[place] for place in passages]
    moved = dict(zip(passages, ["まず、一つ。", *words[:-1]], strict=True))
    later = start(city, change(FILES, moved))
    edition = later.office.library.live(published(later, waiting(later)).now)
    line = edition.line
    heard = {
        chunk.spoken: edition.sound("ja", chunk)
        for place in passages
        for chunk in line.languages["ja"].prompts[place.key].chunks()
    }
    assert {said: heard[said] for said in voices} == voices
