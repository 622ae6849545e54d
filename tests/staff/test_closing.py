"""Desks closed by hand and alerts started, in a hurry and for practice: what callers hear of it, and who does not."""

from datetime import datetime, timedelta

from tests.support.clock import MOMENT
from tests.support.town import ORIGIN, Town, Visitor

RESTING = "横浜市のマイナンバー担当は、ただいま、臨時に休んでいます。"
CITY, PPC = "横浜市のマイナンバー担当", "個人情報保護委員会の窓口"
FAKE = "区役所を名乗る、偽の電話が増えています。"


def closed(visitor: Visitor, *desks: str, **fields: str) -> str:
    """Desks closed at the console: what the page says then."""
    visitor.get("/staff/desks")
    visitor.send("/desks/look", **{f"desk-{desk}": "on" for desk in desks}, **fields)
    return visitor.send("/desks")


def public(town: Town, at: datetime = MOMENT) -> str:
    visitor = town.visitor()
    visitor.now = at
    return "".join(visitor.get("/").split())


def test_several_desks_are_closed_by_one_press_and_say_so_everywhere(town: Town) -> None:
    clerk = town.who("eto")
    clerk.get("/staff/desks")
    page = clerk.send("/desks/look", **{"desk-city": "on", "desk-ppc": "on", "until": "today"})
    assert RESTING in page and PPC in page, "what callers will hear is seen before"
    assert not town.office.announcements.closures(MOMENT)
    assert "2か所の窓口を、臨時に休みにしました" in clerk.send("/desks")
    caller = town.ring()
    caller.press("0")
    assert "045-671-3792" not in str(caller.dialled)
    assert RESTING in public(town) and "臨時に休み" in public(town)
    home = clerk.get("/staff")
    assert home.index("臨時に休み中") < home.index(CITY) and "いますぐ受付に戻す" in home
    assert "臨時に休み中" in clerk.get("/staff/call/at/city")
    assert RESTING not in public(town, MOMENT + timedelta(days=1))


def test_a_desk_is_opened_again_from_the_first_page(town: Town) -> None:
    clerk = town.who("eto")
    closed(clerk, "city", until="week")
    closed(clerk, "city", until="today")
    clerk.get("/staff")
    [first, *_] = town.office.announcements.closures(MOMENT)
    page = clerk.send(f"/desks/reopen/{first.id}")
    assert "ふだんの時間どおり" in page and clerk.path == "/staff"
    assert RESTING not in public(town), "no other closure of that desk holds it"


def test_a_storm_closes_all_desks_ahead_of_time_but_those_of_any_hour(town: Town) -> None:
    clerk = town.who("eto")
    clerk.get("/staff/desks")
    clerk.send("/desks/look", all="on", until="set", start="2026-11-26T12:00", end="2026-11-27T10:00")
    clerk.send("/desks")
    shut = {each.desk for each in town.office.announcements.closures(MOMENT)}
    assert {"city", "ppc", "yoke"} <= shut and shut.isdisjoint({"emergency", "card_stop"})
    assert RESTING not in public(town)
    assert RESTING in public(town, MOMENT + timedelta(days=2, hours=2))
    assert "休みの予定" in clerk.get("/staff")


def test_a_double_press_closes_and_warns_once(town: Town) -> None:
    clerk = town.who("eto")
    for _ in range(2):
        closed(clerk, "city", until="today")
        clerk.get("/staff/alerts/prepared/0")
        clerk.send("/alerts", until="today")
    assert len(town.office.announcements.closures(MOMENT)) == len(town.office.announcements.past_alerts()) == 1


def test_what_cannot_be_closed_is_told_above_the_form(town: Town) -> None:
    clerk = town.who("eto")
    for fields in ({"until": "today"}, {"desk-city": "on", "until": "set", "end": "soon"}):
        clerk.get("/staff/desks")
        clerk.send("/desks/look", **fields)
        assert clerk.status == 409 and "できませんでした" in clerk.text
        assert fields.get("desk-city", "") == clerk.form("/desks/look")[1].get("desk-city", "")


def test_an_alert_is_on_the_line_two_presses_after_the_first_page(town: Town) -> None:
    clerk = town.who("eto")
    assert "お知らせ： 偽の電話" in clerk.get("/staff")
    assert "/staff/alerts/prepared/0" in clerk.html
    clerk.get("/staff/alerts/prepared/0")
    assert "電話に流しました" in clerk.send("/alerts", until="hour")
    assert town.ring().heard(FAKE)
    assert not town.ring(MOMENT + timedelta(hours=1)).heard(FAKE)


def test_numbers_in_an_alert_are_read_as_all_others_are(town: Town) -> None:
    clerk = town.who("eto")
    clerk.get("/staff/alerts")
    words = {"words-ja": "調査をしています。０４５ー６７１ー３７９２、または、#9110へ。", "partly": "on"}
    clerk.send("/alerts/look", **words)
    clerk.send("/alerts", until="today")
    caller = town.ring()
    assert caller.heard("ゼロ、ヨン、ゴ。ロク、ナナ、イチ。")
    assert caller.heard("シャープ、キュウ、イチ、イチ、ゼロ")
    assert 'href="tel:+81456713792"' in town.visitor().client.get("/").get_data(as_text=True)


def test_practice_is_heard_by_staff_alone_and_marked_wherever_it_stands(town: Town) -> None:
    clerk = town.who("eto")
    assert "練習です" in clerk.get("/staff/alerts/prepared/0?practice=on")
    page = clerk.send("/alerts", until="today")
    assert "練習のお知らせを始めました" in page and "職員だけに聞こえます" in page
    assert not town.ring().heard(FAKE)
    assert FAKE not in public(town)
    assert "流れているお知らせも、予定もありません" in clerk.get("/staff") and "練習のお知らせ" in clerk.text
    clerk.get("/staff/alerts/phone")
    heard = clerk.client.post(
        "/staff/alerts/phone/ring",
        json={"language": "ja"},
        headers={"Origin": ORIGIN, "X-CSRFToken": _token(clerk)},
    )
    assert FAKE in str(heard.get_json())
    assert not town.ring().heard(FAKE), "the staff's telephone leaves nothing behind"
    approver = town.who("abe")
    approver.get("/staff/alerts?practice=on")
    assert "お知らせを承認しました" in approver.send("/alerts/1/approve")


def _token(visitor: Visitor) -> str:
    return visitor.html.partition('name="csrf_token" value="')[2].partition('"')[0]
