"""What is to become small, and the same of held-out dialogs."""

import random

import torch
import torch.nn.functional as F

from .batch import to_batch
from .examples import batches

INTENT_WEIGHT = 0.3
COPY_WEIGHT = 0.3


def training_loss(model, batch):
    """Returns the loss of the tokens of replies, and the whole that is to become small."""
    logits, guesses, looks = model(batch.tokens, batch.chosen, batch.looking, batch.blank)
    loss = F.cross_entropy(logits.float(), batch.target)
    intent_loss = sum(intent_cross_entropy(guess.float(), batch) for guess in guesses)
    copy_loss = sum(copy_cross_entropy(scores.float(), batch) for scores in looks) if len(batch.copied) else 0
    return loss, loss + INTENT_WEIGHT * intent_loss + COPY_WEIGHT * copy_loss


def intent_cross_entropy(guesses, batch):
    """Counts where a reply is asked for three times as much as all of its words."""
    losses = F.cross_entropy(guesses, batch.intents, reduction="none")
    return losses[batch.is_first].mean() + losses.mean() / 3


def copy_cross_entropy(scores, batch):
    """Tells how far a head is from looking only at what is said next."""
    shares = scores.softmax(-1)[batch.looking_of_pair, batch.source_of_pair]
    return -shares.new_zeros(len(scores)).index_add(0, batch.looking_of_pair, shares).clamp(min=1e-6).log().mean()


@torch.no_grad()
def held_out_scores(model, examples, size, device):
    """Returns the loss of a token, and the shares of the intents and of the copied tokens that are right."""
    total = tokens = intents = replies = copies = copied = 0
    for group in batches(examples, size, random.Random(0)):
        batch = to_batch(examples, group, device)
        logits, guesses, _ = model(batch.tokens, batch.chosen)
        total += F.cross_entropy(logits.float(), batch.target, reduction="sum").item()
        tokens += len(batch.target)
        intents += (guesses[-1].argmax(-1) == batch.intents)[batch.is_first].sum().item()
        replies += batch.is_first.sum().item()
        copies += (logits.argmax(-1) == batch.target)[batch.copied].sum().item()
        copied += len(batch.copied)
    return total / tokens, intents / replies, copies / copied
