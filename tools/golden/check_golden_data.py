"""Checks models/golden/nce_loss against our own sampler and float64 reference, without TensorFlow.

    python tools/golden/check_golden_data.py [folder]

Ids of own samples must be identical to the replica's, expected counts within 2 ulp, the stored reference reproducible,
and TensorFlow's losses on unit-scale data within the tolerance that our own losses have to meet. Needs numpy and onnx.
"""

import sys
from pathlib import Path

import numpy as np

import case_files
from float64_reference import nce_loss_and_bound
from log_uniform_sampler import sample

DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "models" / "golden" / "nce_loss"
COUNT_ULPS = 2
RELATIVE_TOLERANCE = 1e-6


def expect(condition, where, message):
    if not condition:
        raise SystemExit(f"{where}: {message}")


def relative_error(got, reference):
    """Worst relative error; equal infinities and equal zeros are exact, anything else beside them is infinitely wrong."""
    got, reference = np.asarray(got, np.float64), np.asarray(reference, np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.where(got == reference, 0.0, np.abs(got - reference) / np.abs(reference))
    return float(np.where(np.isnan(error), np.inf, error).max(initial=0.0))


def ulps(got, expected):
    """Distance of positive float32 arrays in units of the last place."""
    return int(np.abs(got.view(np.int32).astype(np.int64) - expected.view(np.int32)).max(initial=0))


def own_sample(opts, inputs, outputs, run, where):
    """The sample by our replica; the recorded one must agree with it."""
    labels = inputs["labels"]
    if opts["ignore_index"] is not None:
        labels = np.where(labels == opts["ignore_index"], 0, labels)
    replica = sample(labels, opts["seed"], opts["seed2"], run, opts["num_sampled"], opts["num_classes"])
    if not opts["output_sample"]:
        return replica, 0
    recorded = tuple(outputs[name] for name in case_files.SAMPLE_OUTPUTS)
    expect(np.array_equal(replica[0], recorded[0]), where, f"ids differ: {replica[0]} and {recorded[0]}")
    worst = max(ulps(np.ascontiguousarray(a), np.ascontiguousarray(b)) for a, b in zip(replica[1:], recorded[1:]))
    expect(worst <= COUNT_ULPS, where, f"expected counts differ by {worst} ulp")
    return recorded, worst


def check_data_set(opts, data_set, number):
    """(relative error of the stored loss, error / bound, ulps of counts, pairs of example and hit)."""
    where = f"{data_set.parent.name}/{data_set.name}"
    inputs, outputs = (case_files.read_arrays(data_set, kind) for kind in ("input", "output"))
    expect(list(inputs) == case_files.input_names(opts), where, f"inputs {list(inputs)}")
    expect(list(outputs) == case_files.output_names(opts), where, f"outputs {list(outputs)}")
    if opts["samples"] == "own":
        run = int(inputs["step"]) if opts["step_input"] else number
        sampled, count_ulps = own_sample(opts, inputs, outputs, run, where)
    else:
        sampled, count_ulps = tuple(inputs[n] for n in case_files.SAMPLE_OUTPUTS), 0
    positional, keywords = case_files.reference_arguments(opts, inputs, sampled)
    loss, bound = nce_loss_and_bound(*positional, **keywords)
    reference, stored_bound = case_files.read_reference(data_set)
    # Two numpy builds may sum in another order.
    expect(np.allclose(loss, reference, rtol=1e-12, atol=0), where, f"reference {reference}, recomputed {loss}")
    expect(np.allclose(bound, stored_bound, rtol=1e-9, atol=0), where, "another error bound")
    expect(np.isfinite(outputs["loss"]).any(), where, "no finite loss")
    expect(not np.isnan(outputs["loss"]).any(), where, "NaN loss")
    error = relative_error(outputs["loss"], reference)
    with np.errstate(invalid="ignore"):
        absolute = np.where(outputs["loss"] == reference, 0.0, np.abs(outputs["loss"] - reference))
    # Storing a float32 rounds once more.
    share = float(np.max(absolute / (bound + 2.0**-24 * np.abs(reference) + 2.0**-149), initial=0.0))
    expect(share <= 1, where, f"loss error is {share} of its bound")
    hits = np.isin(inputs["labels"], sampled[0]).any(axis=1).sum() if opts["remove_accidental_hits"] else 0
    return error, share, count_ulps, int(hits)


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FOLDER
    rows = []
    for folder in sorted(p for p in root.iterdir() if p.is_dir()):
        opts, data_sets = case_files.read_case(folder)
        for number, data_set in enumerate(data_sets):
            rows.append((folder.name, opts, *check_data_set(opts, data_set, number)))
    tensorflow = [row for row in rows if row[1]["oracle"] == "tensorflow"]
    unit = [row for row in tensorflow if row[1]["unit_scale"]]
    worst = max(unit, key=lambda row: row[2])
    expect(worst[2] <= RELATIVE_TOLERANCE, worst[0], f"TensorFlow's relative error is {worst[2]:.2e}")
    print(f"cases {len({row[0] for row in rows})}, data sets {len(rows)}, from TensorFlow {len(tensorflow)}")
    print(f"own samples {sum(row[1]['samples'] == 'own' for row in rows)} data sets: ids identical, "
          f"counts within {max(row[4] for row in rows)} ulp")
    print(f"examples with accidental hits {sum(row[5] for row in rows)}")
    print(f"TensorFlow against float64, unit scale: worst relative error {worst[2]:.3e} ({worst[0]}), "
          f"median of worst {np.median([row[2] for row in unit]):.3e}")
    print(f"largest share of the error bound {max(row[3] for row in rows):.3f}")
    for row in sorted(tensorflow, key=lambda row: -row[2])[:8]:
        print(f"  {row[2]:.2e}  {row[0]}")


if __name__ == "__main__":
    main()
