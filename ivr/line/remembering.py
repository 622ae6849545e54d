"""What is asked of a line again and again, found once for it: a line never changes."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar, TypeVarTuple


class Lasting(Protocol):
    """A value that keeps what was found out about it."""

    @property
    def memory(self) -> dict[object, Any]:
        """What was."""


L = TypeVar("L", bound=Lasting)
Ts = TypeVarTuple("Ts")
T = TypeVar("T")


def remembered(find: Callable[[L, *Ts], T]) -> Callable[[L, *Ts], T]:
    """`find`, which goes to work but once for each line and what else it is asked; the answer stays with the line
    as long as this is there. To be asked for what stands in the line, never for what comes from callers: nothing
    is forgotten."""

    @wraps(find)
    def found(line: L, *asked: *Ts) -> T:
        key = (find, asked)
        known = line.memory
        if key not in known:
            known[key] = find(line, *asked)
        answer: T = known[key]
        return answer

    return found
