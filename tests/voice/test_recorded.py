"""People's recordings as calls find them: each is read once, and again where it may have become another."""

from dataclasses import dataclass, field

import pytest

from ivr.line.speeds import Speed
from ivr.line.words import Chunk, Span
from ivr.voice import recorded, takes
from ivr.voice.recorded import LOOK_AGAIN, Recorded
from tests.support.languages import JA
from tests.support.voices import WAV

CHUNK = Chunk("say.greeting", (Span("案内です。"),))
TAKE = takes.pack(dict.fromkeys(Speed, WAV))
HALF = TAKE[: len(TAKE) // 2]


@dataclass
class Kept:
    """Where the takes are: what is read there now, and its mark; how often it was read, and the seconds on a clock."""

    take: bytes | None = TAKE
    mark: object = "first"
    seconds: float = 0.0
    reads: list[str] = field(default_factory=list)

    def read(self, at: str) -> bytes | None:
        self.reads.append(at)
        return self.take

    def recorded(self) -> Recorded:
        return Recorded(lambda _edition, _language, chunk: chunk.key, self.read, lambda _at: self.mark, self.clock)

    def clock(self) -> float:
        return self.seconds


def plays(found: Recorded, chunk: Chunk = CHUNK) -> bool:
    """Whether a step plays the recording of a chunk."""
    return found.name("edition", JA, chunk, Speed.NORMAL) is not None


def test_one_that_is_whole_is_read_once_and_again_where_it_was_touched() -> None:
    kept = Kept()
    found = kept.recorded()
    assert all(plays(found) for _ in range(5)) and len(kept.reads) == 1
    kept.take, kept.mark = HALF, "second"
    assert not plays(found)


def test_one_that_is_damaged_is_read_once_and_again_where_it_was_touched() -> None:
    kept = Kept(HALF)
    found = kept.recorded()
    for _ in range(5):
        assert not plays(found)
        kept.seconds += LOOK_AGAIN
    assert len(kept.reads) == 1, "its address names its bytes, which will never be others"
    kept.take, kept.mark = TAKE, "second"
    assert plays(found) and len(kept.reads) == 2


def test_one_that_cannot_be_had_is_looked_for_again_after_a_while() -> None:
    """Its file is damaged and the database gone, which has it as soon as it is back."""
    kept = Kept(None)
    found = kept.recorded()
    assert not any(plays(found) for _ in range(5)) and len(kept.reads) == 1
    kept.take = TAKE
    kept.seconds += LOOK_AGAIN
    assert plays(found)


@pytest.mark.parametrize("take", [TAKE, HALF, None])
def test_where_its_mark_cannot_be_told_it_is_read_in_every_step(take: bytes | None) -> None:
    kept = Kept(take, mark=None)
    found = kept.recorded()
    assert [plays(found) for _ in range(3)] == [take is TAKE] * 3 and len(kept.reads) == 3


def test_no_more_than_so_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded, "MOST_KNOWN", 3)
    kept = Kept()
    found = kept.recorded()
    chunks = [Chunk(f"say.{number}", CHUNK.spans) for number in range(4)]
    assert all(plays(found, chunk) for chunk in (*chunks[:3], *chunks[:3])) and len(kept.reads) == 3
    assert plays(found, chunks[3]) and plays(found, chunks[0]) and len(kept.reads) == 5, "the first was forgotten"
