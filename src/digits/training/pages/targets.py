"""What the page network should say of a strip: the batch, the loss, and which strips it sees rightly."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from digits.ink.marks import ACROSS, DOWN

MOST = 40
"""Marks of a strip at most."""

UNASKED, NONE = -1, -2
"""In the place of a class: ink that may be read or not, and no mark at all."""

UNIT = 16.0
"""Pixels that the distances of edges are counted in."""

_ALPHA, _BETA = 2.0, 4.0  # of the focal loss, as in the paper
_INSIDE = 0.6  # of the heat: where classes and edges are asked for
_SMOOTHING = 0.02  # of the classes
_SURE = 0.5  # of the heat: a peak from which on something is taken to stand there


class Batch(NamedTuple):
    """Strips and what stands on them."""

    pictures: Tensor
    """(N, H, W) uint8, as `ink.contrast.local_contrast` gives them."""
    writing: Tensor
    """(N, H / 4, W / 2) uint8, 1 where a hand has written."""
    boxes: Tensor
    """(N, MOST, 4) float32: left, top, right, bottom, pixels; zeros where there are fewer marks."""
    classes: Tensor
    """(N, MOST) int16: places in `CLASSES`, `UNASKED` or `NONE`."""


class Wanted(NamedTuple):
    """What is asked of each cell."""

    heat: Tensor
    """(N, rows, columns) 0 to 1, exactly 1 in the cell of each mark's middle."""
    owner: Tensor
    """(N, rows, columns): the mark that a cell belongs to."""
    weight: Tensor
    """(N, rows, columns): 0 on ink that is not asked for, else 1."""


def wanted(boxes: Tensor, classes: Tensor, shape: tuple[int, int]) -> Wanted:
    """What a batch's cells should say, in outputs of so many rows and columns."""
    left, top, right, bottom = boxes.unbind(2)
    wide, high = right - left, bottom - top
    row = ((top + bottom) / 2 / DOWN).floor().clamp(0, shape[0] - 1)
    column = ((left + right) / 2 / ACROSS).floor().clamp(0, shape[1] - 1)
    across = (0.12 * wide + 0.03 * high).clamp(1.2, 4) / ACROSS
    down = (0.09 * high + 0.02 * wide).clamp(2.0, 4) / DOWN
    rows, columns = (torch.arange(side, device=boxes.device, dtype=torch.float32) for side in shape)
    along_rows = torch.exp(-(((rows - row[..., None]) / down[..., None]) ** 2) / 2)  # (N, MOST, rows)
    along_columns = torch.exp(-(((columns - column[..., None]) / across[..., None]) ** 2) / 2)
    along_rows = along_rows * (classes >= 0).float()[..., None]
    heat, owner = (along_rows[..., :, None] * along_columns[..., None, :]).max(dim=1)
    covered = _covered(boxes, classes == UNASKED, shape)
    return Wanted(heat, owner, (~covered | (heat > 0.3)).float())


def _covered(boxes: Tensor, which: Tensor, shape: tuple[int, int]) -> Tensor:
    """(N, rows, columns): whether a cell's middle lies in one of these boxes."""
    left, top, right, bottom = (edge[..., None] for edge in boxes.unbind(2))
    y, x = (
        (torch.arange(side, device=boxes.device) + 0.5) * step for side, step in zip(shape, (DOWN, ACROSS), strict=True)
    )
    in_rows = (y > top) & (y < bottom) & which[..., None]
    in_columns = (x > left) & (x < right)
    return torch.einsum("nmr,nmc->nrc", in_rows.float(), in_columns.float()) > 0


def loss(outputs: Tensor, batch: Batch) -> Tensor:
    """What is minimised: of heat, writing, edges and classes, each counted alike.

    Args:
        outputs: of the network, (N, 6 + classes, rows, columns).
        batch: the strips they were made of.
    """
    outputs = outputs.float()
    heat, owner, weight = wanted(batch.boxes, batch.classes, (outputs.shape[2], outputs.shape[3]))
    score = outputs[:, 0]
    yes = score.sigmoid()
    peak = (heat > 0.999).float()
    focal = peak * (1 - yes) ** _ALPHA * functional.logsigmoid(score)
    focal = focal + (1 - peak) * (1 - heat) ** _BETA * yes**_ALPHA * functional.logsigmoid(-score)
    place, row, column = torch.nonzero(heat > _INSIDE, as_tuple=True)
    mark, trust, at = owner[place, row, column], heat[place, row, column], outputs[place, :, row, column]
    left, top, right, bottom = batch.boxes[place, mark].unbind(1)
    x, y = (column.float() + 0.5) * ACROSS, (row.float() + 0.5) * DOWN
    edges = torch.stack([x - left, y - top, right - x, bottom - y], 1) / UNIT
    classes = functional.cross_entropy(
        at[:, 6:], batch.classes[place, mark].long(), reduction="none", label_smoothing=_SMOOTHING
    )
    off = (at[:, 2:6] - edges).abs().sum(1)
    return (
        -(focal * weight).sum() / (batch.classes >= 0).sum().clamp(min=1)
        + functional.binary_cross_entropy_with_logits(outputs[:, 1], batch.writing.float())
        + ((off + classes) * trust).sum() / trust.sum().clamp(min=1)
    )


def seen(outputs: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
    """What the network sees rightly, by its surest peaks alone, as one can tell without reading whole lines.

    Returns:
        (N, MOST) whether each mark has a peak near its middle with its class; (N,) whether a strip has all its marks
        and no peak elsewhere.
    """
    heat, said = outputs[:, 0].float().sigmoid(), outputs[:, 6:].argmax(1)
    peaks = (functional.max_pool2d(heat, (3, 5), 1, (1, 2)) == heat) & (heat > _SURE)
    shape = (heat.shape[1], heat.shape[2])
    middle = torch.stack(
        [(batch.boxes[..., 0] + batch.boxes[..., 2]) / 2, (batch.boxes[..., 1] + batch.boxes[..., 3]) / 2], 2
    )
    reach = torch.tensor([5.0, 7.0], device=heat.device)
    near = torch.cat([middle - reach, middle + reach], 2)
    asked = batch.classes >= 0
    found = torch.zeros_like(asked)
    for mark in asked.any(0).nonzero().flatten().tolist():
        one = asked[:, mark : mark + 1]
        there = _covered(near[:, mark : mark + 1], one, shape) & peaks
        right = there & (said == batch.classes[:, mark, None, None])
        found[:, mark] = right.flatten(1).any(1)
    elsewhere = peaks & ~_covered(near, asked, shape) & ~_covered(batch.boxes, batch.classes == UNASKED, shape)
    return found, (found | ~asked).all(1) & ~elsewhere.flatten(1).any(1)
