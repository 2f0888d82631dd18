"""How large a model is, and how long it is trained."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Size:
    """The shape of a model, what of the dialogs it reads, and after how many steps that is reported."""

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
