"""Times the full sigmoid loss of TensorFlow, of PyTorch and ours, side by side in one process.

    python tools/bench/full_sigmoid_loss.py [--library libortnce.so] [--runs 11] [--threads 2] [--processor-time]
        [--json result.json]

The recipes are those people write: TensorFlow's nce_loss page (matmul, one_hot, sigmoid_cross_entropy_with_logits, a sum)
as a tf.function, PyTorch's functional.linear, softplus and a sum less the logit of the label; ours is FullSigmoidLoss in an
ONNX Runtime session with bound inputs and outputs. Calls go in turns, so that all meet the same state of the machine,
and the losses of all three are compared before anything is timed. TopKClasses runs against torch.topk of the logits the
same way. Prints the medians as a Markdown table. Needs tensorflow, torch, onnxruntime, onnx and numpy; the library comes
from `customop-native/build.sh library`.
"""

import argparse
import datetime
import json
import os
import platform
import statistics
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np
import onnx
import onnxruntime
import tensorflow as tf
import torch
from onnx import TensorProto, helper

DEFAULT_LIBRARY = Path(__file__).parents[2] / "customop-native/target/native/linux-x64/libortnce.so"
BATCH, DIM, TOP_K = 256, 128, 10
CLASSES = (100_000, 200_000)
TOLERANCE = 1e-4  # theirs are summed in float


class Case:
    """A batch and a table of `classes` classes, logits of unit scale."""

    def __init__(self, classes):
        self.classes = classes
        random = np.random.default_rng(classes)
        self.inputs = random.standard_normal((BATCH, DIM), np.float32)
        self.weights = random.standard_normal((classes, DIM), np.float32) / np.float32(np.sqrt(DIM))
        self.biases = random.standard_normal(classes, np.float32)
        self.labels = random.integers(0, classes, (BATCH, 1))


def tensorflow_call(case):
    inputs, weights, biases = (tf.constant(a) for a in (case.inputs, case.weights, case.biases))
    labels = tf.constant(case.labels)

    @tf.function
    def loss():
        logits = tf.matmul(inputs, weights, transpose_b=True) + biases
        one_hot = tf.one_hot(tf.squeeze(labels, 1), case.classes)
        return tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=one_hot, logits=logits), axis=1)

    return lambda: loss().numpy()


def torch_tensors(case):
    return (torch.from_numpy(a) for a in (case.inputs, case.weights, case.biases, case.labels))


def torch_call(case):
    inputs, weights, biases, labels = torch_tensors(case)

    def loss():
        with torch.inference_mode():
            logits = torch.nn.functional.linear(inputs, weights, biases)
            softplus = torch.nn.functional.softplus(logits).sum(dim=1)
            return (softplus - logits.gather(1, labels).squeeze(1)).numpy()

    return loss


def torch_top_k(case):
    inputs, weights, biases, _ = torch_tensors(case)

    def top_k():
        with torch.inference_mode():
            return torch.topk(torch.nn.functional.linear(inputs, weights, biases), TOP_K).values.numpy()

    return top_k


def our_call(case, library, threads, op, outputs, **attributes):
    """A function that runs the op and one that gives the first bound output of its last run."""
    feeds = {"inputs": case.inputs, "labels": case.labels, "biases": case.biases, "weights": case.weights}
    if op == "TopKClasses":
        del feeds["labels"]
    types = {name: TensorProto.INT64 if array.dtype == np.int64 else TensorProto.FLOAT for name, array in feeds.items()}
    node = helper.make_node(op, list(feeds), [name for name, _ in outputs], domain="org.ortnce", **attributes)
    graph = helper.make_graph(
        [node], "case", [helper.make_tensor_value_info(n, types[n], a.shape) for n, a in feeds.items()],
        [helper.make_tensor_value_info(name, element, None) for name, element in outputs if name])
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("org.ortnce", 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.register_custom_ops_library(str(library))
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    binding = session.io_binding()
    for name, array in feeds.items():
        binding.bind_ortvalue_input(name, onnxruntime.OrtValue.ortvalue_from_numpy(array))
    for name, _ in outputs:
        binding.bind_output(name)

    def call():
        session.run_with_iobinding(binding)

    return call, lambda index: binding.get_outputs()[index].numpy()


def check_close(what, found, expected):
    worst = np.max(np.abs(found - expected) / np.maximum(np.abs(expected), 1))
    if not worst <= TOLERANCE:
        raise SystemExit(f"{what} differs from ours by {worst:.2g}")


def medians(calls, runs, clock):
    """Milliseconds of every call, one after another in turns."""
    times = {name: [] for name in calls}
    for turn in range(runs + 2):
        for name, call in calls.items():
            start = clock()
            call()
            if turn >= 2:
                times[name].append((clock() - start) / 1e6)
    return {name: statistics.median(t) for name, t in times.items()}


def measure(case, library, runs, threads, clock):
    F, I = TensorProto.FLOAT, TensorProto.INT64
    loss, loss_of = our_call(case, library, threads, "FullSigmoidLoss", [("loss", F)])
    everything, all_of = our_call(case, library, threads, "FullSigmoidLoss",
                                  [("loss", F), ("softmax_loss", F), ("true_ranks", I), ("true_logits", F)])
    top_k, top_k_of = our_call(case, library, threads, "TopKClasses", [("ids", I), ("logits", F)], k=TOP_K)
    calls = {"tensorflow": tensorflow_call(case), "torch": torch_call(case), "ort_nce": loss,
             "ort_nce_all_outputs": everything, "torch_top_k": torch_top_k(case), "ort_nce_top_k": top_k}
    loss(), everything(), top_k()
    check_close("TensorFlow's loss", calls["tensorflow"](), loss_of(0))
    check_close("PyTorch's loss", calls["torch"](), loss_of(0))
    check_close("the loss with other outputs", all_of(0), loss_of(0))
    check_close("PyTorch's top k", calls["torch_top_k"](), top_k_of(1))
    left, right = torch.from_numpy(case.inputs), torch.from_numpy(case.weights)
    calls["torch_sgemm"] = lambda: torch.mm(left, right.T)
    return {"num_classes": case.classes, **medians(calls, runs, clock)}


def table(rows):
    """Markdown."""
    flops = 2 * BATCH * DIM / 1e6
    lines = ["| V | | milliseconds | GFLOP/s | ort-nce is faster by |", "| ---: | --- | ---: | ---: | ---: |"]
    for row in rows:
        for name, what, ours in (("torch_sgemm", "the product alone, PyTorch", None),
                                 ("tensorflow", "loss, TensorFlow", "ort_nce"), ("torch", "loss, PyTorch", "ort_nce"),
                                 ("ort_nce", "loss, ort-nce", None),
                                 ("ort_nce_all_outputs", "loss, softmax loss and ranks, ort-nce", None),
                                 ("torch_top_k", f"top {TOP_K}, PyTorch", "ort_nce_top_k"),
                                 ("ort_nce_top_k", f"top {TOP_K}, ort-nce", None)):
            ratio = f"{row[name] / row[ours]:.1f}" if ours else ""
            lines.append(f"| {row['num_classes']:,} | {what} | {row[name]:,.0f} | "
                         f"{flops * row['num_classes'] / row[name]:,.0f} | {ratio} |")
    return "\n".join(lines)


def processor():
    """The name and the count of the processors, where Linux tells."""
    names = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")] if Path("/proc/cpuinfo").exists() else []
    return f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, default=DEFAULT_LIBRARY)
    parser.add_argument("--runs", type=int, default=11, help="interleaved calls of a case")
    parser.add_argument("--threads", type=int, default=2, help="of each")
    parser.add_argument("--processor-time", action="store_true", help="instead of the time that passed")
    parser.add_argument("--json", type=Path, help="file for the results")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    clock = time.process_time_ns if arguments.processor_time else time.perf_counter_ns
    rows = [measure(Case(classes), arguments.library, arguments.runs, arguments.threads, clock) for classes in CLASSES]
    result = {"date": datetime.date.today().isoformat(), "processor": processor(), "threads": arguments.threads,
              "processor_time": arguments.processor_time, "batch": BATCH, "dim": DIM, "tensorflow": tf.__version__,
              "torch": torch.__version__, "onnxruntime": onnxruntime.__version__, "median_ms": rows}
    print(table(rows))
    print(f"\n{result['date']}, {result['processor']}; {arguments.threads} threads each; TensorFlow {tf.__version__}, "
          f"PyTorch {torch.__version__}, ONNX Runtime {onnxruntime.__version__}; B = {BATCH}, D = {DIM}, T = 1; "
          f"medians of {arguments.runs} interleaved calls{', processor time' if arguments.processor_time else ''}")
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
