"""Work in a process apart stands back behind calls, and no Ctrl-C reaches it."""

import os

from ivr.apart import WAITED_FOR, Answer, Limits, asked


def whereabouts(_facts: object, _content: bytes) -> Answer:
    """What the child is asked: where it is, and how far it stands back."""
    return {
        "session": os.getsid(0),
        "group": os.getpgrp(),
        "nice": os.getpriority(os.PRIO_PROCESS, 0),
        "policy": os.sched_getscheduler(0),
    }, b""


def test_it_stands_back_within_the_session_in_a_group_of_its_own() -> None:
    """Linux weighs sessions alike (sched_autogroup), however nice their processes are."""
    told, _ = asked(f"{__name__}:whereabouts", {}, b"", Limits(wall=60, haste=WAITED_FOR))
    assert told["session"] == os.getsid(0)
    assert told["group"] != os.getpgrp()
    assert told["policy"] == os.SCHED_BATCH
    assert told["nice"] == max(WAITED_FOR, os.getpriority(os.PRIO_PROCESS, 0))
