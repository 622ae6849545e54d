"""`flask line callers`: simulated callers ring the line."""

import json
import sys
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import click
from flask import current_app
from rich.console import Console
from rich.progress import track
from rich.table import Table

from ivr import clock
from ivr.callers.answers_kept import AnswersKept
from ivr.callers.attempt import CallToMake, attempt
from ivr.callers.misheard import Ears, read_measured
from ivr.callers.outcomes import AIM, MOST_LEAVINGS, TaskOutcome, finished_none, outcome
from ivr.callers.population import population
from ivr.callers.reached import UnknownNeed, needed
from ivr.callers.tasks import CallersTask, hearing, tasks
from ivr.carrier.seam import Carrier
from ivr.carrier.wire import BUILT_IN_ACCOUNT, BUILT_IN_NUMBER
from ivr.commands.line import known_language, line_commands
from ivr.commands.which import live_line
from ivr.config import Settings
from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from ivr.line.values import Line

_TIMES = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]

_BY_DAY, _BY_NIGHT = time(11), time(23)
"""When tasks of the day and of the night are rung for [own values]."""

_LONGEST_CLOSING = 30
"""Days among which an hour of each kind is looked for: more than any holidays last [own value]."""


@line_commands.command("callers")
@click.option(
    "--tasks", "names", multiple=True, type=click.Choice(list(tasks())), help="Only this task; may be repeated."
)
@click.option("--callers", "count", default=1000, show_default=True, type=click.IntRange(1), help="How many callers.")
@click.option("--seed", default=1, show_default=True, help="The same seed draws the same callers.")
@click.option("--at", type=click.DateTime(_TIMES), help="Ring then, in the line's zone; else each task at its hour.")
@click.option("--language", "languages", multiple=True, help="Only this language; may be repeated.")
@click.option(
    "--heard", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="What flask line hear --out wrote."
)
@click.option("--json", "target", type=click.Path(path_type=Path), help="Write everything here, as JSON.")
def callers(
    names: tuple[str, ...],
    count: int,
    seed: int,
    at: datetime | None,
    languages: tuple[str, ...],
    heard: Path | None,
    target: Path | None,
) -> None:
    """Send simulated callers through the real webhooks, each with something in mind, and tell who got there, in
    what time, and where the others left; exit 1 where a task is under its aim. Seconds are those of the sounds
    where the line plays its own (SPEECH=local), else estimated."""
    line = live_line()
    calls = _calls(line, names, languages, at, _measured(heard))
    telephone = _telephone()
    people = list(population(seed, count))
    outcomes = []
    for to_make in calls:
        told = f"{to_make.task.title} ({to_make.language})"
        rounds = track(people, told, console=Console(stderr=True), transient=True)
        outcomes.append(outcome(to_make, [attempt(caller, to_make, telephone, seed) for caller in rounds]))
    none = finished_none(outcomes)
    Console(width=160).print(_table(outcomes))
    click.echo(
        f"{count} callers, seed {seed}: {none} finished none of {len(outcomes)} tasks. Aim: {AIM:.0%} of each, 0."
    )
    if target:
        found = {"seed": seed, "callers": count, "finished none": none, "tasks": [each.plain for each in outcomes]}
        target.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    sys.exit(0 if not none and all(each.enough for each in outcomes) else 1)


def _measured(file: Path | None) -> Mapping[str, Ears]:
    try:
        return read_measured(file) if file else {}
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _calls(
    line: Line, names: tuple[str, ...], languages: tuple[str, ...], at: datetime | None, measured: Mapping[str, Ears]
) -> list[CallToMake]:
    """A call for every task that has words in a language."""
    codes = [known_language(line, code) for code in languages] or [line.first_language.code]
    chosen = [task for name, task in tasks().items() if name in (names or tasks())]
    calls = [
        _call(line, task, code, at, measured.get(code, Ears()))
        for task in chosen
        for code in (_strangers(line, task) if task.stranger else codes)
        if code in task.words and code in hearing()
    ]
    if not calls:
        raise click.UsageError(f"no caller has words for it in {', '.join(codes)}: add them to ivr/callers/tasks.toml.")
    return calls


def _strangers(line: Line, task: CallersTask) -> list[str]:
    return [code for code in task.words if code in line.languages and code != line.first_language.code]


def _call(line: Line, task: CallersTask, code: str, at: datetime | None, ears: Ears) -> CallToMake:
    try:
        wanted = needed(line, task, code)
    except UnknownNeed as error:
        raise click.UsageError(f"{error}; say in ivr/callers/tasks.toml what it needs here.") from error
    own = task.stranger or code == line.first_language.code
    path = "/voice" if own else f"/voice?{urlencode({'language': code})}"
    when = at.replace(tzinfo=line.zone) if at else _hour(line, clock.utc_now(), night=task.night)
    return CallToMake(task, code, wanted, path, when, ears)


def _hour(line: Line, now: datetime, *, night: bool) -> datetime:
    """The next eleven o'clock at which the city's own desk is open; or the next at night at which no desk is that
    can be rung. Where there is none, tomorrow's."""
    day = now.astimezone(line.zone).date() + timedelta(days=1)
    hours = [
        datetime.combine(day + timedelta(days=more), _BY_NIGHT if night else _BY_DAY, line.zone)
        for more in range(_LONGEST_CLOSING)
    ]
    desks = [desk for desk in line.desks.values() if desk.dial]
    own = line.desks[line.silence_desk]
    fits = (
        hour for hour in hours if (not any(d.hours.is_open(hour) for d in desks) if night else own.hours.is_open(hour))
    )
    return next(fits, hours[0])


def _telephone() -> Callable[[datetime], Handset]:
    """Telephones that ring the application in here. All have one name, since the line keeps nothing of it."""
    settings: Settings = current_app.extensions["ivr.settings"]
    carrier: Carrier = current_app.extensions["ivr.carrier"]
    transport = AnswersKept(Wsgi(current_app.wsgi_app, carrier.signer, settings.public_url))
    words_of_play = cache(current_app.extensions["ivr.words_of_play"])

    def telephone(at: datetime) -> Handset:
        return Handset(
            transport,
            to=settings.line_number or BUILT_IN_NUMBER,
            at=at,
            account_sid=BUILT_IN_ACCOUNT,
            words_of_play=words_of_play,
            sid=lambda kind: kind + "0" * 32,
        )

    return telephone


def _table(outcomes: list[TaskOutcome]) -> Table:
    table = Table(title="Who got there")
    for column in ("task", "language", "got there", "seconds", "9 of 10 by", "left after these keys, and why"):
        table.add_column(column, justify="right" if column in ("got there", "seconds", "9 of 10 by") else "left")
    for each in outcomes:
        middle, most = (f"{seconds:.0f}" for seconds in each.seconds) if each.seconds else ("", "")
        left = "\n".join(f"{number} × {keys or '-'}: {why}" for keys, why, number in each.leavings[:MOST_LEAVINGS])
        mark = "" if each.enough else "[bold red]"
        table.add_row(each.title, each.language, f"{mark}{each.share:.1%}", middle, most, left)
    return table
