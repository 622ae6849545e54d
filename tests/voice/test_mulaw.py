"""Telephone sound as a file."""

import numpy as np
import pytest

from ivr.voice import mulaw
from ivr.voice.sound import Samples, telephone_wav


@pytest.mark.parametrize("length", [0, 1, 800, 801])
def test_a_file_is_the_one_that_libsndfile_writes(length: int) -> None:
    made = telephone_wav(Samples(np.zeros(length, dtype=np.float32), mulaw.RATE))
    assert mulaw.written(mulaw.SILENT * length) == made
    assert mulaw.samples_of(made) == mulaw.SILENT * length
    assert mulaw.seconds(made) == length / mulaw.RATE


def test_what_is_put_together_has_no_click_where_a_sound_has_an_odd_length() -> None:
    """The byte that fills such a chunk up is 0x00, which is the loudest sample that mu-law has."""
    odd = mulaw.written(mulaw.SILENT * 801)
    assert odd.endswith(b"\x00")
    assert set(mulaw.samples_of(odd) + mulaw.samples_of(odd)) == set(mulaw.SILENT)


def test_a_header_that_is_cut_off_is_told() -> None:
    whole = mulaw.written(mulaw.silence(1))
    for reader in (mulaw.seconds, mulaw.samples_of):
        with pytest.raises(ValueError, match="cut off"):
            reader(whole[: mulaw.HEADER - 1])
    assert mulaw.is_whole(whole[: mulaw.HEADER], len(whole))
    assert not mulaw.is_whole(whole[: mulaw.HEADER], len(whole) - 1)
