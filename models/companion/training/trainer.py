"""The training: from dialogs to a finished model."""

import ctypes
import dataclasses
import hashlib
import pathlib
import random
import sys
import time

import sentencepiece
import torch

from .batch import Noise, to_batch
from .examples import batches, prepare, read_dialogs
from .losses import held_out_scores, training_loss
from .model import Llama
from .optimizers import Optimizers
from .progress import Checkpoint, Log
from .start import read_start, read_weights
from .template import Template
from .tokenizer import train_tokenizer

# Of the steps: the first that reach the full pace, and the last in which it falls to nothing.
WARMUP_SHARE = 0.01
DECAY_SHARE = 0.6

# A training that begins with a finished model has a part of the full pace, so that little of what is known gets lost.
PACE_OF_MORE = 0.4


def train(options, size):
    """Returns the finished model and the template of its dialogs; writes the tokenizer, the checkpoint, the log and its picture."""
    device = set_up_torch(options)
    start = read_start(options.start) if options.start else None
    dialogs = read_dialogs(options.data / "training.jsonl", size.dialogs)
    checkpoint = Checkpoint(options.data / "checkpoint.pt", describe(options, size))
    state = checkpoint.read(device) if options.resume else None
    tokenizer = options.data / "tokenizer.model"
    if state is None:
        checkpoint.remove()
        if start is None:
            train_tokenizer(tokenizer, dialogs.messages[:40_000], size)
        else:
            tokenizer.write_bytes(start.tokenizer())
    template = Template(sentencepiece.SentencePieceProcessor(model_file=str(tokenizer)))
    numbers = {intent: i for i, intent in enumerate(sorted({intent for replies in dialogs.intents for intent in replies}))}
    examples = prepare(template, numbers, size, dialogs)
    held_out = prepare(template, numbers, size, read_dialogs(options.data / "held-out.jsonl", 300))
    groups = batches(examples, size, random.Random(options.seed))
    alike = template.alike()

    model = Llama(size, len(numbers))
    if start is not None:
        read_weights(model, start.tensors)
    is_bf16 = has_fast_bf16(device) if options.precision == "auto" else options.precision == "bf16"
    model.to(device).dtype = torch.bfloat16 if is_bf16 else torch.float32
    optimizers = Optimizers(model)
    print(
        f"{sum(weight.numel() for weight in model.parameters()) / 1e6:.2f} M parameters, "
        f"{len(examples):,} dialogs of {sum(len(example.tokens) for example in examples) / 1e6:.1f} M tokens, "
        f"{len(groups):,} steps, {device}, {'bf16' if is_bf16 else 'f32'}, {options.threads} threads",
        flush=True,
    )
    step, seconds, log = 0, 0.0, Log(options.data)
    if state is not None:
        model.load_state_dict(state["model"])
        optimizers.load_state_dict(state)
        step, seconds, log.rows = state["step"], state["seconds"], state["rows"]
        print(f"goes on at step {step:,}", flush=True)

    started = time.monotonic() - seconds
    losses = []
    while step < len(groups):
        pace = pace_of(step, len(groups), is_more=start is not None)
        batch = to_batch(examples, groups[step], device, Noise(alike, pace, options.seed, step))
        loss, total = training_loss(model, batch)
        model.zero_grad(set_to_none=True)
        total.backward()
        optimizers.step(pace, model.dtype)
        losses.append(loss.detach())
        step += 1
        if step % size.report_every == 0 or step == len(groups):
            seconds = time.monotonic() - started
            log.add(step, torch.stack(losses).mean().item(), *held_out_scores(model, held_out, size, device), pace, round(seconds))
            losses.clear()
            checkpoint.write(model=model.state_dict(), **optimizers.state_dict(), step=step, seconds=seconds, rows=log.rows)
    torch.set_flush_denormal(False)  # NumPy, which draws, warns where there are no such numbers
    log.draw()
    model.dtype = torch.float32
    return model.cpu().eval(), template


def describe(options, size):
    """Returns what a training has to share with the one that it goes on from."""
    return {
        "size": dataclasses.asdict(size),
        "seed": options.seed,
        "start": options.start and hashlib.sha256(options.start.read_bytes()).hexdigest(),
        "dialogs": hashlib.sha256((options.data / "training.jsonl").read_bytes()).hexdigest(),
    }


def pace_of(step, steps, is_more):
    """Returns the share of the full rates: it rises at the beginning and falls to the end."""
    full, decay = (PACE_OF_MORE, 1) if is_more else (1, DECAY_SHARE)
    return full * min(1, (step + 1) / (WARMUP_SHARE * steps), (steps - step) / (decay * steps))


def set_up_torch(options):
    """Returns the device."""
    keep_memory()
    torch.set_flush_denormal(True)
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    return "cuda" if torch.cuda.is_available() else "cpu"


def keep_memory():
    """Lets the C library of Linux keep freed memory: asking the system anew for each tensor costs a tenth of the speed."""
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        trim_threshold, mmap_max = -1, -4
        libc.mallopt(mmap_max, 0)
        libc.mallopt(trim_threshold, 2**31 - 1)


def has_fast_bf16(device):
    if device == "cuda":
        return torch.cuda.is_bf16_supported()
    try:
        flags = pathlib.Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags
