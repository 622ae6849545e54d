"""What is done to speech for the telephone, heard by measuring it."""

import io
import struct

import numpy as np
import pytest

from ivr.voice.channel import in_band, over_the_telephone
from ivr.voice.sound import Samples, joined, read_wav, resampled, silence, telephone_wav
from ivr.voice.stretch import stretched
from ivr.voice.telephone import CEILING, TAIL, TARGET_LEVEL, active_level, at_pace, levelled, ready, trimmed

pytestmark = pytest.mark.timeless

RATE = 16_000


def tone(seconds: float, hertz: float = 440, level: float = 0.3, rate: int = RATE) -> Samples:
    at = np.arange(round(seconds * rate)) / rate
    return Samples((level * np.sin(2 * np.pi * hertz * at)).astype(np.float32), rate)


def syllables(count: int, level: float = 0.3) -> Samples:
    """Something like speech: voiced pulses that swell and fade, with pauses between."""
    at = np.arange(round(0.15 * RATE)) / RATE
    voiced = sum(np.sin(2 * np.pi * 150 * n * at) / n for n in range(1, 20)) * np.hanning(len(at))
    syllable = Samples((level * voiced).astype(np.float32), RATE)
    return joined([syllable, silence(0.05, RATE)] * count)


def pitch(sound: Samples) -> float:
    spectrum = np.abs(np.fft.rfft(sound.pcm * np.hanning(len(sound.pcm))))
    return float(np.argmax(spectrum) * sound.rate / len(sound.pcm))


def loudness(sound: Samples) -> float:
    return float(np.std(sound.pcm))


def decibel(ratio: float) -> float:
    return float(20 * np.log10(ratio))


def test_the_file_is_8_khz_mono_mu_law() -> None:
    wav = telephone_wav(tone(1.0, rate=48_000))
    form, channels, rate, bytes_a_second = struct.unpack_from("<HHII", wav, 20)
    assert (form, channels, rate, bytes_a_second) == (7, 1, 8000, 8000)
    assert read_wav(io.BytesIO(wav)).seconds == pytest.approx(1.0)


def test_silence_around_speech_goes_and_a_short_tail_stays() -> None:
    take = trimmed(joined([silence(0.7, RATE), tone(1.0), silence(2.0, RATE)]))
    assert 1.0 + TAIL < take.seconds < 1.15
    assert np.abs(take.pcm[-round(0.06 * RATE) :]).max() < 0.01


def test_speech_that_fills_its_recording_gets_a_tail_all_the_same() -> None:
    assert trimmed(tone(1.0)).seconds == pytest.approx(1.0 + TAIL + 0.03, abs=0.001)


def test_the_hiss_of_a_room_counts_as_silence() -> None:
    hiss = np.random.default_rng(1).standard_normal(3 * RATE).astype(np.float32) * 0.001
    noisy = Samples(hiss + joined([silence(1, RATE), tone(1.0), silence(1, RATE)]).pcm, RATE)
    assert trimmed(noisy).seconds < 1.2


@pytest.mark.parametrize("sound", [silence(1.0, RATE), silence(0.0, RATE)])
def test_silence_makes_no_sound_and_no_error(sound: Samples) -> None:
    assert at_pace(ready(sound), 1.5).seconds == 0
    assert levelled(silence(1.0, RATE)).peak == 0


@pytest.mark.parametrize("count", [1, 3, 40])
@pytest.mark.parametrize("level", [0.01, 0.3, 0.9])
def test_a_syllable_and_a_passage_come_out_equally_loud(count: int, level: float) -> None:
    made = at_pace(ready(syllables(count, level)), 1.0)
    assert abs(decibel(active_level(made) / TARGET_LEVEL)) < 1.0


def test_pauses_do_not_make_speech_louder() -> None:
    dense, pausing = syllables(10), joined([syllables(5), silence(4, RATE), syllables(5)])
    assert abs(decibel(active_level(dense) / active_level(pausing))) < 0.5


def test_what_a_telephone_does_not_carry_does_not_count_as_loud() -> None:
    rumble = Samples(tone(1.0).pcm + tone(1.0, hertz=60, level=0.6).pcm, RATE)
    assert active_level(rumble) == pytest.approx(active_level(tone(1.0)), rel=0.1)


def test_sudden_peaks_are_turned_down_not_cut_off() -> None:
    quiet = tone(2.0, level=0.02)
    quiet.pcm[RATE : RATE + 80] *= 50
    made = at_pace(ready(quiet), 1.0)
    assert made.peak <= CEILING + 0.001
    assert np.count_nonzero(np.abs(made.pcm) > CEILING - 0.001) < 20


@pytest.mark.parametrize("factor", [0.72, 0.85, 1.3, 1.7, 2.2])
def test_stretching_keeps_pitch_and_changes_length(factor: float) -> None:
    made = stretched(tone(3.0), factor)
    assert made.seconds == pytest.approx(3.0 / factor, rel=0.02)
    assert pitch(made) == pytest.approx(440, abs=3)
    assert made.peak == pytest.approx(0.3, rel=0.1)


def test_stretching_at_the_same_pace_touches_nothing() -> None:
    sound = syllables(5)
    assert stretched(sound, 1.0) is sound


def test_the_channel_lets_only_the_telephone_band_through() -> None:
    assert [round(loudness(over_the_telephone(tone(1.0, hertz))), 2) for hertz in (100, 1000, 5000)] == [0, 0.21, 0]


def test_the_noise_of_the_channel_is_as_loud_as_asked_and_always_the_same() -> None:
    speech = tone(2.0, hertz=1000)
    noisy = over_the_telephone(speech, noise_db=15)
    clean = in_band(resampled(speech, 8000)).pcm
    noise = noisy.pcm - clean
    assert decibel(float(np.std(clean) / np.std(noise))) == pytest.approx(15, abs=0.5)
    assert (noisy.pcm == over_the_telephone(speech, noise_db=15).pcm).all()
