"""Checks models/golden/nce_loss_grad against float64, without TensorFlow.

    python tools/golden/check_golden_gradients.py [folder]

The stored references must be reproducible, and be the slope of the float64 loss: along random directions they are
compared with central differences of it, extrapolated. Recorded gradients must be within the float32 bound, TensorFlow's
at unit scale within the tolerance that ours have to meet. onnx.checker must accept every model. Needs numpy and onnx.
"""

import sys
from pathlib import Path

import numpy as np
import onnx

import case_files
from check_golden_data import expect, own_sample, RELATIVE_TOLERANCE
from float64_gradient import loss_grad_per_example, nce_loss_grad_and_bounds, norm_relative_error
from float64_reference import class_table, nce_loss

DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "models" / "golden" / "nce_loss_grad"
STEP = 2.0**-8
SLOPE_TOLERANCE = 1e-9
SURE_LOGIT = 60.0  # stands for infinite biases, where a loss has no differences; its sigmoid is 1 to double


def slope_error(positional, keywords, loss_grad, exact, class_ids, rng):
    """Worst |slope by differences - slope by gradient| along a random direction of each parameter, relative to the
    size of what the slope adds up."""
    inputs, labels, weights, biases, *sample = positional
    keywords = keywords | {"reduction": "none"}
    point = {"inputs_grad": [inputs.astype(np.float64)], "weights_grad": [w.astype(np.float64) for w in weights]}
    if biases is not None:
        point["biases_grad"] = [np.nan_to_num(biases.astype(np.float64), posinf=SURE_LOGIT, neginf=-SURE_LOGIT)]
    largest = {name: max(np.max(np.abs(a), initial=0.0) for a in arrays) for name, arrays in point.items()}
    # So that a step moves a logit by some STEP.
    scale = {"inputs_grad": 1 / largest["weights_grad"], "weights_grad": 1 / largest["inputs_grad"], "biases_grad": 1}

    def losses(name, way, step):
        moved = point | {name: [a + step * d for a, d in zip(point[name], way)]}
        return loss_grad * nce_loss(moved["inputs_grad"][0], labels, moved["weights_grad"],
                                    moved.get("biases_grad", [None])[0], *sample, **keywords)

    worst, num_classes = 0.0, keywords["num_classes"]
    strategy = {"weights_grad": keywords["partition_strategy"], "biases_grad": "div"}
    for name, arrays in point.items():
        way = [scale[name] * rng.standard_normal(a.shape) for a in arrays]
        rows = way[0] if name == "inputs_grad" else class_table(way, strategy[name], num_classes)[class_ids]
        coarse, fine = (np.sum(losses(name, way, h) - losses(name, way, -h)) / (2 * h) for h in (STEP, STEP / 2))
        terms = exact[name] * rows
        rounding = 2.0**-52 * np.sum(np.abs(losses(name, way, 0.0))) / STEP
        size = np.sum(np.abs(terms)) + rounding / SLOPE_TOLERANCE
        worst = max(worst, abs((4 * fine - coarse) / 3 - np.sum(terms)) / size)
    return worst


def check_data_set(opts, data_set, number):
    """(worst norm-relative error, worst error / bound, worst slope error) of the gradients."""
    where = f"{data_set.parent.name}/{data_set.name}"
    inputs, outputs = (case_files.read_arrays(data_set, kind) for kind in ("input", "output"))
    expect(list(inputs) == case_files.gradient_input_names(opts), where, f"inputs {list(inputs)}")
    expect(list(outputs) == case_files.gradient_output_names(opts), where, f"outputs {list(outputs)}")
    if opts["samples"] == "own":
        sample, _ = own_sample(opts, inputs, outputs, int(inputs["step"]) if opts["step_input"] else number, where)
    else:
        sample = tuple(inputs[n] for n in case_files.SAMPLE_OUTPUTS)
    positional, keywords = case_files.reference_arguments(opts, inputs, sample)
    exact, bounds, class_ids = nce_loss_grad_and_bounds(inputs["loss_grad"], *positional, **keywords)
    expect(np.array_equal(class_ids, outputs["class_ids"]), where, "class ids differ")
    error = share = 0.0
    for name in case_files.gradient_names(opts):
        reference, bound = (case_files.read_double(data_set, f"{kind}_{name}") for kind in ("reference", "bound"))
        # Two numpy builds may sum in another order.
        expect(norm_relative_error(reference, exact[name]) <= 1e-12, where, f"another reference of {name}")
        expect(np.isclose(bound, bounds[name], rtol=1e-9, atol=0), where, f"another bound of {name}")
        error = max(error, norm_relative_error(outputs[name], reference))
        rounding = 2.0**-24 * np.linalg.norm(reference)
        share = max(share, float(np.linalg.norm(outputs[name] - reference) / max(bound + rounding, 2.0**-149)))
    expect(share <= 1, where, f"an error is {share} of its bound")
    labels = inputs["labels"]
    counted = labels != opts["ignore_index"] if opts["ignore_index"] is not None else np.ones(labels.shape, bool)
    loss_grad = loss_grad_per_example(inputs["loss_grad"], counted.any(axis=1), opts["reduction"])
    slope = slope_error(positional, keywords, loss_grad, exact, class_ids, np.random.default_rng(number))
    return error, share, slope


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FOLDER
    rows = []
    for folder in sorted(p for p in root.iterdir() if p.is_dir()):
        opts, data_sets = case_files.read_case(folder)
        onnx.checker.check_model(str(folder / "model.onnx"), full_check=True)
        rows += [(folder.name, opts, *check_data_set(opts, d, n)) for n, d in enumerate(data_sets)]
    for name, _, _, _, slope in rows:
        expect(slope <= SLOPE_TOLERANCE, name, f"the gradient is not the slope of the loss: {slope:.1e}")
    unit = [row for row in rows if row[1]["oracle"] == "tensorflow" and row[1]["unit_scale"]]
    worst = max(unit, key=lambda row: row[2])
    expect(worst[2] <= RELATIVE_TOLERANCE, worst[0], f"TensorFlow's norm-relative error is {worst[2]:.2e}")
    print(f"cases {len({row[0] for row in rows})}, data sets {len(rows)}, TensorFlow's at unit scale {len(unit)}")
    print(f"TensorFlow's tape against float64: worst norm-relative error {worst[2]:.3e} ({worst[0]}), "
          f"median of worst {np.median([row[2] for row in unit]):.3e}")
    print(f"largest share of the error bound {max(row[3] for row in rows):.3f}; "
          f"float64 gradient against differences of the loss: worst {max(row[4] for row in rows):.1e}")


if __name__ == "__main__":
    main()
