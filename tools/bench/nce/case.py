"""A problem of given sizes."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Case:
    """B examples of T labels, S candidates of V classes, embeddings of length D; logits of unit scale."""

    batch: int
    dim: int
    sampled: int
    classes: int
    num_true: int = 1

    def __str__(self):
        return f"{self.batch}, {self.dim}, {self.sampled}, {self.classes:,}, {self.num_true}"

    @property
    def flops(self):
        """Of the products of the loss; those of loss and gradient are three times as many."""
        return 2 * self.batch * self.dim * (self.sampled + self.num_true)

    @cached_property
    def feeds(self):
        """The arrays by the names of NceLoss's inputs."""
        random = np.random.default_rng(self.classes + self.sampled)

        def uniform(scale, *shape):
            numbers = random.random(shape, np.float32)
            numbers -= np.float32(0.5)
            numbers *= np.float32(scale * 12**0.5)
            return numbers

        return {"inputs": uniform(1, self.batch, self.dim),
                "labels": random.integers(0, self.classes, (self.batch, self.num_true)),
                "biases": uniform(1, self.classes),
                "sampled_candidates": random.choice(self.classes, self.sampled, replace=False),
                "true_expected_count": np.exp(-4 * random.random((self.batch, self.num_true), np.float32)),
                "sampled_expected_count": np.exp(-4 * random.random(self.sampled, np.float32)),
                "weights": uniform(self.dim**-0.5, self.classes, self.dim)}
