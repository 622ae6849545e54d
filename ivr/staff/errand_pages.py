"""What was asked for by a press: the page tells what is being done, step by step, and then what came of it."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import redirect, session, url_for
from flask.typing import ResponseReturnValue

from ivr.editions.checks import STEPS, Checked
from ivr.editions.draft import Draft, Status
from ivr.editions.errand import Act, Errand, Outcome
from ivr.people.refusals import Refused
from ivr.people.telling import Told, told
from ivr.staff.area import area
from ivr.staff.context import REFRESH, changed, console, me, now, office, page, said, tell

_SEEN = "errand"
"""Of the session: the errand whose end was told."""

DONE, NOW, LATER = "done", "now", "later"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an errand: `name` as `labels.step` knows it, and whether it is DONE, going on NOW, or comes LATER."""

    name: str
    state: str


def steps_of(errand: Errand, step: str, checked: bool) -> tuple[Step, ...]:
    """The steps of an errand whose rules have come to `step` ("": they wait), and are done where `checked`."""
    names: list[str] = [*(STEPS if errand.waits_for_rules else ()), *errand.acts]
    if errand.outcome is Outcome.DONE:
        at = len(names)
    elif checked or not errand.waits_for_rules:
        at = names.index(errand.acts[0])
    else:
        at = names.index(step) if step in names else 0
    states = (DONE if number < at else NOW if number == at else LATER for number in range(len(names)))
    return tuple(map(Step, names, states))


def asked_for(draft: int, acts: Sequence[Act], **asked: str) -> ResponseReturnValue:
    """Have this done, and go to the page that tells of it. Refused, NotAllowed."""
    if Act.PUBLISH in acts:
        console().begin_to_speak(changed(draft))
    session.pop(_SEEN, None)
    office().errands.ask(draft, acts, asked, me(), now())
    return redirect(url_for("staff.going_on", draft=draft), 303)


@area.get("/drafts/<int:draft>/going-on")
def going_on(draft: int) -> ResponseReturnValue:
    found = office().drafts.get(draft)
    errand = office().errands.look(draft, now())
    if errand is None:
        return redirect(url_for("staff.draft", draft=draft), 303)
    if errand.outcome is Outcome.DONE:
        return _done(found, errand)
    return page(
        "going_on.html",
        200 if errand.outcome is None else 409,
        me=me(),
        draft=found,
        errand=errand,
        problem=errand.told,
        problems=_problems(errand),
        way_back=_WAYS[errand.acts[0]],
        every=REFRESH,
        **_standing(errand),
    )


@area.get("/drafts/<int:draft>/going-on/steps")
def going_on_steps(draft: int) -> ResponseReturnValue:
    """The steps alone, for a page that asks by itself; 204 once there is nothing to wait for."""
    errand = office().errands.look(draft, now())
    if errand is None or errand.outcome:
        return "", 204
    return page("going_on_steps.html", draft=office().drafts.get(draft), errand=errand, **_standing(errand))


@area.get("/drafts/<int:draft>/checked")
def checked(draft: int) -> ResponseReturnValue:
    """What the rules say of a draft, for a page that asks by itself: 202 while they are at it."""
    found = look_at_rules(draft)
    return page("checked.html", 202 if found.waits else 200, draft=office().drafts.get(draft), rules=found)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the rules say of a draft. `problem`: why they can say nothing."""

    problems: tuple[str, ...] | None
    step: str = ""
    problem: Told | None = None

    @property
    def waits(self) -> bool:
        """Whether they are still at it."""
        return self.problems is None and self.problem is None


def look_at_rules(draft: int) -> Rules:
    """What is known of it, begun where that is nothing; nothing is looked at in a draft that is done with."""
    if office().drafts.get(draft).status in (Status.PUBLISHED, Status.DISCARDED):
        return Rules(())
    try:
        found = office().checks.of(office().drafts.edition(draft), now())
    except Refused as error:
        return Rules(None, problem=said(error))
    return Rules(found.problems, found.step)


def check_base(draft: Draft) -> None:
    """Have the rules look at what a draft begins from: when it is submitted, they know all of it but its words."""
    with suppress(Refused):
        office().checks.of(office().library.edition(draft.base), now())


_WAYS = {Act.SUBMIT: "staff.submitting", Act.APPROVE: "staff.approving", Act.PUBLISH: "staff.publishing"}


def _standing(errand: Errand) -> dict[str, Any]:
    """How it stands: its steps, and for how many seconds it has been under way."""
    found = _checked(errand)
    return {
        "steps": steps_of(errand, found.step if found else "", bool(found and found.problems is not None)),
        "seconds": max(0, round((now() - errand.at).total_seconds())),
    }


def _checked(errand: Errand) -> Checked | None:
    """What is known of its edition; None where the rules have failed."""
    try:
        return office().errands.checked(errand, now()) if errand.waits_for_rules else None
    except Refused:
        return None


def _problems(errand: Errand) -> tuple[str, ...]:
    """The problems that it was refused for, as the rules tell them today."""
    if not errand.problems:
        return ()
    found = _checked(errand)
    return (found.problems if found else None) or errand.problems


def _done(draft: Draft, errand: Errand) -> ResponseReturnValue:
    """Where somebody goes on once it is done, and is told so once."""
    if session.get(_SEEN) != errand.id and errand.person.id == me().id:
        session[_SEEN] = errand.id
        for sentence, facts in _ends(draft, errand):
            tell(sentence, **facts)
    return redirect(url_for("staff.editions" if Act.PUBLISH in errand.acts else "staff.draft", draft=draft.id), 303)


def _ends(draft: Draft, errand: Errand) -> Iterator[Told]:
    match errand.acts[-1]:
        case Act.SUBMIT:
            yield told("The draft was submitted. Somebody else must approve it now.")
            if problems := look_at_rules(draft.id).problems:
                yield told("It cannot be published yet: %(count)s problems must be mended first.", count=len(problems))
        case Act.APPROVE:
            yield told("The draft is approved. Callers hear it once it is published.")
        case Act.PUBLISH if errand.asked.get("at"):
            yield told("Scheduled. Calls that begin from then on hear it.")
        case Act.PUBLISH:
            yield told("Published. New calls hear it from now on; calls under way stay on their words.")
