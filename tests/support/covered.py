"""The share of lines and branches that the quick tests ran, in one line: `python -m tests.support.covered FILE`."""

import json
import sys
from pathlib import Path


def told(file: Path) -> str:
    """What SlipCover counted, as a sentence."""
    summary = json.loads(file.read_text())["summary"]
    shares = {}
    for what in ("lines", "branches"):
        ran, missed = summary[f"covered_{what}"], summary[f"missing_{what}"]
        shares[what] = 100 * ran / max(1, ran + missed)
    return f"Coverage by quick tests: {shares['lines']:.1f} % of lines, {shares['branches']:.1f} % of branches ({file})"


if __name__ == "__main__":
    print(told(Path(sys.argv[1])))
