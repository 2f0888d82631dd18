#!/usr/bin/env python3
"""Trains the companion: a tokenizer, then a Llama of about three million parameters, on dialogs of the generator.

Needs PyTorch (1.13 or later), SentencePiece, NumPy and, for the picture of the loss, Matplotlib. On Debian: python3-torch,
python3-sentencepiece, python3-numpy, python3-matplotlib, libopenblas0-openmp for speed, and python3-protobuf for --from.
A GPU is used when there is one.

Reads DATA/training.jsonl and DATA/held-out.jsonl; writes into DATA: tokenizer.model, checkpoint.pt, log.csv, loss.png and, at
the end, what the export reads: weights.safetensors, shape.json, tokenizer.json, reference.safetensors, reference.jsonl.
"""

import argparse
import bisect
import collections
import csv
import ctypes
import dataclasses
import hashlib
import itertools
import json
import math
import pathlib
import random
import re
import struct
import sys
import time

import numpy as np
import sentencepiece
import torch
import torch.nn.functional as F
from torch import nn

import gguf

ROLES = ("system", "user", "assistant")
END = "<|end|>"
PADDING = 16
INTENT_WEIGHT = 0.3
COPY_WEIGHT = 0.3
COPY_HEADS = 2

# At full pace, and less in proportion as it falls: of the pieces of what users say, those that are blanked out; and of the dialogs, those in
# which the pieces of what is copied become others.
BLANK_SHARE = 0.1
SWAPPED_SHARE = 0.15

# Of the steps: the first that reach the full pace, the last in which it falls to nothing; and the rates at full pace.
WARMUP_SHARE = 0.01
DECAY_SHARE = 0.6
MUON_RATE = 0.012
ADAM_RATE = 3e-3

# A training that begins with a finished model has a part of the full pace, so that little of what is known gets lost.
PACE_OF_MORE = 0.4


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
    report_every: int


SIZES = {
    "full": Size(2048, 192, 6, 4, 480, 512, 290_000, 4096, report_every=400),
    "smoke": Size(1024, 64, 4, 2, 192, 512, 12_000, 4096, report_every=100),
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

    def contents(self, messages):
        """Returns the messages with the position of their content and its tokens."""
        contents, position = [], 0
        for message in messages:
            position += len(self.roles[message["role"]])
            content = self.pieces.encode(message["content"])
            contents.append((message, position, content))
            position += len(content) + 1 + len(self.newline)
        return contents

    def encode(self, contents):
        """Returns the tokens, for each the number of the reply that it is learnt for (as part of it, or its end), or -1, and where users speak."""
        tokens, reply_of, said, replies = [], [], [], 0
        for message, position, content in contents:
            is_reply = message["role"] == "assistant"
            said += range(position, position + len(content)) if message["role"] == "user" else ()
            tokens += self.roles[message["role"]] + content + [self.end] + self.newline
            reply_of += [-1] * (1 + len(self.newline)) + [replies if is_reply else -1] * (len(content) + 1) + [-1] * len(self.newline)
            replies += is_reply
        return tokens, reply_of, said

    def copies(self, contents, values):
        """Returns pairs of positions: where a piece of one of `values` is said next, and where its first letter was read before."""
        pairs, read = [], collections.defaultdict(list)
        searches = {value: re.compile(rf"\b{re.escape(value)}\b", re.IGNORECASE) for value in values}
        for message, position, content in contents:
            found = list(self.find(searches, message["content"], content))
            if message["role"] == "assistant":
                pairs += [(position + i - 1, source) for i, value, letters in found for source in read[value, letters.start]]
            for i, value, letters in found:
                for letter in letters:
                    read[value, letter].append(position + i)
        return sorted(set(pairs))

    def find(self, searches, text, tokens):
        """Yields where tokens are part of a value: their number, the value and the range of its letters that they have."""
        ends = list(itertools.accumulate(1 if self.pieces.is_byte(token) else len(self.pieces.id_to_piece(token)) for token in tokens))
        if not ends or ends[-1] != len(text):  # there are letters of several bytes
            return
        for value, search in searches.items():
            for match in search.finditer(text):
                for i in range(bisect.bisect_right(ends, match.start()), bisect.bisect_left(ends, match.end()) + 1):
                    first = max(ends[i - 1] if i else 0, match.start())
                    yield i, value, range(first - match.start(), min(ends[i], match.end()) - match.start())

    def alike(self):
        """Returns for each token those that may take its place where it is copied: letters, at the beginning of a word or within."""
        kinds = [re.fullmatch("(▁?)[a-z]+", self.pieces.id_to_piece(i)) for i in range(len(self.pieces))]
        sets = {mark: np.array([i for i, kind in enumerate(kinds) if kind and kind[1] == mark]) for mark in ("", "▁")}
        return [sets[kind[1]] if kind else np.array([i]) for i, kind in enumerate(kinds)]

    def prompt(self, messages):
        """Returns the tokens of a prompt that asks for a reply."""
        return self.encode(self.contents(messages))[0] + self.roles["assistant"]


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
        self.attn_q = nn.Linear(size.width, size.width, bias=False)
        self.attn_k = nn.Linear(size.width, size.width, bias=False)
        self.attn_v = nn.Linear(size.width, size.width, bias=False)
        self.attn_output = nn.Linear(size.width, size.width, bias=False)
        self.ffn_norm = Norm(size.width)
        self.ffn_gate = nn.Linear(size.width, size.feed_forward, bias=False)
        self.ffn_up = nn.Linear(size.width, size.feed_forward, bias=False)
        self.ffn_down = nn.Linear(size.feed_forward, size.width, bias=False)

    def forward(self, x, cos, sin, mask, chosen=None, looking=None):
        """Returns the places that `chosen` numbers in the flattened batch, or all; and the scores that the first heads give all positions
        from those of `looking`. Matrices are multiplied in the type of the tables.
        """
        count, length, width = x.shape
        head_width = width // self.heads

        def by_head(values):
            return values.view(count, length, self.heads, head_width).transpose(1, 2).reshape(-1, length, head_width)

        normed = self.attn_norm(x).to(cos.dtype)
        q, k, v = by_head(self.attn_q(normed)), by_head(self.attn_k(normed)), by_head(self.attn_v(normed))
        scale = 1 / math.sqrt(head_width)
        scores = torch.baddbmm(mask, rotate(q, cos * scale, sin * scale), rotate(k, cos, sin).transpose(1, 2))
        looks = [] if looking is None else [scores[looking[0] * self.heads + head, looking[1]] for head in range(COPY_HEADS)]
        heads = torch.bmm(scores.softmax(-1), v).view(count, self.heads, length, head_width).transpose(1, 2).reshape(count, length, width)
        if chosen is not None:
            x, heads = x.reshape(-1, width)[chosen], heads.reshape(-1, width)[chosen]
        x = x + self.attn_output(heads)
        normed = self.ffn_norm(x).to(cos.dtype)
        gate = self.ffn_gate(normed)
        return x + self.ffn_down(gate * torch.sigmoid(gate) * self.ffn_up(normed)), looks  # faster here than PyTorch's own SiLU


def rotate(x, cos, sin):
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)


class Llama(nn.Module):
    """With, for training only, heads in the middle that tell which replies are asked for: those of a topic's intent.

    Without them, the words of users get a gradient only by way of the first words of replies, and are learnt last.
    They are not at the end: what only the last layer makes of a position, the words after it cannot read.
    They look at the words of replies, too, so that a reply goes on as it began.

    Two heads of the last layer but one are told where to look when a word of the user's or a name is said next: at the same
    word. What is to be copied is few of all tokens, and learnt late by the loss of the next word alone.
    """

    ROPE_BASE = 10000.0

    def __init__(self, size, intents):
        super().__init__()
        self.dtype = torch.float32
        self.token_embd = nn.Embedding(size.vocab, size.width)
        self.intent_layers = (size.layers // 2, size.layers // 2 + 1)
        self.intent_norms = nn.ModuleList(Norm(size.width) for _ in self.intent_layers)
        self.intents = nn.ModuleList(nn.Linear(size.width, intents, bias=False) for _ in self.intent_layers)
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

    def forward(self, tokens, chosen=None, looking=None, blank=None):
        """Returns logits of all positions; or of the places that `chosen` numbers in the flattened batch, what each intent's head guesses
        there, and the scores of the heads that copy.
        """
        length = tokens.shape[1]
        intents, looks = [], []
        x = self.token_embd(tokens)
        if blank is not None:
            x = x.flatten(0, 1).index_fill(0, blank, 0).view_as(x)
        tables = [table.to(self.dtype) for table in (self.cos[:length], self.sin[:length], self.mask[:length, :length])]
        for i, layer in enumerate(self.layers, start=1):
            # Of the last layer, only the positions to be learnt are needed.
            x, scores = layer(x, *tables, chosen if i == len(self.layers) else None, looking if i == len(self.layers) - 1 else None)
            looks += scores
            if chosen is not None and i in self.intent_layers:
                head = self.intent_layers.index(i)
                intents.append(self.intents[head](self.intent_norms[head](x.reshape(-1, x.shape[-1])[chosen])))
        return F.linear(self.output_norm(x), self.token_embd.weight), intents, looks


# Training.


class Muon:
    """Momentum whose steps are made nearly orthogonal, for the matrices of the layers (Jordan and others, 2024).

    In the same time it reaches a slightly lower loss than AdamW, in a tenth fewer steps (200 s: 2.97 and 2.99).
    """

    MOMENTUM = 0.95
    DECAY = 0.01

    def __init__(self, weights):
        by_shape = {}
        for weight in weights:
            by_shape.setdefault(weight.shape, []).append(weight)
        self.groups = list(by_shape.values())
        self.momenta = [torch.zeros(len(group), *group[0].shape, device=group[0].device) for group in self.groups]

    @torch.no_grad()
    def step(self, rate, dtype):
        for group, momentum in zip(self.groups, self.momenta):
            gradient = torch.stack([weight.grad for weight in group])
            momentum.lerp_(gradient, 1 - self.MOMENTUM)
            steps = orthogonal(gradient.lerp(momentum, self.MOMENTUM), dtype)
            rows, columns = group[0].shape
            for weight, direction in zip(group, steps):
                weight.mul_(1 - rate * self.DECAY).sub_(direction, alpha=rate * math.sqrt(max(1, rows / columns)))


def orthogonal(matrices, dtype):
    """Brings all singular values near one: five steps of Newton and Schulz, with the coefficients of Muon's authors.

    A processor that has no bf16 takes twenty times longer with it than with 32 bits.
    """
    is_tall = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.transpose(-2, -1) if is_tall else matrices
    x = (x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)).to(dtype)
    for _ in range(5):
        square = x @ x.transpose(-2, -1)
        x = torch.baddbmm(x, torch.baddbmm(square, square, square, beta=-4.7750, alpha=2.0315), x, beta=3.4445)
    return (x.transpose(-2, -1) if is_tall else x).float()


def read_dialogs(path, most=None):
    """Returns the messages of dialogs, the intents of their replies, and what of the persona and the user is said again."""
    with open(path, encoding="utf-8") as lines:
        dialogs = [json.loads(line) for _, line in zip(range(most or sys.maxsize), lines)]
    return [[dialog[key] for dialog in dialogs] for key in ("messages", "intents", "values")]


def prepare(template, numbers, size, dialogs, intents, values):
    """Encodes the dialogs that fit into the context, with the numbers of their intents and what is copied in them."""
    examples = (
        (*template.encode(contents), [numbers[intent] for intent in replies], template.copies(contents, copied))
        for contents, replies, copied in zip(map(template.contents, dialogs), intents, values)
    )
    return [example for example in examples if len(example[0]) <= size.context]


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


@dataclasses.dataclass(frozen=True)
class Batch:
    """Dialogs of like length. Places are numbered in the flattened batch."""

    tokens: torch.Tensor

    # The places whose next token is to be learnt, those tokens, the intents of their replies, and which of them come first in a reply.
    chosen: torch.Tensor
    target: torch.Tensor
    intents: torch.Tensor
    is_first: torch.Tensor

    # What is copied: the rows and positions before it, which of the chosen places that are, and pairs of these, by number, and positions to look at.
    looking: torch.Tensor
    copied: torch.Tensor
    looking_of_pair: torch.Tensor
    source_of_pair: torch.Tensor

    # Places that are read as nothing.
    blank: torch.Tensor


class Noise:
    """What makes every reading of a dialog another one, so that neither questions nor what is copied are learnt by heart.

    It depends on the seed and the step alone, so that a training that is resumed goes on as it would have.
    """

    def __init__(self, alike, pace, seed, step):
        self.alike = alike
        self.pace = pace
        self.random = np.random.default_rng((seed, step))

    def blank(self, said, copies):
        """Chooses positions where a user speaks, and nothing is copied from."""
        sources = {source for _, source in copies}
        return [position for position, draw in zip(said, self.random.random(len(said))) if draw < BLANK_SHARE * self.pace and position not in sources]

    def swap(self, tokens, copies):
        """Puts, in some dialogs, other tokens in place of those that are copied: everywhere the same for the same."""
        if self.random.random() >= SWAPPED_SHARE * self.pace:
            return
        unlike = {token for place, source in copies if tokens[place + 1] != tokens[source] for token in (tokens[place + 1], tokens[source])}
        swapped = {}
        for position in sorted({position for place, source in copies for position in (place + 1, source)}):
            token = tokens[position]
            if token not in unlike:
                tokens[position] = swapped.setdefault(token, self.random.choice(self.alike[token]))


def to_batch(examples, group, device, noise=None):
    longest = padded(max(len(examples[i][0]) for i in group))
    tokens = np.zeros((len(group), longest), np.int64)
    intent_of_next = np.full((len(group), longest), -1)
    pairs, blank = [], []
    for row, i in enumerate(group):
        example, reply_of, said, intents, copies = examples[i]
        tokens[row, : len(example)] = example
        if noise is not None:
            noise.swap(tokens[row], copies)
            blank += [row * longest + position for position in noise.blank(said, copies)]
        intent_of_next[row, : len(example) - 1] = [intents[reply] if reply >= 0 else -1 for reply in reply_of[1:]]
        pairs += [(row * longest + place, source) for place, source in copies]
    chosen = np.flatnonzero(intent_of_next >= 0)
    place_of_pair, source_of_pair = np.array(pairs, np.int64).reshape(-1, 2).T
    places, looking_of_pair = np.unique(place_of_pair, return_inverse=True)
    arrays = {
        "tokens": tokens,
        "chosen": chosen,
        "target": np.roll(tokens, -1, 1).reshape(-1)[chosen],
        "intents": intent_of_next.reshape(-1)[chosen],
        "is_first": np.diff(chosen, prepend=-2) > 1,
        "looking": np.stack(np.divmod(places, longest)),
        "copied": np.searchsorted(chosen, places),
        "looking_of_pair": looking_of_pair,
        "source_of_pair": np.ascontiguousarray(source_of_pair),
        "blank": np.array(blank, np.int64),
    }
    return Batch(**{name: torch.from_numpy(array).to(device) for name, array in arrays.items()})


def has_fast_bf16(device):
    if device == "cuda":
        return torch.cuda.is_bf16_supported()
    try:
        flags = pathlib.Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


@torch.no_grad()
def held_out_scores(model, examples, size, device, autocast):
    """Returns the loss of a token, and the shares of the intents and of the copied tokens that are right."""
    total = tokens = intents = replies = copies = copied = 0
    for group in batches(examples, size, random.Random(0)):
        batch = to_batch(examples, group, device)
        with autocast():
            logits, guesses, _ = model(batch.tokens, batch.chosen)
        total += F.cross_entropy(logits.float(), batch.target, reduction="sum").item()
        tokens += len(batch.target)
        intents += (guesses[-1].argmax(-1) == batch.intents)[batch.is_first].sum().item()
        replies += batch.is_first.sum().item()
        copies += (logits.argmax(-1) == batch.target)[batch.copied].sum().item()
        copied += len(batch.copied)
    return total / tokens, intents / replies, copies / copied


def intent_cross_entropy(guesses, batch):
    """Counts where a reply is asked for three times as much as all of its words."""
    losses = F.cross_entropy(guesses, batch.intents, reduction="none")
    return losses[batch.is_first].mean() + losses.mean() / 3


def copy_cross_entropy(scores, batch):
    """Tells how far a head is from looking only at what is said next."""
    shares = scores.softmax(-1)[batch.looking_of_pair, batch.source_of_pair]
    return -shares.new_zeros(len(scores)).index_add(0, batch.looking_of_pair, shares).clamp(min=1e-6).log().mean()


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

    start = read_start(options.start) if options.start else None
    dialogs, intents, values = read_dialogs(data / "training.jsonl", size.dialogs)
    tokenizer, checkpoint = data / "tokenizer.model", data / "checkpoint.pt"
    run = {
        "size": dataclasses.asdict(size),
        "seed": options.seed,
        "start": options.start and hashlib.sha256(options.start.read_bytes()).hexdigest(),
        "dialogs": hashlib.sha256((data / "training.jsonl").read_bytes()).hexdigest(),
    }
    state = torch.load(checkpoint, map_location=device) if options.resume and checkpoint.exists() else None
    if state is not None and state.get("run") != run:
        sys.exit(f"{checkpoint} is of a training with other dialogs, another size, another seed or another beginning: train without --resume")
    if state is None:
        checkpoint.unlink(missing_ok=True)
        if start is None:
            train_tokenizer(tokenizer, dialogs[:40_000], size)
        else:
            tokenizer.write_bytes(start.tokenizer())
    template = Template(sentencepiece.SentencePieceProcessor(model_file=str(tokenizer)))
    numbers = {intent: i for i, intent in enumerate(sorted({intent for replies in intents for intent in replies}))}
    examples = prepare(template, numbers, size, dialogs, intents, values)
    held_out = prepare(template, numbers, size, *read_dialogs(data / "held-out.jsonl", 300))
    groups = batches(examples, size, random.Random(options.seed))
    alike = template.alike()

    model = Llama(size, len(numbers))
    if start is not None:
        read_weights(model, start.tensors)
    model.to(device)
    matrices = [weight for weight in model.layers.parameters() if weight.dim() == 2]
    tables = [model.token_embd.weight, *model.intents.parameters()]
    norms = [weight for weight in model.parameters() if weight.dim() == 1]
    muon = Muon(matrices)
    adam = torch.optim.AdamW([{"params": tables, "weight_decay": 0.05}, {"params": norms, "weight_decay": 0.0}], betas=(0.9, 0.95))
    is_bf16 = has_fast_bf16(device) if options.precision == "auto" else options.precision == "bf16"
    model.dtype = torch.bfloat16 if is_bf16 else torch.float32
    autocast = lambda: torch.autocast(device, dtype=torch.bfloat16, enabled=is_bf16)
    parameters = sum(weight.numel() for weight in model.parameters())
    print(
        f"{parameters / 1e6:.2f} M parameters, {len(examples):,} dialogs of {sum(len(example[0]) for example in examples) / 1e6:.1f} M tokens, "
        f"{len(groups):,} steps, {device}, {'bf16' if is_bf16 else 'f32'}, {options.threads} threads",
        flush=True,
    )

    log = data / "log.csv"
    step, seconds, rows = 0, 0.0, []
    if state is not None:
        model.load_state_dict(state["model"])
        adam.load_state_dict(state["adam"])
        muon.momenta = state["muon"]
        step, seconds, rows = state["step"], state["seconds"], state["rows"]
        print(f"goes on at step {step:,}", flush=True)

    full_pace = 1 if start is None else PACE_OF_MORE
    decay = DECAY_SHARE if start is None else 1
    warmup = WARMUP_SHARE * len(groups)
    started = time.monotonic() - seconds
    losses = []
    while step < len(groups):
        pace = full_pace * min(1, (step + 1) / warmup, (len(groups) - step) / (decay * len(groups)))
        batch = to_batch(examples, groups[step], device, Noise(alike, pace, options.seed, step))
        for group in adam.param_groups:
            group["lr"] = ADAM_RATE * pace
        with autocast():
            logits, guesses, looks = model(batch.tokens, batch.chosen, batch.looking, batch.blank)
        loss = F.cross_entropy(logits.float(), batch.target)
        intent_loss = sum(intent_cross_entropy(guess.float(), batch) for guess in guesses)
        copy_loss = sum(copy_cross_entropy(scores.float(), batch) for scores in looks) if len(batch.copied) else 0
        model.zero_grad(set_to_none=True)
        (loss + INTENT_WEIGHT * intent_loss + COPY_WEIGHT * copy_loss).backward()
        adam.step()
        muon.step(MUON_RATE * pace, model.dtype)
        losses.append(loss.detach())
        step += 1
        if step % size.report_every == 0 or step == len(groups):
            seconds = time.monotonic() - started
            rows.append((step, torch.stack(losses).mean().item(), *held_out_scores(model, held_out, size, device, autocast), pace, round(seconds)))
            losses.clear()
            print("step %5d  loss %.4f  held-out %.4f  intents %.3f  copies %.3f  pace %.3f  %5d s" % rows[-1], flush=True)
            save(checkpoint, {"run": run, "model": model.state_dict(), "adam": adam.state_dict(), "muon": muon.momenta, "step": step, "seconds": seconds, "rows": rows})
            write_log(log, rows)
    draw(data / "loss.png", rows)
    model.dtype = torch.float32
    return model.cpu().eval(), template


def save(path, state):
    """Replaces the checkpoint at once, so that an interruption leaves the one before."""
    new = path.with_suffix(".new")
    torch.save(state, new)
    new.replace(path)


def write_log(path, rows):
    with open(path, "w", newline="", encoding="ascii") as file:
        writer = csv.writer(file)
        writer.writerow(("step", "training_loss", "held_out_loss", "held_out_intents", "held_out_copies", "pace", "seconds"))
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
    weights = {"token_embd.weight": model.token_embd.weight, "output_norm.weight": model.output_norm.weight}
    for i, layer in enumerate(model.layers):
        weights |= {f"blk.{i}.{name}": weight for name, weight in layer.named_parameters()}
    return weights


def read_start(path):
    try:
        import google.protobuf  # noqa: F401 what reads the tokenizer needs it
    except ImportError:
        sys.exit("--from needs Protocol Buffers for Python: apt-get install python3-protobuf")
    try:
        return gguf.Gguf(path)
    except (OSError, ValueError, KeyError, struct.error) as error:
        sys.exit(f"{path} is no model to begin with: {error}")


@torch.no_grad()
def read_weights(model, arrays):
    weights = weights_by_gguf_name(model)
    if {name: tuple(weight.shape) for name, weight in weights.items()} != {name: array.shape for name, array in arrays.items()}:
        sys.exit("the model to begin with has another shape than this --size")
    for name, weight in weights.items():
        weight.copy_(torch.from_numpy(arrays[name].copy()))


@torch.no_grad()
def write_results(data, model, template, size):
    write_safetensors(data / "weights.safetensors", {name: weight.detach().numpy().astype(np.float32) for name, weight in weights_by_gguf_name(model).items()})
    write_tokenizer(data / "tokenizer.json", template.pieces)
    shape = {"heads": size.heads, "context": size.context, "feed_forward": size.feed_forward, "rope_base": Llama.ROPE_BASE, "epsilon": Norm.EPSILON}
    (data / "shape.json").write_text(json.dumps(shape), encoding="ascii")

    # What the exported model is checked against: prompts, their tokens, and the logits after the last one.
    prompts = [dialog[:-1] for dialog in read_dialogs(data / "held-out.jsonl", 32)[0]]
    arrays = {}
    with open(data / "reference.jsonl", "w", encoding="utf-8") as file:
        for i, messages in enumerate(prompts):
            tokens = template.prompt(messages)
            file.write(json.dumps({"messages": messages}) + "\n")
            arrays[f"tokens.{i}"] = np.array(tokens, np.int32)
            arrays[f"logits.{i}"] = model(torch.tensor([tokens]))[0][0, -1].numpy()
    write_safetensors(data / "reference.safetensors", arrays)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=pathlib.Path, help="the folder of the dialogs and of all results")
    parser.add_argument("--size", choices=SIZES, default="full")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2, help="threads of the CPU")
    parser.add_argument("--precision", choices=("auto", "bf16", "f32"), default="auto", help="auto: bf16 where the processor multiplies it")
    parser.add_argument("--from", dest="start", type=pathlib.Path, metavar="GGUF", help="go on with the weights and the tokenizer of a finished model")
    parser.add_argument("--dialogs", type=int, help="how many of the dialogs to train on")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    options = parser.parse_args()
    size = SIZES[options.size]
    if options.dialogs:
        size = dataclasses.replace(size, dialogs=options.dialogs)
    model, template = train(options, size)
    write_results(options.data, model, template, size)


if __name__ == "__main__":
    main()
