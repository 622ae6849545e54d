"""A call put by between two acts of the caller, in plain values that JSON can hold."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

from ivr.handset.documents import OpenDocument
from ivr.handset.hearing import WordsOfPlay
from ivr.handset.moments import OpenGather, OpenRecord, Transfer
from ivr.handset.progress import CallDetails, CallInProgress, KeyedEntry
from ivr.handset.transport import Transport

FROZEN = 3
"""The form of a frozen call; a later form has a higher number."""


def frozen(call: CallInProgress) -> dict[str, Any]:
    """The call as it stands. What was heard so far is not part of it: whoever puts it by has heard it."""
    verbs, entry = list(call.page.verbs), call.entry
    call.page.verbs = iter(verbs)
    began = call.details.began
    return {
        "form": FROZEN,
        "details": asdict(call.details) | {"began": began and began.isoformat()},
        "elapsed": call.elapsed,
        "rang": call.rang,
        "on_the_line": call.on_the_line,
        "url": call.page.url,
        "verbs": [ElementTree.tostring(verb, "unicode") for verb in verbs],
        "gather": entry and asdict(entry.gather),
        "speech_left": entry.speech_left if entry else 0.0,
        "digits": entry.digits if entry else "",
        "ringing": call.ringing and asdict(call.ringing),
        "recording": call.recording and asdict(call.recording),
    }


def thawed(transport: Transport, kept: Mapping[str, Any], words_of_play: WordsOfPlay | None = None) -> CallInProgress:
    """The call that was put by so. ValueError where its form is another."""
    if kept.get("form") != FROZEN:
        raise ValueError(f"a call frozen in form {kept.get('form')!r}, not {FROZEN}")
    details = kept["details"]
    began = details["began"] and datetime.fromisoformat(details["began"])
    call = CallInProgress(transport, CallDetails(**{**details, "began": began}), words_of_play)
    call.elapsed, call.rang, call.on_the_line = kept["elapsed"], kept["rang"], kept["on_the_line"]
    call.page = OpenDocument(kept["url"], iter([ElementTree.fromstring(verb) for verb in kept["verbs"]]))
    if gather := kept["gather"]:
        call.entry = KeyedEntry(OpenGather(**gather), 0, kept["speech_left"], kept["digits"])
    if ringing := kept["ringing"]:
        call.ringing = Transfer(**{**ringing, "numbers": tuple(ringing["numbers"])})
        call.dialled.append(call.ringing)
    if recording := kept["recording"]:
        call.recording = OpenRecord(**recording)
    return call
