"""What keys 1 to 4 lead to here and now, and how that is told."""

from collections.abc import Iterator

from ivr.call.acts import Say
from ivr.call.reaching import others as others_reached
from ivr.call.reaching import person_told, told_of_zero
from ivr.call.speaking import SENTENCE, Speaker
from ivr.call.state import CallState
from ivr.line import prompt_keys as keys
from ivr.line import tree
from ivr.line.tree import ASK, FAILURES, JOIN, Place
from ivr.line.values import Desk, Kind
from ivr.line.words import Part


def offers(call: CallState) -> tuple[Place, ...]:
    """The places that keys 1 to 4 lead to here and now, in the order of the keys."""
    if call.desk:
        return _desk_offers(call, call.desk)
    return tree.choices(call.line, call.language.code, call.place)


def _desk_offers(call: CallState, desk: Desk) -> tuple[Place, ...]:
    """Ring it and hear its number again (R14); where it cannot be rung, whom one can reach. After a transfer
    that failed the number comes last: it is only read where somebody asks for it."""
    if call.place.step == JOIN:
        return ()
    if call.place.step == ASK:
        return (Place(desk.key, JOIN),)
    join = (Place(desk.key, JOIN),) if call.can_ring(desk) else ()
    number = (Place(desk.key, "1"),)
    if call.place.step not in FAILURES and join:
        return join + number
    instead = others_reached(call, but=desk.key)
    return (*join, *instead, *number) if call.place.step in FAILURES else (*number, *instead)


def question(call: CallState) -> tuple[Say, ...]:
    """The choices here; in texts and at desks also the keys that always work."""
    if call.desk and call.place.step == ASK:
        asked = call.words("join.ask", desk=call.speaker.name(call.desk.key))
        how = call.words("join.answer" if call.listens else "join.cancel")
        return (*asked, *language_told(call, call.desk), *told(call, offers(call)), *how)
    match call.kind:
        case Kind.MENU:
            person = _person(call)
            return (*person, *told(call, offers(call)), *_how_many(call), *_lead(call), *_way_back(call), *person)
        case Kind.LANGUAGES:
            return told(call, offers(call))
        case _:
            return (*_failed(call), *_choices(call), *_routine(call))


def language_told(call: CallState, desk: Desk) -> tuple[Say, ...]:
    """That a desk does not answer in the caller's language (R23)."""
    return () if desk.answers_in(call.language.code) else call.words("join.language")


def _routine(call: CallState) -> tuple[Say, ...]:
    """The keys that always work, the first time: after a silence they have just been told (R11)."""
    return () if call.position.tries else told_of_zero(call, "say.routine")


def first_question(call: CallState) -> tuple[Say, ...]:
    """The choices behind the greeting: the ways into other languages are told behind the first of them, which
    cannot wait (R19), and again in their place."""
    first, *others = tree.in_order_told(call.line, call.place, offers(call))
    rest = (say for number, place in others for say in _told(call, number, place, short=True))
    return (*_told(call, *first, short=False), *languages_told(call), *rest, *_how_many(call), *_lead(call))


def told(call: CallState, places: tuple[Place, ...]) -> tuple[Say, ...]:
    """These options, each with its key: the first in a whole sentence, the others short."""
    numbered = tree.in_order_told(call.line, call.place, places)
    return tuple(
        say
        for at, (number, place) in enumerate(numbered)
        for say in _told(call, number, place, short=at > 0 or tree.within(call.line, call.place))
    )


def languages_told(call: CallState) -> Iterator[Say]:
    """The ways into other languages among the options here."""
    for number, place in enumerate(offers(call), 1):
        if place.node == Kind.LANGUAGES:
            yield from _language_options(call, number, place)


def _lead(call: CallState) -> tuple[Say, ...]:
    """A menu's own advice, behind its choices: who is in a hurry has pressed a key by then (R19)."""
    lead = call.speaker.optional(keys.of_node(Kind.MENU, call.place.node, keys.LEAD))
    return (call.speaker.say(*lead),) if lead else ()


def _person(call: CallState) -> tuple[Say, ...]:
    """Whom 0 rings from a menu that cannot wait: first, for who is in a hurry, and last, for who hears all out."""
    words = person_told(call)
    return (call.speaker.say(*words, SENTENCE),) if words else ()


def _way_back(call: CallState) -> tuple[Say, ...]:
    """Which key leads back, behind the choices of a menu: who has come into it by a wrong key, or finds nothing that
    fits, knows no other. After a silence it has just been told (R11)."""
    if call.place.node == call.line.start or call.position.tries:
        return ()
    words = call.speaker.optional(keys.WAY_BACK)
    return (call.speaker.say(*words, SENTENCE),) if words else ()


def _how_many(call: CallState) -> tuple[Say, ...]:
    """How many choices there were (R3), behind those of the first menu: who is in a hurry has pressed a key by
    then (R19). Further in, the keys tell it themselves."""
    if call.place.node != call.line.start:
        return ()
    return call.words("say.choose", count=call.speaker.prompt(keys.count(len(offers(call)))))


def _failed(call: CallState) -> tuple[Say, ...]:
    """Why a transfer failed."""
    if not call.desk or call.place.step not in FAILURES:
        return ()
    return call.words(keys.failed(call.place.step), desk=call.speaker.name(call.desk.key))


def _choices(call: CallState) -> tuple[Say, ...]:
    """The choices behind what was read. At a desk its own come first; only then, that others are open: its number
    would seem to be theirs."""
    places = offers(call)
    said = told(call, places)
    own = sum(place.node == call.desk.key for place in places) if call.desk else len(places)
    if call.place.step in FAILURES or own == len(places):
        return said
    return (*said[:own], *call.words("status.instead"), *said[own:])


def _told(call: CallState, number: int, place: Place, short: bool) -> Iterator[Say]:
    if place.node == Kind.LANGUAGES:
        yield from _language_options(call, number, place)
    else:
        yield call.speaker.say(*call.speaker.option(number, _words_of(call, place), short))


def _words_of(call: CallState, place: Place) -> tuple[Part, ...]:
    if call.place.step in FAILURES and place == Place(call.place.node, JOIN):
        return call.speaker.prompt("choice.again", desk=call.speaker.name(place.node))
    if (call.place.step == ASK or call.reading) and place == Place(call.place.node, JOIN):  # whose page it is
        return call.speaker.prompt("choice.yes")
    desk = tree.desk_at(call.line, place.node)
    if desk and place.step == JOIN and not call.can_ring(call.desk_named(desk.key)):
        return call.speaker.prompt("choice.desk", desk=call.speaker.name(desk.key))
    return call.speaker.offer(place, call.now)


def _language_options(call: CallState, number: int, place: Place) -> Iterator[Say]:
    """The names of the languages that a place leads to, each in its own words and voice (R16)."""
    for code in tree.inviting(call.line, call.language.code, place):
        speaker = Speaker(call.line, call.line.languages[code], call.position.speed)
        yield speaker.say(*speaker.option(number, speaker.invitation(call.language.code, place)))
