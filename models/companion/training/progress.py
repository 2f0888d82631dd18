"""What a training leaves while it goes on: its checkpoint, its log and the picture of its loss."""

import csv
import sys

import torch


class Checkpoint:
    """The state of a training, and of which one it is."""

    def __init__(self, path, run):
        self.path = path
        self.run = run

    def read(self, device):
        """Returns the state, or None where none was left."""
        if not self.path.exists():
            return None
        state = torch.load(self.path, map_location=device)
        if state.get("run") != self.run:
            sys.exit(f"{self.path} is of a training with other dialogs, another size, another seed or another beginning: train without --resume")
        return state

    def write(self, **state):
        """Replaces the one before at once, so that an interruption leaves it."""
        new = self.path.with_suffix(".new")
        torch.save({"run": self.run, **state}, new)
        new.replace(self.path)

    def remove(self):
        self.path.unlink(missing_ok=True)


class Log:
    COLUMNS = ("step", "training_loss", "held_out_loss", "held_out_intents", "held_out_copies", "pace", "seconds")

    def __init__(self, folder):
        self.folder = folder
        self.rows = []

    def add(self, *row):
        """Prints a row, with the values of the columns, and writes it to the file."""
        self.rows.append(row)
        print("step %5d  loss %.4f  held-out %.4f  intents %.3f  copies %.3f  pace %.3f  %5d s" % row, flush=True)
        with open(self.folder / "log.csv", "w", newline="", encoding="ascii") as file:
            writer = csv.writer(file)
            writer.writerow(self.COLUMNS)
            writer.writerows(self.rows)

    def draw(self):
        try:
            import matplotlib
        except ImportError:
            print("without Matplotlib there is no picture of the loss: log.csv has the numbers")
            return
        matplotlib.use("Agg")
        from matplotlib import pyplot

        steps, training, held_out, *_ = zip(*self.rows)
        figure, axes = pyplot.subplots(figsize=(7, 4))
        axes.plot(steps, training, label="training")
        axes.plot(steps, held_out, label="held-out")
        axes.set(xlabel="step", ylabel="cross-entropy per reply token (nats)", title="Training of the companion")
        axes.grid(alpha=0.3)
        axes.legend()
        figure.savefig(self.folder / "loss.png", dpi=110, bbox_inches="tight")
