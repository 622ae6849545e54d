"""`flask line render`, `listen`, `script` and `hear`: the line's own voice."""

import csv
import os
import shutil
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, track
from rich.table import Table

from ivr.call.sayings import Saying, sayings
from ivr.callers.misheard import COLUMNS
from ivr.commands.line import known_language, line_commands
from ivr.commands.which import of_files, of_live
from ivr.config import Settings
from ivr.line.chunks import all_chunks
from ivr.line.language_files import READINGS
from ivr.line.named_numbers import NUMBER
from ivr.line.pronunciation import Pronunciation
from ivr.line.speeds import Speed
from ivr.line.text import one_line
from ivr.line.values import Language, Line
from ivr.line.words import Break, Chunk, marked, spans_of
from ivr.voice.audio import Audio, items
from ivr.voice.pace import estimated_seconds
from ivr.voice.render import Rendered, RenderFailed, render
from ivr.voice.store import StoreFailed
from ivr.voice.voices import NoVoice, voice_for

if TYPE_CHECKING:
    from ivr.voice.sound import Samples

TELEPHONE_RATE = 8000
"""Hz (ITU-T G.711)."""

WORST = 10
"""How many of the worst prompts are listed."""

SPEEDS = [speed.value for speed in Speed]


@line_commands.command("render")
@click.option("--language", "languages", multiple=True, help="Only this language; may be repeated.")
@click.option("--speed", "speeds", multiple=True, type=click.Choice(SPEEDS), help="Only this speed; may be repeated.")
@click.option("--processes", default=os.cpu_count() or 1, show_default=True, help="Processes that speak at once.")
@of_live
def render_line(languages: tuple[str, ...], speeds: tuple[str, ...], processes: int, line: Line) -> None:
    """Make the sounds that are missing of what callers hear now; safe to stop at any time and to run twice at
    once."""
    audio = _audio()
    codes = [known_language(line, code) for code in languages] or list(line.languages)
    chosen = [Speed(speed) for speed in speeds or SPEEDS]
    wanted = dict.fromkeys(items(line, codes, chosen))
    began = time.monotonic()
    try:
        audio.store.prove()
        results = list(_with_progress(render(wanted, audio.store, processes, audio.choice), len(wanted)))
    except (StoreFailed, RenderFailed) as failure:
        sys.exit(f"Not all sounds could be made: {failure}. What has been made stays; callers hear the rest in words.")
    except KeyboardInterrupt:
        sys.exit("Stopped. What has been made stays; run it again for the rest.")
    Console().print(_report(results, time.monotonic() - began))
    for result in results:
        if result.problem:
            click.echo(f"failed: {result.item.language} {result.item.text!r}: {result.problem}")
    sys.exit(1 if any(result.problem for result in results) else 0)


@line_commands.command("listen")
@click.argument("key")
@click.option("--language", help="The language; the line's first if left out.")
@click.option("--speed", type=click.Choice(SPEEDS), default="normal", show_default=True, help="How fast.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the WAV here rather than play it.")
@of_files
def listen(key: str, language: str | None, speed: str, out: Path | None, line: Line) -> None:
    """Play the prompt KEY as a caller hears it, or write it to a file."""
    audio = _audio()
    code = known_language(line, language)
    chunks = [
        chunk for chunk in all_chunks(line, line.languages[code]) if chunk.key in (key, *_pieces(line, code, key))
    ]
    if not chunks:
        raise click.UsageError(f"there is no prompt {key!r} in {code}; flask line script --language {code} lists them.")
    for number, result in enumerate(_rendered(audio, line.languages[code].pronunciation, chunks, Speed(speed))):
        if result.problem or result.address is None:
            sys.exit(f"It cannot be spoken: {result.problem}")
        target = _numbered(out, number, len(chunks))
        _play(audio.store.path(result.address), target)
        click.echo(f"{chunks[number].written}  ({result.seconds:.1f} s){f' -> {target}' if target else ''}")


@line_commands.command("script")
@click.option("--language", help="The language; the line's first if left out.")
@of_files
def script(language: str | None, line: Line) -> None:
    """Print what a speaker records: key, words, reading, seconds; tab-separated."""
    audio = _audio()
    code = known_language(line, language)
    click.echo("key\twords\treading\tseconds")
    for chunk in all_chunks(line, line.languages[code]):
        reading = chunk.spoken if chunk.spoken != chunk.written else ""
        spoken = line.languages[code].pronunciation
        seconds = audio.seconds(spoken, chunk, Speed.NORMAL) or estimated_seconds(chunk.spans, spoken.pace)
        click.echo(f"{chunk.key}\t{chunk.written}\t{reading}\t{seconds:.1f}")


@line_commands.command("read")
@click.argument("text")
@click.option("--language", help="The language; the line's first if left out.")
@of_files
def read(text: str, language: str | None, line: Line) -> None:
    """Show how TEXT is read: words with a reading as {written|reading}, and what the line's own voice says."""
    from ivr.voice.hear import kana
    from ivr.voice.speakable import load, spoken

    settings: Settings = current_app.extensions["ivr.settings"]
    chosen = line.languages[known_language(line, language)]
    try:
        spans = load(settings.prompts / READINGS).applied(chosen.pronunciation, spans_of(one_line(text)))
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    click.echo("".join(marked(span) for span in spans))
    if chosen.hearing.compare == "kana":
        click.echo(kana(spoken(spans)))


@line_commands.command("hear")
@click.argument("keys", nargs=-1)
@click.option("--language", "languages", multiple=True, help="Only this language; may be repeated.")
@click.option("--noise", type=float, help="Noise on the line, in dB below the speech.")
@click.option("--out", type=click.Path(path_type=Path), help="Write what was understood here, for flask line callers.")
@of_files
def hear(keys: tuple[str, ...], languages: tuple[str, ...], noise: float | None, out: Path | None, line: Line) -> None:
    """Check what is understood of each prompt over the telephone (all, or those whose key begins
    with KEYS): words or kana misheard, telephone digits lost in both readings that a caller hears
    (R14); exit 1 past the gates."""
    from ivr.voice import hear as listening

    if missing := listening.missing_packages():
        sys.exit(f"Install requirements-hear.txt first: {', '.join(missing)} is not there.")
    failed = False
    rows: list[tuple[str, ...]] = [COLUMNS]
    for code in [known_language(line, language) for language in languages] or list(line.languages):
        chosen = [saying for saying in sayings(line, line.languages[code]) if saying.key.startswith(keys or ("",))]
        failed |= _hear(line.languages[code], chosen, noise, rows)
    if out:
        with out.open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened, delimiter="\t").writerows(rows)
    sys.exit(1 if failed else 0)


def _hear(language: Language, chosen: list[Saying], noise: float | None, rows: list[tuple[str, ...]]) -> bool:
    """Hear what was chosen in a language and tell; whether it is past the gates. What was understood is added
    to the rows."""
    from ivr.voice import hear as listening
    from ivr.voice.speakable import load

    settings: Settings = current_app.extensions["ivr.settings"]
    recogniser = listening.Recogniser(settings.data_dir / "whisper-base")
    readings = load(settings.prompts / READINGS)
    code = language.code
    heard: dict[Saying, listening.Transcribed] = {}
    lost: list[str] = []
    for saying in track(chosen, f"Hearing {code}", console=Console(stderr=True)):
        text = language.joint.join(_written(part) for part in saying.parts if isinstance(part, Chunk))
        again = [Speed.NORMAL, Speed.NORMAL.slower] if saying.numbers else [Speed.NORMAL]
        tries = [
            recogniser.hear(
                _sound(language.pronunciation, saying, speed), text, language, saying.numbers, noise, readings
            )
            for speed in again
        ]
        heard[saying] = tries[0]
        lost += set.intersection(*(set(found.numbers_lost) for found in tries))
        written = language.joint.join(part.written for part in saying.parts if isinstance(part, Chunk))
        rows.append((code, saying.key, f"{tries[0].error:.3f}", written, tries[0].understood))
    gate = language.hearing.gate
    mean = sum(found.error for found in heard.values()) / max(1, len(heard))
    for saying, found in sorted(heard.items(), key=lambda item: -item[1].error)[:WORST]:
        click.echo(f"{found.error:6.1%}  {code} {saying.key}: {found.text}\n         heard: {found.understood}")
    numbers = f"numbers lost: {', '.join(lost) or 'none'}"
    click.echo(f"{code}: {len(heard)} prompts, {mean:.1%} misheard (gate {gate:.0%}), {numbers}")
    return mean > gate or bool(lost)


def _written(chunk: Chunk) -> str:
    """A chunk as it is compared with what was understood: as it sounds, but numbers as dialled."""
    return chunk.written if chunk.key.startswith(NUMBER) else chunk.spoken


def _sound(spoken: Pronunciation, saying: Saying, speed: Speed) -> "Samples":
    """What a caller hears of a saying: its sounds and pauses in a row."""
    from ivr.voice.sound import joined, read_wav, silence

    audio = _audio()
    chunks = [part for part in saying.parts if isinstance(part, Chunk) and not part.mute]
    made = {id(chunk): result for chunk, result in zip(chunks, _rendered(audio, spoken, chunks, speed), strict=True)}
    return joined(
        [
            silence(part.milliseconds / 1000, TELEPHONE_RATE)
            if isinstance(part, Break)
            else read_wav(audio.store.path(str(made[id(part)].address)))
            for part in saying.parts
            if isinstance(part, Break) or not part.mute
        ]
    )


def _audio() -> Audio:
    audio: Audio = current_app.extensions["ivr.audio"]
    return audio


def _with_progress(results: Iterator[Rendered], total: int) -> Iterator[Rendered]:
    columns = (TextColumn("Rendering"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=total)
        for result in results:
            progress.advance(task)
            yield result


def _report(results: list[Rendered], seconds: float) -> Table:
    """A row a language: its voice, sounds, how many were made, seconds of audio, what failed."""
    table = Table(title=f"Rendered in {seconds:.1f} s")
    for column in ("language", "voice", "sounds", "made now", "audio", "failed"):
        table.add_column(column, justify="left" if column in ("language", "voice") else "right")
    count: dict[str, Counter[str]] = defaultdict(Counter)
    length: Counter[str] = Counter()
    for result in results:
        code = result.item.language
        count[code].update(sounds=1, made=result.made, failed=bool(result.problem))
        length[code] += round(result.seconds * 1000)
    spoken = {result.item.language: result.item.spoken for result in results}
    for code, counted in count.items():
        audio = f"{length[code] / 1000:.0f} s"
        table.add_row(
            code,
            _voice(spoken[code]),
            *(str(counted[what]) for what in ("sounds", "made")),
            audio,
            str(counted["failed"]),
        )
    return table


def _voice(spoken: Pronunciation) -> str:
    try:
        voice = voice_for(spoken, _audio().choice)
    except NoVoice as missing:
        return str(missing)
    return f"{voice.engine} {voice.version}{' (draft)' if voice.draft else ''}"


def _rendered(audio: Audio, spoken: Pronunciation, chunks: list[Chunk], speed: Speed) -> list[Rendered]:
    """The sounds of chunks, in their order."""
    wanted = [audio.item(spoken, chunk, speed) for chunk in chunks]
    made = {result.item: result for result in render(wanted, audio.store, 1, audio.choice)}
    return [made[item] for item in wanted]


def _pieces(line: Line, code: str, key: str) -> tuple[str, ...]:
    prompt = line.languages[code].prompts.get(key)
    return tuple(chunk.key for chunk in prompt.chunks()) if prompt else ()


def _numbered(out: Path | None, number: int, count: int) -> Path | None:
    """One file for one chunk, numbered files for several."""
    if out is None or count == 1:
        return out
    return out.with_stem(f"{out.stem}-{number + 1}")


def _play(sound: Path, target: Path | None) -> None:
    if target:
        shutil.copyfile(sound, target)
        return
    player = next((found for name in ("aplay", "paplay", "afplay", "ffplay") if (found := shutil.which(name))), None)
    if player is None:
        sys.exit("No player was found (aplay, paplay, afplay, ffplay): give --out FILE.")
    subprocess.run([player, str(sound)], check=False)
