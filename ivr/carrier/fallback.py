"""The document that needs no server: what callers hear when ours cannot be reached, or is at fault.

It knows no time of day: in each language it first apologises in one sentence and tells where there is help at any
hour (110, stopping a card), in the words of those desks; then in each the numbers of the other desks, those that speak
it first, and a goodbye. Nobody waits through the desks of another language for 110, nor through hours. At Twilio it
stands in a TwiML Bin, which holds at most 4000 characters. It never fails: what cannot be said is left out, since
whoever hears it has nothing else.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from ivr.call.acts import Say
from ivr.call.speaking import SENTENCE, Speaker
from ivr.carrier.faults import log_fault
from ivr.carrier.twiml import said_and_ended, sayable
from ivr.line.prompt_keys import NAME, of_node
from ivr.line.remembering import remembered
from ivr.line.speeds import Speed
from ivr.line.values import Kind, Line
from ivr.line.words import Chunk, Part, Span

log = logging.getLogger(__name__)

MOST_CHARACTERS = 4000
"""Of a TwiML Bin."""

MOST_BYTES = 60_000
"""Of a document that a webhook answers: Twilio's 64 kB, less some room [own value]."""

_BARE = "fallback.bare"  # the key of words that are no prompt's


@dataclass(frozen=True, slots=True)
class _FallbackWords:
    """What can be said in one language: before the desks, each desk, after them."""

    before: tuple[Say, ...]
    desks: tuple[tuple[Say, ...], ...]
    after: tuple[Say, ...]

    def rest(self, desks: int) -> tuple[Say, ...]:
        """So many desks, and the goodbye."""
        return (*(say for desk in self.desks[:desks] for say in desk), *self.after)


def document(line: Line, languages: Sequence[str]) -> str:
    """The static document in these languages, one after another, with as many desks as fit into
    a TwiML Bin. ValueError where not even one fits."""
    fitting = _fitting(line, languages, lambda text: len(text) <= MOST_CHARACTERS)
    if fitting is None:
        raise ValueError(
            "the fallback document is too long: shorten the greeting and the desks' names, or mix fewer languages"
        )
    return fitting


def in_a_call(line: Line, languages: Sequence[str]) -> str:
    """The same for a call in which something failed: always a document, if only a goodbye."""
    return _fitting(line, languages, lambda text: len(text.encode()) <= MOST_BYTES) or _document(line, (), 0)


@remembered
def of_line(line: Line) -> str:
    """The same in all its languages."""
    return in_a_call(line, tuple(line.languages))


def _fitting(line: Line, languages: Sequence[str], fits: Callable[[str], bool]) -> str | None:
    words = tuple(_words(line, code) for code in languages if code in line.languages)
    most = max((len(each.desks) for each in words), default=0)
    texts = (_document(line, words, count) for count in range(most, 0, -1))
    return next((text for text in texts if fits(text)), None)


def _document(line: Line, words: Sequence[_FallbackWords], desks: int) -> str:
    opening = (say for each in words for say in each.before)
    rest = (say for each in words for say in each.rest(desks))
    return said_and_ended(line, (*opening, *rest))


def _words(line: Line, code: str) -> _FallbackWords:
    speaker = Speaker(line, line.languages[code], Speed.NORMAL)
    at_any_hour = tuple(key for key in line.desks if _never_closes(line, key))
    others = sorted((key for key in line.desks if key not in at_any_hour), key=lambda key: not _speaks(speaker, key))
    opening = (
        *(_sayable(speaker, partial(_prompt, speaker, key)) for key in ("say.greeting", "fallback.sorry")),
        *(_now(speaker, key) for key in at_any_hour),
    )
    return _FallbackWords(
        before=tuple(say for says in opening for say in says),
        desks=tuple(_desk(speaker, key) for key in others),
        after=_sayable(speaker, partial(speaker.prompt, "say.goodbye")),
    )


def _prompt(speaker: Speaker, key: str) -> tuple[Part, ...]:
    return (*speaker.prompt(key), SENTENCE)


def _never_closes(line: Line, key: str) -> bool:
    """Whether a desk answers at any hour; one whose hours are broken does not."""
    try:
        return line.desks[key].hours.always
    except Exception as error:
        log_fault(log, "the hours of a desk cannot be read", error)
        return False


def _speaks(speaker: Speaker, key: str) -> bool:
    """Whether a desk answers in this language; one whose languages are broken does not."""
    try:
        return speaker.line.desks[key].answers_in(speaker.language.code)
    except Exception as error:
        log_fault(log, "the languages of a desk cannot be read", error)
        return False


def _now(speaker: Speaker, key: str) -> tuple[Say, ...]:
    """A desk of any hour in one breath; where its words are broken, its bare name and numbers."""
    return _sayable(speaker, partial(_at_once, speaker, key)) or _sayable(speaker, partial(_bare, speaker, key))


def _at_once(speaker: Speaker, key: str) -> tuple[Part, ...]:
    return (*speaker.now(speaker.line.desks[key].heard_in(speaker.language.code)), SENTENCE)


def _desk(speaker: Speaker, key: str) -> tuple[Say, ...]:
    """A desk in the line's own words; where those are broken, its bare name and numbers."""
    return _sayable(speaker, partial(_whole, speaker, key)) or _sayable(speaker, partial(_bare, speaker, key))


def _whole(speaker: Speaker, key: str) -> tuple[Part, ...]:
    return (*speaker.brief(speaker.line.desks[key].heard_in(speaker.language.code)), SENTENCE)


def _bare(speaker: Speaker, key: str) -> tuple[Part, ...]:
    name = "".join(chunk.written for chunk in speaker.language.prompts[of_node(Kind.DESK, key, NAME)].chunks())
    numbers = ", ".join(speaker.line.desks[key].numbers_in(speaker.language.code))
    return (Chunk(_BARE, (Span(f"{name}: {numbers}"),)), SENTENCE)


def _sayable(speaker: Speaker, parts: Callable[[], tuple[Part, ...]]) -> tuple[Say, ...]:
    """These parts, once it has been seen that they can be written down; nothing where they cannot:
    whatever is wrong with one must not cost the caller the others."""
    try:
        say = speaker.say(*parts())
    except Exception as error:
        log_fault(log, "a part of the fallback cannot be said and is left out", error)
        return ()
    return (say,) if sayable(speaker.line, say) else ()
