#!/usr/bin/env python3
"""Trains the companion: a tokenizer, then a Llama of about three million parameters, on dialogs of the generator.

Needs PyTorch (1.13 or later), SentencePiece, NumPy and, for the picture of the loss, Matplotlib. On Debian: python3-torch,
python3-sentencepiece, python3-numpy, python3-matplotlib, libopenblas0-openmp for speed, and python3-protobuf for --from.
A GPU is used when there is one.

Reads DATA/training.jsonl and DATA/held-out.jsonl; writes into DATA: tokenizer.model, checkpoint.pt, log.csv, loss.png and, at
the end, what the export reads: weights.safetensors, shape.json, tokenizer.json, reference.safetensors, reference.jsonl.
"""

import argparse
import dataclasses
import pathlib

from training.results import write_results
from training.size import SIZES
from training.trainer import train


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
