"""The model: Llama with tied embeddings and the rotation of neighbouring pairs, as GGUF's architecture "llama" has it."""

import math

import torch
import torch.nn.functional as F
from torch import nn

COPY_HEADS = 2


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
        with torch.autocast(tokens.device.type, dtype=torch.bfloat16, enabled=self.dtype == torch.bfloat16):
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


def weights_by_gguf_name(model):
    weights = {"token_embd.weight": model.token_embd.weight, "output_norm.weight": model.output_norm.weight}
    for i, layer in enumerate(model.layers):
        weights |= {f"blk.{i}.{name}": weight for name, weight in layer.named_parameters()}
    return weights
