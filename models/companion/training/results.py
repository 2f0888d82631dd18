"""What the export reads."""

import json
import struct

import numpy as np
import torch

from .examples import read_dialogs
from .model import Llama, Norm, weights_by_gguf_name
from .tokenizer import write_tokenizer


def write_safetensors(path, arrays):
    """The container of Hugging Face's safetensors: a header of JSON behind its length, then the raw values."""
    header, offset = {}, 0
    for name, array in arrays.items():
        header[name] = {"dtype": {"float32": "F32", "int32": "I32"}[array.dtype.name], "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in arrays.values():
            file.write(np.ascontiguousarray(array).tobytes())


@torch.no_grad()
def write_results(data, model, template, size):
    write_safetensors(data / "weights.safetensors", {name: weight.detach().numpy().astype(np.float32) for name, weight in weights_by_gguf_name(model).items()})
    write_tokenizer(data / "tokenizer.json", template.pieces)
    shape = {"heads": size.heads, "context": size.context, "feed_forward": size.feed_forward, "rope_base": Llama.ROPE_BASE, "epsilon": Norm.EPSILON}
    (data / "shape.json").write_text(json.dumps(shape), encoding="ascii")

    # What the exported model is checked against: prompts, their tokens, and the logits after the last one.
    prompts = [dialog[:-1] for dialog in read_dialogs(data / "held-out.jsonl", 32).messages]
    arrays = {}
    with open(data / "reference.jsonl", "w", encoding="utf-8") as file:
        for i, messages in enumerate(prompts):
            tokens = template.prompt(messages)
            file.write(json.dumps({"messages": messages}) + "\n")
            arrays[f"tokens.{i}"] = np.array(tokens, np.int32)
            arrays[f"logits.{i}"] = model(torch.tensor([tokens]))[0][0, -1].numpy()
    write_safetensors(data / "reference.safetensors", arrays)
