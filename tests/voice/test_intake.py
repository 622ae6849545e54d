"""People's recordings, of every kind and in every bad state, made into takes for calls."""

import contextlib
import io
import logging
import math
import os
import signal
import struct
import subprocess
import sys
import textwrap
import threading
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr import apart
from ivr.apart import Limits, Seats
from ivr.line.speeds import Speed
from ivr.line.words import Chunk, Span
from ivr.voice import booth, engines, mulaw, takes
from ivr.voice.audio import Audio
from ivr.voice.booth import Booth, BoothFailed
from ivr.voice.engines import LoadedVoice
from ivr.voice.intake import LARGEST, Reason, Unusable, converted, decoded
from ivr.voice.render import Item, planned
from ivr.voice.sound import Samples, joined, read_wav, resampled, silence, telephone_wav
from ivr.voice.store import Store
from ivr.voice.telephone import TARGET_LEVEL, active_level, limited, trimmed
from ivr.voice.voices import DEFAULT_CHOICE
from tests.support.languages import EN, JA, pronunciation

pytestmark = pytest.mark.timeless

TEXT = "お電話ありがとうございます。こちらは横浜市です。"
RATE = 48_000
SHORT = Item(pronunciation("ja"), "はい。")


@pytest.fixture(scope="session")
def speech() -> Samples:
    """Somebody who reads the text aloud, with a breath before and after."""
    spoken = resampled(LoadedVoice.for_language(JA).speak(TEXT), RATE)
    engines._engine.cache_clear()  # or it complains when Python ends
    return joined([silence(0.4, RATE), Samples(spoken.pcm / spoken.peak * np.float32(0.5), RATE), silence(0.4, RATE)])


@pytest.fixture(scope="session")
def expected(speech: Samples) -> float:
    """How long the text takes."""
    return trimmed(speech).seconds


# --- files --------------------------------------------------------------------------------------


class Pipe(io.RawIOBase):
    """Somewhere to write to where nobody can go back, as when a browser records."""

    def __init__(self) -> None:
        self.content = b""

    def writable(self) -> bool:
        return True

    def write(self, some: Any) -> int:
        self.content += bytes(some)
        return len(some)


def wav(sound: Samples, kind: str = "PCM_16", rate: int = 44_100, channels: int = 1) -> bytes:
    file = io.BytesIO()
    pcm = np.repeat(resampled(sound, rate).pcm[:, None], channels, axis=1)
    soundfile.write(file, pcm, rate, format="WAV", subtype=kind)
    return file.getvalue()


def vorbis(sound: Samples) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, resampled(sound, 44_100).pcm, 44_100, format="OGG", subtype="VORBIS")
    return file.getvalue()


def encoded(
    sound: Samples,
    codec: str,
    form: str,
    rate: int = RATE,
    layout: str = "mono",
    live: bool = False,
    bit_rate: int = 0,
    **options: str,
) -> bytes:
    """A file as FFmpeg makes it; `live`: written in one go, its length unknown."""
    file: Any = Pipe() if live else io.BytesIO()
    with av.open(file, "w", format=form, container_options=options) as container:
        stream: Any = container.add_stream(codec, rate=rate, layout=layout)
        if bit_rate:
            stream.bit_rate = bit_rate
        channels = stream.codec_context.layout.nb_channels
        frame: Any = av.AudioFrame.from_ndarray(
            np.tile(resampled(sound, rate).pcm, (channels, 1)), format="fltp", layout=layout
        )
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        for each in (frame, None):
            container.mux(stream.encode(each))
    return file.content if live else bytes(file.getvalue())


KINDS: dict[str, Callable[[Samples], bytes]] = {
    "wav of 16 bits, stereo": lambda sound: wav(sound, channels=2),
    "wav of 24 bits, stereo": lambda sound: wav(sound, "PCM_24", RATE, channels=2),
    "wav of floats": lambda sound: wav(sound, "FLOAT"),
    "wav of 8 bits": lambda sound: wav(sound, "PCM_U8"),
    "wav of a telephone": lambda sound: wav(sound, "ULAW", 8_000),
    "wav of a European telephone": lambda sound: wav(sound, "ALAW", 8_000),
    "wav of a telephone, 16 bits": lambda sound: wav(sound, rate=8_000),
    "wav from a pipe": lambda sound: encoded(sound, "pcm_s16le", "wav", 16_000, live=True),
    "mp3": lambda sound: encoded(sound, "libmp3lame", "mp3", 44_100, "stereo"),
    "mp3 of a telephone": lambda sound: encoded(sound, "libmp3lame", "mp3", 8_000),
    "mp3 from a pipe": lambda sound: encoded(sound, "libmp3lame", "mp3", 16_000, live=True),
    "mp3 with a cover": lambda sound: with_cover(encoded(sound, "libmp3lame", "mp3", 44_100)),
    "m4a": lambda sound: encoded(sound, "aac", "ipod", 44_100, "stereo"),
    "m4a, lossless": lambda sound: encoded(sound, "alac", "ipod", 44_100),
    "m4a of a browser": lambda sound: encoded(
        sound, "aac", "mp4", live=True, movflags="frag_keyframe+empty_moov+default_base_moof"
    ),
    "ogg, opus": lambda sound: encoded(sound, "libopus", "ogg"),
    "ogg, vorbis": vorbis,
    "ogg, flac": lambda sound: encoded(sound, "flac", "ogg", 44_100),
    "webm": lambda sound: encoded(sound, "libopus", "webm", layout="stereo"),
    "webm of a browser": lambda sound: encoded(sound, "libopus", "webm", live=True),
    "flac": lambda sound: encoded(sound, "flac", "flac", 44_100, "stereo"),
    "aiff": lambda sound: encoded(sound, "pcm_s16be", "aiff", 44_100),
    "caf": lambda sound: encoded(sound, "pcm_s16le", "caf", 44_100),
    "caf, lossless": lambda sound: encoded(sound, "alac", "caf", 44_100),
    "au of a telephone": lambda sound: encoded(sound, "pcm_mulaw", "au", 8_000),
    "wave64": lambda sound: encoded(sound, "pcm_s24le", "w64", 44_100),
    "aac": lambda sound: encoded(sound, "aac", "adts", 44_100),
    "amr": lambda sound: encoded(sound, "libopencore_amrnb", "amr", 8_000),
    "3gp of a mobile telephone": lambda sound: encoded(sound, "libopencore_amrnb", "3gp", 8_000),
    "wma": lambda sound: encoded(sound, "wmav2", "asf", 44_100, "stereo", bit_rate=64_000),
    "g.722": lambda sound: encoded(sound, "g722", "g722", 16_000),
    "wav of g.722": lambda sound: encoded(sound, "g722", "wav", 16_000),
    "wav of g.726": lambda sound: encoded(sound, "g726", "wav", 8_000),
    "wav of adpcm": lambda sound: encoded(sound, "adpcm_ima_wav", "wav", 8_000),
    "wav of microsoft's adpcm": lambda sound: encoded(sound, "adpcm_ms", "wav", 44_100),
    "wav of mp3": lambda sound: encoded(sound, "libmp3lame", "wav", 44_100),
    "mu-law and nothing else": lambda sound: encoded(sound, "pcm_mulaw", "mulaw", 8_000),
    "a-law and nothing else": lambda sound: encoded(sound, "pcm_alaw", "alaw", 8_000),
}

NAMES = {"g.722": "greeting.G722", "mu-law and nothing else": "greeting.ulaw", "a-law and nothing else": "a.alaw"}
"""What files are called that have no first bytes of their own."""

CHECKED = ("mp3", "m4a", "m4a,", "ogg,", "webm", "flac", "aac", "wma")
"""Those in which a hole cannot be taken for sound."""

SILENT_ABOUT_THEIR_LENGTH = (
    "mp3 from a pipe",
    "wav from a pipe",
    "aac",
    "amr",
    "wma",
    "g.722",
    "mu-law and nothing else",
    "a-law and nothing else",
)
"""Those of which nobody can tell whether they are whole."""


@pytest.fixture(scope="session")
def files(speech: Samples) -> dict[str, bytes]:
    """The same speech as a file of every kind."""
    return {name: make(speech) for name, make in KINDS.items()}


def with_cover(mp3: bytes) -> bytes:
    """With a picture of its cover in front (ID3v2.3, APIC)."""
    picture = b"\0image/png\0\x03\0" + png()
    frame = b"APIC" + struct.pack(">IH", len(picture), 0) + picture
    size = bytes(len(frame) >> 7 * place & 127 for place in (3, 2, 1, 0))
    return b"ID3\x03\0\0" + size + frame + mp3


def png() -> bytes:
    with av.open(file := io.BytesIO(), "w", format="image2pipe") as container:
        stream: Any = container.add_stream("png", width=16, height=16, pix_fmt="rgb24")
        for frame in (av.VideoFrame(16, 16, "rgb24"), None):
            container.mux(stream.encode(frame))
    return file.getvalue()


def video(form: str) -> bytes:
    """A second of a grey picture, with sound."""
    with av.open(file := io.BytesIO(), "w", format=form) as container:
        picture: Any = container.add_stream("mpeg4", rate=10, width=64, height=64, pix_fmt="yuv420p")
        sound: Any = container.add_stream("aac", rate=RATE, layout="mono")
        for number in range(10):
            frame: Any = av.VideoFrame(64, 64, "yuv420p")
            frame.pts = number
            container.mux(picture.encode(frame))
        tone: Any = av.AudioFrame.from_ndarray(np.zeros((1, RATE), np.float32), format="fltp", layout="mono")
        tone.sample_rate, tone.pts, tone.time_base = RATE, 0, Fraction(1, RATE)
        container.mux(sound.encode(tone))
        for stream in (picture, sound):
            container.mux(stream.encode(None))
    return file.getvalue()


def refusal(content: bytes, expected: float = 4.0) -> Reason:
    """Why a recording is refused; fails where it is not."""
    with pytest.raises(Unusable) as refused:
        converted(content, JA.pace, expected)
    return refused.value.reason


def louder(sound: Samples, level: float) -> Samples:
    """The sound with its active speech at a level, in dBFS."""
    return Samples(sound.pcm * np.float32(10 ** (level / 20) / active_level(sound)), sound.rate)


def shouted(sound: Samples, decibel: float) -> Samples:
    """The sound so much louder than fits into it, cut off."""
    return Samples(np.clip(sound.pcm / sound.peak * np.float32(10 ** (decibel / 20)), -1, 1), sound.rate)


# --- what is taken ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_becomes_sound_for_calls_at_every_speed(
    kind: str, files: dict[str, bytes], expected: float
) -> None:
    take, doubts = converted(files[kind], JA.pace, expected, NAMES.get(kind, ""))
    assert not doubts
    normal = mulaw.seconds(takes.sound(take, Speed.NORMAL) or b"")
    assert normal == pytest.approx(
        expected, rel=0.2 if kind == "wav of 8 bits" else 0.03
    )  # which are noisy at the ends
    for speed in Speed:
        sound = takes.sound(take, speed)
        assert sound is not None
        assert struct.unpack_from("<HHI", sound, 20) == (7, 1, 8000)  # mu-law, mono
        assert mulaw.seconds(sound) == pytest.approx(normal / JA.pace.relative(speed), rel=0.02)
        assert abs(20 * np.log10(active_level(read_wav(io.BytesIO(sound))) / TARGET_LEVEL)) < 1.5


def test_a_booth_gives_the_same_bytes_every_time(files: dict[str, bytes], expected: float) -> None:
    content = files["webm of a browser"]
    take = Booth().take(content, JA.pace, expected)
    assert take == Booth().take(content, JA.pace, expected) == converted(content, JA.pace, expected)


def test_the_language_decides_the_speeds(files: dict[str, bytes], expected: float) -> None:
    take, _ = converted(files["mp3"], EN.pace, expected)
    normal, fast = (mulaw.seconds(takes.sound(take, speed) or b"") for speed in (Speed.NORMAL, Speed.FAST))
    assert normal / fast == pytest.approx(EN.pace.relative(Speed.FAST), rel=0.02)


@pytest.mark.parametrize("size", [0, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_wav_that_does_not_know_its_length_is_whole(size: int, files: dict[str, bytes], expected: float) -> None:
    content = bytearray(files["wav of a telephone, 16 bits"])
    struct.pack_into("<I", content, content.index(b"data") + 4, size)
    assert converted(bytes(content), JA.pace, expected)


@pytest.mark.parametrize(
    "tail", [b"TAG" + bytes(125), bytes(4000), b"APETAGEX" + bytes(100) + b"\xff\xfb\x90\x64" * 20]
)
def test_tags_at_the_end_of_an_mp3_are_no_damage(tail: bytes, files: dict[str, bytes], expected: float) -> None:
    assert converted(files["mp3"] + tail, JA.pace, expected)


@pytest.mark.parametrize("level", [-40.0, -30.0, -14.0])
def test_telephones_and_loud_voices_pass(level: float, speech: Samples, expected: float) -> None:
    assert converted(wav(louder(speech, level), "ULAW", 8_000), JA.pace, expected)


def test_speech_at_the_ceiling_but_not_cut_off_passes(speech: Samples, expected: float) -> None:
    pressed = limited(Samples(speech.pcm / speech.peak * np.float32(4), RATE))
    for sound in (Samples(speech.pcm / speech.peak, RATE), Samples(pressed.pcm / pressed.peak, RATE)):
        assert converted(wav(sound), JA.pace, expected)
        assert converted(wav(sound, "ULAW", 8_000), JA.pace, expected)
        assert converted(encoded(sound, "libopus", "webm"), JA.pace, expected)


def test_an_offset_of_the_microphone_is_no_sound(speech: Samples, expected: float) -> None:
    late = joined([silence(5, RATE), speech])
    take, _ = converted(wav(Samples(late.pcm + np.float32(0.05), RATE)), JA.pace, expected)
    assert mulaw.seconds(takes.sound(take, Speed.NORMAL) or b"") == pytest.approx(expected, rel=0.04)


# --- what is refused ----------------------------------------------------------------------------


def test_nothing_and_too_much_are_refused_before_a_process_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "COMMAND", ("/nonexistent",))
    for content, reason in ((b"", Reason.EMPTY), (bytes(LARGEST + 1), Reason.TOO_LARGE)):
        with pytest.raises(Unusable) as refused:
            Booth().take(content, JA.pace, 4.0)
        assert refused.value.reason is reason


def test_a_refusal_comes_through_the_booth_with_its_words(files: dict[str, bytes]) -> None:
    minutes = wav(silence(61, 8_000), rate=8_000)
    with pytest.raises(Unusable, match="longer than 60 seconds") as refused:
        Booth().take(minutes, JA.pace, 30.0)
    assert refused.value.reason is Reason.TOO_LONG
    assert refused.value.message % refused.value.facts == str(refused.value)
    assert set(refused.value.facts) == {"seconds"}


def test_doubts_come_through_the_booth_with_their_words(files: dict[str, bytes]) -> None:
    take, [doubt] = Booth().take(files["webm"], JA.pace, 30.0)
    assert takes.sound(take, Speed.FAST)
    assert "but the text takes about 30.0" in doubt.message % doubt.facts


def test_what_is_no_sound_file_is_refused_whatever_it_is_called(files: dict[str, bytes], tmp_path: Path) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(files["wav of floats"])
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(secret, "speech.wav")
    disguised = [
        b"<!DOCTYPE html><html><body>Not found</body></html>",
        png(),
        archive.getvalue(),
        b"MZ\x90\0" + bytes(1000),
        f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:4,\n{secret}\n#EXT-X-ENDLIST\n".encode(),
        f"ffconcat version 1.0\nfile {secret}\n".encode(),
        f"RIFF\0\0\0\0AVI file {secret}".encode(),
        b"fLaC" + bytes(1000),
        b"\xff",
        b"R",
        bytes(1000),
    ]
    for content in disguised:
        assert refusal(content) in (Reason.UNKNOWN, Reason.OTHER, Reason.PICTURE, Reason.DAMAGED, Reason.NO_SOUND)
    for start in (b"RIFF\xff\xff\xff\xffWAVE", b"ID3\x04\0\0\0\0\0\0", b"\0\0\0\x10ftypM4A \0\0\0\0", b"\x1aE\xdf\xa3"):
        assert refusal(start + disguised[4]) in (Reason.DAMAGED, Reason.NO_SOUND, Reason.TRUNCATED)


@pytest.mark.parametrize("form", ["mp4", "matroska"])
def test_videos_are_refused(form: str) -> None:
    assert refusal(video(form)) is Reason.PICTURE


def test_a_codec_that_is_not_wanted_is_refused(speech: Samples) -> None:
    assert refusal(encoded(speech, "ac3", "mp4")) is Reason.UNKNOWN
    assert refusal(encoded(speech, "ac3", "wav")) in (Reason.UNKNOWN, Reason.DAMAGED)


@pytest.mark.parametrize("rate", [1, 4_000, 0xFFFFFFF0])
def test_a_rate_that_nothing_records_at_is_refused(rate: int, files: dict[str, bytes]) -> None:
    content = bytearray(files["wav of a telephone, 16 bits"])
    struct.pack_into("<I", content, 24, rate)
    assert refusal(bytes(content)) in (Reason.UNKNOWN, Reason.DAMAGED)


def test_a_file_without_sound_is_refused() -> None:
    assert refusal(wav(silence(0, RATE))) is Reason.NO_SOUND


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in SILENT_ABOUT_THEIR_LENGTH])
@pytest.mark.parametrize("part", [0.9, 0.5])
def test_a_file_that_was_not_sent_to_its_end_is_refused(
    kind: str, part: float, files: dict[str, bytes], expected: float
) -> None:
    content = files[kind]
    assert refusal(content[: int(len(content) * part)], expected) is Reason.TRUNCATED


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.split()[0] in CHECKED and kind != "webm of a browser"])
def test_a_hole_in_a_file_is_noticed(kind: str, files: dict[str, bytes], expected: float) -> None:
    content = bytearray(files[kind])
    middle = len(content) // 2
    content[middle : middle + len(content) // 8] = bytes(len(content) // 8)
    assert refusal(bytes(content), expected) in (Reason.DAMAGED, Reason.TRUNCATED)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_a_wav_of_numbers_that_are_no_sound_is_damaged(value: float, speech: Samples, expected: float) -> None:
    pcm = speech.pcm.copy()
    pcm[RATE : RATE + 5] = value
    assert refusal(wav(Samples(pcm, RATE), "FLOAT", RATE), expected) is Reason.DAMAGED


def test_silence_and_mere_hiss_are_refused_as_silent() -> None:
    hiss = np.random.default_rng(1).standard_normal(3 * RATE).astype(np.float32) * np.float32(0.0003)
    assert refusal(wav(silence(3, RATE))) is Reason.SILENT
    assert refusal(wav(Samples(hiss, RATE))) is Reason.SILENT


def test_a_whisper_is_refused_as_too_quiet(speech: Samples, expected: float) -> None:
    assert refusal(wav(louder(speech, -55)), expected) is Reason.TOO_QUIET
    assert refusal(wav(louder(speech, -55), "ULAW", 8_000), expected) is Reason.TOO_QUIET


@pytest.mark.parametrize("decibel", [12.0, 25.0])
def test_shouting_into_the_microphone_is_refused(decibel: float, speech: Samples, expected: float) -> None:
    loud = shouted(speech, decibel)
    telephone = shouted(Samples(resampled(speech, 8_000).pcm, 8_000), decibel)
    for content in (
        wav(loud, rate=RATE),
        wav(Samples(loud.pcm * np.float32(0.5), RATE), rate=RATE),
        wav(telephone, "ULAW", 8_000),
        encoded(loud, "libopus", "webm"),
        encoded(loud, "libmp3lame", "mp3"),
    ):
        assert refusal(content, expected) is Reason.CLIPPED


def test_a_click_is_too_short(speech: Samples, expected: float) -> None:
    click = Samples(speech.pcm[RATE : RATE + RATE // 50], RATE)
    assert refusal(wav(joined([silence(1, RATE), click, silence(1, RATE)])), expected) is Reason.TOO_SHORT


PDF, DOCUMENT = b"%PDF-1.7 ...", b"PK\x03\x04 and so on [Content_Types].xml"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (PDF, "a PDF"),
        (b"\xff\xd8\xff\xe0 JFIF", "a picture"),
        (b"\0\0\0\x18ftypheic", "a picture"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a picture"),
        (b"RIFF\0\0\0\0AVI LIST", "a video"),
        ((b"G" + bytes(187)) * 5, "a video"),
        (b"FLV\x01", "a video"),
        (b"PK\x03\x04 and a file", "a packed file"),
        (b"Rar!\x1a\x07", "a packed file"),
        (DOCUMENT, "an office document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an office document"),
        (b"MThd\0\0\0\x06", "a MIDI file"),
        (b"MZ\x90\0", "a program"),
        ("#EXTM3U\n/etc/passwd\n声".encode(), "a list of files"),
        (b"<!DOCTYPE html>", "a web page"),
    ],
)
def test_what_is_no_sound_is_told_by_what_it_is(content: bytes, words: str) -> None:
    for called in ("", "greeting.wav", "greeting.g722"):
        with pytest.raises(Unusable, match=words):
            converted(content, JA.pace, 4.0, called)


def test_no_name_makes_a_decoder_guess(files: dict[str, bytes], expected: float) -> None:
    assert converted(files["flac"], JA.pace, expected, "greeting.g722")[1] == ()
    assert refusal(files["g.722"], expected) in (Reason.UNKNOWN, Reason.DAMAGED)


DICE = np.random.default_rng(1)


# --- what recorders do ------------------------------------------------------------------------


def many(rows: list[Samples]) -> bytes:
    """A WAV with these channels; of 7.1, as Windows writes it, where there are eight."""
    file = io.BytesIO()
    soundfile.write(file, np.stack([row.pcm for row in rows], axis=1), rows[0].rate, format="WAVEX")
    content = bytearray(file.getvalue())
    if len(rows) == 8:
        struct.pack_into("<I", content, content.index(b"fmt ") + 8 + 20, 0x63F)
    return bytes(content)


def level_of(take: bytes) -> float:
    return 20 * math.log10(active_level(read_wav(io.BytesIO(takes.sound(take, Speed.NORMAL) or b""))) / TARGET_LEVEL)


def test_the_louder_channel_is_heard_where_the_channels_cancel_each_other(speech: Samples, expected: float) -> None:
    empty, upside_down = silence(speech.seconds, RATE), Samples(-speech.pcm, RATE)
    nearly = Samples(upside_down.pcm * np.float32(0.9), RATE)
    for rows in ([speech, upside_down], [speech, nearly], [empty, speech], [*[empty] * 7, speech], [speech] * 8):
        take, doubts = converted(many(rows), JA.pace, expected)
        assert not doubts
        assert abs(level_of(take)) < 1.5


def ogg_pages(content: bytes) -> list[int]:
    return [at for at in range(len(content)) if content[at : at + 4] == b"OggS"]


def ogg_sum(page: bytes) -> int:
    """The check of a page (RFC 3533, 6): CRC-32 of the polynomial 0x04c11db7, nothing reflected."""
    found = 0
    for byte in page:
        found ^= byte << 24
        for _ in range(8):
            found = (found << 1) ^ (0x104C11DB7 if found & 0x80000000 else 0)
    return found


def test_an_ogg_without_the_mark_of_its_end_is_whole(files: dict[str, bytes], expected: float) -> None:
    content = files["ogg, opus"]
    last = ogg_pages(content)[-1]
    page = bytearray(content[last:])
    page[5] &= ~4
    page[22:26] = bytes(4)
    struct.pack_into("<I", page, 22, ogg_sum(bytes(page)))
    assert converted(content[:last] + bytes(page), JA.pace, expected)[1] == ()


@pytest.mark.parametrize("kind", ["mp3", "mp3 from a pipe", "aac"])
def test_zeros_before_the_first_frame_are_no_damage(kind: str, files: dict[str, bytes], expected: float) -> None:
    content = files[kind]
    while content[:3] == b"ID3":
        content = content[10 + sum((byte & 127) << 7 * place for place, byte in enumerate(content[9:5:-1])) :]
    assert converted(bytes(400) + content, JA.pace, expected)[1] == ()


@pytest.mark.parametrize("kind", ["flac", "aac", "wav of 16 bits, stereo"])
def test_a_tag_before_the_sound_is_passed_over(kind: str, files: dict[str, bytes], expected: float) -> None:
    assert converted(b"ID3\x04\0\0\0\0\0\x0a" + bytes(10) + files[kind], JA.pace, expected)[1] == ()


def test_gsm_of_telephone_systems_is_taken() -> None:
    frames = b"".join(bytes([0xD0 | number % 16]) + DICE.bytes(32) for number in range(99))
    with contextlib.suppress(Unusable):  # what is in these frames is no speech: enough that they are decoded
        assert converted(frames, JA.pace, 2.0)[1]
    assert decoded(frames).sound.seconds == pytest.approx(1.98)


# --- what makes one doubt ---------------------------------------------------------------------

SECONDS = np.arange(3 * RATE) / RATE


def sound_of(wave: Any) -> bytes:
    return wav(louder(Samples(np.asarray(wave, dtype=np.float32), RATE), -26.0))


def doubted(content: bytes, expected: float) -> str:
    return " ".join(doubt.message % doubt.facts for doubt in converted(content, JA.pace, expected)[1])


def test_another_length_than_that_of_the_words_is_doubted(speech: Samples, expected: float) -> None:
    assert "The end seems to be missing" in doubted(wav(speech), expected / 0.5)
    assert "more in it than this text" in doubted(wav(joined([speech] * 3)), expected)
    for factor in (0.7, 1.0, 1.6):
        assert not doubted(wav(speech), expected / factor)


@pytest.mark.parametrize(
    "wave",
    [
        pytest.param(DICE.standard_normal(len(SECONDS)), id="hiss"),
        pytest.param(DICE.standard_normal(len(SECONDS)) * (1 + np.sin(2 * np.pi * 4 * SECONDS)) ** 2, id="gusts"),
        pytest.param(np.sin(2 * np.pi * 440 * SECONDS), id="tone"),
        pytest.param(np.sin(2 * np.pi * 697 * SECONDS) + np.sin(2 * np.pi * 1209 * SECONDS), id="key 1"),
        pytest.param(np.sin(2 * np.pi * 300 * SECONDS) * (0.6 + 0.4 * np.sin(6 * np.pi * SECONDS)), id="siren"),
        pytest.param(sum(np.sin(2 * np.pi * 50 * n * SECONDS) / n for n in (1, 2, 3, 4, 8)), id="hum"),
        pytest.param(sum(np.sin(2 * np.pi * f * SECONDS) for f in (262, 330, 392)), id="chord"),
        pytest.param(np.sin(2 * np.pi * 1000 * SECONDS) * (np.sin(4 * np.pi * SECONDS) > 0), id="beeps"),
    ],
)
def test_a_recording_without_a_voice_is_doubted(wave: Any) -> None:
    assert "No voice was heard" in doubted(sound_of(wave), 3.0)


@pytest.mark.parametrize(("ratio", "noisy"), [(40, False), (25, False), (6, True), (3, True)])
def test_noise_around_a_voice_is_doubted(ratio: float, noisy: bool, speech: Samples, expected: float) -> None:
    hiss = np.random.default_rng(2).standard_normal(len(speech.pcm))
    hiss *= active_level(speech) * 10 ** (-ratio / 20) / np.sqrt(np.mean(hiss**2))
    words = doubted(wav(Samples((speech.pcm + hiss).astype(np.float32), RATE)), expected)
    assert ("much noise" in words) == noisy


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ja", "はい。"),
        ("ja", "次へ。"),
        ("ja", "静かに、ひそひそと、しし、すす。"),
        ("en", "Yes."),
        ("en", "She sells seashells."),
    ],
)
def test_voices_are_not_doubted_however_short_or_hissing(language: str, words: str) -> None:
    from tests.support.voices import reading, telephone_recording

    seconds = reading(words, language).seconds
    assert not converted(telephone_recording(words, language), pronunciation(language).pace, seconds)[1]


def test_a_minute_passes_and_a_little_more_does_not(speech: Samples) -> None:
    minute = Samples(np.resize(resampled(speech, 8_000).pcm, 59 * 8_000), 8_000)
    assert converted(wav(minute, rate=8_000), JA.pace, 59.0)
    assert refusal(wav(joined([minute, silence(1.5, 8_000)]), rate=8_000), 59.0) is Reason.TOO_LONG


def mp3_bomb() -> bytes:
    """Twelve hours of silence: one frame, again and again."""
    second = encoded(silence(1, 16_000), "libmp3lame", "mp3", 16_000, live=True, id3v2_version="0", write_xing="0")
    frame = second[: second.index(second[:4], 4)]
    return frame * (LARGEST // len(frame))


def webm_bomb() -> bytes:
    """Over an hour of silence: one cluster, again and again."""
    once = encoded(silence(4, RATE), "libopus", "webm", live=True)
    begin = once.index(b"\x1f\x43\xb6\x75")
    return once[:begin] + once[begin:] * 1000


def flac_bomb() -> bytes:
    """Ten minutes of silence in a few kilobytes."""
    return encoded(silence(600, 8_000), "flac", "ogg", 8_000)


@pytest.mark.parametrize("bomb", [mp3_bomb, webm_bomb, flac_bomb])
def test_hours_of_silence_in_a_small_file_are_refused_fast(bomb: Callable[[], bytes]) -> None:
    content = bomb()
    begun = spent_by_children()
    with pytest.raises(Unusable) as refused:
        Booth().take(content, JA.pace, 4.0)
    assert refused.value.reason is Reason.TOO_LONG
    assert spent_by_children() - begun < 10


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    changes=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=40), st.integers(0, 200)), min_size=1, max_size=6),
    head=st.booleans(),
)
def test_a_spoilt_file_is_taken_or_refused_and_nothing_else(
    kind: str,
    changes: list[tuple[float, bytes, int]],
    head: bool,
    files: dict[str, bytes],
    expected: float,
) -> None:
    content = files[kind]
    for place, new, old in changes:
        at = int(place * (600 if head else len(content)))
        content = content[:at] + new + content[at + old :]
    with contextlib.suppress(Unusable):
        assert takes.sound(converted(content, JA.pace, expected)[0], Speed.FAST)


# --- takes --------------------------------------------------------------------------------------


SOUNDS = {speed: speed.value.encode() * 100 for speed in Speed}


def test_a_take_gives_back_its_sounds_and_is_always_the_same_bytes() -> None:
    take = takes.pack(SOUNDS)
    assert {speed: takes.sound(take, speed) for speed in Speed} == SOUNDS
    assert takes.pack(dict(reversed(SOUNDS.items()))) == take


def test_a_take_is_whole_or_not_made() -> None:
    with pytest.raises(KeyError):
        takes.pack({Speed.NORMAL: b"RIFF"})


@given(
    content=st.one_of(
        st.binary(max_size=100),
        st.integers(0, 2000).map(lambda length: takes.pack(SOUNDS)[:length]),
        st.tuples(st.integers(0, 2500), st.binary(min_size=1, max_size=8)).map(
            lambda change: (
                takes.pack(SOUNDS)[: change[0]] + change[1] + takes.pack(SOUNDS)[change[0] + len(change[1]) :]
            )
        ),
    )
)
@settings(deadline=None)
def test_a_damaged_take_gives_a_right_sound_or_none(content: bytes) -> None:
    for speed in Speed:
        assert takes.sound(content, speed) in (None, SOUNDS[speed])


def test_a_zip_that_could_unfold_is_no_take() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("normal.wav", bytes(10_000_000))
    assert takes.sound(file.getvalue(), Speed.NORMAL) is None


def test_a_sound_cut_off_in_its_header_has_no_length() -> None:
    with pytest.raises(ValueError, match="header"):
        mulaw.seconds(b"RIFF")


# --- processes ----------------------------------------------------------------------------------


def child(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Have another program as the booth's child."""
    monkeypatch.setattr(apart, "COMMAND", (sys.executable, "-P", "-c", textwrap.dedent(program)))


def children(called: str = "time.sleep(60)") -> list[int]:
    """The processes that this one has started with these words in their command."""
    started: list[str] = []
    for thread in Path(f"/proc/{os.getpid()}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            started += (thread / "children").read_text().split()
    return [int(pid) for pid in started if called in command(pid)]


def command(pid: str) -> str:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    return ""


def spent_by_children() -> float:
    """Seconds that processes of this one have computed for and are done."""
    times = os.times()
    return times.children_user + times.children_system


def soon(condition: Callable[[], object]) -> bool:
    """Whether a condition comes true within half a minute, which is long even for a busy machine."""
    end = time.monotonic() + 30
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(condition())


def test_a_killed_child_is_a_failure_and_the_next_recording_is_taken(
    files: dict[str, bytes], expected: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as context, ThreadPoolExecutor() as pool:
        child(context, "import time; time.sleep(60)")
        take = pool.submit(Booth().take, files["mp3"], JA.pace, expected)
        assert soon(children)
        os.kill(children()[0], signal.SIGKILL)
        with pytest.raises(BoothFailed, match="ended with -9"):
            take.result()
    assert Booth().take(files["mp3"], JA.pace, expected)


def test_a_hanging_child_is_ended(files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    child(monkeypatch, "import time; time.sleep(60)")
    with pytest.raises(BoothFailed, match=r"not done after 0\.3 s"):
        Booth(taking=0.3).take(files["mp3"], JA.pace, 4.0)
    assert not children()


def test_whoever_finds_no_seat_is_told_so_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    child(monkeypatch, "import time; time.sleep(60)")
    seats = Seats(2, 0.1)
    with ThreadPoolExecutor() as pool:
        both = [pool.submit(Booth(taking=1.0, seats=seats).take, b"RIFF", JA.pace, 4.0) for _ in range(2)]
        assert soon(lambda: len(children()) == 2)
        with pytest.raises(apart.Busy, match="no seat"):
            Booth(seats=seats).take(b"RIFF", JA.pace, 4.0)
        assert all(isinstance(one.exception(), BoothFailed) for one in both)


@pytest.mark.parametrize(
    "program",
    [
        "raise SystemExit(3)",
        "print('Hello')",
        "print('[]')",
        'print(\'{"reason": "hunger", "message": "", "facts": {}}\')',
        'print(\'{"reason": "silent", "message": "%(more)s", "facts": {"less": 1}}\')',
        "import os; os.abort()",
    ],
)
def test_a_child_that_answers_nonsense_is_a_failure(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    child(monkeypatch, program)
    with pytest.raises(BoothFailed):
        Booth().take(b"RIFF", JA.pace, 4.0)


def test_the_log_has_the_last_words_of_a_child_and_no_more(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    child(monkeypatch, "import sys; sys.exit('é' * 100_000 + 'the end')")
    with pytest.raises(BoothFailed, match="ended with 1"):
        Booth().take(b"RIFF", JA.pace, 4.0)
    (message,) = caplog.messages
    assert "the end" in message
    assert len(message) < 650


def test_a_child_knows_no_secrets(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "secret")
    child(monkeypatch, "import os, sys; sys.exit(' '.join(os.environ))")
    with pytest.raises(BoothFailed):
        Booth().take(b"RIFF", JA.pace, 4.0)
    assert "PYTHONPATH" in caplog.text
    assert "TWILIO" not in caplog.text


@pytest.mark.parametrize(
    ("greed", "end"),
    [
        ("bytearray(4_000_000_000)", "MemoryError"),
        ("(bytes(10_000_000), ())", "too large"),
        ("any(iter(int, 1))", "with -9"),
    ],
)
def test_a_child_that_wants_too_much_ends(
    greed: str, end: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    child(
        monkeypatch,
        f"""
        import ivr.apart, ivr.voice.booth as b
        b.intake.converted = lambda *_: {greed}
        ivr.apart.main()
        """,
    )
    monkeypatch.setattr(booth, "TAKING", Limits(30.0, 1, booth.TAKING.memory, booth.TAKING.answer))
    with pytest.raises(BoothFailed, match="ended with"):
        Booth().take(b"RIFF", JA.pace, 4.0)
    assert end in caplog.text


def test_a_child_ends_with_its_worker() -> None:
    program = """
        import sys
        import ivr.apart, ivr.voice.booth as b
        from ivr.line.pronunciation import USUAL
        ivr.apart.COMMAND = (sys.executable, "-P", "-c",
                     "import time, ivr.apart, ivr.voice.booth as b; b.intake.converted = lambda *_: time.sleep(60);"
                     "ivr.apart.main()")
        b.Booth().take(b"RIFF", USUAL, 4.0)
        """
    worker = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], cwd=Path(__file__).parents[2])
    family = Path(f"/proc/{worker.pid}/task/{worker.pid}/children")
    assert soon(family.read_text)
    (orphan,) = family.read_text().split()
    assert soon(lambda: "time.sleep(60)" in command(orphan))
    time.sleep(0.5)  # until it watches
    worker.kill()
    worker.wait()
    assert soon(lambda: not Path(f"/proc/{orphan}").exists() or "Z" in state(orphan))


def state(pid: str) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_a_worker_takes_recordings_from_anywhere_and_loads_nothing_heavy(
    files: dict[str, bytes], expected: float, tmp_path: Path
) -> None:
    (tmp_path / "speech").write_bytes(files["mp3"])
    (tmp_path / "json.py").write_text("raise SystemExit('not this one')")
    program = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r}); from ivr.voice.booth import Booth\n"
        "from ivr.line.pronunciation import USUAL\n"
        f"assert Booth().take(open('speech', 'rb').read(), USUAL, {expected})\n"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert not {"numpy", "av", "soundfile", "soxr", "pyopenjtalk"} & set(done.stdout.split())


# --- speech -------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "audio")


@pytest.fixture(autouse=True)
def background(monkeypatch: pytest.MonkeyPatch) -> None:
    """One without the requests of other tests."""
    monkeypatch.setattr(booth, "_background", apart.Queue("booth"))


def test_what_is_spoken_is_found_by_the_line(store: Store) -> None:
    audio = Audio(store, DEFAULT_CHOICE)
    chunk = Chunk("say.yes", (Span("はい。"),))
    Booth().speak([audio.item(JA, chunk, speed) for speed in Speed], store, DEFAULT_CHOICE)
    seconds = [audio.seconds(JA, chunk, speed) or 0 for speed in (Speed.SLOW, Speed.NORMAL, Speed.VERY_FAST)]
    assert seconds == sorted(seconds, reverse=True)
    assert all(audio.url(JA, chunk, speed) for speed in Speed)
    assert not list(store.folder.glob("*.lock"))


def test_with_everything_there_no_process_is_started(
    store: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "COMMAND", ("/nonexistent",))
    (task,) = planned([SHORT], store).tasks
    store.put(task.name, telephone_wav(silence(1, 8_000)))
    Booth().speak([SHORT], store, DEFAULT_CHOICE)
    assert not caplog.messages


def test_what_cannot_be_spoken_is_logged_and_the_rest_goes_on(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    Booth().speak(
        [Item(pronunciation("tl"), "Kumusta"), Item(pronunciation("ja"), "。"), SHORT], store, {"ja": ("openjtalk",)}
    )
    assert not planned([SHORT], store).tasks
    assert len(caplog.messages) == 2
    assert "no local voice speaks 'tl'" in caplog.text


def test_a_store_or_a_child_that_fails_is_logged(
    tmp_path: Path, store: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    Booth().speak([SHORT], Store(tmp_path / "file" / "audio"), DEFAULT_CHOICE)
    assert "cannot write audio" in caplog.text
    child(monkeypatch, "import os; os.abort()")
    Booth().speak([SHORT], store, DEFAULT_CHOICE)
    assert "ended with -6" in caplog.text


def test_what_another_renderer_is_at_is_waited_for(store: Store) -> None:
    (task,) = planned([SHORT], store).tasks
    speaking = threading.Thread(target=Booth().speak, args=([SHORT], store, DEFAULT_CHOICE))
    with store.claim(task.name):
        speaking.start()
        speaking.join(1.0)
        assert speaking.is_alive()
        store.put(task.name, theirs := telephone_wav(silence(1, 8_000)))
    speaking.join(30)
    assert store.path(task.name).read_bytes() == theirs


def test_the_background_takes_one_request_after_another(
    store: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.WARNING)
    name = str(store.folder)
    monkeypatch.setattr(apart, "COMMAND", (*apart.COMMAND, name))
    items = [Item(pronunciation("ja"), f"{number}番。") for number in range(2)]
    for _ in range(2):
        for item in items:
            Booth().begin([item], store, DEFAULT_CHOICE)
    assert planned(items, store).tasks, "nobody who asks waits until it is done"
    most = 0

    def done() -> bool:
        nonlocal most
        most = max(most, len(children(name)))
        return not planned(items, store).tasks

    assert soon(done)
    assert most == 1
    assert not caplog.messages


def test_a_request_that_fails_does_not_end_the_background(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    Booth().begin([SHORT], store, {"ja": ("no engine of this name",)})
    Booth().begin([SHORT], store, DEFAULT_CHOICE)
    assert soon(lambda: not planned([SHORT], store).tasks)
    assert "in the background (booth) failed" in caplog.text
