"""ONNX files: written from a network, whole and free of the machine, and what they say of themselves."""

import base64
import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import onnx
import torch
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from torch import Tensor, nn

from digits.errors import DigitsError
from digits.files import written_whole


def write(
    network: nn.Module,
    example: Tensor,
    dims: Mapping[int, Any],
    names: tuple[str, str],
    facts: Mapping[str, Any],
    path: Path,
) -> None:
    """Writes a network as an ONNX file, whole or not at all; the same arguments give the same bytes.

    Args:
        network: of one input and one output, with everything inside that the file is to compute.
        example: an input.
        dims: the input's dimensions that vary, as `torch.export` wants them.
        names: of input and output.
        facts: what the file says of itself; values become JSON.
        path: the file's final name.
    """
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the exporter's own deprecations
        program = torch.onnx.export(
            network.cpu().eval(),
            (example,),
            dynamo=True,
            input_names=names[:1],
            output_names=names[1:],
            dynamic_shapes=(dict(dims),),
            external_data=False,
            verbose=False,
        )
    assert program is not None
    model = program.model_proto
    _strip(model)
    onnx.helper.set_model_props(model, {key: json.dumps(value) for key, value in sorted(facts.items())})
    onnx.checker.check_model(model, full_check=True)
    with written_whole(path) as temporary:
        onnx.save_model(model, temporary)


def embedded(page_model: Path) -> dict[str, Any]:
    """What the metadata of model.onnx hold of a page network.

    Args:
        page_model: the file that the `pages` stage makes.

    Returns:
        `page_network`, the whole file in base64, and `page_classes`, what its class outputs stand for.

    Raises:
        DigitsError: there is no such file, or it is none of the page network.
    """
    if not page_model.is_file():
        raise DigitsError(f"no {page_model}, the page network that model.onnx holds: `dvc repro pages` trains it")
    content = page_model.read_bytes()
    try:
        classes = json.loads(_properties(onnx.load_model_from_string(content))["classes"])
    except (DecodeError, KeyError, ValueError) as error:
        raise DigitsError(f"{page_model} is no page network ({error}): remove it, `dvc repro` makes it anew") from error
    return {"page_network": base64.b64encode(content).decode(), "page_classes": classes}


def amend(path: Path, facts: Mapping[str, Any]) -> None:
    """Makes a model file say these further things of itself; it is whole at any time.

    Args:
        path: an exported file.
        facts: key -> value, which becomes JSON; a key that the file has already gets the new value.
    """
    model = onnx.load_model(path)
    says = _properties(model) | {key: json.dumps(value) for key, value in facts.items()}
    onnx.helper.set_model_props(model, dict(sorted(says.items())))
    with written_whole(path) as temporary:
        onnx.save_model(model, temporary)


def _properties(model: onnx.ModelProto) -> dict[str, str]:
    return {each.key: each.value for each in model.metadata_props}


def _strip(model: onnx.ModelProto) -> None:
    """Removes the exporter's notes on every node: stack traces with the paths of this machine."""
    model.ClearField("metadata_props")
    model.doc_string = ""
    for graph in [model.graph, *model.functions]:
        graph.ClearField("metadata_props")
        graph.doc_string = ""
        for value in [*graph.node, *graph.value_info, *getattr(graph, "input", []), *getattr(graph, "output", [])]:
            if not isinstance(value, str):
                value.ClearField("metadata_props")
                value.doc_string = ""
    for tensor in model.graph.initializer:
        tensor.ClearField("metadata_props")
        tensor.doc_string = ""
