"""What a desk hears before a caller is joined to it (R24): what the call is about and in which language, in words of
the line's first language, and nothing about the person. The caller hears ringing meanwhile."""

from collections.abc import Iterator

from ivr.call.acts import Say
from ivr.call.speaking import Speaker
from ivr.call.state import CallState
from ivr.line import prompt_keys as keys
from ivr.line import tree
from ivr.line.chunks import name_of_language
from ivr.line.speeds import Speed
from ivr.line.values import Kind, Language, Line
from ivr.line.words import Part

WHISPER_SECONDS = 4
"""How long the desk is told at most; so long the caller hears ringing on (R24)."""

_FAST = Speed.FAST
"""The desk's staff hear it in every call: as fast as people talk to one another, not as to who needs time
[own value]."""

_ABOUT, _PLAIN, _OTHER = "whisper.about", "whisper.plain", "whisper.other"
_WORDS = (_ABOUT, _PLAIN, _OTHER)


def matter(call: CallState) -> str:
    """What a call is about: the nearest text or menu on the way to a desk."""
    nodes = (place.node for place in reversed(call.position.trail))
    return next((node for node in nodes if tree.kind_of(call.line, node) in (Kind.TEXT, Kind.MENU)), call.line.start)


def whisper(line: Line, about: str, language: str) -> tuple[Say, ...]:
    """What a desk is told of a call about a text or menu, by a caller of a language (code). Nothing where the line
    does not know them, or its first language has no words for it."""
    listener = line.first_language
    if language not in line.languages or not _is_matter(line, about) or not _can_whisper(listener):
        return ()
    speaker = Speaker(line, listener, _FAST)
    spoken = _language(listener, line.languages[language])
    if about == line.start:
        return (speaker.say(*speaker.prompt(_PLAIN, language=spoken)),)
    short = speaker.optional(keys.of_node(tree.kind_of(line, about), about, keys.WHISPER))
    return (speaker.say(*speaker.prompt(_ABOUT, place=short or speaker.name(about), language=spoken)),)


def whispers(line: Line) -> Iterator[tuple[str, str, tuple[Say, ...]]]:
    """All that desks may be told, by what a call is about and in which language."""
    for about in (*line.menus, *line.texts):
        for language in line.languages:
            if said := whisper(line, about, language):
                yield about, language, said


def _is_matter(line: Line, about: str) -> bool:
    return tree.has(line, Kind.MENU, about) or tree.has(line, Kind.TEXT, about)


def _can_whisper(listener: Language) -> bool:
    return all(key in listener.prompts for key in _WORDS)


def _language(listener: Language, spoken: Language) -> tuple[Part, ...]:
    """What a language is called in that of the listener; other words where it has no name there."""
    name = name_of_language(listener, spoken)
    return (name,) if name else listener.prompts[_OTHER].chunks()
