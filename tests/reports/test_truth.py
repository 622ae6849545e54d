"""Ten thousand calls with known answers give exactly these figures."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ivr.records.recorder import Kept, Recorder
from ivr.records.upkeep import keep_up
from ivr.reports.counts import Among, by_month, hearers, read
from ivr.reports.periods import Period
from ivr.reports.report import Prices, Report, Town, made
from ivr.reports.tables import Table
from ivr.store.database import Database
from ivr.store.health import Health
from tests.support.clock import MOMENT
from tests.support.stores import BOTH_KINDS, new_database
from tests.support.synthetic_calls import EDITIONS, TEXTS, TOKYO, Known, joined_to, ring

DAYS = [date(2026, 9, 20) + timedelta(days=number) for number in range(60)]
TODAY = MOMENT.date()
OVER = date(2026, 12, 1)
"""The first day on which all months are over in which somebody rang."""
SWITCHBOARD = ("city", "national")
TOWN = Town(
    frozenset({"police", "consumer", "city", "card_stop", "yoke"}), SWITCHBOARD, Prices(Decimal("2.5"), Decimal("20"))
)
YEAR = Period(2026)


@dataclass
class Rung:
    """A database in which the calls are, and what is known of them."""

    database: Database
    known: Known


def rung(kind: str, number: int, folder: Path) -> Rung:
    database = Database(new_database(kind, folder))
    recorder = Recorder(database, folder / "journal", TOKYO, Kept(90, 24), Health(), lambda: MOMENT)
    recorder._start = lambda: None  # type: ignore[method-assign]
    recorder._keys.share(MOMENT)
    known = ring(recorder, number, DAYS, rare=[joined_to("yoke")] * 3)
    recorder.take_all()
    keep_up(database, MOMENT, TOKYO, days=90, months=24)  # calls over midnight become one
    return Rung(database, known)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rung]:
    found = rung("sqlite", 10_000, tmp_path_factory.mktemp("many"))
    yield found
    found.database.close()


@pytest.fixture
def year(many: Rung) -> Report:
    return made(many.database, YEAR, TOWN, OVER)


def shown(table: Table, column: int = 0) -> dict[str, float | None]:
    """What a table tells in one of its columns; None of what is hidden."""
    assert all(row.values[column].hidden or row.values[column].amount is not None for row in table.rows)
    return {row.item: row.values[column].amount for row in table.rows}


def counted(known: Counter[tuple[str, str]], figure: str) -> dict[str, int]:
    return {item: number for (of, item), number in known.items() if of == figure}


@pytest.mark.slow
@pytest.mark.xdist_group("truth")
def test_every_number_of_the_year_is_the_one_that_was_thought_up(many: Rung, year: Report) -> None:
    known = many.known.of
    assert year.calls.amount == 10_000
    joined = counted(known, "joined")
    results = counted(known, "result")
    assert shown(year.table("results")) == {
        "alone": results["alone"],
        "right desk": sum(joined.values()) - joined["city"],
        "switchboard": joined["city"],
        "in vain": results["in vain"],
        "early": results["early"],
    }
    for name, figure in (("hours", "hour"), ("languages", "language"), ("left", "left"), ("ended", "ended")):
        assert shown(year.table(name)) == counted(known, figure), name
    for name in ("wrong", "silent"):
        assert shown(year.table(name)) == counted(known, name), name
    assert shown(year.table("months")) == {month: of["calls", ""] for month, of in many.known.months.items()}
    assert shown(year.table("once")) == {**counted(known, "once"), "refused": known["refused", ""]}
    bands = shown(year.table("bands"))
    assert bands == {band: known["band", band] for band in bands} and sum(counted(known, "band").values()) == sum(
        bands.values()  # type: ignore[arg-type]
    )


@pytest.mark.slow
@pytest.mark.xdist_group("truth")
def test_texts_and_desks_are_told_one_by_one(many: Rung, year: Report) -> None:
    known = many.known.of
    texts = year.table("texts")
    assert shown(texts) == {text: known["begun", text] for text in TEXTS}
    assert shown(texts, 1) == {text: known["heard", text] for text in TEXTS}
    desks = year.table("desks")
    assert desks.columns == ("rung", "answered", "share answered", "busy", "no answer", "failed", "closed", "told")
    city, consumer, police = (
        next(row.values for row in desks.rows if row.item == desk) for desk in ("city", "consumer", "police")
    )
    for desk, row in (("city", city), ("consumer", consumer)):
        assert [row[0].amount, row[1].amount] == [known["rung", desk], known["joined", desk]]
    assert police[1].hidden, "the desk of the three is told by none that is joined to beside it"
    statuses = {3: ("busy",), 4: ("no_answer",), 5: ("failed", "canceled")}
    told = {place: sum(known["dialled", f"police.{each}"] for each in of) for place, of in statuses.items()}
    shown_of_it = {place: police[place].amount for place in told if not police[place].hidden}
    assert len(shown_of_it) == 2 and shown_of_it.items() <= told.items()
    assert shown(desks, 6)["city"] == known["closed", "city"]
    assert shown(desks, 7)["card_stop"] == known["told", "card_stop"]


@pytest.mark.slow
@pytest.mark.xdist_group("truth")
def test_seconds_and_minutes_are_summed_and_paid(many: Rung, year: Report) -> None:
    values = many.known.values
    firsts = {row.item: row.values[1] for row in year.table("firsts").rows}
    for item, value in firsts.items():
        waited = values["seconds", item]
        if value.hidden:
            assert len(waited) < 5 or item == min(
                firsts, key=lambda each: len(values["seconds", each]) if each != "yoke" else 9e9
            )
        else:
            assert value.amount == pytest.approx(sum(waited) / len(waited))
            assert value.low is not None and value.high is not None and value.low < value.amount < value.high  # type: ignore[operator]
    assert year.lasted.amount == pytest.approx(sum(values["length", ""]) / 10_000)
    talks = [minutes for (figure, _), found in values.items() if figure == "talked" for minutes in found]
    call, talk = year.table("cost").rows
    assert [value.amount for value in call.values] == [
        10_000,
        sum(values["minutes", ""]),
        2.5 * sum(values["minutes", ""]),
    ]
    assert [value.amount for value in talk.values] == [len(talks), sum(talks), 20 * sum(talks)]
    total = year.table("cost").total
    assert total and total.values[-1].amount == 2.5 * sum(values["minutes", ""]) + 20 * sum(talks)


@pytest.mark.slow
@pytest.mark.xdist_group("truth")
def test_a_month_is_told_by_its_days(many: Rung) -> None:
    october = made(many.database, Period(2026, 10), TOWN, TODAY)
    known = many.known.months["2026-10"]
    assert october.calls.amount == known["calls", ""]
    days = shown(october.table("days"))
    assert len(days) == 31 and days == counted(known, "day")
    assert shown(october.table("left")) == counted(known, "left")


@pytest.mark.slow
@pytest.mark.xdist_group("truth")
def test_what_three_callers_did_is_told_nowhere(many: Rung, year: Report) -> None:
    assert many.known.of["joined", "yoke"] == 3
    yoke = next(row.values for row in year.table("desks").rows if row.item == "yoke")
    assert yoke[0].hidden and yoke[1].hidden
    firsts = [row for row in year.table("firsts").rows if row.values[0].hidden]
    assert len(firsts) == 2, "another one beside it, or the total would tell"


@pytest.mark.slow
@pytest.mark.xdist_group("truth")
def test_editions_and_alerts_are_told_apart(many: Rung) -> None:
    for edition in EDITIONS:
        counts = read(many.database, Among(edition=edition))
        known = many.known.editions[edition]
        assert counts.calls == known["calls", ""]
        assert counts.number("heard", "mail") == known["heard", "mail"]  # type: ignore[arg-type]
    heard = read(many.database, Among(alert="7"))
    assert heard.calls == many.known.of["alert", "7"] == 1000 == hearers(many.database, DAYS[0])["7"]
    assert read(many.database, Among(alert="7", without=True)).calls == 9000


@pytest.mark.parametrize("kind", BOTH_KINDS)
def test_both_kinds_of_database_tell_the_same(kind: str, tmp_path: Path) -> None:
    found = rung(kind, 300, tmp_path)
    counts = read(found.database, Among())
    assert counts.calls == 300
    for figure in ("joined", "begun", "heard", "left", "ended", "wrong", "silent", "rung", "dialled", "result", "band"):
        assert counts.items(figure) == counted(found.known.of, figure), figure  # type: ignore[arg-type]
    assert counts.days == {date.fromisoformat(day): n for day, n in counted(found.known.of, "day").items()}
    assert counts.languages == counted(found.known.of, "language")
    for (figure, item), values in found.known.values.items():
        sample = counts.sample(figure, item)  # type: ignore[arg-type]
        assert sample == (len(values), sum(values), sum(value * value for value in values)), (figure, item)
    assert by_month(found.database, TODAY) == {
        date.fromisoformat(f"{month}-01"): of["calls", ""] for month, of in found.known.months.items()
    }
    found.database.close()
