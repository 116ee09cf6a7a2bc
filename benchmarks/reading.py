"""How fast `digits read` is: one picture as a whole process, and a folder of 1,000.

python benchmarks/reading.py      a minute; needs a champion (`make repro`)
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

from digits.data import sets

PICTURES, RUNS, ENLARGED = 1000, 5, 10


def seconds(*arguments: str) -> float:
    """Median wall-clock time of `digits read` as a process."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "digits.cli", "read", *arguments, "--json"], check=True, capture_output=True
        )
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    digits = sets.load(Path("artifacts/data"), "pen-train")
    with tempfile.TemporaryDirectory() as name:
        small, large = Path(name) / "28x28", Path(name) / "280x280"
        for folder in (small, large):
            folder.mkdir()
        for index, image in enumerate(digits.images[:PICTURES]):
            picture = Image.fromarray(255 - image)
            picture.save(small / f"{index:04}.png")
            size = (picture.width * ENLARGED, picture.height * ENLARGED)
            picture.resize(size, Image.Resampling.BICUBIC).save(large / f"{index:04}.png")
        one = seconds(str(small / "0000.png"))
        print(f"one picture, whole process: {one:.2f} s")
        for folder in (small, large):
            rate = (PICTURES - 1) / (seconds(str(folder)) - one)
            print(f"{PICTURES:,} pictures of {folder.name}: {rate:,.0f} a second (start-up taken off)")


if __name__ == "__main__":
    main()
