"""NceLoss in float64, written from its formulas, with no framework behind it.

Per example i with counted labels y_i0 .. y_i(T_i-1), T_i of them:

    u_ij = x_i . w[y_ij] + b[y_ij] - log(true_q_ij)
    v_ik = x_i . w[s_k]  + b[s_k]  - log(sampled_q_k)
    loss_i = sum_j (softplus(u_ij) - u_ij / T_i) + sum_k softplus(v_ik)

Every sampled candidate equal to a counted label of the example is left out when accidental hits are removed, whatever
its number of copies (TensorFlow leaves out the last copy only). Needs numpy alone.
"""

import numpy as np

UNIT = 2.0**-24  # unit roundoff of float32


def class_table(weights, partition_strategy, num_classes):
    """The rows of classes 0 .. num_classes-1, float64 [num_classes, dim], from the list of partitions."""
    if partition_strategy == "div":
        return np.concatenate([np.asarray(w, np.float64) for w in weights])[:num_classes]
    if partition_strategy != "mod":
        raise ValueError(f"partition_strategy = {partition_strategy!r}, expected 'div' or 'mod'")
    shards = len(weights)
    rows = [weights[c % shards][c // shards] for c in range(num_classes)]
    return np.array(rows, np.float64)


def softplus(x):
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


def sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, e) / (1.0 + e)


def true_term(u, targets):
    """softplus(u) - u / targets without the cancellation; infinite u gives the limit."""
    if targets == 1:
        return softplus(-u)
    share = 1.0 / targets
    return np.maximum(u, 0.0) * (1.0 - share) + np.maximum(-u, 0.0) * share + np.log1p(np.exp(-np.abs(u)))


def logits(x, ids, expected, table, biases, subtract_log_q):
    """Logits [n] of classes `ids` for one example x [dim], and the size A [n] of what was added up."""
    rows = table[ids]
    bias = np.zeros(len(ids)) if biases is None else np.asarray(biases, np.float64)[ids]
    log_q = np.log(np.asarray(expected, np.float64)) if subtract_log_q else np.zeros(len(ids))
    size = np.abs(rows) @ np.abs(x) + np.abs(bias) + np.abs(log_q)
    return rows @ x + bias - log_q, size


def example_terms(x, counted, true_q, sampled, sampled_q, table, biases, remove_accidental_hits, subtract_log_q):
    """Losses, slopes |d loss / d logit| and sizes A of all terms of one example; true terms first."""
    targets = len(counted)
    u, true_size = logits(x, counted, true_q, table, biases, subtract_log_q)
    keep = ~np.isin(sampled, counted) if remove_accidental_hits else np.ones(len(sampled), bool)
    v, sampled_size = logits(x, sampled[keep], sampled_q[keep], table, biases, subtract_log_q)
    losses = np.concatenate([true_term(u, targets), softplus(v)])
    slopes = np.abs(np.concatenate([sigmoid(u) - 1.0 / targets, sigmoid(v)]))
    # The rounded quantity of a true term is softplus(u) and |u / T|, not their difference.
    rounded = np.concatenate([softplus(u) + np.abs(u) / targets if targets > 1 else softplus(-u), softplus(v)])
    return losses, slopes, np.concatenate([true_size, sampled_size]), rounded


def error_bound(losses, slopes, sizes, rounded, dim):
    """Hard bound on |float32 loss - float64 loss| of one example for one sequential accumulator, to first order.

    0 where the loss is infinite or exactly a limit: there the float32 result must be equal.
    """
    if not np.all(np.isfinite(losses)):
        return 0.0
    finite = slopes > 0
    terms = len(losses)
    logit_part = (dim + 4) * np.sum(slopes[finite] * sizes[finite])
    return UNIT * (logit_part + (4 + terms) * np.sum(rounded[np.isfinite(rounded)])) + terms * 2.0**-149


def nce_loss_and_bound(inputs, labels, weights, biases, sampled, true_q, sampled_q, *, num_true, partition_strategy,
                       remove_accidental_hits, subtract_log_q, ignore_index, reduction, num_classes):
    """The loss and the float32 error bound, both float64: [batch] for reduction "none", else scalars."""
    inputs = np.asarray(inputs, np.float64)
    labels, sampled = np.asarray(labels), np.asarray(sampled)
    true_q, sampled_q = np.asarray(true_q), np.asarray(sampled_q)
    if labels.shape != (len(inputs), num_true):
        raise ValueError(f"labels.shape = {labels.shape}, expected {(len(inputs), num_true)}")
    table = class_table(weights, partition_strategy, num_classes)
    loss, bound = np.zeros(len(inputs)), np.zeros(len(inputs))
    counts_in_mean = np.zeros(len(inputs), bool)
    for i, x in enumerate(inputs):
        counted = np.ones(num_true, bool) if ignore_index is None else labels[i] != ignore_index
        if not counted.any():
            continue
        counts_in_mean[i] = True
        terms = example_terms(x, labels[i][counted], true_q[i][counted], sampled, sampled_q, table, biases,
                              remove_accidental_hits, subtract_log_q)
        loss[i] = terms[0].sum()
        bound[i] = error_bound(*terms, inputs.shape[1])
    if reduction == "none":
        return loss, bound
    if reduction not in ("mean", "sum"):
        raise ValueError(f"reduction = {reduction!r}, expected 'none', 'mean' or 'sum'")
    total, total_bound = loss.sum(), bound.sum() + len(loss) * UNIT * np.abs(loss).sum()
    divisor = counts_in_mean.sum() if reduction == "mean" else 1
    return np.float64(total / divisor), np.float64(total_bound / divisor)


def nce_loss(inputs, labels, weights, biases, sampled, true_q, sampled_q, *, num_true, partition_strategy,
             remove_accidental_hits, subtract_log_q, ignore_index, reduction, num_classes):
    """The loss in float64: [batch] for reduction "none", a scalar for "mean" and "sum".

    inputs [batch, dim]; labels int [batch, num_true]; weights: list of [rows_p, dim]; biases [num_classes or more] or
    None; sampled int [S]; true_q [batch, num_true] and sampled_q [S]: the expected counts; ignore_index: int or None.
    """
    return nce_loss_and_bound(
        inputs, labels, weights, biases, sampled, true_q, sampled_q, num_true=num_true,
        partition_strategy=partition_strategy, remove_accidental_hits=remove_accidental_hits,
        subtract_log_q=subtract_log_q, ignore_index=ignore_index, reduction=reduction, num_classes=num_classes)[0]
