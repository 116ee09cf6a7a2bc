"""The kind of processor that a model file names."""

import pytest
import torch

from digits.config import compose
from digits.training import hardware


def test_a_kind_is_another_where_bits_are(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = compose(["trainer=cpu"]).trainer

    def kind(maker: str, *flags: str, loops: str = "AVX512") -> str:
        monkeypatch.setattr(hardware, "_processor", lambda: {"vendor_id_raw": maker, "flags": ["sse4_2", *flags]})
        monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: loops)
        return hardware.kind(trainer)

    tiles = kind("GenuineIntel", "avx512_bf16", "amx_bf16")
    assert tiles == "GenuineIntel, AVX512, amx_bf16, avx512_bf16, bf16-mixed"
    others = [
        kind("GenuineIntel", "avx512_bf16"),  # oneDNN multiplies bfloat16 without tiles
        kind("GenuineIntel"),  # in float32
        kind("GenuineIntel", loops="AVX2"),
        kind("AuthenticAMD", "avx512_bf16"),  # for which MKL takes other kernels
    ]
    assert len({tiles, *others}) == 5
    assert kind("GenuineIntel", "avx512_bf16", "amx_bf16", "amx_int8") == tiles
