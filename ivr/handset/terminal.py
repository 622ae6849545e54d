r"""The terminal telephone: rings the line from a keyboard, so that nobody needs an account.

It prints what a caller would hear and asks what the caller does next. The end of the input
hangs up, so a call can also be piped in:

    printf '1\n\nq\n' | flask phone
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import TextIO

from rich.console import Console
from rich.text import Text

from ivr.carrier.wire import KEYS, OUTCOMES
from ivr.handset.handset import Handset
from ivr.handset.hearing import HeardSound
from ivr.handset.line_faults import LineFault, NotNow

HELP = """\
  1 2 3 … * #       press keys, one after another
  Enter             say and do nothing until the line goes on
  fraud, say fraud  speak, where the line listens for words
  answered, busy, no-answer, failed, canceled   how a transfer ends
  record 5, record 5 #   speak for 5 seconds into a recording, end it with a key
  q, hang up        put the receiver down
"""
HANGING_UP = ("q", "hang up")


def run(
    handset: Handset,
    console_in: TextIO,
    console_out: TextIO,
    path: str = "/voice",
    joints: Mapping[str, str] | None = None,
) -> int:
    """Make one call, reading what the caller does a line at a time; 0, or 1 after a fault.

    A :class:`LineFault` is shown, not raised: it is what the call came to. `joints` says what
    stands between two sounds of a language (BCP 47) when their words are written, a blank if
    left out.
    """
    console = Console(file=console_out, highlight=False, soft_wrap=True)
    try:
        _converse(handset, console_in, console, path, joints or {})
    except LineFault as fault:
        _print_heard(console, handset.latest, joints or {})
        console.print(Text(f"The line is out of order. {fault}", style="bold red"))
        return 1
    return 0


def _converse(handset: Handset, console_in: TextIO, console: Console, path: str, joints: Mapping[str, str]) -> None:
    console.print(Text("Ringing. ? tells what you can type.", style="dim"))
    handset.dial(path)
    _print_heard(console, handset.latest, joints)
    while not handset.hung_up:
        console.print(_prompt(handset), end=" ")
        line = _read_line(console_in, console)
        if line == "?":
            console.print(Text(HELP, style="dim"))
            continue
        try:
            _do(handset, line)
        except (NotNow, ValueError) as refusal:
            console.print(Text(f"Not now: {refusal}", style="yellow"))
            continue
        _print_heard(console, handset.latest, joints)
    console.print(Text(f"The call is over after {handset.elapsed:.0f} s.", style="dim"))


def _read_line(console_in: TextIO, console: Console) -> str:
    """Return what was typed, shown again where no terminal has shown it; no more is hanging up."""
    try:
        line = console_in.readline()
    except KeyboardInterrupt:
        line = ""
    typed = line.strip() if line else HANGING_UP[0]
    if not line or not console_in.isatty():
        console.print(Text(typed or "(silence)"))
    return typed


def _do(handset: Handset, line: str) -> None:
    """Carry out one line: a command where one fits the moment, else keys, else words."""
    command, _, rest = line.partition(" ")
    if line in HANGING_UP:
        handset.hang_up()
    elif not line:
        handset.wait()
    elif handset.ringing and _outcome(line) in OUTCOMES:
        handset.transfer(_outcome(line))
    elif handset.recording and command == "record":
        _record(handset, rest.split())
    elif not set(line) - set(KEYS + " "):
        handset.press(line.replace(" ", ""))
    else:
        handset.say(rest if command == "say" else line)


def _outcome(line: str) -> str:
    return "completed" if line == "answered" else line


def _record(handset: Handset, words: list[str]) -> None:
    seconds, key = [*words, "", ""][:2]
    handset.record(float(seconds or 5), key)


def _print_heard(console: Console, sounds: Iterable[HeardSound], joints: Mapping[str, str]) -> None:
    for sound in _sentences(sounds, joints):
        console.print(_line(sound))


def _sentences(sounds: Iterable[HeardSound], joints: Mapping[str, str]) -> Iterator[HeardSound]:
    """Sounds whose words are known, put together as they are heard: one for each language."""
    for (played, language), group in groupby(_in_languages(sounds), lambda sound: (_known(sound), sound.language)):
        stretch = list(group)
        if not played:
            yield from stretch
        elif text := joints.get(language, " ").join(sound.text for sound in stretch if sound.text):
            yield replace(stretch[0], text=text, seconds=sum(sound.seconds for sound in stretch))


def _in_languages(sounds: Iterable[HeardSound]) -> Iterator[HeardSound]:
    """Pauses between two sounds are of the language before them."""
    language = ""
    for sound in sounds:
        language = sound.language or language
        yield replace(sound, language=language) if _known(sound) else sound


def _known(sound: HeardSound) -> bool:
    """Whether it is a recording whose words, or whose silence, the telephone was told."""
    return sound.kind == "play" and sound.seconds > 0


def _line(sound: HeardSound) -> Text:
    """One stretch of sound: language, seconds (estimated for speech), and what was heard."""
    margin = f"{sound.language or sound.kind:>6} {sound.seconds:5.1f} s  "
    if sound.kind == "say" or _known(sound):
        return Text.assemble((margin, "cyan"), sound.text)
    return Text(margin + (sound.url or sound.text), style="dim")


def _prompt(handset: Handset) -> Text:
    clock = f"{handset.now:%a %Y-%m-%d %H:%M:%S} " if handset.now else ""
    return Text.assemble((clock, "dim"), (f"[{_moment(handset)}]", "bold green"), " >")


def _moment(handset: Handset) -> str:
    """What the line waits for."""
    if dialled := handset.ringing:
        return f"ringing {dialled.number} as {dialled.caller_id}: answered, busy, no-answer, failed"
    if recording := handset.recording:
        return f"recording, at most {recording.max_length:.0f} s: record SECONDS KEY"
    if gather := handset.listening:
        takes = [("keys", gather.takes_keys), ("words", gather.takes_speech)]
        senses = " or ".join(name for name, taken in takes if taken)
        return f"listening for {senses}, {gather.timeout:.0f} s"
    return "over"
