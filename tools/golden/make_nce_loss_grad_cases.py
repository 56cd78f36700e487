"""Writes models/golden/nce_loss_grad: gradients of NceLoss by TensorFlow's tape, over the cases of NceLoss.

    python tools/golden/make_nce_loss_grad_cases.py [target folder]

Cases, arrays and samples are those of make_nce_loss_cases.py, with one data set of each case (two where the op draws
its own samples) and a loss_grad. TensorFlow must agree with the float64 gradient to within float32 rounding, and its
class ids must be the same, or nothing is written. Needs what make_nce_loss_cases.py needs.
"""

import sys
import zlib
from pathlib import Path

import numpy as np

import case_files
from case_data import example_arrays, weights_and_biases
from cases import CASES
from float64_gradient import nce_loss_grad_and_bounds, norm_relative_error
from float64_reference import nce_loss
from make_nce_loss_cases import sample_without_tensorflow
from tensorflow_gradient import TensorFlowGradientCase

DEFAULT_TARGET = Path(__file__).resolve().parents[2] / "models" / "golden" / "nce_loss_grad"
OWN_DATA_SETS = 2


def loss_grad_of(case, data_set):
    """float32 [batch], the second of several 0, or a scalar for a reduced loss."""
    rng = np.random.default_rng([3, data_set, zlib.crc32(case.name.encode())])
    if case.reduction != "none":
        return np.float32(rng.uniform(0.5, 2.0))
    loss_grad = rng.standard_normal(case.batch).astype(np.float32)
    loss_grad[1:2] = 0 if case.batch > 2 else loss_grad[1:2]
    return loss_grad


def tensorflow_runs(case, weights, biases, wanted):
    """{data set: (loss, class ids, gradients, sample)}"""
    results = {}
    any_arrays = next(iter(wanted.values()))
    with TensorFlowGradientCase(case, weights, biases) as tensorflow:
        for run in range(max(wanted) + 1):  # runs nobody wants move the stream on
            number, arrays, loss_grad = wanted.get(run, any_arrays)
            result = tensorflow.run_gradient(arrays, loss_grad)
            if run in wanted:
                results[number] = result
    return results


def expect_agreement(case, class_ids, gradients, exact, exact_ids, bounds):
    if not np.array_equal(class_ids, exact_ids):
        raise SystemExit(f"{case.name}: class ids {class_ids}, expected {exact_ids}")
    for name, gradient in gradients.items():
        error = np.linalg.norm(gradient - exact[name])
        if not error <= bounds[name] + 2.0**-24 * np.linalg.norm(exact[name]):
            raise SystemExit(f"{case.name}: {name} of TensorFlow is off by {error}, bound {bounds[name]}")


def write_case(root, case):
    """The worst norm-relative error of TensorFlow's gradients, or None where it has no part in the case."""
    opts = case_files.options(case)
    folder = case_files.new_case_folder(root, case.name, opts)
    weights, biases = weights_and_biases(case)
    runs = case.run_of_data_set[:OWN_DATA_SETS]
    wanted = {run: (n, example_arrays(case, n), loss_grad_of(case, n)) for n, run in enumerate(runs)}
    recorded = tensorflow_runs(case, weights, biases, wanted) if case.oracle == "tensorflow" else {}
    worst = None
    for run, (number, arrays, loss_grad) in sorted(wanted.items(), key=lambda item: item[1][0]):
        arrays |= dict(zip(case_files.weight_names(len(weights)), weights))
        arrays |= {"step": np.int64(run), "biases": biases, "loss_grad": loss_grad}
        sample = recorded[number][3] if recorded else sample_without_tensorflow(case, arrays, run)
        positional, keywords = case_files.reference_arguments(opts, arrays, sample)
        exact, bounds, class_ids = nce_loss_grad_and_bounds(loss_grad, *positional, **keywords)
        outputs = {"loss": nce_loss(*positional, **keywords)} | exact
        if recorded:
            loss, ids, gradients, _ = recorded[number]
            expect_agreement(case, ids, gradients, exact, class_ids, bounds)
            outputs = {"loss": loss} | gradients
            errors = [norm_relative_error(gradients[n], exact[n]) for n in case_files.gradient_names(opts)]
            worst = max(worst or 0.0, *errors)
        outputs = {n: np.asarray(a, np.float32) for n, a in outputs.items()} | {"class_ids": class_ids}
        outputs |= dict(zip(case_files.SAMPLE_OUTPUTS, sample))
        case_files.write_gradient_data_set(
            folder, number, [(n, arrays[n]) for n in case_files.gradient_input_names(opts)],
            [(n, outputs[n]) for n in case_files.gradient_output_names(opts)], exact, bounds)
    return worst


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_TARGET
    worst = {}
    for number, case in enumerate(CASES, 1):
        error = write_case(root, case)
        print(f"{number:3}/{len(CASES)} {case.name} {'' if error is None else f'{error:.1e}'}", flush=True)
        if error is not None and case_files.options(case)["unit_scale"]:
            worst[case.name] = error
    name = max(worst, key=worst.get)
    print(f"TensorFlow's worst norm-relative error at unit scale: {worst[name]:.3e} ({name})")
    for folder in sorted(root.iterdir()):
        if folder.name not in {case.name for case in CASES}:
            print(f"not one of the cases, remove it: {folder.name}")


if __name__ == "__main__":
    main()
