"""The dialogs that a training reads, encoded, and their order."""

import json
import sys
import typing

PADDING = 16


class Dialogs(typing.NamedTuple):
    """One entry for each dialog: its messages, the intents of its replies, and what of the persona and the user is said again."""

    messages: list
    intents: list
    values: list


class Example(typing.NamedTuple):
    """A dialog in tokens."""

    tokens: list

    # For each token the number of the reply that it is learnt for, or -1; the positions where users speak; and the numbers of the replies' intents.
    reply_of: list
    said: list
    intents: list

    # Pairs of positions: where something is said next that was read before, and where.
    copies: list


def read_dialogs(path, most=None):
    with open(path, encoding="utf-8") as lines:
        dialogs = [json.loads(line) for _, line in zip(range(most or sys.maxsize), lines)]
    return Dialogs(*([dialog[key] for dialog in dialogs] for key in Dialogs._fields))


def prepare(template, numbers, size, dialogs):
    """Encodes the dialogs that fit into the context, with the numbers of their intents and what is copied in them."""
    examples = (
        Example(*template.encode(contents), [numbers[intent] for intent in intents], template.copies(contents, values))
        for contents, intents, values in zip(map(template.contents, dialogs.messages), dialogs.intents, dialogs.values)
    )
    return [example for example in examples if len(example.tokens) <= size.context]


def padded(length):
    """Few lengths, so that what is prepared for the shape of a batch serves many batches."""
    return -(-length // PADDING) * PADDING


def batches(examples, size, shuffle):
    """Groups examples of like length into batches of about as many tokens, in an order that `shuffle` decides."""
    order = list(range(len(examples)))
    shuffle.shuffle(order)
    waiting, groups = {}, []
    for i in order:
        length = padded(len(examples[i].tokens))
        group = waiting.setdefault(length, [])
        group.append(i)
        if length * (len(group) + 1) > size.batch_tokens:
            groups.append(waiting.pop(length))
    groups += waiting.values()
    shuffle.shuffle(groups)
    return groups
