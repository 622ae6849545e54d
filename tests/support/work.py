"""How much work something is, counted: the same on every machine and under every load."""

import gc
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def work(act: Callable[[], object]) -> int:
    """How many instructions of Python this thread carries out for an act. What goes on within one of them, such as a
    comparison of two texts or the sorting of a list without a key, counts as one."""
    count = 0

    def trace(frame: FrameType, event: str, _what: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return trace

    before, collected = sys.gettrace(), gc.isenabled()
    gc.disable()  # what is cleared away on the way is of others
    sys.settrace(trace)
    try:
        act()
    finally:
        sys.settrace(before)
        if collected:
            gc.enable()
    return count
