"""What `make bench` measures can be measured."""

from pathlib import Path

from tests.support.bench import answering


def test_every_part_of_a_step_can_be_done_again_and_again(tmp_path: Path) -> None:
    assert answering(tmp_path, rounds=40).row_count == 5, "one key again and again ends a call: 30 times are too many"
