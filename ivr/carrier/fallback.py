"""The document that needs no server: what callers hear when ours cannot be reached.

It is put at Twilio (a TwiML Bin holds at most 4000 characters), so it knows no time of day:
it tells every desk's number and usual hours, and says goodbye.
"""

from collections.abc import Sequence

from twilio.twiml.voice_response import VoiceResponse

from ivr.call.acts import Say
from ivr.call.speaking import SENTENCE, Speaker
from ivr.carrier.twiml import Carriage, spoken
from ivr.line.speeds import Speed
from ivr.line.values import Line

MOST_CHARACTERS = 4000
"""Of a TwiML Bin."""


def document(line: Line, languages: Sequence[str]) -> str:
    """The static document in these languages, one after another, with as many desks as fit.

    ValueError where not even one desk fits."""
    for count in range(len(line.desks), 0, -1):
        written = _document(line, languages, tuple(line.desks)[:count])
        if len(written) <= MOST_CHARACTERS:
            return written
    raise ValueError(
        "the fallback document is too long: shorten the greeting and the desks' hours, or mix fewer languages"
    )


def _document(line: Line, languages: Sequence[str], desks: Sequence[str]) -> str:
    response = VoiceResponse()
    for code in languages:
        speaker = Speaker(line, line.languages[code], Speed.NORMAL)
        for verb in spoken(line, _words(speaker, desks), Carriage()):
            response.append(verb)
    response.hangup()
    return str(response)


def _words(speaker: Speaker, desks: Sequence[str]) -> tuple[Say, ...]:
    words = [speaker.say(*speaker.prompt("say.greeting"), SENTENCE, *speaker.prompt("fallback.sorry"), SENTENCE)]
    words += [_desk(speaker, key) for key in desks]
    return (*words, speaker.say(*speaker.prompt("say.goodbye")))


def _desk(speaker: Speaker, key: str) -> Say:
    return speaker.say(*speaker.brief(speaker.line.desks[key]), SENTENCE)
