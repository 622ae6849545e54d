"""The front of the webhooks: who may call, and what is answered, from memory where it was answered before.

It knows no framework: the server's door asks it in the event loop, where nothing may wait, and on a thread for what
it does not know there. The routes ask it for whatever comes otherwise than a carrier sends it.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from ivr import clock
from ivr.call.acts import Heard, Lost
from ivr.call.conversation import hints, step
from ivr.call.day_times import haste
from ivr.call.meanings import DIGITS, meaning, plain
from ivr.call.positions import Position, fits, start
from ivr.carrier import addresses, edge, twiml
from ivr.carrier.addresses import Parts, Timeless
from ivr.carrier.faults import log_fault
from ivr.carrier.finished import Finished, is_clear, marked
from ivr.carrier.form import pairs_in, pairs_of
from ivr.carrier.memory import Memory, Question
from ivr.carrier.metrics import Metrics
from ivr.carrier.seam import Carrier, SignedRequest
from ivr.carrier.wire import CarrierFields
from ivr.line.text import whole
from ivr.line.values import Line
from ivr.logs import about_call
from ivr.records.steps import NUMBER_REFUSED, Step, step_of
from ivr.voice.sounds import Played

log = logging.getLogger(__name__)

Record = Callable[[str, Step, datetime, str, int | None], None]
"""Keeps a step: the carrier's name for the call, what happened, when (aware), the address that was asked, and the
seconds of a transfer that has ended, None where the carrier tells none. It must be quick: a caller waits."""

End = Callable[[str, str, int | None, datetime, str], None]
"""Keeps the end of a call: the carrier's name for the call and for how it ended, its seconds where they were told,
when (aware), and the address that was asked. It must be as quick."""

Named = Callable[[str, datetime], Mapping[str, str]]
"""By which names a call, by the carrier's name for it, is known in its records at a time (aware)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A step that is asked for: what was `heard` at a position of a line, by whom (`told`), and when (aware).
    `address` is the one that was called, None where the answer is not to be remembered; `ours`: a telephone of
    our own asks for the line's own voice, and types words."""

    line: Line
    position: Position
    heard: Heard
    told: CarrierFields
    now: datetime
    address: Timeless | None = None
    ours: bool = False


@dataclass(frozen=True)
class Front:
    """What answers a step. `at_hand` gives the line of an edition where it need not be fetched; `play` the sounds
    that a call on a line plays, with the line's own voice or without, and `stand` tells whether sounds are still
    there; `record` keeps each step of a call, but those of our own telephones, who are nobody, `ended` its end, and
    `named` tells the log whose records a line is about. The line never rings `own_numbers` (E.164), by which it is
    rung itself; the desks see `caller_id`. `traced`: whatever is not remembered goes by way of the routes, which
    are traced."""

    carrier: Carrier
    public_url: str
    metrics: Metrics
    play: Callable[[Line, bool], Played]
    caller_id: str | None = None
    own_numbers: frozenset[str] = frozenset()
    speech: bool = False
    local_speech: bool = False
    record: Record = lambda _call, _step, _now, _address, _talked: None
    ended: End = lambda _call, _status, _seconds, _now, _address: None
    named: Named = lambda _call, _now: {}
    traced: bool = False
    at_hand: Callable[[str, datetime], Line | None] = lambda _edition, _now: None
    stand: Callable[[Iterable[str]], bool] = lambda _names: True
    memory: Memory = field(default_factory=Memory)

    # --- who may call --------------------------------------------------------------------------

    def admitted(
        self, method: str, target: str, header: Callable[[str], str], content_type: str, body: bytes
    ) -> CarrierFields | None:
        """What the carrier itself, or a telephone of our own, tells in this request; None where it is somebody
        else's, by the machine's clock. `target`: path and query as they were sent; `header` as in SignedRequest."""
        pairs = pairs_of(content_type, body)
        sent = SignedRequest(method, self.public_url + target, header, pairs, body)
        if not self.carrier.authentic(sent, clock.utc_now()):
            return None
        told = pairs if method == "POST" else pairs_in(target.partition("?")[2])
        return self.carrier.fields(dict(reversed(told)), target)

    def telling_of(self, told: CarrierFields, now: datetime) -> AbstractContextManager[None]:
        """What the log is told meanwhile is about this call, if calls like it are recorded."""
        is_recorded = told.call and not told.built_in
        return about_call(partial(self.named, told.call, now)) if is_recorded else nullcontext()

    # --- what takes no thought -----------------------------------------------------------------

    def known(self, target: str, told: CarrierFields) -> bytes | None:
        """The document that a POST to this address is answered with, where it is remembered, or where a call has
        ended and there is none to make. Never waits, reads or raises."""
        now = clock.utc_now()
        try:
            if target == addresses.STATUS:
                return None if self.traced else self.over(told, now)
            return self._known(target, told, now)
        except Exception as error:
            self._tell("an answer could not be looked for; it is made anew", error, told, now)
            return None

    def _known(self, target: str, told: CarrierFields, now: datetime) -> bytes | None:
        began = time.perf_counter()
        address = addresses.timeless(target)
        meant = plain(edge.heard(address.event, told)) if address else None
        if address is None or meant is None:
            return None
        line = self.at_hand(address.edition, now)
        span = self.memory.span(line, now) if line else None
        found = None if span is None else self._found(_question(span, address, meant, told, now), address, now)
        if found is None:
            return None
        self._given(found[0], told, now, began)
        return found[1]

    def _found(self, question: Question, address: Timeless, now: datetime) -> tuple[Finished, bytes] | None:
        answer = self.memory.find(question)
        document = answer.at(address.keyed, address.began, now) if answer else None
        return (answer, document) if answer and document else None

    def over(self, told: CarrierFields, now: datetime) -> bytes:
        """Keep how a call has ended, and answer that. Calls of staff, who ring another number, are not recorded."""
        is_staffs = told.called in self.own_numbers and told.called != self.caller_id
        if not (told.built_in or is_staffs):
            with self.telling_of(told, now):
                self.ended(told.call, told.status, whole(told.duration), now, told.address)
        return self.carrier.written(twiml.empty()).encode()

    # --- what is answered ----------------------------------------------------------------------

    def anew(self, target: str, told: CarrierFields) -> bytes | None:
        """The document that a POST to this address is answered with, made on this thread; None where it goes by way of
        its route: where the line is not at hand, the address is none of the line's own, or making it failed."""
        now = clock.utc_now()
        with self.telling_of(told, now):
            try:
                return self._anew(target, told, now)
            except Exception as error:
                log_fault(log, "a step failed; it is tried once more, by way of its route", error)
                return None

    def _anew(self, target: str, told: CarrierFields, now: datetime) -> bytes | None:
        address, parts = addresses.timeless(target), addresses.parts(target)
        if self.traced or address is None or parts is None:
            return None
        line = self.at_hand(address.edition, now)
        return self.go_on(line, parts, told, now, address) if line else None

    def go_on(
        self,
        line: Line,
        parts: Parts,
        told: CarrierFields,
        now: datetime,
        address: Timeless | None = None,
        ours: bool = False,
    ) -> bytes:
        """The document that answers what happened where an address says (its `parts`) that a call on this line
        stands; a place that the line has not begins the call anew. `address` and `ours` are as in Asked."""
        position = _position(line, parts)
        if position is None:
            return self.answer(Asked(line, start(line, parts.language), Lost(), told, now, ours=ours))
        return self.answer(Asked(line, position, edge.heard(parts.event, told), told, now, address, ours))

    def answer(self, asked: Asked) -> bytes:
        """The document that answers a step."""
        began = time.perf_counter()
        line = asked.line.ringing_none_of({*self.own_numbers, edge.line_number(asked.told)})
        meant = meaning(line, asked.position, asked.heard, asked.now, self._listens(asked))
        question = self._question(asked, meant)
        answer, document = self._again(asked, question) or self._once(line, asked, meant, question)
        self._given(answer, asked.told, asked.now, began)
        return document

    def _again(self, asked: Asked, question: Question | None) -> tuple[Finished, bytes] | None:
        """What was answered before, if all that it plays is still there."""
        found = self._found(question, asked.address, asked.now) if question and asked.address else None
        return found if found and self.stand(found[0].sounds) else None

    def _once(self, line: Line, asked: Asked, meant: str, question: Question | None) -> tuple[Finished, bytes]:
        """An answer made anew by the first of those who ask for it at once: the others wait, and find it."""
        if question is None:
            return self._made(line, asked, meant, None)
        with self.memory.making(question):
            return self._again(asked, question) or self._made(line, asked, meant, question)

    def _made(self, line: Line, asked: Asked, meant: str, question: Question | None) -> tuple[Finished, bytes]:
        """An answer made anew, and remembered where that may be."""
        listens, local = self._listens(asked), self.local_speech or asked.ours
        turn = step(line, asked.position, asked.heard, asked.now, listens)
        done = step_of(line, asked.position, meant, turn, asked.now)
        lasts = question is not None and is_clear(asked.position, asked.now) and done.heard != NUMBER_REFUSED
        played = self.play(line, local)
        carriage = twiml.Carriage(
            hints(line, turn.position, asked.now) if listens else None,
            self.caller_id or edge.line_number(asked.told),
            played,
        )
        document = self.carrier.written(twiml.document(line, marked(turn) if lasts else turn, carriage))
        answer = Finished(
            document=document.encode(),
            keyed_now=turn.position.keyed != asked.position.keyed,
            figures=self.metrics.figures(asked.heard, turn),
            step=done,
            sounds=frozenset(played.names),
        )
        if question and lasts and not played.missing and _is_canonical(asked):
            self.memory.keep(question, answer)
        given = answer.at(asked.position.keyed, asked.position.began, asked.now)
        assert given is not None  # marks are set where the time can be told
        return answer, given

    def _listens(self, asked: Asked) -> bool:
        return self.speech or asked.ours

    def _question(self, asked: Asked, meant: str) -> Question | None:
        """The question by which the answer is remembered; None where it is not: a number is nobody's to keep."""
        if asked.address is None or meant == DIGITS:
            return None
        span = self.memory.new_span(asked.line, asked.now)
        return _question(span, asked.address, meant, asked.told, asked.now)

    def _given(self, answer: Finished, told: CarrierFields, now: datetime, began: float) -> None:
        """Count and record an answer. What cannot be costs the caller nothing."""
        try:
            self.metrics.count(answer.figures, time.perf_counter() - began, told.built_in)
            if not told.built_in:
                self.record(told.call, answer.step, now, told.address, whole(told.talked))
        except Exception as error:
            self._tell("an answer was given that could not be counted or recorded", error, told, now)

    def _tell(self, happened: str, error: Exception, told: CarrierFields, now: datetime) -> None:
        with self.telling_of(told, now):
            log_fault(log, happened, error)


def _position(line: Line, parts: Parts) -> Position | None:
    """Where a call stands by its address; None where this line has no such place."""
    if parts.event == addresses.RING:
        return start(line, parts.language)
    try:
        position = addresses.position(line.edition, parts)
    except ValueError:
        return None
    return position if fits(line, position) else None


def _question(span: int, address: Timeless, meant: str, told: CarrierFields, now: datetime) -> Question:
    return Question(span, address.text, meant, told.called, haste(address.keyed, address.began, now))


def _is_canonical(asked: Asked) -> bool:
    """Whether the address is the very one that is written for this position: what anybody adds to one, or writes
    otherwise, is not kept."""
    called = asked.address
    if called is None or called.event == addresses.RING:
        return called is not None
    written = addresses.timeless(addresses.address(asked.position, called.event))
    return written is not None and written.text == called.text
