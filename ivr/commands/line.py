"""`flask line check`, `graph`, `understand` and `fallback`."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from ivr import clock
from ivr.call import rules
from ivr.call.acts import Words
from ivr.call.conversation import step
from ivr.call.graph import mermaid
from ivr.call.positions import Position, fits, start
from ivr.call.state import CallState
from ivr.call.wishes import wish
from ivr.carrier import fallback
from ivr.carrier.edge import LONGEST_SPEECH
from ivr.carrier.seam import Carrier
from ivr.checking import measured
from ivr.commands.which import FOLDER, chosen, of_files, of_live
from ivr.line.prompt_keys import taken_apart
from ivr.line.speeds import Speed
from ivr.line.tree import Place, standing_at
from ivr.line.values import Line
from ivr.voice.audio import Audio
from ivr.voice.pace import units
from ivr.voice.sounds import Sounds

line_commands = AppGroup("line", help="The line: check it, draw it, take it along.")


@line_commands.command("check")
@click.argument("folder", type=FOLDER, required=False)
@click.option("--live", is_flag=True, help="Judge what callers hear now, rather than files.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day to check facts at; today if left out.")
def check(folder: Path | None, live: bool, today: datetime | None) -> None:
    """Tell all problems of the line in FOLDER (the files of PROMPTS_DIR if left out), with their places; exit 1
    where there is an error. The first line says what was judged."""
    what, line = chosen(folder, live)
    click.echo(f"Checking {what}.")
    moment = today.replace(tzinfo=line.zone) if today else clock.utc_now().astimezone(line.zone)
    sounds: Sounds = current_app.extensions["ivr.sounds"]
    length = measured(line, partial(sounds.seconds, line.edition))
    survey = rules.Survey.of(line, rules.open_and_closed(line, moment), length)
    found = [*paces(line, sounds.audio), *rules.findings(survey, moment.date())]
    for finding in found:
        click.echo(str(finding))
    errors = sum(finding.error for finding in found)
    click.echo(f"{len(survey.visits)} states checked: {errors} errors, {len(found) - errors} notes.")
    sys.exit(1 if errors else 0)


@line_commands.command("graph")
@click.option("--language", help="The language of the names; the line's first if left out.")
@of_files
def graph(language: str | None, line: Line) -> None:
    """Print the call flow as Mermaid."""
    click.echo(mermaid(line, known_language(line, language)), nl=False)


@line_commands.command("understand")
@click.argument("said")
@click.option("--at", "place", default="", help="Where it is said: a menu, text or desk, such as mail or police.join.")
@click.option("--language", help="The language of the call; the line's first if left out.")
@of_files
def understand(said: str, place: str, language: str | None, line: Line) -> None:
    """Tell what the line makes of what a caller SAID, why, and where it leads. As in a call, only its beginning
    counts where it is very long."""
    now, said = clock.utc_now(), said[:LONGEST_SPEECH]
    call = CallState(line, _standing(line, known_language(line, language), place), now)
    wanted = wish(call, said)
    for reason in wanted.why:
        click.echo(f"  {reason}")
    turn = step(line, call.position, Words(said), now)
    trail = "-".join(map(str, turn.position.trail))
    understood = f"{wanted.kind} {wanted.what}".strip() or "not understood"
    click.echo(f"{understood}; the call stands at {trail}, in {turn.position.language}")


def _standing(line: Line, code: str, place: str) -> Position:
    """A call that has come to that place by its menus."""
    if not place:
        return start(line, code)
    try:
        found = Place.parse(place)
        position = replace(start(line, code), trail=standing_at(line, found))
    except (ValueError, KeyError) as error:
        raise click.UsageError(f"{place!r} is no place of the line: write a menu, text or desk.") from error
    if not fits(line, position):
        raise click.UsageError(f"{place!r} is no place of the line: write a menu, text or desk.")
    return position


@line_commands.command("fallback")
@click.argument("languages", nargs=-1)
@of_live
def print_fallback(languages: tuple[str, ...], line: Line) -> None:
    """Print the TwiML that needs no server, in LANGUAGES (all if left out), from what callers hear now."""
    codes = [known_language(line, code) for code in languages] or list(line.languages)
    carrier: Carrier = current_app.extensions["ivr.carrier"]
    click.echo(carrier.written(fallback.document(line, codes)))


PACE_TOLERANCE = 0.10
"""How far the measured pace may be from R7's figures."""


def paces(line: Line, audio: Audio) -> Iterator[rules.Finding]:
    """R7: the pace of all passages together, measured from their sounds where all are made."""
    for code, language in line.languages.items():
        passages = (prompt for key, prompt in language.prompts.items() if taken_apart(key).is_passage)
        chunks = [chunk for passage in passages for chunk in passage.chunks()]
        counted = sum(units(language.pace.unit, chunk.spoken) for chunk in chunks)
        for speed in Speed:
            lengths = [audio.seconds(language.pronunciation, chunk, speed) for chunk in chunks]
            seconds = sum(length for length in lengths if length)
            if None in lengths or not seconds:
                continue
            pace, wanted = counted / seconds * 60, language.pace.rate(speed)
            wrong = abs(pace / wanted - 1) > PACE_TOLERANCE
            message = f"{pace:.0f} a minute measured, {wanted} wanted"
            yield rules.Finding("R7", f"{code} {speed}", message, error=wrong)


def known_language(line: Line, code: str | None) -> str:
    chosen = code or line.first_language.code
    if chosen not in line.languages:
        raise click.UsageError(f"{chosen!r} is no language of the line; it has {', '.join(line.languages)}.")
    return chosen
