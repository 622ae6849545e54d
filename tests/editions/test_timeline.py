"""What is live when: looked up in a sorted list, as it was told from the whole list before."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ivr.editions.timeline import Publication, PublicationKind, Timeline, live_at, scheduled, stack_at, standing
from tests.support.stores import NOON

SHIPPED = "shipped"
MOMENTS = st.integers(0, 8).map(lambda hours: NOON + timedelta(hours=hours))


@st.composite
def lists(draw: st.DrawFn) -> tuple[Publication, ...]:
    rows = []
    for seq in range(1, draw(st.integers(0, 9)) + 1):
        kind = draw(st.sampled_from(PublicationKind))
        base = (
            draw(st.sampled_from([None, None, None, "an earlier release"])) if kind is PublicationKind.PUBLISH else None
        )
        edition = None if kind is PublicationKind.WITHDRAW else draw(st.sampled_from("abcd"))
        target = draw(st.integers(1, seq)) if kind is PublicationKind.WITHDRAW else None
        rows.append(Publication(seq, kind, draw(MOMENTS), edition, target, None, "a1", "安部", NOON, base))
    return tuple(rows)


def told_row_by_row(publications: tuple[Publication, ...], now: datetime) -> tuple[str, ...]:
    """The same by the words of the module: each act in its order."""
    rows = [row for row in standing(publications) if row.at <= now]
    stack = [next((row.base for row in rows if row.base), SHIPPED)]
    for row in rows:
        if row.kind is PublicationKind.ROLL_BACK:
            stack = stack[:1] + stack[1:-1]
        else:
            stack.append(str(row.edition))
    return tuple(stack)


@hypothesis_settings(max_examples=150, deadline=None)
@given(lists(), MOMENTS)
def test_what_is_live_is_what_was_done_in_its_order(publications: tuple[Publication, ...], now: datetime) -> None:
    timeline, stack = Timeline.of(publications, SHIPPED), told_row_by_row(publications, now)
    assert tuple(timeline.top(now).down()) == stack[::-1]
    assert stack_at(publications, now, SHIPPED) == stack and live_at(publications, now, SHIPPED) == stack[-1]
    for edition in "abcd":
        heard = any(row.edition == edition and row.at <= now for row in standing(publications))
        assert timeline.was_heard(edition, now) == heard


@hypothesis_settings(max_examples=150, deadline=None)
@given(lists(), MOMENTS)
def test_calls_need_what_is_live_then_and_later_and_the_one_below(
    publications: tuple[Publication, ...], now: datetime
) -> None:
    moments = [now, *(row.at for row in scheduled(publications, now))]
    stacks = [told_row_by_row(publications, moment) for moment in moments]
    assert {name for stack in stacks for name in stack[-2:]} <= Timeline.of(publications, SHIPPED).needed(now)


def test_what_was_long_ago_is_not_needed() -> None:
    rows = [
        Publication(seq, PublicationKind.PUBLISH, NOON + timedelta(days=seq), f"e{seq}", None, None, "", "", NOON)
        for seq in range(100)
    ]
    assert Timeline.of(rows, SHIPPED).needed(NOON + timedelta(days=90, hours=1)) == {
        *(f"e{seq}" for seq in range(89, 100))
    }
