"""A finished model to begin with."""

import struct
import sys

import torch

from .gguf import Gguf
from .model import weights_by_gguf_name


def read_start(path):
    try:
        import google.protobuf  # noqa: F401 what reads the tokenizer needs it
    except ImportError:
        sys.exit("--from needs Protocol Buffers for Python: apt-get install python3-protobuf")
    try:
        return Gguf(path)
    except (OSError, ValueError, KeyError, struct.error) as error:
        sys.exit(f"{path} is no model to begin with: {error}")


@torch.no_grad()
def read_weights(model, arrays):
    weights = weights_by_gguf_name(model)
    if {name: tuple(weight.shape) for name, weight in weights.items()} != {name: array.shape for name, array in arrays.items()}:
        sys.exit("the model to begin with has another shape than this --size")
    for name, weight in weights.items():
        weight.copy_(torch.from_numpy(arrays[name].copy()))
