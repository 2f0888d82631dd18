"""The tokenizer: its training, and the vocabulary as the export reads it."""

import json

import sentencepiece

ROLES = ("system", "user", "assistant")
END = "<|end|>"


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
