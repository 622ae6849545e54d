"""A moment of a call: what is known at it, and how one moves on from it."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ivr.call.acts import Say
from ivr.call.heard_places import failed_twice
from ivr.call.positions import Position
from ivr.call.speaking import SENTENCE, Speaker, joinable
from ivr.line import tree
from ivr.line.text import whole
from ivr.line.tree import Place
from ivr.line.values import Desk, Kind, Language, Line
from ivr.line.words import Part


@dataclass(frozen=True, slots=True)
class CallState:
    """The line, where the call stands, the time (aware), and whether words are heard beside keys. `notes`:
    for who looks at many calls of this line at this moment, what was found in those before; no caller's are kept."""

    line: Line
    position: Position
    now: datetime
    listens: bool = True
    notes: dict[Hashable, Any] | None = None

    # --- what is known here -------------------------------------------------------------

    @property
    def place(self) -> Place:
        """Where the caller is."""
        return self.position.place

    @property
    def kind(self) -> Kind:
        """What kind of place that is."""
        return tree.kind_of(self.line, self.place.node)

    @property
    def language(self) -> Language:
        """The language of the call just now."""
        return self.line.languages[self.position.language]

    @property
    def speaker(self) -> Speaker:
        """Whoever speaks it, at the speed of the call."""
        return Speaker(self.line, self.language, self.position.speed)

    @property
    def desk(self) -> Desk | None:
        """The desk that this place belongs to."""
        found = tree.desk_at(self.line, self.place.node)
        return found and found.heard_in(self.language.code)

    @property
    def passages(self) -> int:
        """How many passages are read here; 0 where nothing is read."""
        return tree.passages_at(self.line, self.language.code, self.place)

    @property
    def reading(self) -> bool:
        """Whether a passage is being read, which goes on by itself (R9)."""
        return whole(self.place.step) is not None and self.passages > 0

    def words(self, key: str, **slots: tuple[Part, ...]) -> tuple[Say, ...]:
        """One prompt, spoken."""
        speaker = self.speaker
        return (speaker.say(*speaker.prompt(key, **slots), SENTENCE),)

    # --- moving ---------------------------------------------------------------------------

    def to(self, position: Position) -> "CallState":
        """At another position."""
        return CallState(self.line, position, self.now, self.listens, self.notes)

    def into(self, place: Place) -> "CallState":
        """Gone on to a place, so that `*` leads back here."""
        return self.to(self.position.into(place))

    def step_to(self, step: str) -> "CallState":
        """Moved on within this place."""
        return self.to(self.position.at(Place(self.place.node, step)))

    def back(self) -> "CallState":
        """One step back."""
        return self.to(self.position.back())

    def heard_something(self) -> "CallState":
        """Any key or word starts the silences afresh (R6)."""
        return self.to(replace(self.position, tries=0)) if self.position.tries else self

    # --- whom one can reach ---------------------------------------------------------------

    def can_ring(self, desk: Desk) -> bool:
        """Whether the line may ring this desk: it is open, and was not rung in vain twice in this call (R22)."""
        return joinable(desk, self.now) and not failed_twice(self.line, self.position, desk.key)

    def desk_named(self, key: str) -> Desk:
        """A desk as it is for callers in this language."""
        return self.line.desks[key].heard_in(self.language.code)

    def named_desks(self, but_at: str = "") -> tuple[str, ...]:
        """The desks that fit where the caller is, best first, then those of the places before, but for one."""
        nodes = (place.node for place in reversed(self.position.trail) if place.node != but_at)
        named = (desk for node in nodes for desk in tree.desks_for(self.line, node))
        return tuple(dict.fromkeys(named))

    def named_here(self) -> tuple[str, ...]:
        """Those that the nearest place names which names any."""
        named = (tree.desks_for(self.line, place.node) for place in reversed(self.position.trail))
        return next(filter(None, named), ())

    def fitting_desks(self) -> tuple[str, ...]:
        """Those, then the ones that fit anywhere; who speaks the caller's language comes first (R23). On the
        page of a desk it is this one."""
        any_matter = (*self._multilingual(), *self.line.nearest)
        fitting = dict.fromkeys((*self.named_desks(), *any_matter))
        code = self.language.code
        here = next((place.node for place in reversed(self.position.trail) if place.node not in tree.KEYPAD), "")
        return tuple(sorted(fitting, key=lambda key: (key != here, not self.desk_named(key).answers_in(code))))

    def _multilingual(self) -> tuple[str, ...]:
        """The desks that help in any matter who speaks their language and not the line's first."""
        code = self.language.code
        if code == self.line.first_language.code:
            return ()
        desks = self.line.desks.values()
        return tuple(desk.key for desk in desks if desk.multilingual and desk.answers_in(code))
