"""What a training runs on, and how exactly it may compute there."""

import platform
from functools import cache
from typing import Any

import torch

from digits.config.schema import Trainer

_FAST_BF16 = {"avx512_bf16", "amx_bf16"}
"""Processor flags with which bfloat16 is faster than float32; without them it is slower."""


@cache
def _processor() -> dict[str, Any]:
    import cpuinfo

    return dict(cpuinfo.get_cpu_info())


def uses_gpu(trainer: Trainer) -> bool:
    """Whether Lightning will take a CUDA device."""
    return trainer.accelerator in ("auto", "gpu", "cuda") and torch.cuda.is_available()


def precision(trainer: Trainer) -> str:
    """Lightning's precision: the configured one, or for `auto` the fastest mixed one that the hardware has."""
    if trainer.precision != "auto":
        return trainer.precision
    if uses_gpu(trainer):
        return "bf16-mixed" if torch.cuda.is_bf16_supported(including_emulation=False) else "16-mixed"
    if trainer.accelerator in ("auto", "cpu") and _FAST_BF16.intersection(_processor().get("flags", [])):
        return "bf16-mixed"
    return "32-true"


def kind(trainer: Trainer) -> str:
    """Of processor and arithmetic, as in "GenuineIntel, AVX512, amx_bf16, avx512_bf16, bf16-mixed".

    Where it is the same, one recipe gives the same bytes from the same data and packages. Each part decides bits: the
    maker and the instruction sets in MKL, the latter in PyTorch's own loops too, and those for bfloat16 in oneDNN.
    """
    processor = _processor()
    parts = [torch.cuda.get_device_name()] if uses_gpu(trainer) else []
    parts += [str(processor.get("vendor_id_raw", platform.machine())), torch.backends.cpu.get_cpu_capability()]
    return ", ".join([*parts, *sorted(_FAST_BF16.intersection(processor.get("flags", []))), precision(trainer)])


def describe(trainer: Trainer) -> dict[str, str]:
    """Tags for a tracked run: what computes, with how many threads, how exactly, by which versions."""
    return {
        "hardware.processor": str(_processor().get("brand_raw", platform.machine())),
        "hardware.gpu": torch.cuda.get_device_name() if uses_gpu(trainer) else "none",
        "hardware.threads": str(trainer.threads),
        "hardware.precision": precision(trainer),
        "hardware.kind": kind(trainer),
        "version.torch": torch.__version__,
        "version.python": platform.python_version(),
    }
