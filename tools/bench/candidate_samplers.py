"""Times TensorFlow's candidate samplers and ours, side by side in one process.

    python tools/bench/candidate_samplers.py [--library libortnce.so] [--runs 101] [--json result.json]

Every case runs the same kernel with the same seeds on both sides, one thread each: TensorFlow's in a v1 session through
make_callable, ours in an ONNX Runtime session with bound inputs and outputs, call by call in turns, so that both meet
the same state of the machine. Ids and expected counts of every call are compared, outside the timing. Prints the
medians as a Markdown table. Needs tensorflow, onnxruntime, onnx and numpy; the library comes from
`customop-native/build.sh library`.
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
from onnx import TensorProto, helper

DEFAULT_LIBRARY = Path(__file__).parents[2] / "customop-native/target/native/linux-x64/libortnce.so"
SEED, SEED2 = 2024, 7
BATCH = 128
MAX_ULP = 4  # ours are rounded once; TensorFlow's went through log1pf, a product and expm1f
LARGE, SMALL = (8192, 800_000), (64, 1_000_000)


class Case:
    """One kernel: `op` by its name in both libraries, "Identity" for the cost of a call that computes nothing."""

    def __init__(self, op, sampled=0, classes=0, runs=None):
        self.op, self.sampled, self.classes, self.runs = op, sampled, classes, runs
        random = np.random.default_rng(sampled + classes)
        labels = np.exp(random.random((BATCH, 1)) * np.log(max(classes, 2))) - 1
        self.feeds = {"true_classes": labels.astype(np.int64)}
        if op == "ComputeAccidentalHits":
            ids = np.exp(random.random(20 * sampled) * np.log(classes)).astype(np.int64) - 1
            first_seen = np.sort(np.unique(ids, return_index=True)[1])
            self.feeds["sampled_candidates"] = ids[first_seen][:sampled]
        # Whole numbers of a sum below 2^24: TensorFlow adds them up in float, we in double.
        self.unigrams = (1 + 1_000_000 // (np.arange(classes) + 10)).astype(np.float32)

    @property
    def attributes(self):
        if self.op == "Identity":
            return {}
        if self.op == "ComputeAccidentalHits":
            return {"num_true": 1}
        common = {"num_true": 1, "num_sampled": self.sampled, "unique": True, "seed": SEED, "seed2": SEED2}
        return common if self.op == "AllCandidateSampler" else {**common, "range_max": self.classes}


def tensorflow_call(case):
    """A function of no arguments that runs TensorFlow's kernel once and returns its outputs."""
    with tf.Graph().as_default() as graph:
        feeds = [tf.compat.v1.placeholder(array.dtype, array.shape) for array in case.feeds.values()]
        attributes = dict(case.attributes)
        if case.op == "FixedUnigramCandidateSampler":
            attributes["unigrams"] = case.unigrams.tolist()
        if case.op == "Identity":
            fetches = [tf.raw_ops.Identity(input=feeds[0])]
        else:
            inputs = dict(zip(("true_classes", "sampled_candidates"), feeds))
            fetches = list(getattr(tf.raw_ops, case.op)(**inputs, **attributes))
    config = tf.compat.v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=-1)
    session = tf.compat.v1.Session(graph=graph, config=config)
    call = session.make_callable(fetches, feed_list=feeds)
    values = list(case.feeds.values())
    return lambda: call(*values)


def our_call(case, library):
    """The same in ONNX Runtime: a function that runs the kernel, and one that gives the outputs of its last run."""
    types = {"Identity": [TensorProto.INT64],
             "ComputeAccidentalHits": [TensorProto.INT32, TensorProto.INT64, TensorProto.FLOAT]}.get(
                 case.op, [TensorProto.INT64, TensorProto.FLOAT, TensorProto.FLOAT])
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, array.shape)
              for name, array in case.feeds.items()]
    outputs = [helper.make_tensor_value_info(f"output_{i}", t, None) for i, t in enumerate(types)]
    names, initializers = list(case.feeds), []
    if case.op == "FixedUnigramCandidateSampler":
        initializers = [onnx.numpy_helper.from_array(case.unigrams, "unigrams")]
        names.append("unigrams")
    attributes = {name: int(value) for name, value in case.attributes.items()}
    domain = "" if case.op == "Identity" else "org.ortnce"
    node = helper.make_node(case.op, names, [o.name for o in outputs], domain=domain, **attributes)
    graph = helper.make_graph([node], "case", inputs, outputs, initializers)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("org.ortnce", 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.register_custom_ops_library(str(library))
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    binding = session.io_binding()
    for name, array in case.feeds.items():
        binding.bind_ortvalue_input(name, onnxruntime.OrtValue.ortvalue_from_numpy(array))
    for output in outputs:
        binding.bind_output(output.name)
    return lambda: session.run_with_iobinding(binding), binding.copy_outputs_to_cpu


def check_equal(case, call, theirs, ours):
    """Ids, indices and weights are equal; expected counts differ by at most MAX_ULP."""
    for index, (a, b) in enumerate(zip(theirs, ours, strict=True)):
        counts = a.dtype == np.float32 and case.op.endswith("Sampler")
        if counts:
            same = np.all(np.abs(a.view(np.int32).astype(np.int64) - b.view(np.int32)) <= MAX_ULP)
        else:
            same = np.array_equal(a, b)
        if not same:
            raise SystemExit(f"{case.op}, S = {case.sampled}: output {index} of call {call} differs from TensorFlow's")


def measure(case, library, runs):
    """Medians of the interleaved calls, in microseconds."""
    theirs, (ours, our_outputs) = tensorflow_call(case), our_call(case, library)
    warm_up = 5 if case.runs is None else 0
    times = []
    for call in range(warm_up + (case.runs or runs)):
        start = time.perf_counter_ns()
        expected = theirs()
        between = time.perf_counter_ns()
        ours()
        end = time.perf_counter_ns()
        check_equal(case, call, expected, our_outputs())
        if call >= warm_up:
            times.append((between - start, end - between))
    tensorflow_us, ort_nce_us = (statistics.median(t) / 1000 for t in zip(*times))
    return {"op": case.op, "num_sampled": case.sampled, "num_classes": case.classes, "calls": len(times),
            "tensorflow_us": tensorflow_us, "ort_nce_us": ort_nce_us, "ratio": tensorflow_us / ort_nce_us}


def cases():
    yield Case("Identity")
    for sampled, classes in (LARGE, SMALL):
        for distribution in ("LogUniform", "Uniform", "LearnedUnigram", "FixedUnigram"):
            yield Case(f"{distribution}CandidateSampler", sampled, classes)
        yield Case("ComputeAccidentalHits", sampled, classes)
    yield Case("AllCandidateSampler", LARGE[0], LARGE[0])
    yield Case("LogUniformCandidateSampler", 1_000_000, 1_000_000, runs=1)  # some 15 s in TensorFlow
    yield Case("UniformCandidateSampler", 1_000_000, 1_000_000, runs=3)
    yield Case("AllCandidateSampler", 1_000_000, 1_000_000)


def processor():
    """The name and the count of the processors, where Linux tells."""
    names = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")] if Path("/proc/cpuinfo").exists() else []
    return f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores"


def table(rows):
    """Markdown."""
    lines = ["| op | S | V | TensorFlow | ort-nce | ratio |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
    for row in rows:
        name = "(empty call)" if row["op"] == "Identity" else row["op"]
        sizes = " | ".join(f"{n:,}" if n else "" for n in (row["num_sampled"], row["num_classes"]))
        lines.append(f"| {name} | {sizes} | {row['tensorflow_us']:,.0f} us | {row['ort_nce_us']:,.0f} us "
                     f"| {row['ratio']:.1f} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, default=DEFAULT_LIBRARY)
    parser.add_argument("--runs", type=int, default=101, help="interleaved calls of a case")
    parser.add_argument("--only", default="", help="only the cases whose op contains this")
    parser.add_argument("--json", type=Path, help="file for the results")
    arguments = parser.parse_args()
    rows = [measure(case, arguments.library, arguments.runs) for case in cases() if arguments.only in case.op]
    result = {"date": datetime.date.today().isoformat(), "processor": processor(), "threads": 1, "batch": BATCH,
              "tensorflow": tf.__version__, "onnxruntime": onnxruntime.__version__, "medians": rows}
    print(table(rows))
    print(f"\n{result['date']}, {result['processor']}; one thread; TensorFlow {tf.__version__}, "
          f"ONNX Runtime {onnxruntime.__version__}; B = {BATCH}, T = 1, unique; medians of interleaved calls")
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
