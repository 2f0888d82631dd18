#!/usr/bin/env python3
"""Trains the companion: a tokenizer, then a Llama of about three million parameters, on dialogs of the generator.

Needs PyTorch (1.13 or later), SentencePiece, NumPy and, for the picture of the loss, Matplotlib. On Debian: python3-torch,
python3-sentencepiece, python3-numpy, python3-matplotlib, and libopenblas0-pthread for speed. A GPU is used when there is one.

Reads DATA/training.jsonl and DATA/held-out.jsonl; writes into DATA: tokenizer.model, checkpoint.pt, log.csv, loss.png and, at
the end, what the export reads: weights.safetensors, tokenizer.json, reference.safetensors, reference.jsonl.
"""

import argparse
import csv
import ctypes
import dataclasses
import json
import math
import pathlib
import random
import struct
import sys
import time

import numpy as np
import sentencepiece
import torch
import torch.nn.functional as F
from torch import nn

ROLES = ("system", "user", "assistant")
END = "<|end|>"
PADDING = 16
REPORT_EVERY = 100


@dataclasses.dataclass(frozen=True)
class Size:
    """The shape of a model, and how long it is trained."""

    vocab: int
    width: int
    layers: int
    heads: int
    feed_forward: int
    context: int
    dialogs: int
    batch_tokens: int
    peak_rate: float


SIZES = {
    "full": Size(1536, 192, 6, 6, 512, 512, 220_000, 8192, 4e-3),
    "smoke": Size(1024, 64, 2, 2, 192, 512, 12_000, 4096, 4e-3),
}


# The tokenizer.


def train_tokenizer(path, dialogs, size):
    """Byte-pair pieces with every byte as a fallback; nothing is normalized, so any text comes back as it was."""
    texts = (line for dialog in dialogs for message in dialog for line in message["content"].split("\n") if line)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=texts,
        model_prefix=str(path.with_suffix("")),
        model_type="bpe",
        vocab_size=size.vocab,
        character_coverage=1.0,
        byte_fallback=True,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        add_dummy_prefix=False,
        split_digits=True,
        control_symbols=[f"<|{role}|>" for role in ROLES] + [END],
        num_threads=1,
        minloglevel=1,
    )


def write_tokenizer(path, pieces):
    """The vocabulary as the export reads it, with the types of llama.h: 1 normal, 2 unknown, 3 control, 6 byte."""
    kinds = [2 if pieces.is_unknown(i) else 3 if pieces.is_control(i) else 6 if pieces.is_byte(i) else 1 for i in range(len(pieces))]
    vocabulary = {
        "pieces": [pieces.id_to_piece(i) for i in range(len(pieces))],
        "scores": [pieces.get_score(i) for i in range(len(pieces))],
        "types": kinds,
        "end": pieces.piece_to_id(END),
    }
    path.write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")


class Template:
    """Writes messages as the chat template in the model's metadata does."""

    def __init__(self, pieces):
        self.pieces = pieces
        self.newline = pieces.encode("\n")
        self.roles = {role: [pieces.piece_to_id(f"<|{role}|>"), *self.newline] for role in ROLES}
        self.end = pieces.piece_to_id(END)

    def encode(self, messages):
        """Returns the tokens, and for each whether it is to be learnt: those of replies and their end."""
        tokens, learnt = [], []
        for message in messages:
            content = self.pieces.encode(message["content"])
            is_reply = message["role"] == "assistant"
            tokens += self.roles[message["role"]] + content + [self.end] + self.newline
            learnt += [False] * (1 + len(self.newline)) + [is_reply] * (len(content) + 1) + [False] * len(self.newline)
        return tokens, learnt

    def prompt(self, messages):
        """Returns the tokens of a prompt that asks for a reply."""
        return self.encode(messages)[0] + self.roles["assistant"]


# The model: Llama with tied embeddings and the rotation of neighbouring pairs, as GGUF's architecture "llama" has it.


class Norm(nn.Module):
    EPSILON = 1e-5

    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        x = x.float()
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.EPSILON) * self.weight


class Layer(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.heads = size.heads
        self.attn_norm = Norm(size.width)
        self.attn_qkv = nn.Linear(size.width, 3 * size.width, bias=False)
        self.attn_output = nn.Linear(size.width, size.width, bias=False)
        self.ffn_norm = Norm(size.width)
        self.ffn_gate_up = nn.Linear(size.width, 2 * size.feed_forward, bias=False)
        self.ffn_down = nn.Linear(size.feed_forward, size.width, bias=False)

    def forward(self, x, cos, sin, mask):
        count, length, width = x.shape
        qkv = self.attn_qkv(self.attn_norm(x)).view(count, length, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).reshape(3, count * self.heads, length, width // self.heads)
        q, k = rotate(q.float(), cos, sin), rotate(k.float(), cos, sin)
        scores = torch.bmm(q, k.transpose(1, 2)).float() / math.sqrt(width // self.heads) + mask
        heads = torch.bmm(scores.softmax(-1), v).view(count, self.heads, length, -1)
        x = x + self.attn_output(heads.transpose(1, 2).reshape(count, length, width))
        gate, up = self.ffn_gate_up(self.ffn_norm(x)).chunk(2, -1)
        return x + self.ffn_down(F.silu(gate) * up)


def rotate(x, cos, sin):
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)


class Llama(nn.Module):
    ROPE_BASE = 10000.0

    def __init__(self, size):
        super().__init__()
        self.token_embd = nn.Embedding(size.vocab, size.width)
        self.layers = nn.ModuleList(Layer(size) for _ in range(size.layers))
        self.output_norm = Norm(size.width)
        half = torch.arange(0, size.width // size.heads, 2)
        angles = torch.outer(torch.arange(size.context), self.ROPE_BASE ** (-half / (size.width // size.heads)))
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)
        self.register_buffer("mask", torch.full((size.context, size.context), -1e9).triu(1), persistent=False)
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                is_residual = name.endswith(("attn_output.weight", "ffn_down.weight"))
                nn.init.normal_(weight, std=0.05 / (math.sqrt(2 * size.layers) if is_residual else 1))

    def forward(self, tokens, chosen=None):
        """Returns logits of all positions, or of those that `chosen` numbers in the flattened batch."""
        length = tokens.shape[1]
        x = self.token_embd(tokens)
        for layer in self.layers:
            x = layer(x, self.cos[:length], self.sin[:length], self.mask[:length, :length])
        x = self.output_norm(x)
        if chosen is not None:
            x = x.reshape(-1, x.shape[-1])[chosen]
        return F.linear(x, self.token_embd.weight)


# Training.


def read_dialogs(path, most=None):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line)["messages"] for _, line in zip(range(most or sys.maxsize), lines)]


def padded(length):
    """Few lengths, so that what is prepared for the shape of a batch serves many batches."""
    return -(-length // PADDING) * PADDING


def batches(examples, size, shuffle):
    """Groups examples of like length into batches of about as many tokens, in an order that `shuffle` decides."""
    order = list(range(len(examples)))
    shuffle.shuffle(order)
    waiting, groups = {}, []
    for i in order:
        length = padded(len(examples[i][0]))
        group = waiting.setdefault(length, [])
        group.append(i)
        if length * (len(group) + 1) > size.batch_tokens:
            groups.append(waiting.pop(length))
    groups += waiting.values()
    shuffle.shuffle(groups)
    return groups


def tensors(examples, group, device):
    """A batch: tokens, the positions whose next token is to be learnt, and those tokens."""
    longest = padded(max(len(examples[i][0]) for i in group))
    tokens = np.zeros((len(group), longest), np.int64)
    learnt = np.zeros((len(group), longest), bool)
    for row, i in enumerate(group):
        tokens[row, : len(examples[i][0])] = examples[i][0]
        learnt[row, : len(examples[i][0]) - 1] = examples[i][1][1:]
    chosen = np.flatnonzero(learnt)
    target = np.concatenate((tokens[:, 1:], tokens[:, :1]), 1).reshape(-1)[chosen]
    return (torch.from_numpy(array).to(device) for array in (tokens, chosen, target))


def has_fast_bf16(device):
    if device == "cuda":
        return torch.cuda.is_bf16_supported()
    try:
        flags = pathlib.Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


@torch.no_grad()
def held_out_loss(model, examples, size, device, autocast):
    total = count = 0
    for group in batches(examples, size, random.Random(0)):
        tokens, chosen, target = tensors(examples, group, device)
        with autocast():
            logits = model(tokens, chosen)
        total += F.cross_entropy(logits.float(), target, reduction="sum").item()
        count += len(target)
    return total / count


def keep_memory():
    """Lets the C library of Linux keep freed memory: asking the system anew for each tensor costs a tenth of the speed."""
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        trim_threshold, mmap_max = -1, -4
        libc.mallopt(mmap_max, 0)
        libc.mallopt(trim_threshold, 2**31 - 1)


def train(options, size):
    data = options.data
    keep_memory()
    torch.set_flush_denormal(True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)

    dialogs = read_dialogs(data / "training.jsonl", size.dialogs)
    tokenizer = data / "tokenizer.model"
    if not (options.resume and tokenizer.exists()):
        train_tokenizer(tokenizer, dialogs[:40_000], size)
    template = Template(sentencepiece.SentencePieceProcessor(model_file=str(tokenizer)))
    examples = [example for example in map(template.encode, dialogs) if len(example[0]) <= size.context]
    held_out = [example for example in map(template.encode, read_dialogs(data / "held-out.jsonl", 300)) if len(example[0]) <= size.context]
    groups = batches(examples, size, random.Random(options.seed))

    model = Llama(size).to(device)
    decayed = [weight for weight in model.parameters() if weight.dim() == 2]
    others = [weight for weight in model.parameters() if weight.dim() != 2]
    optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}], betas=(0.9, 0.95))
    is_bf16 = has_fast_bf16(device) if options.precision == "auto" else options.precision == "bf16"
    autocast = lambda: torch.autocast(device, dtype=torch.bfloat16, enabled=is_bf16)
    parameters = sum(weight.numel() for weight in model.parameters())
    print(
        f"{parameters / 1e6:.2f} M parameters, {len(examples):,} dialogs of {sum(len(tokens) for tokens, _ in examples) / 1e6:.1f} M tokens, "
        f"{len(groups):,} steps, {device}, {'bf16' if is_bf16 else 'f32'}, {options.threads} threads",
        flush=True,
    )

    checkpoint, log = data / "checkpoint.pt", data / "log.csv"
    step, seconds, rows = 0, 0.0, []
    if options.resume and checkpoint.exists():
        state = torch.load(checkpoint, map_location=device)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        step, seconds, rows = state["step"], state["seconds"], state["rows"]
        print(f"goes on at step {step:,}", flush=True)

    warmup = min(200, len(groups) // 10)
    started = time.monotonic() - seconds
    losses = []
    while step < len(groups):
        tokens, chosen, target = tensors(examples, groups[step], device)
        rate = size.peak_rate * min((step + 1) / warmup, 1 - (step - warmup) / (len(groups) - warmup))
        for group in optimizer.param_groups:
            group["lr"] = rate
        with autocast():
            logits = model(tokens, chosen)
        loss = F.cross_entropy(logits.float(), target)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.detach())
        step += 1
        if step % REPORT_EVERY == 0 or step == len(groups):
            seconds = time.monotonic() - started
            rows.append((step, torch.stack(losses).mean().item(), held_out_loss(model, held_out, size, device, autocast), rate, round(seconds)))
            losses.clear()
            print("step %5d  loss %.4f  held-out %.4f  rate %.5f  %5d s" % rows[-1], flush=True)
            torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "seconds": seconds, "rows": rows}, checkpoint)
            write_log(log, rows)
    draw(data / "loss.png", rows)
    return model.float().cpu().eval(), template


def write_log(path, rows):
    with open(path, "w", newline="", encoding="ascii") as file:
        writer = csv.writer(file)
        writer.writerow(("step", "training_loss", "held_out_loss", "learning_rate", "seconds"))
        writer.writerows(rows)


def draw(path, rows):
    try:
        import matplotlib
    except ImportError:
        print("without Matplotlib there is no picture of the loss: log.csv has the numbers")
        return
    matplotlib.use("Agg")
    from matplotlib import pyplot

    steps = [row[0] for row in rows]
    figure, axes = pyplot.subplots(figsize=(7, 4))
    axes.plot(steps, [row[1] for row in rows], label="training")
    axes.plot(steps, [row[2] for row in rows], label="held-out")
    axes.set(xlabel="step", ylabel="cross-entropy per reply token (nats)", title="Training of the companion")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=110, bbox_inches="tight")


# What the export reads.


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


def weights_by_gguf_name(model):
    arrays = {"token_embd.weight": model.token_embd.weight, "output_norm.weight": model.output_norm.weight}
    for i, layer in enumerate(model.layers):
        q, k, v = layer.attn_qkv.weight.chunk(3)
        gate, up = layer.ffn_gate_up.weight.chunk(2)
        parts = {"attn_norm": layer.attn_norm.weight, "attn_q": q, "attn_k": k, "attn_v": v, "attn_output": layer.attn_output.weight}
        parts |= {"ffn_norm": layer.ffn_norm.weight, "ffn_gate": gate, "ffn_up": up, "ffn_down": layer.ffn_down.weight}
        arrays |= {f"blk.{i}.{name}.weight": weight for name, weight in parts.items()}
    return {name: weight.detach().numpy().astype(np.float32) for name, weight in arrays.items()}


@torch.no_grad()
def write_results(data, model, template, size):
    write_safetensors(data / "weights.safetensors", weights_by_gguf_name(model))
    write_tokenizer(data / "tokenizer.json", template.pieces)
    shape = {"heads": size.heads, "context": size.context, "feed_forward": size.feed_forward, "rope_base": Llama.ROPE_BASE, "epsilon": Norm.EPSILON}
    (data / "shape.json").write_text(json.dumps(shape), encoding="ascii")

    # What the exported model is checked against: prompts, their tokens, and the logits after the last one.
    prompts = [dialog[:-1] for dialog in read_dialogs(data / "held-out.jsonl", 32)]
    arrays = {}
    with open(data / "reference.jsonl", "w", encoding="utf-8") as file:
        for i, messages in enumerate(prompts):
            tokens = template.prompt(messages)
            file.write(json.dumps({"messages": messages}) + "\n")
            arrays[f"tokens.{i}"] = np.array(tokens, np.int32)
            arrays[f"logits.{i}"] = model(torch.tensor([tokens]))[0, -1].numpy()
    write_safetensors(data / "reference.safetensors", arrays)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=pathlib.Path, help="the folder of the dialogs and of all results")
    parser.add_argument("--size", choices=SIZES, default="full")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2, help="threads of the CPU")
    parser.add_argument("--precision", choices=("auto", "bf16", "f32"), default="auto", help="auto: bf16 where the processor multiplies it")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    options = parser.parse_args()
    size = SIZES[options.size]
    model, template = train(options, size)
    write_results(options.data, model, template, size)


if __name__ == "__main__":
    main()
