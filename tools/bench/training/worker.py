"""What the trainers of training_throughput.py have in common: arguments, data, and the loop over commands."""

import sys
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Settings:
    """Command line arguments of every trainer, in this order."""

    optimizer: str  # "sgd" or "adagrad"
    learning_rate: float
    classes: int  # of inputs and labels
    dim: int
    sampled: int
    threads: int
    inputs: str  # .npy, int64 [batches, batch]
    labels: str  # .npy, int64 [batches, batch]
    variant: str = ""

    @staticmethod
    def of(arguments):
        types = (str, float, int, int, int, int, str, str, str)
        return Settings(*(convert(text) for convert, text in zip(types, arguments)))

    def pairs(self):
        return np.load(self.inputs), np.load(self.labels)


INITIAL_EMBEDDING = 0.5  # largest; uniform. Weights and biases begin at 0
ACCUMULATOR, EPSILON = 0.1, 1e-7  # of Adagrad, as tf.keras.optimizers has them


def initial_embeddings(settings):
    rng = np.random.default_rng(1)
    return rng.uniform(-INITIAL_EMBEDDING, INITIAL_EMBEDDING, (settings.classes, settings.dim)).astype(np.float32)


def serve(train):
    """Answers each line "steps" with the mean loss of that many further steps, by train(first step, steps)."""
    print("ready", flush=True)
    first = 0
    for line in sys.stdin:
        steps = int(line)
        print(train(first, steps), flush=True)
        first += steps
