"""Times the full sigmoid loss and the top k of TensorFlow, ONNX Runtime's own operators, PyTorch and ours.

    python tools/bench/full_sigmoid_loss.py [--library libortnce.so] [--runs 11] [--threads 2] [--only TEXT]
        [--json result.json]

The recipes are those people write: TensorFlow's nce_loss page (matmul, one_hot, a sum of
sigmoid_cross_entropy_with_logits) as a tf.function; PyTorch's linear, softplus and a sum less the logit of the label,
also through torch.compile; Gemm, Softplus and ReduceSum in ONNX Runtime, with the weights in the model, so that it may
lay them out as it likes. Ours are FullSigmoidLoss and TopKClasses. All run in one process and take turns, and their
results are compared with ours before anything is timed. The floor is the time of the product at the rate of the fastest
SGEMM, 2048 cubed, which takes turns with the others. Prints Markdown. Needs tensorflow, torch, onnxruntime, onnx and
numpy, and g++ for torch.compile; the library comes from `customop-native/build.sh library`.
"""

import gc
from dataclasses import dataclass
from functools import cached_property

import side_by_side  # first: it sets what the libraries read when they are loaded
import numpy as np
import tensorflow as tf
import torch
from side_by_side import FLOAT, INT64, BoundSession, node
from torch.nn.functional import linear, softplus

TOP_K = 10


@dataclass(frozen=True)
class Case:
    """B examples of one label, V classes, embeddings of length D; logits of unit scale."""

    batch: int
    dim: int
    classes: int
    large: bool = False  # logits of gigabytes: without TensorFlow, which makes five of them, and in few turns

    def __str__(self):
        return f"{self.batch}, {self.dim}, {self.classes:,}"

    @property
    def flops(self):
        return 2 * self.batch * self.dim * self.classes

    @cached_property
    def feeds(self):
        random = np.random.default_rng(self.classes)
        return {"inputs": random.standard_normal((self.batch, self.dim), np.float32),
                "labels": random.integers(0, self.classes, (self.batch, 1)),
                "biases": random.standard_normal(self.classes, np.float32),
                "weights": random.standard_normal((self.classes, self.dim), np.float32) / np.float32(self.dim**0.5)}


CASES = [Case(1, 128, 100_000), Case(256, 128, 100_000), Case(256, 128, 200_000),
         Case(1024, 128, 1_000_000, large=True)]


def tensorflow_loss(case):
    inputs, labels, biases, weights = (tf.constant(array) for array in case.feeds.values())

    @tf.function
    def loss():
        logits = tf.matmul(inputs, weights, transpose_b=True) + biases
        one_hot = tf.one_hot(tf.squeeze(labels, 1), case.classes)
        return tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=one_hot, logits=logits), axis=1)

    return {"tf": lambda: (loss().numpy(),)}


def _torch_variants(function, case):
    tensors = [torch.from_numpy(array) for array in case.feeds.values()]

    def variant(run):
        def call():
            with torch.inference_mode():
                return (run(*tensors).numpy(),)

        return call

    return {"torch eager": variant(function), "torch compile": variant(torch.compile(function, dynamic=False))}


def torch_loss(case):
    def loss(inputs, labels, biases, weights):
        logits = linear(inputs, weights, biases)
        return softplus(logits).sum(1) - logits.gather(1, labels).squeeze(1)

    return _torch_variants(loss, case)


def torch_top_k(case):
    def top_k(inputs, labels, biases, weights):
        return torch.topk(linear(inputs, weights, biases), TOP_K).values

    return _torch_variants(top_k, case)


def _feeds(case, *names):
    return {name: case.feeds[name] for name in names}


def onnx_loss(case, threads):
    nodes = [node("Constant", "", "one", value_ints=[1]),
             node("Gemm", "inputs weights biases", "logits", transB=1),
             node("Softplus", "logits", "softplus"),
             node("ReduceSum", "softplus one", "sum", keepdims=0),
             node("GatherElements", "logits labels", "label_logits", axis=1),
             node("Squeeze", "label_logits one", "label_logit"),
             node("Sub", "sum label_logit", "loss")]
    return BoundSession(nodes, case.feeds, {"loss": FLOAT}, threads, initializers=("weights", "biases"))


def onnx_top_k(case, threads):
    nodes = [node("Constant", "", "k", value_ints=[TOP_K]),
             node("Gemm", "inputs weights biases", "logits", transB=1),
             node("TopK", "logits k", "values ids")]
    return BoundSession(nodes, _feeds(case, "inputs", "weights", "biases"), {"values": FLOAT, "ids": INT64}, threads,
                        initializers=("weights", "biases"))


def our_loss(case, threads, library):
    return BoundSession([node("org.ortnce:FullSigmoidLoss", "inputs labels biases weights", "loss")], case.feeds,
                        {"loss": FLOAT}, threads, library)


def our_metrics(case, threads, library):
    outputs = {"loss": FLOAT, "softmax_loss": FLOAT, "true_ranks": INT64}
    return BoundSession([node("org.ortnce:FullSigmoidLoss", "inputs labels biases weights", " ".join(outputs))],
                        case.feeds, outputs, threads, library)


def our_top_k(case, threads, library):
    return BoundSession([node("org.ortnce:TopKClasses", "inputs biases weights", "ids values", k=TOP_K)],
                        _feeds(case, "inputs", "biases", "weights"), {"values": FLOAT, "ids": INT64}, threads, library)


def measure(case, task, options):
    """Medians of one case."""
    if task == "loss":
        calls = {**torch_loss(case), "ort": onnx_loss(case, options.threads)}
        if not case.large:
            calls.update(tensorflow_loss(case))
        our_call = our_loss
    else:
        calls = {**torch_top_k(case), "ort": onnx_top_k(case, options.threads)}
        our_call = our_top_k
    ours, single = (our_call(case, threads, options.library) for threads in (options.threads, 1))
    extra = {"metrics": our_metrics(case, options.threads, options.library)} if task == "loss" else {}
    expected = side_by_side.results_of(ours)
    for name, call in {**calls, **extra}.items():
        side_by_side.check_close(f"{name}, {case}: {task}", side_by_side.results_of(call)[0], expected[0])
    calls.update({**extra, "ours": ours, "ours, one thread": single, **side_by_side.sgemm_calls(options.threads)})
    times = side_by_side.medians(calls, min(options.runs, 3) if case.large else options.runs)
    return side_by_side.comparison(task, case, times, case.flops)


def metrics_table(rows):
    """What softmax losses and ranks cost besides the loss."""
    lines = ["| B, D, V | ort-nce: loss, softmax loss and ranks |", "| --- | ---: |"]
    lines += [f"| {row['case']} | {side_by_side.number(row['median_ms']['metrics'])} |" for row in rows
              if "metrics" in row["median_ms"]]
    return "\n".join(lines)


def main():
    parser = side_by_side.arguments(__doc__, runs=11)
    parser.add_argument("--only", default="", help="only cases whose task and sizes have it, such as 'loss 256'")
    options = parser.parse_args()
    side_by_side.use_threads(options.threads)
    rows = []
    for case in CASES:
        for task in ("loss", f"top {TOP_K}"):
            if options.only in f"{task} {case}":
                rows.append(measure(case, task, options))
                gc.collect()
        case.__dict__.pop("feeds", None)
    result = {**side_by_side.setting(options), "cases": sorted(rows, key=lambda row: row["task"])}
    print(f"{side_by_side.table(result['cases'], 'B, D, V')}\n\n{metrics_table(result['cases'])}\n\n"
          f"{side_by_side.footer(result)}")
    side_by_side.write_json(options.json, result)


if __name__ == "__main__":
    main()
