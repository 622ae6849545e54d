"""Drafts: nothing is overwritten, nothing is lost, and languages do not fall behind unseen."""

from datetime import timedelta
from functools import partial

import pytest

from ivr.editions.draft import Conflict, Draft, Status
from ivr.editions.edition import Piece, pieces
from ivr.editions.structure import taken_away
from ivr.editions.texts import TextPlace
from ivr.people import trail
from ivr.people.refusals import NotAllowed, NotFound, Refused
from tests.support.stores import APPROVER, BOTH, EDITOR, ENGLISH, GREETING, NOON, WRITER, City, city_hall, kept

SAID = Piece("ja", "say.greeting")


def test_the_second_to_save_is_told_and_both_texts_are_there(city: City) -> None:
    draft = city.draft(ja="一")
    drafts = city.office.drafts
    drafts.save(draft.id, GREETING, "二", 1, EDITOR, city.now)
    with pytest.raises(Conflict, match="江藤 changed this text") as conflict:
        drafts.save(draft.id, GREETING, "三", 1, WRITER, city.now)
    assert (conflict.value.theirs.text, conflict.value.theirs.version, conflict.value.yours) == ("二", 2, "三")
    drafts.save(draft.id, GREETING, "三", 2, WRITER, city.now)
    assert [(each.text, each.by_name) for each in drafts.history(GREETING)] == [
        ("三", "蛯名"),
        ("二", "江藤"),
        ("一", "江藤"),
    ]


def test_saving_the_same_words_twice_is_no_conflict_and_no_version(town: City) -> None:
    draft = town.draft(ja="一")
    assert town.office.drafts.save(draft.id, GREETING, " 一 ", 0, WRITER, town.now).version == 1


def test_unsaved_words_survive_a_restart_and_others_are_told(city: City) -> None:
    draft = city.draft()
    city.office.typing.keep(draft.id, GREETING, "こちらは", 0, EDITOR, city.now)
    city.office.typing.keep(draft.id, GREETING, "こちらは、よ", 0, EDITOR, city.now)
    again = city_hall(city.office.database.engine.url.render_as_string(), city.folder).office
    assert again.typing.mine(draft.id, EDITOR)[GREETING].text == "こちらは、よ"
    assert again.typing.mine(draft.id, WRITER) == {}
    assert [each.name for each in again.typing.others(draft.id, GREETING, WRITER, city.now)] == ["江藤"]
    assert again.typing.others(draft.id, GREETING, EDITOR, city.now) == ()
    assert again.typing.others(draft.id, GREETING, WRITER, city.now + timedelta(hours=1)) == ()
    again.drafts.save(draft.id, GREETING, "こちらは、横浜", 0, EDITOR, city.now)
    assert again.typing.mine(draft.id, EDITOR) == {}
    again.database.close()


def test_words_lost_in_a_conflict_stay_as_typed(town: City) -> None:
    draft = town.draft(ja="一")
    town.office.typing.keep(draft.id, GREETING, "二", 0, WRITER, town.now)
    with pytest.raises(Conflict):
        town.office.drafts.save(draft.id, GREETING, "二", 0, WRITER, town.now)
    assert town.office.typing.mine(draft.id, WRITER)[GREETING].text == "二"
    town.office.typing.drop(draft.id, GREETING, WRITER)
    assert town.office.typing.mine(draft.id, WRITER) == {}


def test_a_change_leaves_the_other_language_to_be_renewed_until_somebody_does(town: City) -> None:
    drafts = town.office.drafts
    draft = town.draft(ja="一")
    assert drafts.word(draft.id, ENGLISH).renew
    assert not drafts.word(draft.id, GREETING).renew
    town.say(draft, "One", ENGLISH)
    assert not drafts.word(draft.id, ENGLISH).renew
    assert not drafts.word(draft.id, GREETING).renew, "a renewal asks for none"
    town.say(draft, "二")
    drafts.confirm(draft.id, ENGLISH, EDITOR, town.now)
    assert not drafts.word(draft.id, ENGLISH).renew
    assert drafts.history(ENGLISH)[0].act == "confirm"


def test_a_draft_is_put_together_once_until_somebody_changes_it(city: City) -> None:
    """Whoever changes it, and in whatever way: words, marks, recordings, what it is based on."""
    elsewhere = city_hall(city.office.database.engine.url.render_as_string(), city.folder / "elsewhere").office
    draft = city.draft(ja="一").id
    drafts, recordings, other = city.office.drafts, city.office.recordings, elsewhere.drafts
    whole = drafts.edition(draft)
    assert drafts.edition(draft) is whole and drafts.words(draft) is drafts.words(draft)
    other.save(draft, GREETING, "二", 1, WRITER, city.now)
    assert drafts.edition(draft).texts[GREETING] == drafts.words(draft)[GREETING].text == "二"
    assert [each.after for each in drafts.differences(draft)] == ["二"]
    other.confirm(draft, ENGLISH, WRITER, city.now)
    assert not drafts.edition(draft).renew and not drafts.words(draft)[ENGLISH].renew
    kept(elsewhere, draft, SAID, "二", b"sound", "upload", WRITER, city.now)
    assert drafts.edition(draft).recordings.keys() == recordings.standing(draft).keys() == {SAID}
    elsewhere.recordings.drop(draft, SAID, WRITER, city.now)
    assert not drafts.edition(draft).recordings and not recordings.standing(draft)
    city.publish(en="One")
    elsewhere.approval.rebase(draft, WRITER, city.now)
    assert drafts.edition(draft).texts[ENGLISH] == "One"
    elsewhere.database.close()


def test_a_late_translation_is_published_as_late_and_shows_in_the_next_draft(town: City) -> None:
    town.publish(ja="一")
    assert town.office.library.live(town.now).renew == {ENGLISH}
    assert town.office.drafts.word(town.later(hours=1).draft().id, ENGLISH).renew


def test_a_draft_takes_the_facts_of_desks_too(town: City) -> None:
    draft = town.draft()
    town.say(draft, '"Mo-Fr 09:00-12:00"', TextPlace("line.toml", "desk.city.hours"))
    assert town.office.drafts.edition(draft.id).line.desks["city"].hours.weekly == "Mo-Fr 09:00-12:00"
    assert not any(word.renew for word in town.office.drafts.words(draft.id).values())


def test_a_recording_goes_with_its_prompt_and_comes_back_with_it(town: City) -> None:
    """By rolling back, by bringing the earlier edition back, and by undoing in the draft itself."""
    lost = Piece("ja", "text.penalties.passages.1")

    def voices(city: City) -> set[str | None]:
        edition = city.office.library.live(city.now)
        assert edition.recordings.keys() <= pieces(edition.texts).keys()
        chunk = pieces(edition.texts).get(lost)
        return {edition.sound("ja", chunk)} if chunk else set()

    def publish(city: City, draft: Draft) -> None:
        city.office.publishing.publish(city.approve(draft).id, APPROVER, city.now)

    recorded = town.draft()
    spoken = town.office.recordings.chunks(recorded.id)[lost].spoken
    audio = kept(town.office, recorded.id, lost, spoken, b"sound", "upload", EDITOR, town.now).recording.audio
    publish(town, recorded)
    with_it = town.office.library.live(town.now).id
    assert voices(town) == {audio}

    away = town.later(hours=1)
    draft = away.draft()
    reshaping = away.office.reshaping
    reshaping.do(draft.id, taken_away("penalties"), "take away", EDITOR, away.now)
    assert lost not in away.office.drafts.edition(draft.id).recordings
    reshaping.undo(draft.id, reshaping.deeds(draft.id)[0].first, EDITOR, away.now)
    assert away.office.drafts.edition(draft.id).recordings[lost].audio == audio
    reshaping.do(draft.id, taken_away("penalties"), "take away", EDITOR, away.now)
    publish(away, draft)
    assert voices(away) == set()

    back = away.later(hours=1)
    again = back.office.drafts.start("Again", EDITOR, back.now, words_of=with_it)
    (made,) = back.office.recordings.takes(again.id)[lost]
    assert (made.recording.audio, made.source) == (audio, "brought back")
    publish(back, again)
    assert voices(back) == {audio}
    back = back.later(hours=1)
    back.office.publishing.roll_back(APPROVER, back.now)
    assert voices(back) == set()
    back = back.later(hours=1)
    back.office.publishing.roll_back(APPROVER, back.now)
    assert voices(back) == {audio} and back.office.recordings.audio(audio) == b"sound"


def test_a_passage_goes_in_everywhere_and_recordings_and_marks_move_along(town: City) -> None:
    drafts, place = town.office.drafts, TextPlace("ja.toml", "text.mail.passages.2")
    draft = town.draft()
    town.say(draft, "次に。", place)
    kept(town.office, draft.id, Piece("ja", place.key), "次に。", b"sound", "upload", EDITOR, town.now)
    before = drafts.edition(draft.id).line
    town.office.passages.insert(draft.id, "mail", 1, {"ja": "まず。", "en": "First."}, WRITER, town.now)
    after = drafts.edition(draft.id)
    for code in ("ja", "en"):
        assert len(after.line.passages("mail", code)) == len(before.passages("mail", code)) + 1
    assert after.recordings[Piece("ja", "text.mail.passages.3")].matches("次に。")
    assert drafts.word(draft.id, TextPlace("en.toml", "text.mail.passages.3")).renew
    assert not drafts.word(draft.id, TextPlace("en.toml", "text.mail.passages.2")).renew
    town.office.passages.remove(draft.id, "mail", 1, WRITER, town.now)
    again = drafts.edition(draft.id)
    assert again.line.passages("mail", "ja")[1].chunks()[0].spoken == "次に。"
    assert again.recordings[Piece("ja", place.key)].matches("次に。")
    with pytest.raises(NotFound):
        town.office.passages.remove(draft.id, "mail", 40, WRITER, town.now)


def test_a_recording_is_of_exact_words_and_matches_again_when_they_come_back(city: City) -> None:
    draft = city.draft(ja="一")
    keep, edition = partial(kept, city.office), partial(city.office.drafts.edition, draft.id)
    taken = keep(draft.id, SAID, "一", b"one", "browser", EDITOR, city.now)
    assert edition().recordings[SAID].matches("一")
    city.say(draft, "二")
    assert not edition().recordings[SAID].matches("二")
    keep(draft.id, SAID, "二", b"two", "telephone", WRITER, city.now)
    assert edition().recordings[SAID].matches("二")
    city.say(draft, "一")
    assert edition().recordings[SAID] == taken.recording
    assert city.office.recordings.audio(taken.recording.audio) == b"one"
    assert [each.source for each in city.office.recordings.takes(draft.id)[SAID]] == ["browser", "telephone"]
    city.office.recordings.drop(draft.id, SAID, EDITOR, city.now)
    assert SAID not in edition().recordings


def test_a_recording_is_kept_though_another_text_is_broken_or_its_own_was_changed(town: City) -> None:
    draft = town.draft(ja="一")
    town.say(draft, "{broken", ENGLISH)
    kept(town.office, draft.id, SAID, "零", b"old words", "telephone", EDITOR, town.now)
    assert town.office.recordings.takes(draft.id)[SAID][0].recording.words == "零"
    with pytest.raises(NotFound):
        kept(town.office, draft.id, Piece("ja", "no.such"), "x", b"", "upload", EDITOR, town.now)


def test_broken_words_are_kept_and_told_with_their_place(town: City) -> None:
    draft = town.draft(ja="{読み")
    problems = town.office.checks.problems(town.office.drafts.edition(draft.id), town.now)
    assert problems
    assert all(problem.startswith("ja.toml: say.greeting: ") for problem in problems)


def test_differences_are_in_words_and_sound(town: City) -> None:
    draft = town.draft(ja="一")
    kept(town.office, draft.id, SAID, "一", b"one", "browser", EDITOR, town.now)
    word, sound = town.office.drafts.differences(draft.id)
    assert (word.place, word.after) == (GREETING, "一")
    assert (sound.place, sound.before) == (SAID, None)
    assert sound.after


def test_an_earlier_edition_is_brought_back_by_a_draft(town: City) -> None:
    first = town.publish(ja="一")
    second = town.later(hours=1)
    second.publish(ja="二")
    third = town.later(hours=2)
    back = third.office.drafts.start("Back", EDITOR, third.now, words_of=first.edition)
    assert third.office.drafts.word(back.id, GREETING).text == "一"


@pytest.mark.parametrize("title", ["", "  ", "x" * 201])
def test_a_draft_has_a_title(town: City, title: str) -> None:
    with pytest.raises(Refused, match="title"):
        town.office.drafts.start(title, EDITOR, NOON)


def test_only_editors_write(town: City) -> None:
    draft = town.draft()
    with pytest.raises(NotAllowed, match="Only editors"):
        town.say(draft, "一", person=APPROVER)
    with pytest.raises(NotAllowed):
        town.office.drafts.start("x", APPROVER, NOON)
    town.say(draft, "一", person=BOTH)


def test_a_draft_put_away_is_closed_and_its_words_stay(town: City) -> None:
    draft = town.draft(ja="一")
    town.office.drafts.rename(draft.id, "Other", EDITOR, town.now)
    town.office.drafts.discard(draft.id, EDITOR, town.now)
    with pytest.raises(Refused, match="put away"):
        town.say(draft, "二")
    assert town.office.drafts.history(GREETING)[0].title == "Other"
    assert town.office.drafts.all(Status.OPEN) == ()
    assert [each.status for each in town.office.drafts.all()] == [Status.DISCARDED]
    with pytest.raises(NotFound):
        town.office.drafts.get(99)


def test_every_act_is_in_the_trail_with_before_and_after(city: City) -> None:
    draft = city.draft(ja="一")
    city.say(draft, "二")
    newest = trail.search(city.office.database)[0].act
    assert (newest.act, newest.name, newest.before, newest.after) == ("draft.save", "江藤", "一", "二")
    assert newest.what == f"draft {draft.id}: ja.toml: say.greeting"
    assert trail.verify(city.office.database) is None


def test_a_text_that_is_too_long_is_refused(town: City) -> None:
    draft = town.draft()
    for act in (town.office.drafts.save, town.office.typing.keep):
        with pytest.raises(Refused, match="at most 5000"):
            act(draft.id, GREETING, "あ" * 5001, 0, EDITOR, town.now)
