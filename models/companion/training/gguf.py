"""Reads back what the export wrote: the weights and the tokenizer of a GGUF file."""

import struct

import numpy as np

STRING, ARRAY = 8, 9
NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
F32, Q8_0 = 0, 8
BLOCK = np.dtype([("scale", "<f2"), ("values", "i1", 32)])  # of Q8_0


class Gguf:
    """The metadata by key, and the tensors by name as arrays of 32-bit floats, rows first."""

    def __init__(self, path):
        self._bytes, self._at = path.read_bytes(), 0
        if self._bytes[:8] != b"GGUF" + struct.pack("<I", 3):
            raise ValueError(f"{path} is no GGUF file of version 3")
        _, tensors, keys = struct.unpack("<QQQ", self._take(24))
        self.metadata = {self._string(): self._value(self._number("I")) for _ in range(keys)}
        places = [self._place() for _ in range(tensors)]
        alignment = self.metadata.get("general.alignment", 32)
        start = -(-self._at // alignment) * alignment
        self.tensors = {name: self._tensor(path, name, shape, kind, start + offset) for name, shape, kind, offset in places}

    def _take(self, count):
        self._at += count
        return self._bytes[self._at - count : self._at]

    def _number(self, letter):
        return struct.unpack("<" + letter, self._take(struct.calcsize("<" + letter)))[0]

    def _string(self):
        return self._take(self._number("Q")).decode()

    def _value(self, kind):
        if kind == STRING:
            return self._string()
        if kind == ARRAY:
            kind, count = self._number("I"), self._number("Q")
            return [self._value(kind) for _ in range(count)]
        return self._number(NUMBERS[kind])

    def _place(self):
        name, dimensions = self._string(), self._number("I")
        shape = [self._number("Q") for _ in range(dimensions)]
        return name, shape[::-1], self._number("I"), self._number("Q")

    def _tensor(self, path, name, shape, kind, offset):
        count = int(np.prod(shape))
        if kind == F32:
            values = np.frombuffer(self._bytes, "<f4", count, offset)
        elif kind == Q8_0:
            blocks = np.frombuffer(self._bytes, BLOCK, count // 32, offset)
            values = blocks["values"] * blocks["scale"].astype(np.float32)[:, None]
        else:
            raise ValueError(f"{path}: the tensor {name} is neither of F32 nor of Q8_0")
        return values.reshape(shape)

    def tokenizer(self):
        """Returns the tokenizer as SentencePiece stores it; the types of pieces have the same numbers in both."""
        from sentencepiece import sentencepiece_model_pb2  # needs python3-protobuf, as nothing else here does

        model = sentencepiece_model_pb2.ModelProto()
        model.trainer_spec.model_type = sentencepiece_model_pb2.TrainerSpec.BPE
        model.trainer_spec.byte_fallback = True
        model.normalizer_spec.name = "identity"
        model.normalizer_spec.add_dummy_prefix = self.metadata["tokenizer.ggml.add_space_prefix"]
        model.normalizer_spec.remove_extra_whitespaces = False
        for piece, score, kind in zip(*(self.metadata[f"tokenizer.ggml.{key}"] for key in ("tokens", "scores", "token_type"))):
            model.pieces.add(piece=piece, score=score, type=kind)
        model.trainer_spec.vocab_size = len(model.pieces)
        return model.SerializeToString()
