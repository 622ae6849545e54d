"""Words found in their other forms, by the analyser of Japanese in a process apart: the workers that answer calls load
none."""

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from ivr import apart
from ivr.apart import Limits, Seats
from ivr.editions.searching import forms_here
from ivr.line.finding import Stretch

log = logging.getLogger(__name__)

LIMITS = Limits(wall=10.0, cpu=8, memory=1_500_000_000, answer=1_000_000)
"""What a child may use [own values]: six hundred texts need 0.6 s and 250 MB."""

_SEATS = Seats(1, 5.0)
"""One child at a time; so many seconds others wait for their turn [own values]."""


def forms_apart(texts: Sequence[str], wanted: str) -> list[tuple[Stretch, ...]]:
    """Where the words stand in another form in each of these texts; nowhere where the analyser does not answer."""
    try:
        with _SEATS.taken():
            content = json.dumps(list(texts)).encode()
            answer = apart.asked("ivr.staff.other_forms:found", {"wanted": wanted}, content, LIMITS)[1]
    except (apart.Failed, ValueError) as error:
        log.warning("words are searched without an analyser: %s", error)
        return [()] * len(texts)
    return [tuple((start, end) for start, end in each) for each in json.loads(answer)]


def found(facts: Mapping[str, Any], content: bytes) -> apart.Answer:
    """The same, as `ivr.apart` calls it in its child."""
    return {}, json.dumps(forms_here(json.loads(content), facts["wanted"])).encode()
