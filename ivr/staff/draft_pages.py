"""Drafts: the list, a draft with its texts, and its way to approval."""

from collections.abc import Mapping

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.editions.draft import Word
from ivr.editions.errand import Act, Errand, Outcome
from ivr.editions.structure import Shape, names_of
from ivr.editions.texts import TextPlace, natural
from ivr.line.finding import found
from ivr.line.prompt_keys import taken_apart
from ivr.line.values import Kind
from ivr.people.refusals import Refused
from ivr.people.rights import Right
from ivr.people.telling import Told
from ivr.staff import labels
from ivr.staff.area import area, needs
from ivr.staff.context import console, me, now, office, page, said, tell
from ivr.staff.due_pages import confirmed_in
from ivr.staff.errand_pages import asked_for, check_base, look_at_rules
from ivr.staff.fact_rows import texts_in
from ivr.staff.release_pages import disagreements_of
from ivr.staff.review_rows import of_draft

_SHOWN = 60  # texts on one page of a search


def _show(draft: int, template: str, problem: Told | None = None, **more: object) -> ResponseReturnValue:
    found = office().drafts.get(draft)
    return page(
        template,
        409 if problem else 200,
        me=me(),
        draft=found,
        parts=of_draft(draft),
        remarks=office().remarks.of(draft),
        disagreements=disagreements_of(found),
        problem=problem,
        **more,
    )


@area.get("/drafts")
def drafts() -> ResponseReturnValue:
    return page("drafts.html", me=me(), drafts=office().drafts.all(), title="", problem=None)


@area.post("/drafts")
@needs(Right.WRITE)
def start_draft() -> ResponseReturnValue:
    title = request.form.get("title", "")
    try:
        made = office().drafts.start(title, me(), now(), request.form.get("words_of") or None)
    except Refused as error:
        return page("drafts.html", 409, me=me(), drafts=office().drafts.all(), title=title, problem=said(error))
    check_base(made)
    tell("The draft has begun. Choose a text below to change it.")
    return redirect(url_for("staff.draft", draft=made.id), 303)


@area.get("/drafts/<int:draft>")
def draft(draft: int) -> ResponseReturnValue:
    return _show_draft(draft)


def shown_again(draft: int, which: str, problem: Told) -> ResponseReturnValue:
    """The page on which somebody made a remark (`which`, as its form names it) that is not kept."""
    if which == "approve":
        return _show_approve(draft, problem)
    if which == "submit":
        return _show_submit(draft, _reason_of(draft), problem)
    return _show_draft(draft, problem)


def _show_draft(draft: int, problem: Told | None = None) -> ResponseReturnValue:
    words = office().drafts.words(draft)
    asked = request.args.get("q", "").strip()
    return _show(
        draft,
        "draft.html",
        problem,
        outdated=office().approval.outdated(draft, now()),
        asked=asked,
        found=_searched(words, asked) if asked else None,
        groups=_grouped(words, console().line().first_language.code),
        words=words,
        renew=sorted(place for place, word in words.items() if word.renew),
        mine=office().typing.mine(draft, me()),
        held=office().recordings.held(draft, me()),
        facts=_facts(words),
        errand=_under_way(draft),
    )


def _under_way(draft: int) -> Errand | None:
    """What was asked for last, as long as it is not done: it goes on, or could not be done."""
    found = office().errands.latest(draft)
    return found if found and found.outcome is not Outcome.DONE else None


@area.post("/drafts/<int:draft>/rename")
@needs(Right.WRITE)
def rename(draft: int) -> ResponseReturnValue:
    office().drafts.rename(draft, request.form.get("title", ""), me(), now())
    tell("The draft has another title.")
    return redirect(url_for("staff.draft", draft=draft), 303)


@area.get("/drafts/<int:draft>/discard")
def discarding(draft: int) -> ResponseReturnValue:
    return _show(draft, "discard.html")


@area.post("/drafts/<int:draft>/discard")
@needs(Right.WRITE)
def discard(draft: int) -> ResponseReturnValue:
    office().drafts.discard(draft, me(), now())
    tell("The draft was put away. Its texts stay in the history.")
    return redirect(url_for("staff.drafts"), 303)


@area.post("/drafts/<int:draft>/rebase")
@needs(Right.WRITE)
def rebase(draft: int) -> ResponseReturnValue:
    clashes = office().approval.rebase(draft, me(), now())
    tell(
        "The draft is up to date. %(count)s of its texts were also changed elsewhere: look at them.",
        count=len(clashes),
    )
    return redirect(url_for("staff.draft", draft=draft), 303)


@area.get("/drafts/<int:draft>/submit")
@needs(Right.WRITE)
def submitting(draft: int) -> ResponseReturnValue:
    return _show_submit(draft, _reason_of(draft))


@area.post("/drafts/<int:draft>/submit")
@needs(Right.WRITE)
def submit(draft: int) -> ResponseReturnValue:
    reason = request.form.get("reason", "").strip()
    try:
        if not reason:
            raise Refused("Give the reason for the change.")
        return asked_for(draft, (Act.SUBMIT,), reason=reason)
    except Refused as error:
        return _show_submit(draft, reason, said(error))


def _show_submit(draft: int, reason: str, problem: Told | None = None) -> ResponseReturnValue:
    return _show(draft, "submit.html", problem, reason=reason, rules=look_at_rules(draft))


def _reason_of(draft: int) -> str:
    """What was written as the reason before: also where it was not submitted in the end."""
    asked = office().errands.latest(draft)
    return office().drafts.get(draft).reason or (asked.asked.get("reason", "") if asked else "")


@area.get("/drafts/<int:draft>/approve")
def approving(draft: int) -> ResponseReturnValue:
    return _show_approve(draft)


def _show_approve(draft: int, problem: Told | None = None, words: str = "") -> ResponseReturnValue:
    more = {"words": words, "rules": look_at_rules(draft), "confirmed": confirmed_in(draft)}
    return _show(draft, "approve.html", problem, **more)


@area.post("/drafts/<int:draft>/approve")
@needs(Right.APPROVE)
def approve(draft: int) -> ResponseReturnValue:
    """Approve it; where the button says so, publish it as well."""
    acts = (Act.APPROVE, Act.PUBLISH) if request.form.get("then") == "publish" else (Act.APPROVE,)
    try:
        return asked_for(draft, acts, digest=request.form.get("digest", ""))
    except Refused as error:
        return _show_approve(draft, said(error))


@area.post("/drafts/<int:draft>/send-back")
@needs(Right.APPROVE)
def send_back(draft: int) -> ResponseReturnValue:
    words = request.form.get("words", "")
    try:
        office().approval.send_back(draft, words, me(), now())
    except Refused as error:
        return _show_approve(draft, said(error), words)
    tell("The draft was sent back to its authors.")
    return redirect(url_for("staff.draft", draft=draft), 303)


def _facts(words: Mapping[TextPlace, Word]) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The desks and texts with facts to change: each table with its keys and names."""
    texts = texts_in(words)
    shape = Shape.of(texts)
    names = names_of(texts, next(iter(shape.languages), ""))
    kinds = (Kind.DESK, Kind.TEXT)
    return tuple((kind, tuple((branch.key, names[branch.key]) for branch in shape.of_kind(kind))) for kind in kinds)


def _searched(words: Mapping[TextPlace, Word], asked: str) -> tuple[Word, ...]:
    """The texts in which the words stand, or in whose key."""
    hits = (
        word
        for place, word in words.items()
        if place.prompt and (found(word.text, asked) or asked.casefold() in place.key.casefold())
    )
    return tuple(hits)[:_SHOWN]


def _grouped(words: Mapping[TextPlace, Word], language: str) -> tuple[tuple[str, tuple[TextPlace, ...]], ...]:
    """The prompts of a language by their groups."""
    groups: dict[str, list[TextPlace]] = {name: [] for name in labels.GROUPS}
    for place, word in words.items():
        if word.text and place.language == language and place.prompt:
            name = taken_apart(place.key).family
            groups[name if name in groups else labels.GROUPS[-1]].append(place)
    return tuple((name, tuple(sorted(places, key=natural))) for name, places in groups.items())
