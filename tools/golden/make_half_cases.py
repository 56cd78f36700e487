"""Writes models/golden/half_types: losses and gradients of inputs and weights in float16 and bfloat16.

    python tools/golden/make_half_cases.py [target folder]

One model of each case returns NceLoss, its gradients and FullSigmoidLoss. Expected is the float64 result for the stored
numbers, which half types hold exactly, rounded once to the type of the output: inputs_grad has that of the inputs.
Beside it lies what TensorFlow gives for the same numbers. It casts weights to the type of the inputs and computes in
that type, so that its results are as exact as ours for float inputs and far less exact for half inputs; for these its
expected counts are rounded to the type too, since it has no mixed logarithm. Needs what make_nce_loss_cases.py needs,
and ml_dtypes.
"""

import sys
import zlib
from pathlib import Path

import numpy as np

import case_files
from case_data import example_arrays, weights_and_biases
from float64_gradient import nce_loss_grad_and_bounds, norm_relative_error
from float64_reference import class_table, nce_loss_and_bound, softplus
from half_cases import CASES
from tensorflow_half import tensorflow_results

DEFAULT_TARGET = Path(__file__).resolve().parents[2] / "models" / "golden" / "half_types"


def wide(array):
    return None if array is None else np.asarray(array, np.float64)


def full_sigmoid_loss(inputs, labels, weights, biases, *, partition_strategy, num_classes, reduction):
    """The sigmoid cross entropy over all classes in float64, with 1 / T as the target of each label."""
    table = class_table(weights, partition_strategy, num_classes)
    z = inputs @ table.T + (0 if biases is None else biases[:num_classes])
    targets = np.zeros(z.shape)
    np.add.at(targets, (np.arange(len(z))[:, None], labels), 1 / labels.shape[1])
    losses = (softplus(z) - z * targets).sum(axis=1)
    return {"none": losses, "mean": losses.mean(), "sum": losses.sum()}[reduction]


def arrays_of(case):
    """Graph inputs by name, inputs and weights rounded to their types."""
    inputs_type, weights_type = case.dtypes
    weights, biases = weights_and_biases(case.shape)
    arrays = example_arrays(case.shape, 0)
    arrays["inputs"] = arrays["inputs"].astype(inputs_type)
    arrays |= {n: w.astype(weights_type) for n, w in zip(case_files.weight_names(len(weights)), weights)}
    if biases is not None:
        arrays["biases"] = biases.astype(weights_type)
    rng = np.random.default_rng([4, zlib.crc32(case.name.encode())])
    size = case.shape.batch if case.shape.reduction == "none" else None
    arrays["loss_grad"] = np.asarray(rng.uniform(0.5, 2.0, size), np.float32)
    return arrays


def expected_results(opts, arrays):
    """({name: float64 result}, {name: bound on the float32 error}, class ids)."""
    sample = tuple(arrays[name] for name in case_files.SAMPLE_OUTPUTS)
    numbers = {n: a if n in ("labels", "sampled_candidates") else wide(a) for n, a in arrays.items()}
    positional, keywords = case_files.reference_arguments(opts, numbers, sample)
    loss, bound = nce_loss_and_bound(*positional, **keywords)
    exact, bounds, class_ids = nce_loss_grad_and_bounds(arrays["loss_grad"], *positional, **keywords)
    names = ("partition_strategy", "num_classes", "reduction")
    full = full_sigmoid_loss(*positional[:4], **{name: keywords[name] for name in names})
    return {"loss": loss, **exact, "full_sigmoid_loss": full}, {"loss": bound, **bounds}, class_ids


def write_case(root, case):
    opts = case_files.options(case.shape)
    arrays = arrays_of(case)
    exact, bounds, class_ids = expected_results(opts, arrays)
    recorded = tensorflow_results(case, arrays, class_ids)
    names = ["loss", *case_files.gradient_output_names(opts), "full_sigmoid_loss"]
    errors = {n: norm_relative_error(recorded[n], exact[n]) for n in names if n in recorded}
    opts |= {"inputs_type": case.inputs_type, "weights_type": case.weights_type, "oracle": "float64"}
    # null: with accidental hits masked TensorFlow's loss is NaN in half types, whose -FLT_MAX is -infinity.
    opts |= {"tensorflow_errors": {n: float(f"{e:.3e}") if np.isfinite(e) else None for n, e in errors.items()}}
    folder = case_files.new_case_folder(root, case.name, opts)

    outputs = {n: np.asarray(e, np.float32) for n, e in exact.items()} | {"class_ids": class_ids}
    outputs["inputs_grad"] = np.asarray(exact["inputs_grad"], case.dtypes[0])
    target = case_files.write_tensors(folder, 0, [(n, arrays[n]) for n in case_files.gradient_input_names(opts)],
                                      [(n, outputs[n]) for n in names])
    for name, value in exact.items():
        if name in names:
            case_files.save_array(target / f"reference_{name}.pb", name, np.asarray(value, np.float64))
            case_files.save_array(target / f"tensorflow_{name}.pb", name, np.asarray(recorded[name], np.float32))
    for name, bound in bounds.items():
        if name in names:
            case_files.save_array(target / f"bound_{name}.pb", name, np.asarray(bound, np.float64))
    return errors


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_TARGET
    worst = {}
    for case in CASES:
        errors = write_case(root, case)
        print(case.name, {n: f"{e:.1e}" for n, e in errors.items()}, flush=True)
        of_pair = worst.setdefault((case.inputs_type, case.weights_type), {})
        for name, error in errors.items():
            of_pair[name] = max(error, of_pair.get(name, 0.0))
    for pair, errors in worst.items():
        print("TensorFlow's worst errors", *pair, {n: f"{e:.1e}" for n, e in errors.items()})


if __name__ == "__main__":
    main()
