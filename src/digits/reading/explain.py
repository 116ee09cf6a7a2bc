"""Why a model file reads what it reads: which ink decides, and what each of its layers answers to a digit.

The window and the notebooks ask here. Only the served file is looked into; torch is never imported.
"""

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from digits.reading.reader import Reader

PATCH = 5
"""Side of the square of paper, pixels: wider than the line of a pen."""

_STEP = 2
_PART = 8
"""Images classified before somebody else may have a turn."""

_FLOOR = 1e-6


def occlusion(reader: "Reader", image: NDArray[np.uint8], answer: int) -> Generator[None, None, NDArray[np.float32]]:
    """Heat (28, 28), 0 to 1: by how much covering a place lowers the log-odds of `answer`, where there is ink
    (M. D. Zeiler, R. Fergus, Visualizing and Understanding Convolutional Networks, 2014, section 4.2).

    A generator, so that readings go first: it pauses after every few images and returns the heat at the end.
    """
    side = image.shape[0]
    corners = [
        (top, left)
        for top in range(-PATCH // 2, side, _STEP)
        for left in range(-PATCH // 2, side, _STEP)
        if image[max(top, 0) : top + PATCH, max(left, 0) : left + PATCH].any()
    ]
    covered = np.repeat(image[None], len(corners) + 1, axis=0)
    for patched, (top, left) in zip(covered[1:], corners, strict=True):
        patched[max(top, 0) : top + PATCH, max(left, 0) : left + PATCH] = 0
    odds = np.empty(len(covered), np.float32)
    for start in range(0, len(covered), _PART):
        part = slice(start, start + _PART)
        probability = np.clip(reader.classify(covered[part])[:, answer], _FLOOR, 1 - _FLOOR)
        odds[part] = np.log(probability / (1 - probability))
        yield
    total, count = np.zeros((side, side), np.float32), np.zeros((side, side), np.float32)
    for fall, (top, left) in zip(odds[0] - odds[1:], corners, strict=True):
        place = slice(max(top, 0), top + PATCH), slice(max(left, 0), left + PATCH)
        total[place] += max(float(fall), 0.0)
        count[place] += 1
    heat = total / np.maximum(count, 1)
    return (heat / max(float(heat.max()), _FLOOR)).astype(np.float32)


def heat(reader: "Reader", image: NDArray[np.uint8], answer: int) -> NDArray[np.float32]:
    """`occlusion` to its end, for whoever has nothing else to do."""
    steps = occlusion(reader, image, answer)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: NDArray[np.float32] = end.value
            return found


def layers(model: Path, image: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
    """What the convolutions of the file's first network answer to an image (28, 28) at the first view, after their
    ReLU: (channels, height, width) each."""
    import onnx  # the window never comes here
    import onnxruntime

    content = onnx.load(model)
    answers, readings = (
        [node.output[0] for node in content.graph.node if node.op_type == kind] for kind in ("Relu", "LogSoftmax")
    )
    for name in answers:
        content.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # it warns that the added outputs have no shape
    session = onnxruntime.InferenceSession(content.SerializeToString(), options, providers=["CPUExecutionProvider"])
    found = session.run(answers, {session.get_inputs()[0].name: image[None]})
    first = found[: len(found) // len(readings)]  # each network is in there once for each view, one after another
    return [layer[0] for layer in first if layer.ndim == 4]
