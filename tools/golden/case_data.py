"""The arrays fed to a case: made by numpy from the case's name, so that one case never changes another."""

import zlib

import numpy as np

from log_uniform_sampler import probability

SURE = 4  # last classes of a case with infinite biases: +infinity, labels but never samples


def weights_and_biases(case):
    """Partitions of [rows, dim] float32, and biases float32 or None; the same for all data sets of the case."""
    rng = np.random.default_rng([1, zlib.crc32(case.name.encode())])
    table = (case.scale * rng.standard_normal((case.rows, case.dim)) / np.sqrt(case.dim)).astype(np.float32)
    if case.partition_strategy == "mod":
        weights = [table[p :: len(case.partitions)] for p in range(len(case.partitions))]
        if tuple(len(w) for w in weights) != case.partitions:
            raise ValueError(f"{case.name}: partitions {case.partitions} do not fit {case.rows} rows")
    else:
        weights = np.split(table, np.cumsum(case.partitions)[:-1])
    biases = (0.5 * case.scale * rng.standard_normal(case.biases_length)).astype(np.float32)
    if case.infinite_biases:
        biases[1::5], biases[-SURE:] = -np.inf, np.inf
        if case.all_hits:
            biases[0] = np.inf  # sampled: the loss stays finite where label 0 masks it
    return weights, biases if case.has_biases else None


def example_arrays(case, data_set):
    """inputs, labels, and for given samples sampled_candidates and the two expected counts, as a dict."""
    rng = np.random.default_rng([2, data_set, zlib.crc32(case.name.encode())])
    arrays = {"inputs": rng.standard_normal((case.batch, case.dim)).astype(np.float32)}
    popularity = class_popularity(case)
    sampled_from = case.num_classes - (SURE if case.infinite_biases else 0)
    sampled_weight = popularity[:sampled_from] / popularity[:sampled_from].sum()
    sampled = rng.choice(sampled_from, case.num_sampled, replace=case.duplicates, p=sampled_weight)
    pool = sampled if case.all_hits else np.arange(case.num_classes)
    weight = popularity[pool] / popularity[pool].sum()
    labels = rng.choice(pool, (case.batch, case.num_true), p=weight)
    ignored = np.zeros(labels.shape, bool)
    if case.ignore_index is not None:
        ignored = rng.random(labels.shape) < 0.4
        ignored[0] = case.batch > 1  # an example without any label
        labels[ignored] = case.ignore_index
        ignored = labels == case.ignore_index
    arrays["labels"] = labels.astype(case.labels_type)
    if case.samples == "given":
        arrays["sampled_candidates"] = sampled.astype(np.int64)
        arrays |= given_counts(case, labels, ignored, sampled, popularity)
    return arrays


def class_popularity(case):
    """Zipf, as the sampler's; flat where all classes have to turn up as labels."""
    flat = np.full(case.num_classes, 1.0)
    zipf = np.array([probability(c, case.num_classes) for c in range(case.num_classes)])
    popularity = flat if case.infinite_biases else zipf
    return popularity / popularity.sum()


def given_counts(case, labels, ignored, sampled, popularity):
    """Counts of draws with replacement; those of ignored labels are traps that nobody may read."""
    true_counts = popularity[np.where(ignored, 0, labels)] * case.num_sampled
    true_counts[ignored] = np.nan if case.nan_ignored_counts else 0.0
    return {
        "true_expected_count": true_counts.astype(np.float32),
        "sampled_expected_count": (popularity[sampled] * case.num_sampled).astype(np.float32),
    }
