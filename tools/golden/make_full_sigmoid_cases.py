"""Writes models/golden/full_sigmoid_loss: losses over all classes, ranks and top classes by TensorFlow.

    python tools/golden/make_full_sigmoid_cases.py [target folder]

The recipe of the tf.nn.nce_loss page: tf.matmul, tf.one_hot over the labels, each 1 / T of those that count,
tf.nn.sigmoid_cross_entropy_with_logits; and of the same logits tf.nn.softmax_cross_entropy_with_logits and
tf.math.top_k. TensorFlow must agree with float64 to within float32 rounding, and no two logits may be so close that
their order is a matter of rounding, or nothing is written. model.onnx is emitted by the Java builder. Needs tensorflow
2.21, onnx and numpy.
"""

import os
import sys
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np
import tensorflow as tf

import case_files

DEFAULT_TARGET = Path(__file__).resolve().parents[2] / "models" / "golden" / "full_sigmoid_loss"
HALF_ULP = 2.0**-24


@dataclass(frozen=True)
class Case:
    batch: int
    dim: int
    partitions: tuple
    num_true: int = 1
    partition_strategy: str = "div"
    num_classes: int = 0  # 0: every row
    has_biases: bool = True
    ignore_index: int | None = None
    reduction: str = "none"
    labels_type: str = "int64"
    k: int = 5
    scale: float = 1.0

    @property
    def rows(self):
        return sum(self.partitions)

    @property
    def classes(self):
        return self.num_classes or self.rows

    @property
    def name(self):
        parts = [f"b{self.batch}_d{self.dim}_v{self.classes}_t{self.num_true}_k{self.k}"]
        parts += [f"{self.partition_strategy}{len(self.partitions)}"]
        parts += ["nobias"] if not self.has_biases else []
        parts += ["padded"] if self.classes < self.rows else []
        parts += ["ignore"] if self.ignore_index is not None else []
        parts += [self.reduction] if self.reduction != "none" else []
        parts += ["int32"] if self.labels_type == "int32" else []
        parts += [f"scale{self.scale:g}"] if self.scale != 1 else []
        return "_".join(parts)


CASES = [
    Case(5, 8, (50,)),
    Case(1, 1, (3,), k=3),
    Case(7, 17, (20, 20, 19), num_true=3, partition_strategy="mod", has_biases=False),
    Case(9, 16, (40, 0, 61), num_true=2, k=1),
    Case(6, 33, (70,), num_classes=64, num_true=4, labels_type="int32", k=64),
    Case(8, 12, (31, 31), num_true=3, partition_strategy="mod", ignore_index=-1, reduction="mean"),
    Case(8, 12, (90,), num_true=2, ignore_index=0, reduction="sum", has_biases=False),
    Case(4, 9, (25, 5), scale=12.0),
]


def arrays(case):
    rng = np.random.default_rng([7, zlib.crc32(case.name.encode())])
    inputs = rng.standard_normal((case.batch, case.dim)).astype(np.float32)
    table = (case.scale * rng.standard_normal((case.rows, case.dim)) / np.sqrt(case.dim)).astype(np.float32)
    biases = (0.5 * case.scale * rng.standard_normal(case.rows)).astype(np.float32)
    labels = rng.integers(0 if case.ignore_index != 0 else 1, case.classes, (case.batch, case.num_true))
    if case.num_true > 1:
        labels[-1] = labels[-1, 0]  # one class several times
    if case.ignore_index is not None:
        labels[0], labels[1, 1:], labels[2, 0] = case.ignore_index, case.ignore_index, case.ignore_index
    labels = labels.astype(case.labels_type)
    return inputs, table, biases if case.has_biases else None, labels


def targets(case, labels):
    """[B, T] bool counted, [B] 1 / the number of counted labels or 0."""
    counted = np.ones(labels.shape, bool) if case.ignore_index is None else labels != case.ignore_index
    count = counted.sum(1)
    return counted, np.where(count > 0, 1 / np.maximum(count, 1), 0)


def reduced(case, losses, counted):
    if case.reduction == "none":
        return losses
    return losses.sum() / (max(1, counted.any(1).sum()) if case.reduction == "mean" else 1)


def tensorflow_outputs(case, inputs, table, biases, labels):
    counted, share = targets(case, labels)
    logits = tf.matmul(inputs, table[: case.classes], transpose_b=True)
    if biases is not None:
        logits += biases[: case.classes]
    one_hot = tf.one_hot(np.where(counted, labels, -1), case.classes)  # -1 gives zeros
    target = tf.reduce_sum(one_hot, 1) * share[:, None].astype(np.float32)
    sigmoid = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=target, logits=logits), 1).numpy()
    softmax = tf.nn.softmax_cross_entropy_with_logits(labels=target, logits=logits).numpy()
    some = counted.any(1)
    top = tf.math.top_k(logits, case.k)
    true_logits = tf.reduce_sum(one_hot * logits[:, None, :], 2).numpy()
    larger = tf.reduce_sum(tf.cast(logits[:, None, :] > true_logits[:, :, None], tf.int64), 2).numpy()
    return {
        "loss": np.float32(reduced(case, np.where(some, sigmoid, 0), counted)),
        "softmax_loss": np.float32(reduced(case, np.where(some, softmax, 0), counted)),
        "true_ranks": np.where(counted, 1 + larger, 0),
        "true_logits": true_logits,
        "top_k_classes": top.indices.numpy().astype(np.int64),
        "top_k_logits": top.values.numpy(),
    }


def references(case, inputs, table, biases, labels):
    """Losses in float64, and what float32 with one rounding an operation may be off."""
    counted, share = targets(case, labels)
    x, w = inputs.astype(np.float64), table[: case.classes].astype(np.float64)
    b = np.zeros(case.classes) if biases is None else biases[: case.classes].astype(np.float64)
    logits = x @ w.T + b
    errors = HALF_ULP * ((case.dim + 2) * (np.abs(x) @ np.abs(w).T) + 3 * np.abs(b))
    for row, error in zip(logits, errors):
        if np.diff(np.sort(row)).min() <= 4 * error.max():
            raise SystemExit(f"{case.name}: two logits are too close, take other numbers")
    picked = np.where(counted, np.take_along_axis(logits, np.where(counted, labels, 0), 1), 0)
    mean = picked.sum(1) * share
    some = counted.any(1)
    sigmoid = np.where(some, np.logaddexp(0, logits).sum(1) - mean, 0)
    greatest = logits.max(1)
    softmax = np.where(some, np.log(np.exp(logits - greatest[:, None]).sum(1)) + greatest - mean, 0)
    rounding = HALF_ULP * (case.classes + 8) * (np.abs(logits) + 1).sum(1)
    bound = {"loss": errors.sum(1) + rounding, "softmax_loss": 2 * errors.max(1) + 64 * HALF_ULP * (1 + greatest)}
    return ({"loss": reduced(case, sigmoid, counted), "softmax_loss": reduced(case, softmax, counted)},
            {n: reduced(case, np.where(some, e, 0), counted) for n, e in bound.items()})


def write_case(root, case):
    inputs, table, biases, labels = arrays(case)
    outputs = tensorflow_outputs(case, inputs, table, biases, labels)
    exact, bounds = references(case, inputs, table, biases, labels)
    worst = 0.0
    for name in exact:
        error = np.abs(outputs[name] - exact[name])
        if not np.all(error <= bounds[name] + HALF_ULP * np.abs(exact[name])):
            raise SystemExit(f"{case.name}: {name} of TensorFlow is off by {error}, bound {bounds[name]}")
        worst = max(worst, np.max(error / np.where(exact[name] == 0, 1, np.abs(exact[name]))))
    opts = {**asdict(case), "num_classes": case.classes, "biases_length": case.rows if case.has_biases else None}
    folder = case_files.new_case_folder(root, case.name, opts)
    parts = len(case.partitions)
    if case.partition_strategy == "mod":
        weights = [table[p::parts] for p in range(parts)]
    else:
        weights = np.split(table, np.cumsum(case.partitions)[:-1])
    fed = [("inputs", inputs), ("labels", labels), *zip(case_files.weight_names(parts), weights)]
    fed += [("biases", biases)] if case.has_biases else []
    target = case_files.write_tensors(folder, 0, fed, list(outputs.items()))
    for name in exact:
        case_files.save_array(target / f"reference_{name}.pb", name, np.asarray(exact[name], np.float64))
        case_files.save_array(target / f"bound_{name}.pb", name, np.asarray(bounds[name], np.float64))
    return worst


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_TARGET
    for case in CASES:
        print(f"{case.name} {write_case(root, case):.1e}", flush=True)


if __name__ == "__main__":
    main()
