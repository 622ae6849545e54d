"""From approval to the caller's ear: exactly these bytes, by somebody else, at the minute."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from ivr.editions.draft import Broken, Draft, Status
from ivr.editions.edition import Piece
from ivr.editions.texts import TextPlace
from ivr.people import trail
from ivr.people.refusals import NotAllowed, NotFound, Refused
from tests.support.stores import APPROVER, BOTH, EDITOR, ENGLISH, GREETING, WRITER, City, kept


@pytest.fixture(name="first")
def shipped_greeting(town: City) -> str:
    return town.heard()


def test_the_whole_way(city: City) -> None:
    before = city.heard()
    draft = city.approve(city.draft(ja="一"))
    assert (draft.status, draft.approved_by_name) == (Status.APPROVED, "安部")
    assert city.heard() == before, "approved is not published"
    city.office.publishing.publish(draft.id, APPROVER, city.now)
    assert city.heard() == "一"
    assert city.heard(city.office.library.shipped.id) == before, "a call under way stays"
    assert trail.verify(city.office.database) is None


def test_nobody_approves_their_own_words(town: City) -> None:
    draft = town.draft()
    town.say(draft, "一", person=BOTH)
    digest = town.office.approval.submit(draft.id, "why", EDITOR, town.now).digest or ""
    with pytest.raises(NotAllowed, match="no part in this draft"):
        town.office.approval.approve(draft.id, digest, BOTH, town.now)


def test_nobody_approves_what_they_submitted_recorded_or_had_confirmed_by_another(town: City) -> None:
    approval = town.office.approval
    draft = town.draft(ja="一")
    digest = approval.submit(draft.id, "why", BOTH, town.now).digest or ""
    with pytest.raises(NotAllowed):
        approval.approve(draft.id, digest, BOTH, town.now)
    kept(town.office, draft.id, Piece("ja", "say.greeting"), "一", b"one", "browser", BOTH, town.now)
    digest = approval.submit(draft.id, "why", EDITOR, town.now).digest or ""
    with pytest.raises(NotAllowed):
        approval.approve(draft.id, digest, BOTH, town.now)
    town.office.recordings.drop(draft.id, Piece("ja", "say.greeting"), EDITOR, town.now)
    town.say(draft, "One", ENGLISH, person=BOTH)
    town.say(draft, "二")
    town.office.drafts.confirm(draft.id, ENGLISH, WRITER, town.now)
    digest = approval.submit(draft.id, "why", EDITOR, town.now).digest or ""
    with pytest.raises(NotAllowed):
        approval.approve(draft.id, digest, BOTH, town.now)


def test_words_moved_by_another_are_still_their_author_s(town: City) -> None:
    draft = town.draft()
    town.say(draft, "次に。", TextPlace("ja.toml", "text.mail.passages.2"), person=BOTH)
    town.office.passages.insert(draft.id, "mail", 1, {"ja": "まず。", "en": "First."}, EDITOR, town.now)
    digest = town.office.approval.submit(draft.id, "why", EDITOR, town.now).digest or ""
    with pytest.raises(NotAllowed):
        town.office.approval.approve(draft.id, digest, BOTH, town.now)


def test_words_that_others_wrote_over_are_still_their_author_s(town: City) -> None:
    draft = town.draft()
    town.say(draft, "一", person=BOTH)
    town.say(draft, "二")
    refused(town, draft)


def test_a_place_that_is_as_it_was_has_no_author(town: City) -> None:
    draft = town.draft(en="Two")
    before = town.heard()
    town.say(draft, "一", person=BOTH)
    town.say(draft, before, person=BOTH)
    digest = town.office.approval.submit(draft.id, "why", EDITOR, town.now).digest or ""
    assert town.office.approval.approve(draft.id, digest, BOTH, town.now).status is Status.APPROVED


@pytest.mark.parametrize(
    ("place", "mine", "theirs"),
    [
        (TextPlace("line.toml", "desk.city.hours"), '"Mo-Fr 09:00-17:00"', '"Mo-Fr 09:00-16:00"'),
        (TextPlace("line.toml", "desk.city.numbers"), '["045-664-0001"]', '["045-664-0002"]'),
        (TextPlace("readings.toml", "ja.横浜"), "ヨコハマ", "よこはま"),
        (TextPlace("ja.toml", "words.help"), '["助けて"]', '["助けてください"]'),
        (TextPlace("ja.toml", "text.mail.passages.1"), "一。", "二。"),
    ],
)
def test_whatever_was_written_counts(town: City, place: TextPlace, mine: str, theirs: str) -> None:
    draft = town.draft()
    town.say(draft, mine, place, person=BOTH)
    town.say(draft, theirs, place)
    refused(town, draft)


def test_who_wrote_a_passage_has_a_part_in_all_that_move_with_it(town: City) -> None:
    draft = town.draft()
    town.say(draft, "次に。", TextPlace("ja.toml", "text.mail.passages.2"), person=BOTH)
    town.say(draft, "その次に。", TextPlace("ja.toml", "text.mail.passages.2"))
    town.office.passages.remove(draft.id, "mail", 2, EDITOR, town.now)
    refused(town, draft)


@pytest.mark.parametrize("act", ["replaced", "dropped"])
def test_who_recorded_has_a_part_even_if_another_recorded_after_them(town: City, act: str) -> None:
    draft, piece = town.draft(ja="一"), Piece("ja", "say.greeting")
    kept(town.office, draft.id, piece, "一", b"one", "browser", BOTH, town.now)
    if act == "dropped":
        town.office.recordings.drop(draft.id, piece, EDITOR, town.now)
    else:
        kept(town.office, draft.id, piece, "一", b"two", "upload", EDITOR, town.now)
    refused(town, draft)


def test_words_taken_over_from_another_draft_are_still_their_author_s(town: City) -> None:
    mine = town.draft()
    town.say(mine, "一", person=BOTH)
    stored = town.office.drafts.preview(mine.id, town.now)
    refused(town, town.office.drafts.start("Taken over", EDITOR, town.now, stored.id))


def refused(town: City, draft: Draft) -> None:
    """The person who is both has a part in it."""
    digest = town.office.approval.submit(draft.id, "why", EDITOR, town.now).digest or ""
    with pytest.raises(NotAllowed, match="no part in this draft"):
        town.office.approval.approve(draft.id, digest, BOTH, town.now)
    assert town.office.approval.approve(draft.id, digest, APPROVER, town.now).status is Status.APPROVED


@pytest.mark.parametrize("approved", [False, True])
def test_any_change_after_submission_voids_it(town: City, approved: bool) -> None:
    draft = town.draft(ja="一")
    digest = town.office.approval.submit(draft.id, "why", EDITOR, town.now).digest or ""
    if approved:
        town.office.approval.approve(draft.id, digest, APPROVER, town.now)
    town.say(draft, "二", person=WRITER)
    assert town.office.drafts.get(draft.id).status is Status.OPEN
    with pytest.raises(Refused, match="look again"):
        town.office.approval.approve(draft.id, digest, APPROVER, town.now)
    with pytest.raises(Refused, match="not approved"):
        town.office.publishing.publish(draft.id, APPROVER, town.now)


def test_a_recording_voids_the_approval_too(town: City) -> None:
    draft = town.approve(town.draft(ja="一"))
    kept(town.office, draft.id, Piece("ja", "say.greeting"), "一", b"one", "upload", EDITOR, town.now)
    assert town.office.drafts.get(draft.id).status is Status.OPEN


def test_other_bytes_than_those_looked_at_are_not_approved(town: City) -> None:
    draft = town.draft(ja="一")
    town.office.approval.submit(draft.id, "why", EDITOR, town.now)
    with pytest.raises(Refused, match="look again"):
        town.office.approval.approve(draft.id, "0" * 64, APPROVER, town.now)


def test_sent_back_with_words(town: City) -> None:
    draft = town.approve(town.draft(ja="一"))
    with pytest.raises(Refused, match="what should be changed"):
        town.office.approval.send_back(draft.id, " ", APPROVER, town.now)
    back = town.office.approval.send_back(draft.id, "too short", APPROVER, town.now)
    assert (back.status, back.sent_back, back.approved_by) == (Status.OPEN, "too short", None)
    with pytest.raises(Refused, match="not waiting"):
        town.office.approval.send_back(draft.id, "again", APPROVER, town.now)


def test_submitting_wants_a_reason_a_change_and_a_line(town: City) -> None:
    submit = town.office.approval.submit
    with pytest.raises(Refused, match="reason"):
        submit(town.draft(ja="一").id, " ", EDITOR, town.now)
    with pytest.raises(Refused, match="changes nothing"):
        submit(town.draft().id, "why", EDITOR, town.now)
    with pytest.raises(Broken) as broken:
        submit(town.draft(ja="{").id, "why", EDITOR, town.now)
    assert "say.greeting" in broken.value.problems[0]


def test_publishing_is_refused_while_a_rule_is_broken(town: City) -> None:
    town.office.checks.rules = lambda _asked: ("R13 too long",)
    strict = town.office.publishing
    draft = town.approve(town.draft(ja="一"))
    with pytest.raises(Broken) as broken:
        strict.publish(draft.id, APPROVER, town.now)
    assert broken.value.problems == ("R13 too long",)
    with pytest.raises(Broken):
        strict.publish_at(draft.id, town.now + timedelta(hours=1), APPROVER, town.now)


def test_at_that_minute_new_calls_hear_it_and_those_under_way_do_not(city: City) -> None:
    before = city.heard()
    draft = city.approve(city.draft(ja="一"))
    at = city.now + timedelta(hours=2)
    city.office.publishing.publish_at(draft.id, at, APPROVER, city.now)
    assert [row.at for row in city.office.library.scheduled(city.now)] == [at]
    assert city.later(hours=2, seconds=-1).heard() == before
    assert city.later(hours=2).heard() == "一"
    assert city.later(hours=3).heard(city.office.library.shipped.id) == before
    assert city.later(hours=1).heard(draft.edition or "") == before, "not heard before its time by address either"
    assert city.office.library.scheduled(at) == ()


def test_a_scheduled_one_is_withdrawn_and_can_be_scheduled_again(town: City, first: str) -> None:
    draft = town.approve(town.draft(ja="一"))
    publishing, at = town.office.publishing, town.now + timedelta(hours=2)
    publishing.publish_at(draft.id, at, APPROVER, town.now)
    with pytest.raises(Refused, match="published"):
        town.say(draft, "二")
    (row,) = town.office.library.scheduled(town.now)
    publishing.withdraw(row.seq, APPROVER, town.later(hours=1).now)
    assert town.later(hours=3).heard() == first
    assert town.office.drafts.get(draft.id).status is Status.APPROVED
    publishing.publish_at(draft.id, at, APPROVER, town.later(hours=1).now)
    assert town.later(hours=3).heard() == "一"
    with pytest.raises(NotFound, match="not scheduled"):
        publishing.withdraw(row.seq, APPROVER, town.now)
    again = town.office.library.scheduled(town.now)[0]
    with pytest.raises(Refused, match="about to be heard"):
        publishing.withdraw(again.seq, APPROVER, at - timedelta(seconds=5))


def test_changes_build_on_each_other_and_none_is_lost(town: City) -> None:
    publishing = town.office.publishing
    one, other = town.approve(town.draft(ja="一")), town.approve(town.draft(en="Two"))
    publishing.publish(one.id, APPROVER, town.now)
    later = town.later(hours=1)
    with pytest.raises(Refused, match="up to date"):
        publishing.publish(other.id, APPROVER, later.now)
    assert later.office.approval.outdated(other.id, later.now)
    assert later.office.approval.rebase(other.id, EDITOR, later.now) == ()
    assert not later.office.approval.outdated(other.id, later.now)
    with pytest.raises(Refused, match="not approved"):
        publishing.publish(other.id, APPROVER, later.now)
    publishing.publish(later.approve(other).id, APPROVER, later.now)
    assert (later.heard(), later.heard(language="en")) == ("一", "Two")


def test_both_changed_one_text_and_it_is_shown(town: City) -> None:
    mine = town.draft(ja="私")
    town.publish(ja="他")
    later = town.later(hours=1)
    (clash,) = later.office.approval.rebase(mine.id, EDITOR, later.now)
    assert (clash.published, clash.drafted) == ("他", "私")
    assert later.office.drafts.word(mine.id, GREETING).renew


def test_words_changed_and_changed_back_do_not_undo_another_s(town: City) -> None:
    mine = town.draft(ja="私", en="Mine")
    town.say(mine, town.heard())
    town.publish(ja="他")
    later = town.later(hours=1)
    assert later.office.approval.rebase(mine.id, EDITOR, later.now) == ()
    assert later.office.drafts.word(mine.id, GREETING).text == "他"


def test_nothing_slips_in_before_what_is_scheduled(town: City) -> None:
    one, other = town.approve(town.draft(ja="一")), town.approve(town.draft(ja="二"))
    publishing = town.office.publishing
    publishing.publish_at(one.id, town.now + timedelta(hours=2), APPROVER, town.now)
    with pytest.raises(Refused, match="scheduled after"):
        publishing.publish(other.id, APPROVER, town.now)
    with pytest.raises(Refused, match="scheduled after"):
        publishing.publish_at(other.id, town.now + timedelta(hours=1), APPROVER, town.now)
    following = town.approve(town.draft(ja="三"))
    publishing.publish_at(following.id, town.now + timedelta(hours=3), APPROVER, town.now)
    first, second = town.office.library.scheduled(town.now)
    with pytest.raises(Refused, match="after it first"):
        publishing.withdraw(first.seq, APPROVER, town.now)
    publishing.withdraw(second.seq, APPROVER, town.now)
    publishing.withdraw(first.seq, APPROVER, town.now)


def test_rolling_back_goes_one_step_each_time_and_takes_what_builds_on_it_along(city: City) -> None:
    before, publishing = city.heard(), city.office.publishing
    city.publish(ja="一")
    city = city.later(hours=1)
    city.publish(ja="二")
    coming = city.approve(city.draft(ja="三"))
    publishing.publish_at(coming.id, city.now + timedelta(hours=5), APPROVER, city.now)
    city = city.later(hours=1)
    (withdrawn,) = publishing.roll_back(APPROVER, city.now)
    assert withdrawn.draft == coming.id
    assert city.heard() == "一"
    assert city.later(hours=9).heard() == "一"
    city = city.later(hours=1)
    publishing.roll_back(APPROVER, city.now)
    assert city.heard() == before
    with pytest.raises(Refused, match="no edition before"):
        publishing.roll_back(APPROVER, city.later(hours=1).now)
    assert [row.edition for row in city.office.library.history(city.now)][-1] is not None


def test_what_was_rolled_back_can_be_published_again_as_it_was_approved(town: City) -> None:
    draft = town.publish(ja="一")
    town.office.publishing.roll_back(APPROVER, town.later(hours=1).now)
    town.office.publishing.publish(draft.id, APPROVER, town.later(hours=2).now)
    assert town.later(hours=2).heard() == "一"


def test_only_approvers_publish(town: City) -> None:
    draft = town.approve(town.draft(ja="一"))
    publishing = town.office.publishing
    acts: list[Callable[[], object]] = [
        lambda: publishing.publish(draft.id, EDITOR, town.now),
        lambda: publishing.publish_at(draft.id, town.now + timedelta(hours=1), EDITOR, town.now),
        lambda: publishing.roll_back(EDITOR, town.now),
        lambda: publishing.withdraw(1, EDITOR, town.now),
        lambda: town.office.approval.approve(draft.id, "x", EDITOR, town.now),
        lambda: town.office.approval.send_back(draft.id, "x", EDITOR, town.now),
    ]
    for act in acts:
        with pytest.raises(NotAllowed, match="Only approvers"):
            act()


@pytest.mark.parametrize("hours", [-1, 0, 24 * 400])
def test_a_time_that_makes_no_sense_is_refused(town: City, hours: int) -> None:
    draft = town.approve(town.draft(ja="一"))
    with pytest.raises(Refused, match="within a year"):
        town.office.publishing.publish_at(draft.id, town.now + timedelta(hours=hours), APPROVER, town.now)
