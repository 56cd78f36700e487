"""The recorded training run in float64, from the formulas, given the samples. Needs numpy alone."""

import numpy as np

from float64_reference import sigmoid, softplus


class Sgd:
    def __init__(self, rate):
        self.rate = rate

    def update(self, parameter, rows, gradient):
        parameter[rows] -= self.rate * gradient


class Adagrad:
    """accumulator += g^2; parameter -= rate g / sqrt(accumulator + epsilon)."""

    def __init__(self, rate, initial_accumulator_value, epsilon):
        self.rate, self.initial, self.epsilon = rate, initial_accumulator_value, epsilon
        self.accumulators = {}

    def update(self, parameter, rows, gradient):
        accumulator = self.accumulators.setdefault(id(parameter), np.full(parameter.shape, self.initial))
        accumulator[rows] += gradient**2
        parameter[rows] -= self.rate * gradient / np.sqrt(accumulator[rows] + self.epsilon)


def summed_by_row(ids, values):
    """Unique ids, ascending, and the sums of the values of each."""
    unique, position = np.unique(ids, return_inverse=True)
    sums = np.zeros((len(unique), *values.shape[1:]))
    np.add.at(sums, position, values)
    return unique, sums


def train(parameters, batches, samples, optimizer):
    """Mean losses float64, one a step. samples: one (sampled, true_q [batch], sampled_q [S]) a step."""
    embeddings, weights, biases = (p.astype(np.float64) for p in parameters)
    losses = []
    for (inputs, labels), (sampled, true_q, sampled_q) in zip(batches, samples):
        x, ids = embeddings[inputs], np.concatenate([labels, sampled])
        u = np.sum(x * weights[labels], axis=1) + biases[labels] - np.log(true_q.astype(np.float64))
        v = x @ weights[sampled].T + biases[sampled] - np.log(sampled_q.astype(np.float64))
        losses.append(np.mean(softplus(-u) + softplus(v).sum(axis=1)))
        du, dv = -sigmoid(-u) / len(x), sigmoid(v) / len(x)
        by_x = du[:, None] * weights[labels] + dv @ weights[sampled]
        by_rows = np.concatenate([du[:, None] * x, dv.T @ x])
        by_biases = np.concatenate([du, dv.sum(axis=0)])
        optimizer.update(embeddings, *summed_by_row(inputs, by_x))
        optimizer.update(weights, *summed_by_row(ids, by_rows))
        optimizer.update(biases, *summed_by_row(ids, by_biases))
    return np.array(losses)
