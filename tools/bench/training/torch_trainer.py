"""The trainer of training_throughput.py in PyTorch, which has no such loss: the formula of tf.nn.nce_loss by hand.

Candidates are drawn with replacement, which is less work than TensorFlow's and ours without. Variant "optim" is
nn.Embedding(sparse=True), autograd and torch.optim; "manual" writes the gradient and the sparse update out.
"""

import math
import sys

import torch
from torch.nn.functional import softplus

import worker


class Sampler:
    """Log-uniform, with replacement; and the logarithms of expected counts."""

    def __init__(self, settings):
        self.sampled, self.classes = settings.sampled, settings.classes
        self.log_range = math.log1p(settings.classes)
        ids = torch.arange(settings.classes, dtype=torch.float64)
        self.log_counts = torch.log(settings.sampled * torch.log1p(1 / (ids + 1)) / self.log_range).float()

    def draw(self):
        return (torch.exp(torch.rand(self.sampled) * self.log_range) - 1).long().clamp_(0, self.classes - 1)


def optim_step(settings, sampler):
    size = settings.classes
    embeddings = torch.nn.Embedding(size, settings.dim, sparse=True,
                                    _weight=torch.from_numpy(worker.initial_embeddings(settings)))
    weights = torch.nn.Embedding(size, settings.dim, sparse=True, _weight=torch.zeros(size, settings.dim))
    biases = torch.nn.Embedding(size, 1, sparse=True, _weight=torch.zeros(size, 1))
    parameters = [m.weight for m in (embeddings, weights, biases)]
    optimizer = torch.optim.SGD(parameters, settings.learning_rate) if settings.optimizer == "sgd" else \
        torch.optim.Adagrad(parameters, settings.learning_rate, initial_accumulator_value=worker.ACCUMULATOR,
                            eps=worker.EPSILON)

    def step(inputs, labels):
        batch, ids = len(labels), torch.cat([labels, sampler.draw()])
        x, w, offset = embeddings(inputs), weights(ids), biases(ids)[:, 0] - sampler.log_counts[ids]
        u = (x * w[:batch]).sum(1) + offset[:batch]
        v = torch.addmm(offset[batch:], x, w[batch:].T)
        loss = (softplus(-u) + softplus(v).sum(1)).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def manual_step(settings, sampler):
    embeddings = torch.from_numpy(worker.initial_embeddings(settings))
    weights, biases = torch.zeros(settings.classes, settings.dim), torch.zeros(settings.classes)
    rate = settings.learning_rate
    accumulators = {id(p): torch.full_like(p, worker.ACCUMULATOR) for p in (embeddings, weights, biases)} \
        if settings.optimizer == "adagrad" else {}

    def update(parameter, rows, gradient, unique):
        if not accumulators:
            parameter.index_add_(0, rows, gradient, alpha=-rate)
            return
        rows, position = unique
        summed = torch.zeros(len(rows), *gradient.shape[1:]).index_add_(0, position, gradient)
        accumulator = accumulators[id(parameter)]
        squares = accumulator[rows].addcmul_(summed, summed)
        accumulator[rows] = squares
        parameter[rows] = parameter[rows].addcdiv_(summed, squares.add_(worker.EPSILON).sqrt_(), value=-rate)

    @torch.no_grad()
    def step(inputs, labels):
        batch, ids = len(labels), torch.cat([labels, sampler.draw()])
        x, w, offset = embeddings[inputs], weights[ids], biases[ids] - sampler.log_counts[ids]
        u = (x * w[:batch]).sum(1) + offset[:batch]
        v = torch.addmm(offset[batch:], x, w[batch:].T)
        loss = (softplus(-u) + softplus(v).sum(1)).mean()
        du, dv = torch.sigmoid(-u).div_(-batch)[:, None], torch.sigmoid(v).div_(batch)
        by_x = torch.addmm(du * w[:batch], dv, w[batch:])
        by_rows = torch.cat([du * x, dv.T @ x])
        by_biases = torch.cat([du[:, 0], dv.sum(0)])
        unique = (torch.unique(inputs, return_inverse=True), torch.unique(ids, return_inverse=True)) \
            if accumulators else (None, None)
        update(embeddings, inputs, by_x, unique[0])
        update(weights, ids, by_rows, unique[1])
        update(biases, ids, by_biases, unique[1])
        return loss

    return step


def trainer(settings):
    inputs, labels = (torch.from_numpy(a) for a in settings.pairs())
    make = {"optim": optim_step, "manual": manual_step}[settings.variant]
    step = make(settings, Sampler(settings))

    def train(first, steps):
        total = torch.zeros(())
        for n in range(first, first + steps):
            total += step(inputs[n % len(inputs)], labels[n % len(inputs)])
        return total.item() / steps

    return train


def main():
    settings = worker.Settings.of(sys.argv[1:])
    torch.set_num_threads(settings.threads)
    torch.manual_seed(1)
    worker.serve(trainer(settings))


if __name__ == "__main__":
    main()
