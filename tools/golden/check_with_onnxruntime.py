"""Checks the model.onnx of every golden case, without our native library.

    python tools/golden/check_with_onnxruntime.py [folder]

onnx.checker must accept every model, and its inputs and outputs must be those of the data sets. Models with given
samples also run on stock ONNX Runtime, through the model-local function. Needs onnx, onnxruntime and numpy.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

import case_files
from check_golden_data import DEFAULT_FOLDER, relative_error

# ONNX has no log1p: standard ops may lose half a unit of 1.0 in each softplus, in whatever form.
SOFTPLUS_ERROR = 2.0**-23


def interface_problem(graph, inputs, outputs):
    """What differs between the graph's inputs or outputs and the tensors of a data set, or None."""
    for kind, infos, arrays in (("inputs", graph.input, inputs), ("outputs", graph.output, outputs)):
        if [info.name for info in infos] != list(arrays):
            return f"{kind} {[info.name for info in infos]}, expected {list(arrays)}"
        for info in infos:
            array, tensor_type = arrays[info.name], info.type.tensor_type
            if onnx.helper.tensor_dtype_to_np_dtype(tensor_type.elem_type) != array.dtype:
                return f"type of {info.name} is not {array.dtype}"
            dims = tensor_type.shape.dim
            fits = len(dims) == array.ndim and all(
                not d.HasField("dim_value") or d.dim_value == n for d, n in zip(dims, array.shape))
            if not fits:
                return f"shape of {info.name} does not admit {array.shape}"
    return None


def tolerance(opts, bound, reference):
    """Allowed |error|: the hard bound of float32 arithmetic and what standard ops lose in softplus."""
    terms = opts["num_true"] + opts["num_sampled"]
    examples = opts["batch"] if opts["reduction"] == "sum" else 1
    return bound + examples * terms * SOFTPLUS_ERROR + 2.0**-24 * np.abs(reference)


def loss_problem(opts, data_set, loss, expected):
    """Why a loss is wrong, or None."""
    reference, bound = case_files.read_reference(data_set)
    if loss.shape != expected.shape or loss.dtype != expected.dtype:
        return f"loss is {loss.dtype} {loss.shape}, expected {expected.dtype} {expected.shape}"
    for name, target, factor in (("float64 reference", reference, 1), ("output_0.pb", expected, 2)):
        with np.errstate(invalid="ignore"):
            wrong = ~((loss == target) | (np.abs(loss - target) <= factor * tolerance(opts, bound, reference)))
        if np.any(wrong):
            at = tuple(int(k) for k in np.argwhere(wrong)[0])
            return f"loss{list(at)} = {loss[at]!r}, {name} has {target[at]!r}"
    return None


def check_case(folder):
    """(problem or None, worst relative error or None when the model was not run)."""
    opts, data_sets = case_files.read_case(folder)
    path = str(folder / "model.onnx")
    onnx.checker.check_model(path, full_check=True)
    graph = onnx.load(path).graph
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]) \
        if opts["samples"] == "given" else None
    worst = None
    for data_set in data_sets:
        inputs, outputs = (case_files.read_arrays(data_set, kind) for kind in ("input", "output"))
        problem = interface_problem(graph, inputs, outputs)
        if problem is None and session is not None:
            loss = session.run(["loss"], inputs)[0]
            problem = loss_problem(opts, data_set, loss, outputs["loss"])
            worst = max(worst or 0.0, relative_error(loss, case_files.read_reference(data_set)[0]))
        if problem is not None:
            return f"{data_set.name}: {problem}", worst
    return None, worst


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FOLDER
    folders = sorted(p for p in root.iterdir() if p.is_dir())
    missing = [f.name for f in folders if not (f / "model.onnx").exists()]
    failed = ran = 0
    for folder in folders:
        if folder.name in missing:
            continue
        try:
            problem, worst = check_case(folder)
        except Exception as e:  # a broken model is one failed case, not the end
            problem, worst = f"{type(e).__name__}: {e}", None
        failed += problem is not None
        ran += worst is not None
        state = "ok     " if worst is None else f"{worst:.1e}"
        print(f"{'FAILED ' if problem else state} {folder.name}{': ' + problem if problem else ''}")
    print(f"onnxruntime {onnxruntime.__version__}, onnx {onnx.__version__}: {len(folders) - len(missing)} models "
          f"checked, {ran} run, {failed} failed; {len(missing)} cases without model.onnx")
    sys.exit(1 if failed or len(missing) == len(folders) else 0)


if __name__ == "__main__":
    main()
