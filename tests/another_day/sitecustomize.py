"""Put before all else in a process whose clock libfaketime has set (tests/whole/test_any_day.py).

`time.sleep` fails under libfaketime 0.9.10 where the monotonic clock is left alone, as it must be
for everything else that waits: it asks for a moment of the monotonic clock, which is taken for
one of the other. To wait for what never comes is the same.
"""

import threading
import time


def _sleep(seconds: float) -> None:
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    threading.Event().wait(seconds)


time.sleep = _sleep  # type: ignore[assignment]  # whoever sleeps here does so for a float
