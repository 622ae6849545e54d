"""Every page of the console, in every state that looks different: for axe-core and for pictures.

A state is a page to go to and, where that is not all, something to do there. It names what it does
by the names of fields and buttons, so that it works in every language of the console.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from playwright.sync_api import Browser, Page

from ivr.editions.texts import TextPlace
from tests.support.browser import WIDE
from tests.support.clock import MOMENT
from tests.support.console_town import HELD, HOURS, MAIL, RECORDED, TYPED, Scene, day
from tests.support.town import PASSWORD

Act = Callable[[Page, Scene], None]

PATIENCE = 20_000  # milliseconds: a recording is converted
MAIN, PLAIN, ALIKE = "main", "plain", "alike"
LEAVE = "() => document.querySelectorAll('form').forEach((form) => (form.noValidate = true))"


@dataclass(frozen=True, slots=True)
class State:
    """A page in a state. `path` is below /staff; {names} stand for the drafts of the scene. `told`:
    it tells that something was not done. `how`: MAIN pages are looked at in every way; what is ALIKE
    is there for its picture, since axe-core meets its like in another state or another test."""

    name: str
    who: str
    path: str
    act: Act | None = None
    told: bool = False
    how: str = PLAIN

    def address(self, scene: Scene) -> str:
        """Where it is."""
        coming = scene.town.office.library.scheduled(scene.clock.now)
        names = {**scene.drafts, "coming": coming[0].seq if coming else 0, "link": scene.link}
        names["passkey"] = scene.passkey
        return f"{scene.origin}/staff{self.path.format(**names)}"


class Windows:
    """A browser's window at the console: it shows one state after another, to whom it is for. It is one for all of
    them, since a browser begins afresh for each that is opened."""

    def __init__(self, browser: Browser, scene: Scene):
        self.browser, self.scene = browser, scene

    @cached_property
    def page(self) -> Page:
        """What is in the window."""
        context = self.browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        return context.new_page()

    def show(self, state: State, language: str = "ja") -> Page:
        """The window, wide and light, with this state in it. It is as if nothing had been shown before."""
        page = self.page
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        page.emulate_media(color_scheme="light", media="screen")
        if page.url.startswith(self.scene.origin):
            page.evaluate("() => localStorage.clear()")  # what others have typed
        page.context.clear_cookies()
        if state.who:
            page.context.add_cookies([self.scene.cookie(state.who, language)])  # type: ignore[list-item]
        page.goto(state.address(self.scene))
        if state.act:
            state.act(page, self.scene)
        return page


def sent(action: str = "", **fields: object) -> Act:
    """Fill in the form that leads to `action` (the page's own if left out), and send it."""

    def act(page: Page, _scene: Scene) -> None:
        wanted = f"[action$='{action}']" if action else ":not([action])"
        form = page.locator(f"main form[method=post]{wanted}").first
        page.evaluate(LEAVE)  # what the browser itself would refuse comes without scripts, too
        for name, value in fields.items():
            field = form.locator(f"[name='{name.replace('_', '-')}']")
            if isinstance(value, dict):
                field.set_input_files(value)  # type: ignore[arg-type]
            elif field.get_attribute("type") == "checkbox":
                field.set_checked(bool(value))
            else:
                field.evaluate("(field, text) => (field.value = text)", value)
        with page.expect_navigation():
            form.locator("button:not([type=button]):not([formaction])").first.click()

    return act


def pressed(button: str) -> Act:
    """Press the button of this selector, on a page as it is."""

    def press(page: Page, _scene: Scene) -> None:
        with page.expect_navigation():
            page.locator(button).click()

    return press


def says_nothing(page: Page, _scene: Scene) -> None:
    """Make a remark without any words."""
    page.evaluate(LEAVE)
    page.locator("details.say > summary").first.click()
    with page.expect_navigation():
        page.locator("details.say[open] button").first.click()


def forged(act: Act) -> Act:
    """The same, with a token that is none."""

    def forge(page: Page, scene: Scene) -> None:
        page.evaluate("() => document.querySelectorAll('[name=csrf_token]').forEach((each) => (each.value = 'x'))")
        act(page, scene)

    return forge


def too_late(act: Act) -> Act:
    """The same, half an hour after the page was loaded."""

    def late(page: Page, scene: Scene) -> None:
        scene.clock.now = MOMENT + timedelta(minutes=31)
        try:
            act(page, scene)
        finally:
            scene.clock.now = MOMENT

    return late


def signed_in_again(act: Act, login: str) -> Act:
    """The same, too late, and signed in once more."""

    def again(page: Page, scene: Scene) -> None:
        too_late(act)(page, scene)
        later = scene.town.visitor().later(minutes=31)
        scene.clock.now = later.now
        try:
            sent("/sign-in", login=login, password=PASSWORD, code=later.code(login))(page, scene)
        finally:
            scene.clock.now = MOMENT

    return again


def left_for_sso(act: Act) -> Act:
    """The same, too late, and on the way to the city's own sign-in with what was typed."""

    def leave(page: Page, scene: Scene) -> None:
        too_late(act)(page, scene)
        sent("/staff/sso")(page, scene)

    return leave


def by_no_passkey(page: Page, scene: Scene) -> None:
    """An answer that is none."""
    with page.expect_navigation():
        page.locator("form[action$='/sign-in/passkey']").evaluate("(form) => form.submit()")


def too_slow(act: Act, place: TextPlace, *texts: str) -> Act:
    """The same, after somebody else has saved one of these texts."""

    def slow(page: Page, scene: Scene) -> None:
        scene.meanwhile(place, *texts)
        act(page, scene)

    return slow


def unsaved_heard(page: Page, _scene: Scene) -> None:
    """What is typed is heard, by a browser without scripts."""
    with page.expect_navigation():
        page.evaluate(
            "() => { const button = document.querySelector('.hear-now'); button.form.requestSubmit(button); }"
        )


def practised(*links: str) -> Act:
    """A practice is begun, and these links followed in it (a part of their address)."""

    def act(page: Page, _scene: Scene) -> None:
        with page.expect_navigation():
            page.locator("main form[action$='/practice'] button").first.click()
        for link in links:
            with page.expect_navigation():
                page.locator(f"a[href*='{link}']").first.click()

    return act


def in_a_call(page: Page, _scene: Scene) -> None:
    """A draft is rung on Sunday night."""
    page.locator("#at").fill(f"{day('11-29 23:00'):%Y-%m-%dT%H:%M}")
    page.locator("#sound").uncheck()
    page.locator("#call").click()
    page.locator("#log .line").first.wait_for()
    page.keyboard.press("0")
    page.locator("#log .line").nth(1).wait_for()


def file(name: str, content: bytes) -> dict[str, Any]:
    """A file to be sent."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def spreadsheet(*rows: tuple[str, str]) -> dict[str, Any]:
    """What a translator sends back: keys, and their words in English."""
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (("key", "place", "ja", "en"), *((key, "", "", words) for key, words in rows)):
        sheet.append(row)
    out = BytesIO()
    book.save(out)
    return file("texts.xlsx", out.getvalue())


DRAFT = "/drafts/{open}"
WORDS = f"{DRAFT}/prompts/{MAIL}"
MINE = "リンクは、開かないでください。返事もせずに、消してください。"
THEIRS = ("リンクは、決して開かないでください。返事もしないでください。", "リンクは、絶対に開かないでください。")
HOURS_OF_OTHERS = ('"Mo-Fr 09:00-17:00"', '"Mo-Fr 09:00-17:30"')
TRANSLATED = spreadsheet(
    (MAIL, "Do not open any link, do not reply, and enter neither your name nor your PIN. Please delete the message."),
    ("say.goodbye", "Thank you for calling. Goodbye."),
    ("text.mail.passages.77", "A passage that is not there."),
)
OPENED = sent("/roles/look", role_editor=True, role_approver=True, role_administrator=False)
RENEWED = sent()
NEW_ALERT = {
    "words_ja": "いま、マイナンバーをかたる、偽のメールが届いています。リンクは開かずに、消してください。",
    "words_en": "Fake e-mails about My Number are going around. Delete them, and leave their links alone.",
    "end": "2026-11-25T17:00",
}

DOOR = (
    State("sign-in", "", "/sign-in"),
    State("set-up", "", "/set-up/{link}"),
    State("set-up-refused", "", "/set-up/{link}", sent(password="password1234", again="password1234"), told=True),
    State("set-up-used", "", "/set-up/used", told=True),
    State("sign-in-wrong", "", "/sign-in", sent("/sign-in", login="mori", password="x", code="1"), told=True),
    State("sign-in-ended", "sato", WORDS, too_late(sent(text_ja=MINE)), told=True, how=MAIN),
    State("sign-in-ended-with-a-file", "eto", f"{DRAFT}/exchange", too_late(sent("/import/look")), told=True),
    State("sign-in-passkey", "", "/sign-in", by_no_passkey, told=True),
    State("sso", "", "/sso", told=True),
    State("sso-return", "", "/sso/return?error=access_denied", told=True, how=ALIKE),
    State("sso-leave", "mori", "/alerts", left_for_sso(sent("/alerts/look", **NEW_ALERT))),
    State("again", "mori", "/alerts", signed_in_again(sent("/alerts/look", **NEW_ALERT), "mori")),
)
FIRST = (
    State("now", "eto", "", how=MAIN),
    State("now-approver", "abe", ""),
    State("guide", "eto", "/guide", how=MAIN),
    State("practice", "eto", "/practice"),
    State("practice-begun", "mori", "/practice", practised()),
    State("practice-phone", "mori", "/practice", practised("/practice/phone")),
    State("own", "abe", "/me"),
    State("own-ways", "ueda", "/me", how=MAIN),
    State("passkey-remove", "ueda", "/me/passkeys/{passkey}/remove"),
    State("recovery", "ueda", "/me/codes"),
    State("recovery-codes", "abe", "/me/codes", sent(), how=MAIN),
    State("notices", "eto", "/me/notices", how=MAIN),
    State("notices-refused", "eto", "/me/notices", sent(mail="eto"), told=True),
    State("prove", "ueda", "/prove?next=/staff/accounts", how=MAIN),
    State("prove-refused", "abe", "/prove", sent("/prove", password="x"), told=True),
    State("own-refused", "abe", "/me", sent(password="x", code="1", new=PASSWORD, again="x"), told=True),
    State("missing", "eto", "/drafts/999", told=True),
    State("not-allowed", "eto", "/accounts", told=True),
    State("forged", "eto", "/drafts", forged(sent("/drafts", title="x")), told=True),
    State("too-large", "eto", "/alerts", sent("/alerts/look", words_ja="長い" * 6_000), told=True),
)
DRAFTS = (
    State("drafts", "eto", "/drafts", how=MAIN),
    State("drafts-refused", "eto", "/drafts", sent("/drafts", title=" "), told=True),
    State("draft", "eto", DRAFT, how=MAIN),
    State("draft-search", "eto", f"{DRAFT}?q=偽"),
    State("draft-waiting", "abe", "/drafts/{waiting}"),
    State("draft-approved", "abe", "/drafts/{approved}", how=ALIKE),
    State("draft-published", "eto", "/drafts/{first}", how=ALIKE),
    State("draft-outdated", "ebina", "/drafts/{outdated}"),
    State("draft-brought", "eto", "/drafts/{brought}"),
    State("draft-sent-back", "eto", "/drafts/{back}", how=ALIKE),
    State("draft-discarded", "eto", "/drafts/{discarded}", how=ALIKE),
    State("discard", "eto", f"{DRAFT}/discard"),
    State("sitting", "eto", f"{DRAFT}/sitting/ja", how=MAIN),
    State("sitting-read-only", "abe", f"{DRAFT}/sitting/ja?which=passages", how=ALIKE),
    State("sitting-held", "eto", f"{DRAFT}/sitting/ja/held"),
    State("sitting-held-refused", "eto", f"{DRAFT}/sitting/ja/held", sent(keep=False), told=True),
    State("sitting-held-none", "ebina", f"{DRAFT}/sitting/ja/held"),
    State("sitting-files", "eto", f"{DRAFT}/sitting/ja/file"),
    State("sitting-files-refused", "eto", f"{DRAFT}/sitting/ja/file", sent(), told=True),
    State("sitting-file", "eto", f"{DRAFT}/sitting/ja/file/{{cut}}", how=MAIN),
    State("sitting-file-refused", "eto", f"{DRAFT}/sitting/ja/file/{{cut}}", sent(text_1="99999"), told=True),
    State("sitting-file-cutting", "eto", f"{DRAFT}/sitting/ja/file/{{cutting}}"),
    State("sitting-script", "eto", f"{DRAFT}/sitting/ja/script"),
    State("exchange", "eto", f"{DRAFT}/exchange"),
    State("exchange-refused", "eto", f"{DRAFT}/exchange", sent("/import/look"), told=True),
    State("import", "eto", f"{DRAFT}/exchange", sent("/import/look", file=TRANSLATED)),
    State("import-nothing", "eto", f"{DRAFT}/exchange", sent("/import/look", file=spreadsheet())),
)
TEXTS = (
    State("text", "eto", WORDS, how=MAIN),
    State("text-typed", "eto", f"{DRAFT}/prompts/{TYPED}"),
    State("text-recorded", "eto", f"{DRAFT}/prompts/{RECORDED}"),
    State("text-waiting", "ebina", "/drafts/{waiting}/prompts/say.not_understood"),
    State("text-only-read", "abe", WORDS),
    State("text-heard-unsaved", "eto", WORDS, unsaved_heard),
    State("text-forged", "eto", WORDS, forged(sent(text_ja=MINE)), told=True),
    State(
        "text-conflict", "sato", WORDS, too_slow(sent(text_ja=MINE), TextPlace("ja.toml", MAIL), *THEIRS), True, MAIN
    ),
    State("history", "eto", "/drafts/{open}/prompts/say.greeting/history"),
    State("history-none", "eto", f"{DRAFT}/prompts/text.call.option/history"),
)
VOICES = (
    State("voice", "eto", f"{DRAFT}/voice/ja/{MAIL}"),
    State("voice-held", "eto", f"{DRAFT}/voice/ja/{HELD}"),
    State("voice-recorded", "eto", f"{DRAFT}/voice/ja/{RECORDED}"),
    State("voice-code", "eto", f"{DRAFT}/voice/ja/{MAIL}", sent(f"/code/ja/{MAIL}"), how=MAIN),
    State(
        "voice-refused",
        "eto",
        f"{DRAFT}/voice/ja/{MAIL}",
        sent(f"/take/ja/{MAIL}", file=file("words.wav", b"RIFF, but no more")),
        told=True,
    ),
    State("voice-only-heard", "abe", f"{DRAFT}/voice/ja/{RECORDED}"),
    State("voice-parts", "eto", f"{DRAFT}/voice/ja/where.passage/1"),
    State("ring", "abe", "/drafts/{waiting}/phone"),
    State("ring-call", "abe", "/drafts/{waiting}/phone", in_a_call, how=MAIN),
)
TABLES = (
    State("desk", "eto", f"{DRAFT}/facts/desk/city", how=MAIN),
    State(
        "desk-conflict",
        "eto",
        f"{DRAFT}/facts/desk/city",
        too_slow(sent(hours="Mo-Fr 10:00-16:00"), HOURS, *HOURS_OF_OTHERS),
        told=True,
    ),
    State("source", "eto", f"{DRAFT}/facts/text/mail"),
    State("words", "eto", f"{DRAFT}/facts/words/ja", how=ALIKE),
    State("readings", "eto", f"{DRAFT}/facts/readings/ja", how=ALIKE),
    State("passages", "eto", f"{DRAFT}/texts/mail/passages", how=ALIKE),
    State("passage-in", "eto", f"{DRAFT}/texts/mail/passages/2/insert", how=ALIKE),
    State("passage-out", "eto", f"{DRAFT}/texts/mail/passages/2/remove", how=ALIKE),
)
TREE = "/drafts/{tree}/tree"
TWICE = {"name_ja": "図書館の窓口", "name_en": "the library", "parent": "card", "key": "library"}
STRUCTURE = (
    State("tree", "eto", TREE, how=MAIN),
    State("tree-only-read", "abe", TREE, how=ALIKE),
    State("tree-refused", "eto", TREE, sent("/tree/look", desk_1="city", desk_2="city"), told=True),
    State("branch", "eto", f"{TREE}/at/desks", how=MAIN),
    State("branch-new", "eto", f"{TREE}/at/library"),
    State("branch-only-read", "abe", f"{TREE}/at/mail", how=ALIKE),
    State("branch-add", "eto", f"{TREE}/add?parent=card", how=MAIN),
    State("branch-add-refused", "eto", f"{TREE}/add", sent("/tree/look", **TWICE), told=True),
    State("tree-look", "eto", f"{TREE}/at/consumer", sent("/tree/look", act="away"), how=MAIN),
    State("tree-look-name", "eto", f"{TREE}/at/police", sent("/tree/look", name_ja="県警の窓口"), how=ALIKE),
)
PREPARED = f"{TREE.removesuffix('/tree')}/prepared-alerts"
READY = (
    State("prepared", "eto", PREPARED, how=MAIN),
    State("prepared-one", "eto", f"{PREPARED}/at/alert_4"),
    State("prepared-new", "eto", f"{PREPARED}/new", how=ALIKE),
    State("prepared-refused", "eto", f"{PREPARED}/new", sent("/save", title_ja="停電"), told=True),
)
APPROVAL = (
    State("submit", "eto", f"{DRAFT}/submit"),
    State("submit-broken", "eto", "/drafts/{broken}/submit"),
    State("submit-refused", "eto", f"{DRAFT}/submit", sent(), told=True),
    State("approve", "abe", "/drafts/{waiting}/approve", how=MAIN),
    State("approve-confirmed", "abe", "/drafts/{confirmed}/approve"),
    State("approve-refused", "eto", "/drafts/{waiting}/approve", sent("/approve"), told=True),
    State("send-back", "abe", "/drafts/{approved}/approve"),
    State("send-back-refused", "abe", "/drafts/{waiting}/approve", sent("/send-back"), told=True),
    State("publish", "abe", "/drafts/{approved}/publish"),
    State("publish-refused", "abe", "/drafts/{approved}/publish", sent(), told=True),
    State("checking", "abe", "/drafts/{checking}/approve"),
    State("going-on", "abe", "/drafts/{checking}/going-on"),
    State("going-on-refused", "abe", "/drafts/{outdone}/going-on", told=True),
    State("remark", "eto", "/drafts/{remarked}"),
    State("remark-refused", "eto", "/drafts/{remarked}", says_nothing, told=True, how=ALIKE),
    State("sheet", "abe", "/drafts/{approved}/sheet"),
    State("paper-made", "abe", "/papers/1"),
    State("paper-waiting", "abe", "/papers/2"),
    State("paper-refused", "abe", "/papers/3", told=True),
    State("compare", "abe", "/editions/compare"),
    State("schedule", "abe", "/drafts/{approved}/schedule"),
    State("schedule-then", "abe", "/drafts/{approved}/schedule?at=2026-12-25T09:00", how=MAIN),
    State("schedule-refused", "abe", "/drafts/{approved}/schedule?at=tomorrow", told=True),
    State("editions", "baba", "/editions", how=MAIN),
    State("withdraw", "abe", "/editions/withdraw/{coming}"),
    State("roll-back", "abe", "/editions/roll-back"),
)
BESIDE = (
    State("alerts", "eto", "/alerts", how=MAIN),
    State("alerts-to-approve", "abe", "/alerts?from=2"),
    State("alert", "eto", "/alerts", sent("/alerts/look", **NEW_ALERT), how=MAIN),
    State("alerts-refused", "eto", "/alerts", sent("/alerts/look", **{**NEW_ALERT, "words_en": ""}), told=True),
    State("alert-prepared", "eto", "/alerts/prepared/0"),
    State("alerts-practice", "eto", "/alerts?practice=on"),
    State("alert-practice", "eto", "/alerts/prepared/0?practice=on", how=ALIKE),
    State("practice-telephone", "eto", "/alerts/phone"),
    State("alert-end", "eto", "/alerts/1/end"),
    State("desks", "eto", "/desks", how=MAIN),
    State("closure", "eto", "/desks", sent("/desks/look", desk_ppc=True)),
    State("closures", "eto", "/desks", sent("/desks/look", all=True, start="2026-11-27T12:00"), how=ALIKE),
    State("desks-refused", "eto", "/desks", sent("/desks/look"), told=True),
    State("facts", "eto", "/facts", how=MAIN),
    State(
        "facts-refused",
        "eto",
        "/facts",
        pressed("[aria-labelledby=h-ticked] button:not([formaction])"),
        told=True,
        how=ALIKE,
    ),
    State("contacts", "eto", f"{DRAFT}/contacts"),
    State("contacts-refused", "eto", f"{DRAFT}/contacts", sent("/numbers", number="12"), told=True, how=ALIKE),
    State("contact", "eto", f"{DRAFT}/contacts/at/fax"),
    State("contact-new-refused", "eto", f"{DRAFT}/contacts/new", sent("/contacts/save"), told=True, how=ALIKE),
    State("find", "eto", "/find?q=カード", how=MAIN),
    State("find-nothing", "eto", "/find?q=ありえない", how=ALIKE),
    State("replace", "eto", "/replace?q=カード&with=券"),
    State("call", "eto", "/call", how=MAIN),
    State("call-at", "eto", "/call/at/mail"),
    State("call-words", "eto", "/call/words/status", how=ALIKE),
    State("gaps", "eto", "/gaps"),
    State("change", "ebina", "/change?file=ja.toml&key=text.mail.passages.1"),
    State("audit", "abe", "/audit", how=MAIN),
    State("audit-found", "abe", "/audit?words=受付時間", how=ALIKE),
    State("audit-refused", "abe", "/audit?since=yesterday", told=True),
)
CALLS = (
    State("report", "eto", "/reports/2026-11", how=MAIN),
    State("report-year", "ueda", "/reports/2026", how=ALIKE),
    State("report-empty", "abe", "/reports/2025-01", how=ALIKE),
    State("report-print", "eto", "/reports/2026-10/print", how=ALIKE),
    State("report-missing", "eto", "/reports/november", told=True),
    State("comparison", "abe", "/reports/compare", how=ALIKE),
    State("comparison-edition", "abe", "/reports/compare?of=edition-1"),
    State("comparison-alert", "abe", "/reports/compare?of=alert-1", how=ALIKE),
)
ACCOUNTS = (
    State("accounts", "ueda", "/accounts", how=MAIN),
    State("accounts-refused", "ueda", "/accounts", sent(name="森", login="mori", role_editor=True), told=True),
    State("account-roles", "ueda", "/accounts/sato/roles"),
    State("account-trust", "ueda", "/accounts/sato/roles", OPENED),
    State("account-trust-nothing", "ueda", "/accounts/sato/roles", sent("/roles/look")),
    State("account-renew", "ueda", "/accounts/ito/renew"),
    State("account-link", "ueda", "/accounts/ito/renew", RENEWED, how=MAIN),
    State("account-invite", "ueda", "/accounts/sato/invite"),
    State("account-invite-refused", "ueda", "/accounts/sato/invite", sent(address="a b"), told=True),
    State("notices-unsent", "ueda", "/notices", how=MAIN),
    State("account-stop", "ueda", "/accounts/sato/stop"),
)
STATES = (*DOOR, *FIRST, *DRAFTS, *TEXTS, *VOICES, *TABLES, *STRUCTURE, *READY, *APPROVAL, *BESIDE, *CALLS, *ACCOUNTS)
