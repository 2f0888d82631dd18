"""Examples side by side, as tensors, and what is changed in them at each reading."""

import dataclasses

import numpy as np
import torch

from .examples import padded

# At full pace, and less in proportion as it falls: of the pieces of what users say, those that are blanked out; and of the dialogs, those in
# which the pieces of what is copied become others.
BLANK_SHARE = 0.1
SWAPPED_SHARE = 0.15


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
    longest = padded(max(len(examples[i].tokens) for i in group))
    tokens = np.zeros((len(group), longest), np.int64)
    intent_of_next = np.full((len(group), longest), -1)
    pairs, blank = [], []
    for row, i in enumerate(group):
        example = examples[i]
        length = len(example.tokens)
        tokens[row, :length] = example.tokens
        if noise is not None:
            noise.swap(tokens[row], example.copies)
            blank += [row * longest + position for position in noise.blank(example.said, example.copies)]
        intent_of_next[row, : length - 1] = [example.intents[reply] if reply >= 0 else -1 for reply in example.reply_of[1:]]
        pairs += [(row * longest + place, source) for place, source in example.copies]
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
