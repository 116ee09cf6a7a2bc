"""What happens to bytes on their way: cut, flipped, spliced, re-headed."""

import random

_EXTREMES = (b"\0", b"\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x80", b"\0\1\0\0")
"""Where a file holds sizes and offsets, these are the ones that programs stumble over."""

_HEAD = 200
"""Bytes at a file's beginning, where most formats say how large things are."""


def damaged(content: bytes, other: bytes, rng: random.Random) -> bytes:
    """The content with one to three kinds of damage.

    Args:
        content: of a file; at least one byte.
        other: of another file, of which parts come in.
        rng: where and how.
    """
    for _ in range(rng.choice((1, 1, 2, 3))):
        content = rng.choice((_cut, _flipped, _headed, _spliced, _repeated, _extreme, _extreme))(content, other, rng)
    return content


def _at(content: bytes, rng: random.Random) -> int:
    """A place, half of them in the head."""
    return rng.randrange(max(1, min(len(content), _HEAD) if rng.random() < 0.5 else len(content)))


def _cut(content: bytes, _: bytes, rng: random.Random) -> bytes:
    return content[: _at(content, rng)]


def _flipped(content: bytes, _: bytes, rng: random.Random) -> bytes:
    changed = bytearray(content)
    for _number in range(rng.choice((1, 3, 30))):
        if changed:
            changed[_at(content, rng)] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _headed(content: bytes, other: bytes, rng: random.Random) -> bytes:
    size = rng.choice((4, 8, 16, 64))
    return other[:size] + content[size:]


def _spliced(content: bytes, other: bytes, rng: random.Random) -> bytes:
    return content[: _at(content, rng)] + other[rng.randrange(max(1, len(other))) :]


def _repeated(content: bytes, _: bytes, rng: random.Random) -> bytes:
    start = _at(content, rng)
    return content[:start] + content[start : start + rng.choice((1, 16, 500))] * 2 + content[start:]


def _extreme(content: bytes, _: bytes, rng: random.Random) -> bytes:
    start, value = _at(content, rng), rng.choice(_EXTREMES)
    return content[:start] + value + content[start + len(value) :]
