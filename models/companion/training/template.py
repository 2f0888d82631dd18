"""Dialogs as tokens: the chat template, and where a reply says again what was read before."""

import bisect
import collections
import itertools
import re

import numpy as np

from .tokenizer import END, ROLES


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
