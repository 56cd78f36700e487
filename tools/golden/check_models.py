"""Checks ONNX models without our native library: all of models/, or of other folders.

    python tools/golden/check_models.py [FOLDER...]

onnx.checker must accept every .onnx file with full_check. Stock ONNX Runtime must open every one that has a function in
standard ops for each of our nodes, and where there are test_data_set_N folders beside it, compute what they say. Needs
onnx, onnxruntime and numpy.
"""

import collections
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper

DOMAIN = "org.ortnce"

# Standard ops round each logit, and have no log1p: some units of 1.0 in each softplus of up to 500 classes.
TOLERANCE = 1e-5


def nodes(graph):
    """All nodes of a graph, those of subgraphs included."""
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            for inner in [attribute.g, *attribute.graphs]:
                yield from nodes(inner)


def is_portable(model):
    functions = {(f.domain, f.name) for f in model.functions}
    return all(node.domain != DOMAIN or (node.domain, node.op_type) in functions for node in nodes(model.graph))


def tensors(folder, kind):
    files = sorted(folder.glob(f"{kind}_*.pb"), key=lambda f: int(f.stem.split("_")[1]))
    protos = [onnx.load_tensor(f) for f in files]
    return {p.name: numpy_helper.to_array(p) for p in protos}


def problem(found, expected):
    """Why an output is wrong, or None."""
    if found.shape != expected.shape or found.dtype != expected.dtype:
        return f"{found.dtype} {found.shape}, expected {expected.dtype} {expected.shape}"
    if not np.issubdtype(expected.dtype, np.floating):
        return None if np.array_equal(found, expected) else "other integers"
    size = np.maximum(1, np.abs(expected))
    with np.errstate(invalid="ignore"):
        wrong = ~((found == expected) | (np.abs(found - expected) <= TOLERANCE * size))
    return f"off by {np.max(np.abs(found - expected) / size):.1e}" if np.any(wrong) else None


def check(file):
    """What was done: "checked", "opened" or "run"; raises if anything is wrong."""
    model = onnx.load(file, load_external_data=False)
    onnx.checker.check_model(str(file), full_check=True)
    if not is_portable(model):
        return "checked"
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    sets = sorted(file.parent.glob("test_data_set_*")) if file.name == "model.onnx" else []
    for data_set in sets:
        outputs = tensors(data_set, "output")
        found = session.run(list(outputs), tensors(data_set, "input"))
        for (name, expected), value in zip(outputs.items(), found):
            wrong = problem(value, expected)
            if wrong:
                raise AssertionError(f"{data_set.name}: {name} is {wrong}")
    return "run" if sets else "opened"


def main():
    onnxruntime.set_default_logger_severity(4)
    roots = [Path(p) for p in sys.argv[1:]] or [Path(__file__).resolve().parents[2] / "models"]
    files = sorted(file for root in roots for file in root.rglob("*.onnx"))
    done, failed = collections.Counter(), 0
    for file in files:
        try:
            done[check(file)] += 1
        except Exception as e:  # a broken model is one failed case, not the end
            failed += 1
            print(f"FAILED {file}: {type(e).__name__}: {str(e)[:300]}")
    print(f"onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}: {len(files)} models, {failed} failed; "
          f"{done['checked']} need our library, {done['opened']} opened without it, {done['run']} also run on their data")
    sys.exit(1 if failed or not files else 0)


if __name__ == "__main__":
    main()
