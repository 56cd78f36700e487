"""Files of one case: options.json and data sets in the layout of ONNX's backend tests."""

import json
import shutil
from dataclasses import asdict

import numpy as np
from onnx import TensorProto, load_tensor, numpy_helper, save_tensor

SAMPLE_OUTPUTS = ("sampled_candidates", "true_expected_count", "sampled_expected_count")
ATTRIBUTES = ("num_sampled", "num_classes", "num_true", "remove_accidental_hits", "partition_strategy", "partitions",
              "subtract_log_q", "ignore_index", "reduction", "seed", "seed2")


def options(case):
    """What a graph builder needs to emit the model of the case, and how to judge its results."""
    values = asdict(case)
    return {
        **{name: values[name] for name in ATTRIBUTES},
        "dim": case.dim,
        "batch": case.batch,
        "has_biases": case.has_biases,
        "biases_length": case.biases_length if case.has_biases else None,
        "labels_type": case.labels_type,
        "samples": case.samples,
        "step_input": case.step_input,
        "output_sample": case.output_sample,
        "weights_as": "input",
        "oracle": case.oracle,
        "unit_scale": case.scale == 1.0 and not case.infinite_biases,
    }


def weight_names(partitions):
    return ["weights"] if partitions == 1 else [f"weights_{p}" for p in range(partitions)]


def input_names(opts):
    """Graph inputs in order, from options.json."""
    given = list(SAMPLE_OUTPUTS) if opts["samples"] == "given" else []
    step = ["step"] if opts["step_input"] else []
    biases = ["biases"] if opts["has_biases"] else []
    return ["inputs", "labels", *given, *step, *weight_names(len(opts["partitions"])), *biases]


def output_names(opts):
    return ["loss", *(SAMPLE_OUTPUTS if opts["output_sample"] else [])]


def gradient_names(opts):
    """Gradients of NceLossGrad, in the order of its outputs."""
    return ["inputs_grad", "weights_grad", *(["biases_grad"] if opts["has_biases"] else [])]


def gradient_input_names(opts):
    return ["loss_grad", *input_names(opts)]


def gradient_output_names(opts):
    """Where the op draws its own samples, the loss that draws them is in the same model."""
    loss = output_names(opts) if opts["samples"] == "own" else []
    by_inputs, *by_classes = gradient_names(opts)
    return [*loss, by_inputs, "class_ids", *by_classes]


def new_case_folder(root, name, opts):
    """Empties the folder but for a model.onnx, which another tool makes."""
    folder = root / name
    for old in folder.glob("test_data_set_*"):
        shutil.rmtree(old)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "options.json").write_text(json.dumps(opts, indent=2) + "\n")
    return folder


def write_data_set(folder, number, inputs, outputs, reference, bound):
    """inputs and outputs: lists of (name, array), in graph order."""
    target = write_tensors(folder, number, inputs, outputs)
    save_array(target / "reference_loss.pb", "loss", np.asarray(reference, np.float64))
    save_array(target / "reference_bound.pb", "loss", np.asarray(bound, np.float64))


def write_gradient_data_set(folder, number, inputs, outputs, references, bounds):
    """references and bounds: {name of gradient: float64 array or scalar}."""
    target = write_tensors(folder, number, inputs, outputs)
    for name in (name for name, _ in outputs if name in references):
        save_array(target / f"reference_{name}.pb", name, np.asarray(references[name], np.float64))
        save_array(target / f"bound_{name}.pb", name, np.asarray(bounds[name], np.float64))


def write_tensors(folder, number, inputs, outputs):
    target = folder / f"test_data_set_{number}"
    target.mkdir()
    for kind, tensors in (("input", inputs), ("output", outputs)):
        for k, (name, array) in enumerate(tensors):
            save_array(target / f"{kind}_{k}.pb", name, array)
    return target


def save_array(path, name, array):
    # ascontiguousarray would turn a scalar into a vector.
    tensor = numpy_helper.from_array(np.array(array, order="C"), name)
    save_tensor(tensor, str(path))


def read_arrays(data_set, kind):
    """{name: array} of input_K.pb or output_K.pb, in order."""
    arrays = {}
    for k in range(len(list(data_set.glob(f"{kind}_*.pb")))):
        tensor = load_tensor(str(data_set / f"{kind}_{k}.pb"))
        arrays[tensor.name] = numpy_helper.to_array(tensor)
    return arrays


def read_reference(data_set):
    """The float64 loss and the float32 error bound."""
    return tuple(read_double(data_set, stem) for stem in ("reference_loss", "reference_bound"))


def read_double(data_set, stem):
    tensor = load_tensor(str(data_set / f"{stem}.pb"))
    if tensor.data_type != TensorProto.DOUBLE:
        raise ValueError(f"{data_set}: {stem}.pb must be double")
    return numpy_helper.to_array(tensor)


def read_case(folder):
    """options.json and the data set folders in order."""
    opts = json.loads((folder / "options.json").read_text())
    count = len(list(folder.glob("test_data_set_*")))
    return opts, [folder / f"test_data_set_{n}" for n in range(count)]


def reference_arguments(opts, inputs, sample):
    """Arguments of float64_reference.nce_loss for the stored inputs and the sample (ids, two counts) of a data set."""
    sampled, true_q, sampled_q = sample
    weights = [inputs[name] for name in weight_names(len(opts["partitions"]))]
    positional = (inputs["inputs"], inputs["labels"], weights, inputs.get("biases"), sampled, true_q, sampled_q)
    names = ("num_true", "partition_strategy", "remove_accidental_hits", "subtract_log_q", "ignore_index",
             "reduction", "num_classes")
    return positional, {name: opts[name] for name in names}
