"""What is to be confirmed: all facts with their days, confirmed by one press each or several at once, and who looks
after them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.editions.draft import Status, Word
from ivr.editions.facts import CONTACT, FactKey, Keeper, StandingFact, facts, to_remind
from ivr.editions.office import Office
from ivr.editions.texts import TextPlace
from ivr.line.contacts import CONTACTS
from ivr.line.hours_words import said_hours
from ivr.line.loading import STRUCTURE
from ivr.line.prompt_keys import of_node
from ivr.line.values import Kind, Line
from ivr.pages.transcript import written
from ivr.people.refusals import Refused
from ivr.people.rights import Right
from ivr.people.telling import Told, told
from ivr.staff.area import area, needs
from ivr.staff.context import console, me, now, office, page, said, tell, today, translated
from ivr.staff.home_pages import name_of

_FACT = "fact-"
"""How the fields of facts begin."""

AT_HAND = 5
"""So many of those that are due are told on the first page [own value]."""


@dataclass(frozen=True, slots=True)
class DueRow:
    """A fact as its page shows it; `says`: what is to be made sure of; `waits`: it is confirmed already, and waits
    for approval."""

    fact: StandingFact
    name: str
    says: tuple[str, ...]
    keeper: Keeper | None
    waits: bool

    @property
    def changed_at(self) -> TextPlace:
        """Where it is changed if it is not right."""
        key = self.fact.key
        return TextPlace(CONTACTS, f"{key.name}.source") if key.family == CONTACT else _source(key)


@dataclass(frozen=True, slots=True)
class ConfirmedRow:
    """A fact that a draft says is right, as whoever approves it reads it: `day` is what the draft writes down, and by
    whom it was found right."""

    name: str
    says: tuple[str, ...]
    day: Word


@area.get("/facts")
def due_facts() -> ResponseReturnValue:
    return _show()


@area.post("/facts/confirm")
@needs(Right.WRITE)
def confirm_facts() -> ResponseReturnValue:
    """One by its own button, or all that were ticked."""
    one = request.form.get("one")
    title = translated(told("Facts that were confirmed"))
    reason = translated(told("Only the days on which the facts were confirmed: what callers hear stays the same."))
    try:
        keys = [FactKey.read(one)] if one else _ticked()
        office().facts.confirm(keys, today(), title, reason, me(), now())
    except Refused as error:
        return _show(error)
    tell("Confirmed: %(count)s. They wait for the approval of somebody else, all in one.", count=len(keys))
    return redirect(url_for("staff.home" if request.form.get("from") == "home" else "staff.due_facts"), 303)


@area.post("/facts/keeper")
@needs(Right.WRITE)
def give_facts() -> ResponseReturnValue:
    """Who looks after those that were ticked."""
    chosen = request.form.get("keeper", "")
    try:
        accounts = {each.id: each for each in console().accounts.all() if each.stopped_at is None}
        keeper = Keeper(chosen, accounts[chosen].name) if chosen in accounts else None
        office().facts.give(_ticked(), keeper, me(), now())
    except Refused as error:
        return _show(error)
    if keeper:
        tell("%(name)s looks after them now, and is reminded before their days.", name=keeper.name)
    else:
        tell("Nobody looks after them by name any more.")
    return redirect(url_for("staff.due_facts"), 303)


@area.context_processor
def at_hand() -> dict[str, object]:
    """What the first page may ask."""
    return {
        "facts_due": lambda: [each for each in rows(console().line()) if each.fact.due(today())],
        "most_due": AT_HAND,
    }


def rows(line: Line) -> tuple[DueRow, ...]:
    """All facts, those that are due first, with what is known of each."""
    keepers, waiting = office().facts.keepers(), office().facts.waiting()
    gathered = office().facts.gathered(waiting.id) if waiting else ()
    return tuple(
        DueRow(
            fact, fact_name(line, fact.key), tuple(_says(line, fact.key)), keepers.get(fact.key), fact.key in gathered
        )
        for fact in facts(line)
    )


def confirmed_in(draft: int) -> tuple[ConfirmedRow, ...]:
    """What a draft says is right, where it does nothing else; else ()."""
    found = office().facts.confirmed(draft)
    line = console().draft_line(draft)
    return tuple(ConfirmedRow(fact_name(line, key), tuple(_says(line, key)), day) for key, day in found.items())


def fact_name(line: Line, key: FactKey) -> str:
    """What people call a fact: as the desk, text or contact that it is of; "" of one that the line does not have."""
    if key.family != CONTACT:
        there = key.name in (line.desks if key.family == Kind.DESK else line.texts)
        return name_of(line, key.family, key.name) if there else ""
    for contact in line.contacts:
        if contact.key == key.name:
            words = contact.words.get(line.first_language.code)
            return words.name if words else contact.shown
    return ""


def reminders(rooms: Office, moment: datetime) -> Iterator[tuple[str, Told, tuple[str, ...]]]:
    """Whom to remind of which fact before its day: a key by which it is told once, the sentence, and the accounts that
    it is for."""
    line, keepers = rooms.shelf.line("", moment), rooms.facts.keepers()
    for fact in to_remind(line, moment.astimezone(line.zone).date()):
        if (keeper := keepers.get(fact.key)) and fact.until:
            name = fact_name(line, fact.key)
            sentence = told("You look after “%(name)s”: please confirm it by %(day)s.", name=name, day=fact.until)
            yield f"fact:{fact.key}:{fact.until.isoformat()}", sentence, (keeper.person,)


def _show(error: Refused | None = None) -> ResponseReturnValue:
    day, found, waiting = today(), rows(console().line()), office().facts.waiting()
    mine = request.values.get("mine") == "on"
    shown = [each for each in found if not mine or (each.keeper and each.keeper.person == me().id)]
    parts = {
        "due": [each for each in shown if each.fact.due(day)],
        "soon": [each for each in shown if each.fact.soon(day)],
        "later": [each for each in shown if not each.fact.due(day) and not each.fact.soon(day)],
    }
    return page(
        "due.html",
        409 if error else 200,
        me=me(),
        parts=parts,
        mine=mine,
        waiting=waiting,
        submitted=waiting is not None and waiting.status is Status.SUBMITTED,
        keepers=[each for each in console().accounts.all() if each.stopped_at is None and each.roles],
        sent=request.form,
        within=console().line().confirm_within_days,
        problem=said(error) if error else None,
    )


def _ticked() -> tuple[FactKey, ...]:
    return tuple(FactKey.read(name.removeprefix(_FACT)) for name in request.form if name.startswith(_FACT))


def _source(key: FactKey) -> TextPlace:
    return TextPlace(STRUCTURE, of_node(key.family, key.name, "source"))


def _says(line: Line, key: FactKey) -> Iterator[str]:
    """What somebody has to make sure of: of a desk its numbers and hours, of a contact its address."""
    language = line.first_language
    if key.family == Kind.DESK:
        desk = line.desks[key.name]
        yield " / ".join(desk.numbers)
        yield written(language, said_hours(language, desk))
        yield desk.confirmation.source
    elif key.family == Kind.TEXT:
        yield line.texts[key.name].confirmation.source
    else:
        contact = next(each for each in line.contacts if each.key == key.name)
        yield contact.shown
        yield contact.confirmation.source
