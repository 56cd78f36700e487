"""Writes models/golden/nce_loss: inputs and expected results of NceLoss, from real TensorFlow.

    python tools/golden/make_nce_loss_cases.py [target folder]

Needs Python 3.11 with tensorflow 2.21.0 (tensorflow-cpu will do), numpy 2.4 and onnx 1.23. Everything is
deterministic: numpy generators seeded by the case names, one TensorFlow thread. TensorFlow's last bits depend on the
instruction sets of the processor.
"""

import sys
from pathlib import Path

import numpy as np

import case_files
from case_data import example_arrays, weights_and_biases
from cases import CASES
from float64_reference import nce_loss_and_bound
from log_uniform_sampler import sample
from tensorflow_loss import TensorFlowCase

DEFAULT_TARGET = Path(__file__).resolve().parents[2] / "models" / "golden" / "nce_loss"


def reduced(losses, reduction):
    """TensorFlow stops at the loss per example; its reduction is taken in float64."""
    if reduction == "none":
        return losses
    total = losses.astype(np.float64).sum()
    return np.float32(total / len(losses) if reduction == "mean" else total)


def runs_of(case, weights, biases):
    """Per data set: arrays, TensorFlow's loss or None, and the sample used."""
    wanted = {run: (number, example_arrays(case, number)) for number, run in enumerate(case.run_of_data_set)}
    results = {}
    if case.oracle == "float64":
        for run, (number, arrays) in wanted.items():
            results[number] = arrays, None, sample_without_tensorflow(case, arrays, run)
        return results
    any_arrays = next(iter(wanted.values()))
    with TensorFlowCase(case, weights, biases) as tensorflow:
        for run in range(max(wanted) + 1):  # runs nobody wants move the stream on
            number, arrays = wanted.get(run, any_arrays)
            loss, sampled = tensorflow.run(arrays)
            if run in wanted:
                results[number] = arrays, loss, sampled
    return results


def sample_without_tensorflow(case, arrays, run):
    if case.samples == "given":
        return tuple(arrays[name] for name in case_files.SAMPLE_OUTPUTS)
    counted = np.where(arrays["labels"] == case.ignore_index, 0, arrays["labels"])
    return sample(counted, case.seed, case.seed2, run, case.num_sampled, case.num_classes)


def write_case(root, case):
    opts = case_files.options(case)
    folder = case_files.new_case_folder(root, case.name, opts)
    weights, biases = weights_and_biases(case)
    for number, (arrays, loss, sampled) in sorted(runs_of(case, weights, biases).items()):
        arrays |= dict(zip(case_files.weight_names(len(weights)), weights))
        arrays |= {"step": np.int64(case.run_of_data_set[number]), "biases": biases}
        positional, keywords = case_files.reference_arguments(opts, arrays, sampled)
        reference, bound = nce_loss_and_bound(*positional, **keywords)
        expected = np.float32(reference) if loss is None else reduced(loss, case.reduction)
        outputs = [expected, *sampled][: len(case_files.output_names(opts))]
        case_files.write_data_set(folder, number, [(n, arrays[n]) for n in case_files.input_names(opts)],
                                  list(zip(case_files.output_names(opts), outputs)), reference, bound)


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_TARGET
    if len({case.name for case in CASES}) != len(CASES):
        raise ValueError("two cases have the same name")
    for number, case in enumerate(CASES, 1):
        print(f"{number:3}/{len(CASES)} {case.name}", flush=True)
        write_case(root, case)
    for folder in sorted(root.iterdir()):
        if folder.name not in {case.name for case in CASES}:
            print(f"not one of the cases, remove it: {folder.name}")


if __name__ == "__main__":
    main()
