"""Facts confirmed at the console by one press, and the way from what callers hear to where it is changed."""

from ivr.editions.draft import Status
from ivr.editions.facts import FactKey, Keeper
from ivr.staff.due_pages import reminders
from tests.support.clock import MOMENT
from tests.support.town import GREETING, Town, Visitor, begun

CITY = "横浜市のマイナンバー担当"


def pressed(visitor: Visitor, action: str, **fields: str) -> str:
    """A button with a name and value of its own pressed."""
    target, filled = visitor.form(action)
    visitor.page = visitor.client.post(target, data={**filled, **fields})
    return visitor._follow()


def test_a_fact_is_confirmed_from_the_first_page_by_one_press(town: Town) -> None:
    clerk = town.who("eto")
    clerk.get("/staff")
    page = pressed(clerk, "/facts/confirm", one="desk.emergency")
    assert "確認済みにしました" in page and clerk.path == "/staff"
    assert "確認済み、承認待ち" in page


def test_several_facts_are_confirmed_and_approved_in_one_go(town: Town) -> None:
    clerk, approver = town.who("eto"), town.who("abe")
    clerk.get("/staff/facts")
    assert "一つ以上" in clerk.send("/facts/confirm") and clerk.status == 409
    assert "確認済みにしました：2件" in clerk.send("/facts/confirm", **{"fact-desk.city": "on", "fact-text.mail": "on"})
    draft = town.office.facts.waiting()
    assert draft and draft.status is Status.SUBMITTED and draft.title == "確認した日の記入"
    assert f"/drafts/{draft.id}/approve" in (approver.get("/staff/facts") and approver.html)
    approver.get("/staff")
    assert f'href="/staff/drafts/{draft.id}/approve"' in approver.html, "the first page leads straight there"
    page = approver.get(f"/staff/drafts/{draft.id}/approve")
    assert "確認を終えたこと：2件" in page and f"{CITY} 2026年11月24日（火）に江藤さんが" in page
    source = town.office.library.live(MOMENT).line.desks["city"].confirmation.source
    assert source in page and "変更前" not in page
    assert pressed(approver, "/approve", then="publish") and approver.path == "/staff/editions"
    assert "公開しました" in approver.text
    assert f"今すぐ確認：{19}件" in clerk.get("/staff/facts")


def test_whoever_looks_after_a_fact_is_named_and_reminded_before_its_day(town: Town) -> None:
    clerk = town.who("eto")
    clerk.get("/staff/facts")
    ebina = next(each for each in town.accounts.all() if each.login == "ebina")
    _, filled = clerk.form("/facts/confirm")
    fields = {**filled, "fact-desk.ppc": "on", "keeper": ebina.id}
    clerk.page = clerk.client.post("/staff/facts/keeper", data=fields)
    assert "蛯名の担当にしました" in clerk._follow() and "担当：蛯名" in clerk.text
    assert town.office.facts.keepers() == {FactKey("desk", "ppc"): Keeper(ebina.id, "蛯名")}
    told = town.who("abe").get("/staff/audit?words=個人情報保護委員会")
    assert "確認の担当者を決めた" in told and "蛯名" in told and "desk.ppc" not in told
    assert not list(reminders(town.office, MOMENT))
    soon = MOMENT.replace(year=2027, month=5, day=12)
    [(key, (_, facts), only)] = reminders(town.office, soon)
    assert key == "fact:desk.ppc:2027-05-25" and only == (ebina.id,)
    assert facts["name"] == "個人情報保護委員会の窓口"
    assert "個人情報保護委員会の窓口" not in clerk.get("/staff/facts?mine=on")


def test_what_is_heard_leads_to_the_page_where_it_is_changed(town: Town) -> None:
    clerk, place = town.who("eto"), f"/staff/change?file=ja.toml&key={GREETING}"
    assert "新しい下書きで" in clerk.get(place)
    clerk.send("", title="あいさつ")
    assert clerk.path == f"/staff/drafts/1/prompts/{GREETING}" and "「あいさつ」" in clerk.text
    clerk.get("/staff/change?file=line.toml&key=desk.city.hours")
    assert clerk.path == "/staff/drafts/1/facts/desk/city", "straight into the one draft that is being written"
    clerk.get(f"/staff/change?code=ja&chunk={GREETING}")
    assert clerk.path == f"/staff/drafts/1/voice/ja/{GREETING}", "a piece leads to where it is recorded"
    assert clerk.client.get("/staff/change").status_code == 404
    begun(clerk, "もう一つ")
    assert "もう一つ" in clerk.get(place) and clerk.path == "/staff/change"
    assert "あいさつ" in town.who("ebina").get(place), "nobody comes into a colleague's draft unasked"
    approver = town.who("abe")
    assert "編集者が直します" in approver.get(place)


def test_nobody_approves_what_they_confirmed_themselves(town: Town) -> None:
    both = town.who("baba")
    both.get("/staff/facts")
    pressed(both, "/facts/confirm", one="desk.city")
    draft = town.office.facts.waiting()
    assert draft and f'href="/staff/drafts/{draft.id}/approve"' in (both.get("/staff") and both.html)
    both.get(f"/staff/drafts/{draft.id}/approve")
    assert "関わっていない人" in pressed(both, "/approve", then="publish") and both.status == 409
    assert town.office.facts.waiting() == draft
