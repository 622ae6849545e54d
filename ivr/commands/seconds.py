"""`flask line seconds`: how soon callers have what cannot wait (R19), measured from the line's own sounds."""

import sys
from collections.abc import Callable
from functools import partial

import click
from flask import current_app
from rich.console import Console
from rich.table import Table

from ivr import clock
from ivr.call.acts import Say
from ivr.call.goals import TimedWay, timed
from ivr.call.rules import open_and_closed
from ivr.checking import measured
from ivr.commands.line import line_commands
from ivr.commands.which import of_files
from ivr.line.values import Line
from ivr.line.words import Chunk
from ivr.voice.render import Item, RenderFailed, render
from ivr.voice.sounds import Sounds
from ivr.voice.store import StoreFailed


@line_commands.command("seconds")
@click.option("--estimate", is_flag=True, help="From the words alone, without a sound.")
@of_files
def seconds(estimate: bool, line: Line) -> None:
    """Tell in how many seconds from answering callers have what cannot wait, who press each key a second after it
    was named, by day and by night; exit 1 where it takes longer than its goal. The sounds that these ways need
    are made first."""
    sounds: Sounds = current_app.extensions["ivr.sounds"]
    hours = open_and_closed(line, clock.utc_now().astimezone(line.zone))
    guess = measured(line, lambda *_: None)
    if estimate:
        ways = list(timed(line, hours, guess))
    else:
        made(line, sounds, needed_for(lambda length: list(timed(line, hours, length)), guess))
        ways = list(timed(line, hours, measured(line, partial(sounds.seconds, line.edition))))
    Console(width=100).print(table(ways))
    sys.exit(0 if all(way.kept for way in ways) else 1)


def needed_for(walked: Callable[[Callable[[Say], float]], object], guess: Callable[[Say], float]) -> list[Say]:
    """All that is said on these ways, whose order does not depend on how long it takes."""
    said: dict[Say, None] = {}

    def noted(say: Say) -> float:
        said[say] = None
        return guess(say)

    walked(noted)
    return list(said)


def made(line: Line, sounds: Sounds, says: list[Say]) -> None:
    """The sounds of these are there, or the command ends."""
    audio = sounds.audio
    wanted: dict[Item, None] = {}
    for say in says:
        spoken = line.languages[say.language].pronunciation
        for part in say.parts:
            if isinstance(part, Chunk) and not part.mute:
                wanted[audio.item(spoken, part, say.speed)] = None
    try:
        failed = [each for each in render(wanted, audio.store, 1, audio.choice) if each.problem]
    except (StoreFailed, RenderFailed) as failure:
        sys.exit(f"Not all sounds could be made: {failure}. Take --estimate to do without.")
    if failed:
        sys.exit(f"{failed[0].item.text!r} cannot be spoken: {failed[0].problem}. Take --estimate to do without.")


def table(ways: list[TimedWay]) -> Table:
    """A row a goal, a column a language."""
    codes = list(dict.fromkeys(way.language for way in ways))
    shown = Table(title="Seconds from answering")
    for column in ("what", "keys", *codes, "goal"):
        shown.add_column(column, justify="left" if column in ("what", "keys") else "right")
    for goal in dict.fromkeys(way.goal for way in ways):
        of_goal = {way.language: way for way in ways if way.goal == goal}
        keys = " ".join(next(iter(of_goal.values())).keys)
        found = (_cell(of_goal[code]) for code in codes)
        shown.add_row(f"{goal.node}: {goal.awaited}", keys, *found, f"{goal.seconds:.0f}")
    return shown


def _cell(way: TimedWay) -> str:
    text = "never" if way.seconds is None else f"{way.seconds:.1f}"
    return text if way.kept else f"[bold red]{text}"
