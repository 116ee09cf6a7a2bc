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

_PATCH = 5  # pixels; side of the square of paper: wider than the line of a pen
_STEP = 2  # pixels from one square to the next
_TURN = 8  # images classified before other work may have its turn
_FLOOR = 1e-6  # probabilities nearer to 0 or 1 count as this near; a heat below it is none


def occlusion(reader: "Reader", image: NDArray[np.uint8], answer: int) -> Generator[None, None, NDArray[np.float32]]:
    """How much the answer rests on each place of the ink: by how much covering it lowers the answer's log-odds.

    After M. D. Zeiler, R. Fergus, *Visualizing and Understanding Convolutional Networks*, 2014, section 4.2.

    Args:
        reader: whose answer it is.
        image: (28, 28), as the network got it.
        answer: the digit it read.

    Yields:
        Nothing, after every few images: whoever shares the thread with this lets readings go first.

    Returns:
        Heat (28, 28), 0 to 1; 0 where there is no ink.
    """
    side = image.shape[0]
    corners = range(-_PATCH // 2, side, _STEP)
    every = [np.s_[max(y, 0) : y + _PATCH, max(x, 0) : x + _PATCH] for y in corners for x in corners]
    places = [place for place in every if image[place].any()]
    images = np.repeat(image[None], len(places) + 1, axis=0)
    for covered, place in zip(images[1:], places, strict=True):
        covered[place] = 0
    odds = np.empty(len(images), np.float32)
    for start in range(0, len(images), _TURN):
        turn = slice(start, start + _TURN)
        probability = np.clip(reader.classify(images[turn])[:, answer], _FLOOR, 1 - _FLOOR)
        odds[turn] = np.log(probability / (1 - probability))
        yield
    total, count = np.zeros((2, side, side), np.float32)
    for fall, place in zip(odds[0] - odds[1:], places, strict=True):
        total[place] += max(float(fall), 0.0)
        count[place] += 1
    heat = total / np.maximum(count, 1)
    return (heat / max(float(heat.max()), _FLOOR)).astype(np.float32)


def heat(reader: "Reader", image: NDArray[np.uint8], answer: int) -> NDArray[np.float32]:
    """`occlusion` without a pause, for whoever has nothing else to do."""
    steps = occlusion(reader, image, answer)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: NDArray[np.float32] = end.value
            return found


def layers(model: Path, image: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
    """What the convolutions of a model's first network answer, after their ReLU, to an image as it is.

    Args:
        model: the ONNX file.
        image: (28, 28), as the network gets it.

    Returns:
        Of each convolution (channels, height, width), in the order in which the image runs through them.
    """
    import onnx  # training has it; reading, and so the window, does without
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
