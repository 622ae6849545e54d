"""What is typed in the editor of a text, heard before it is saved: in the line's own voice."""

from collections.abc import Collection

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from ivr.apart import Busy
from ivr.editions.spoken import readings
from ivr.editions.texts import TextPlace, words_at
from ivr.line.speeds import Speed
from ivr.line.text import whole
from ivr.line.values import Language
from ivr.line.words import Chunk
from ivr.pages.limits import limited
from ivr.people.refusals import Later, NotFound, Refused
from ivr.people.rights import Right
from ivr.staff.advice import heard_as
from ivr.staff.area import area, needs
from ivr.staff.context import asked_by_script, console, me, now, office, page, said, translated
from ivr.staff.voice_pages import BUSY
from ivr.voice.pace import estimated_seconds

LONGEST = 60
"""Seconds of words that are spoken before they are saved [own value]: three passages of the longest allowed (R9)."""

SAYINGS = "30/minute"
"""Texts that one address may have spoken: each takes a processor for a second [own value]."""


@area.post("/drafts/<int:draft>/prompts/<key>/say/<code>")
@needs(Right.WRITE)
@limited(SAYINGS)
def say(draft: int, key: str, code: str) -> ResponseReturnValue:
    """The sounds of what stands in the field of a language; what was typed is kept meanwhile."""
    language, text = console().language(code, draft), request.form.get(f"text-{code}", "")
    words = office().drafts.words(draft)
    if words_at(code, key) not in words:
        raise NotFound("There is no text %(place)s.", place=str(words_at(code, key)))
    try:
        _keep(draft, key, words)
        sounds = _spoken(language, heard_as(language, key, text, readings(words, code)))
    except Refused as error:
        if not asked_by_script():
            raise
        return jsonify(problem=translated(said(error))), 503 if isinstance(error, Later) else 409
    if asked_by_script():
        return jsonify(sounds=sounds)
    return page("say.html", me=me(), draft=office().drafts.get(draft), key=key, code=code, text=text, sounds=sounds)


def _keep(draft: int, key: str, words: Collection[TextPlace]) -> None:
    """All that was typed in the form, in whatever language: the page that it stands on is left."""
    form = request.form
    for code in console().draft_line(draft).languages:
        place, text = words_at(code, key), form.get(f"text-{code}")
        if place in words and text is not None and text != form.get(f"was-{code}"):
            office().typing.keep(draft, place, text, whole(form.get(f"based-{code}", "")) or 0, me(), now())


def _spoken(language: Language, chunks: tuple[Chunk, ...]) -> list[str]:
    """The addresses of words in the line's own voice, made now where they were not yet."""
    if sum(estimated_seconds(chunk.spans, language.pace) for chunk in chunks) > LONGEST:
        raise Refused("This takes more than %(seconds)s seconds to say: listen to a part of it.", seconds=LONGEST)
    try:
        found = console().spoken_now(language, chunks, (Speed.NORMAL,))
    except Busy as error:
        raise Later(BUSY) from error
    if not found or None in found:
        raise Refused("No voice of this line speaks these words: callers hear them from the carrier's.")
    return [request.script_root + url for url in found if url]
