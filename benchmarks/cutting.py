"""How well numbers are cut into digits, and the weights of digits.ink.layout that cut them best.

python benchmarks/cutting.py [MODEL]          a minute; the share of validation writers' numbers that is read right
python benchmarks/cutting.py [MODEL] --fit    minutes; prints the likeliest weights, to be copied to layout.py

Half of the numbers that weights are fitted to are of validation writers, since the network is too sure of digits it was
trained on; half are of the many training writers, for the sake of their many manners.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.spatial import KDTree

from digits.data import pen, sets
from digits.evaluation.numbers import Number, compose_numbers, picture, read_numbers
from digits.ink import InkPieces, Layout, StrokePieces, extract_ink, ink_box, open_picture, sampled, smooth
from digits.ink.cutting import Group, is_speck
from digits.ink.layout import FEATURES, features
from digits.reading.parallel import ReaderPool
from digits.reading.reader import Reader

SCORED, FITTED = 500, 1000  # numbers
PEN = 0.09  # of a digit's longer side
WHOLE = 0.8  # a group is a digit if it has as much of its ink, and as much of the group's ink is the digit's
LEFT_OUT = 0.12  # of a digit's ink may be left out as a speck
COVERS = 3000  # ways to read a cluster that are weighed, at most
RIDGE = 1e-4  # keeps weights finite that no number in the sample depends on

Shares = NDArray[np.float64]
"""Ink of each piece that belongs to each digit, (pieces, digits)."""

Choice = tuple[NDArray[np.float64], NDArray[np.bool_]]
"""Of the covers of a cluster: the sums of their groups' features, and whether each is right."""


def shares_of_strokes(number: Number) -> Shares:
    lengths = [piece.mass + number.pen for piece in StrokePieces(number.strokes).pieces]
    shares = np.zeros((len(lengths), len(number.text)))
    shares[np.arange(len(lengths)), number.owners] = lengths
    return shares


def shares_of_ink(number: Number, written: InkPieces) -> Shares:
    """Each pixel belongs to the digit with the nearest stroke."""
    left, top, _, _ = ink_box(written.ink) or (0, 0, 0, 0)
    points, owners = [], []
    for stroke, owner in zip(number.strokes, number.owners, strict=True):
        points.append(sampled(smooth(stroke), number.pen / 4))
        owners += [owner] * len(points[-1])
    every = np.concatenate(points)
    low, high = every.min(axis=0) - number.pen / 2, every.max(axis=0) + number.pen / 2
    rows, columns = np.nonzero(written.labels)
    scale = (ink_box(written.ink) or (0, 0, 1, 1))[2] - left
    places = np.stack([columns - left + 0.5, rows - top + 0.5], axis=1) * (high - low)[0] / scale + low
    nearest = np.array(owners)[KDTree(every).query(places)[1]]
    shares = np.zeros((len(written.pieces), len(number.text)))
    np.add.at(shares, (written.labels[rows, columns] - 1, nearest), written.ink[rows, columns])
    return shares


def is_right(group: Group, shares: Shares) -> bool:
    inside = shares[list(group.pieces)].sum(axis=0)
    digit = int(inside.argmax())
    of_digit = float(inside[digit] / shares[:, digit].sum())
    if is_speck(group):
        return of_digit < LEFT_OUT
    return min(of_digit, float(inside[digit] / inside.sum())) >= WHOLE


def covers(groups: list[Group]) -> list[list[int]]:
    """Every way to hold each piece in one group."""
    pieces = {piece for group in groups for piece in group.pieces}
    found: list[list[int]] = []
    open_ways: list[tuple[frozenset[int], list[int]]] = [(frozenset(pieces), [])]
    while open_ways and len(found) < COVERS:
        left, chosen = open_ways.pop()
        if not left:
            found.append(chosen)
            continue
        for index, group in enumerate(groups):
            if group.pieces[0] == min(left) and left.issuperset(group.pieces):
                open_ways.append((left.difference(group.pieces), [*chosen, index]))
    return found


def choices(layout: Layout, probabilities: NDArray[np.float32], shares: Shares) -> Iterator[Choice]:
    """Of clusters with several covers, one of which is right."""
    start = 0
    for cluster in layout.clusters:
        rows = probabilities[start : start + len(cluster)]
        start += len(cluster)
        right = [is_right(group, shares) for group in cluster]
        found = covers(cluster)
        whole = np.array([all(right[index] for index in cover) for cover in found])
        if len(found) > 1 and whole.any():
            each = np.array([features(group, row) for group, row in zip(cluster, rows, strict=True)])
            yield np.array([each[cover].sum(axis=0) for cover in found]), whole


def stroke_choices(reader: Reader, numbers: list[Number]) -> Iterator[Choice]:
    for number in numbers:
        layout = Layout(StrokePieces(number.strokes))
        yield from choices(layout, reader.classify(np.stack(layout.images)), shares_of_strokes(number))


def ink_choices(reader: Reader, numbers: list[Number]) -> Iterator[Choice]:
    for number in numbers:
        written = InkPieces(extract_ink(open_picture(picture(number)).brightness))
        layout = Layout(written)
        probabilities = reader.classify(np.stack(layout.images))
        if finer := layout.finer(probabilities):
            layout, probabilities = finer, reader.classify(np.stack(finer.images))
        assert isinstance(layout.written, InkPieces)
        yield from choices(layout, probabilities, shares_of_ink(number, layout.written))


def fit(found: list[Choice]) -> NDArray[np.float64]:
    """Weights of greatest likelihood of a log-linear model, with a ridge."""

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        value, slope = RIDGE * float(weights @ weights), 2 * RIDGE * weights
        for sums, right in found:
            score = sums @ weights
            odds = np.exp(score - score.max())
            every, good = odds / odds.sum(), odds * right / max(float((odds * right).sum()), np.finfo(float).tiny)
            value -= float(np.log(max(float(every[right].sum()), np.finfo(float).tiny))) / len(found)
            slope = slope + (every - good) @ sums / len(found)
        return value, slope

    return np.round(minimize(loss, np.zeros(len(FEATURES)), jac=True).x, 2)


def main() -> None:
    arguments = [argument for argument in sys.argv[1:] if argument != "--fit"]
    model = Path(arguments[0] if arguments else "artifacts/train/model.onnx")
    writers = set(sets.load(Path("artifacts/data"), "pen-validation").writers.tolist())
    every = pen.read_samples(Path("data"))
    samples = [sample for sample in every if sample.writer in writers]
    if "--fit" in sys.argv:
        trained = set(sets.load(Path("artifacts/data"), "pen-train").writers.tolist())
        known = [sample for sample in every if sample.writer in trained]
        numbers = compose_numbers(samples, FITTED, PEN, seed=1) + compose_numbers(known, FITTED, PEN, seed=2)
        reader = Reader(model)
        for kind, choose in (("STROKE", stroke_choices), ("INK", ink_choices)):
            groups = np.split(
                fit(list(choose(reader, numbers))), (len(FEATURES) - 30, len(FEATURES) - 20, len(FEATURES) - 10)
            )
            print(f"{kind}_WEIGHTS = (")
            for weights, of in zip(groups, ("all digits", "is", "of several", "loose"), strict=True):
                print(f"    *{tuple(weights.tolist())},  # {of}")
            print(")", flush=True)
    else:
        with ReaderPool(model) as readers:
            found = read_numbers(readers, compose_numbers(samples, SCORED, PEN, seed=0), SCORED)
        for name, shares in found.items():
            print(f"{name:9}" + "   ".join(f"{part} {share:.2%}" for part, share in shares.items()))


if __name__ == "__main__":
    main()
