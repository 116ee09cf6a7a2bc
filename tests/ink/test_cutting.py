"""The search finds the likeliest set of groups; lines are read in order; a cut goes through little ink."""

import numpy as np

from digits.ink.cutting import Group, best_cover, lines
from digits.ink.pieces import InkPieces
from digits.ink.seams import seams


def group(*pieces: int) -> Group:
    return Group(pieces, 0, 0.5, 1.0, -1.0, 0.0, 0.0, 0.0, 0)


def test_the_best_cover_holds_every_piece_once() -> None:
    groups = [group(0), group(1), group(2), group(0, 2), group(1, 2)]
    assert sorted(best_cover(groups, [1.0, 1.0, 1.0, 0.0, 0.0])) == [0, 1, 2]
    assert sorted(best_cover(groups, [1.0, 1.0, -3.0, 0.0, 0.5])) == [0, 4]
    assert sorted(best_cover(groups, [1.0, 1.0, -3.0, 3.0, 0.5])) == [1, 3]  # around the piece between


def test_pieces_are_no_fewer_for_being_many() -> None:
    groups = [group(index) for index in range(2000)]
    assert len(best_cover(groups, [0.0] * len(groups))) == len(groups)


def test_lines_are_read_from_top_to_bottom_and_each_from_left_to_right() -> None:
    boxes = [(50.0, 40.0, 60.0, 60.0), (30.0, 0.0, 40.0, 20.0), (0.0, 38.0, 10.0, 62.0), (0.0, 5.0, 10.0, 22.0)]
    assert lines(boxes) == [[3, 1], [2, 0]]


def two_rings() -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Two rings of 40 pixels that touch at column 40."""
    y, x = np.mgrid[:42, :82] + 0.5
    ink = np.zeros((42, 82), np.float32)
    for centre in (21, 60):
        radius = np.hypot(x - centre, y - 21)
        ink[(radius > 15) & (radius < 20.5)] = 1
    return ink


def test_a_seam_parts_rings_where_they_touch() -> None:
    ink = two_rings()
    assert len(InkPieces(ink).pieces) == 1
    shares = [float((ink * (np.arange(82) < cut[:, None])).sum() / ink.sum()) for cut in seams(ink)]
    assert min(abs(share - 0.5) for share in shares) < 0.05


def test_split_ink_is_the_same_ink() -> None:
    whole = InkPieces(two_rings())
    finer = whole.split([0])
    assert len(finer.pieces) > 1
    assert sum(piece.mass for piece in finer.pieces) == whole.pieces[0].mass
    assert {index for unit in finer.units for index in unit} == set(range(len(finer.pieces)))
    assert np.array_equal(finer.image(range(len(finer.pieces))), whole.image([0]))
