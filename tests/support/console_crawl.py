"""Every state of the console without a browser: for what its pages say, which takes a fraction of the time."""

import re
from collections.abc import Iterator

from ivr.line.tree import with_facts
from tests.support.clock import MOMENT
from tests.support.console_states import DOOR, STATES, Sent, State
from tests.support.console_town import Scene
from tests.support.town import Visitor

_LATIN = re.compile(r"[A-Za-z][A-Za-z'’]+")


def pages(scene: Scene) -> Iterator[tuple[State, str]]:
    """The page of each state, as HTML in Japanese. What only a browser's scripts can do is left out."""
    inside: dict[str, Visitor] = {}
    for state in STATES:
        if state in DOOR or state.who not in inside:  # at the door sessions end
            inside[state.who] = scene.visitor(state.who) if state.who else scene.town.visitor()
        visitor = inside[state.who]
        visitor.now = MOMENT
        visitor.get(state.address(scene).removeprefix(scene.origin))
        if isinstance(state.act, Sent):
            state.act.by(visitor, scene)
        yield state, visitor.html


def of_the_city(scene: Scene) -> frozenset[str]:
    """The words in Latin letters that the city itself uses in Japanese: in what the line says, in what callers may
    say, in what is read otherwise, in sources; and the names by which people sign in and call things."""
    shipped = scene.town.office.library.shipped
    spoken = shipped.line.first_language
    texts = ["".join(chunk.written for chunk in prompt.chunks()) for prompt in spoken.prompts.values()]
    texts += [form for forms in spoken.words.values() for form in forms]
    texts += list(shipped.readings[spoken.code])
    texts += [node.confirmation.source for _, nodes in with_facts(shipped.line) for node in nodes.values()]
    for alert in scene.town.office.announcements.past_alerts():
        texts += alert.words.values()
    typed = {*scene.town.secrets, "oka", "library", "count", "kazu"}
    return frozenset(word for text in texts for word in _LATIN.findall(text)) | typed
