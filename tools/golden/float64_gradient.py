"""The gradient of NceLoss in float64, written from its formulas, with no framework behind it.

With the logits u_ij and v_ik of float64_reference.py and the gradient g_i by the loss of example i (for "sum" the
scalar loss_grad, for "mean" that divided by the number of examples with a counted label):

    slope of u_ij = g_i (sigmoid(u_ij) - 1 / T_i)        slope of v_ik = g_i sigmoid(v_ik), 0 for a masked candidate
    inputs_grad_i = sum_j slope(u_ij) w[y_ij] + sum_k slope(v_ik) w[s_k]
    weights_grad_c = sum of slope * x_i over all terms of class c        biases_grad_c = sum of their slopes

class_ids are all counted labels and sampled candidates, ascending. Needs numpy alone.
"""

from dataclasses import dataclass

import numpy as np

from float64_reference import UNIT, class_table, logits, sigmoid

SLOPE_ULPS = 8  # of a float32 sigmoid, its 1 / T and the product with g_i


@dataclass
class Sums:
    """A sum per class or example, and the bound on what float32 arithmetic gets wrong in it."""

    exact: np.ndarray
    magnitude: np.ndarray  # sum of |slope * factor|
    slope_error: np.ndarray  # sum of |error of slope| * |factor|
    terms: np.ndarray  # how many terms each row adds up

    @staticmethod
    def zeros(*shape):
        return Sums(np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape[0]))

    def add(self, row, slope, slope_error, factor):
        self.exact[row] += slope * factor
        self.magnitude[row] += np.abs(slope * factor)
        self.slope_error[row] += slope_error * np.abs(factor)
        self.terms[row] += 1

    def bound_norm(self):
        """Euclidean norm of the element by element bound for one sequential float32 accumulator a row."""
        terms = self.terms.reshape(-1, *[1] * (self.exact.ndim - 1))
        bound = self.slope_error + UNIT * (terms + 2) * self.magnitude + terms * 2.0**-149
        return np.linalg.norm(bound)


def slopes_and_errors(l, size, dim, target):
    """sigmoid(l) - target without cancellation for targets 0 and 1, and the float32 error of it.

    A logit is off by at most d = (dim + 4) 2^-24 size, which moves a sigmoid by at most sigmoid' (e^d - 1).
    """
    slope = -sigmoid(-l) if target == 1 else sigmoid(l) - target
    rounded = np.abs(slope) if target in (0, 1) else np.maximum(sigmoid(l), target)
    steepness = sigmoid(l) * sigmoid(-l)
    with np.errstate(invalid="ignore"):
        moved = np.where(steepness > 0, steepness * np.expm1((dim + 4) * UNIT * size), 0.0)
    return slope, moved + SLOPE_ULPS * UNIT * rounded


def nce_loss_grad_and_bounds(loss_grad, inputs, labels, weights, biases, sampled, true_q, sampled_q, *, num_true,
                             partition_strategy, remove_accidental_hits, subtract_log_q, ignore_index, reduction,
                             num_classes):
    """({name: float64 gradient}, {name: bound on the norm of the float32 error}, class_ids).

    Arguments as nce_loss's, with loss_grad [batch] for reduction "none", else a scalar.
    """
    inputs = np.asarray(inputs, np.float64)
    labels, sampled = np.asarray(labels), np.asarray(sampled)
    table, dim = class_table(weights, partition_strategy, num_classes), inputs.shape[1]
    counted = np.ones((len(inputs), num_true), bool) if ignore_index is None else labels != ignore_index
    loss_grads = loss_grad_per_example(loss_grad, counted.any(axis=1), reduction)
    class_ids = np.unique(np.concatenate([labels[counted].astype(np.int64), sampled]))
    row_of = {int(c): row for row, c in enumerate(class_ids)}
    by_example, by_class = Sums.zeros(*inputs.shape), Sums.zeros(len(class_ids), dim)
    by_bias = Sums.zeros(len(class_ids))
    for i, x in enumerate(inputs):
        if not counted[i].any():
            continue
        own = labels[i][counted[i]]
        keep = ~np.isin(sampled, own) if remove_accidental_hits else np.ones(len(sampled), bool)
        groups = ((own, true_q[i][counted[i]], 1.0 / len(own)), (sampled[keep], sampled_q[keep], 0.0))
        for ids, expected, target in groups:
            l, size = logits(x, ids, expected, table, biases, subtract_log_q)
            for c, slope, error in zip(ids, *slopes_and_errors(l, size, dim, target)):
                slope, error, row = loss_grads[i] * slope, abs(loss_grads[i]) * error, row_of[int(c)]
                by_example.add(i, slope, error, table[c])
                by_class.add(row, slope, error, x)
                by_bias.add(row, slope, error, 1.0)
    sums = {"inputs_grad": by_example, "weights_grad": by_class, "biases_grad": by_bias}
    return {n: s.exact for n, s in sums.items()}, {n: s.bound_norm() for n, s in sums.items()}, class_ids


def loss_grad_per_example(loss_grad, counts_in_mean, reduction):
    """float64 [batch]"""
    loss_grad = np.asarray(loss_grad, np.float64)
    if reduction == "none":
        return loss_grad
    divisor = counts_in_mean.sum() if reduction == "mean" else 1
    return np.full(len(counts_in_mean), loss_grad / max(divisor, 1))


def norm_relative_error(got, exact):
    """|got - exact| / |exact| in Euclidean norms; beside an exact 0 only 0 is right."""
    difference, norm = np.linalg.norm(np.asarray(got, np.float64) - exact), np.linalg.norm(exact)
    if np.isnan(difference):
        return np.inf
    return float(difference / norm) if norm > 0 else (0.0 if difference == 0 else np.inf)
