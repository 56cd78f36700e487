"""What the benchmarks that run several libraries in one process share: turns, comparison, the machine's own rate."""

import argparse
import datetime
import importlib.metadata
import json
import math
import os
import platform
import statistics
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
for _name in [name for name in os.environ if name.startswith("OPENBLAS_")]:
    del os.environ[_name]  # numpy's matrix product chooses its own kernels and threads

import numpy as np
import onnxruntime
import tensorflow as tf
import torch
from onnx import TensorProto, helper

DEFAULT_LIBRARY = Path(__file__).parents[2] / "customop-native/target/native/linux-x64/libortnce.so"
TOLERANCE = 1e-4  # of numbers that others sum in float
QUIET_SECONDS = 0.01
TURN_MS = 10  # what is timed of a library in one turn, at least one call
LONG_MS = 100  # the first call of a turn counts
SGEMM_SIZE = 2048
PEERS = {"TensorFlow": "tf", "ONNX Runtime": "ort", "PyTorch": "torch"}


def arguments(description, runs):
    """The options that all of these have, for more to be added."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, default=DEFAULT_LIBRARY)
    parser.add_argument("--runs", type=int, default=runs, help="turns of a case")
    parser.add_argument("--threads", type=int, default=2, help="of each")
    parser.add_argument("--json", type=Path, help="file for the results")
    return parser


def use_threads(threads):
    torch.set_num_threads(threads)
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)


class BoundSession:
    """A model of some nodes in ONNX Runtime, with inputs and outputs bound: nothing but the run is in a call."""

    def __init__(self, nodes, feeds, outputs, threads, library=None, initializers=(), opset=17):
        """`feeds`: arrays by name; those of `initializers` become part of the model. `outputs`: types by name."""
        types = {name: helper.np_dtype_to_tensor_dtype(array.dtype) for name, array in feeds.items()}
        bound = {name: array for name, array in feeds.items() if name not in initializers}
        inputs = [helper.make_tensor_value_info(name, types[name], array.shape) for name, array in bound.items()]
        constants = [helper.make_tensor(name, types[name], feeds[name].shape, feeds[name].tobytes(), raw=True)
                     for name in initializers]
        results = [helper.make_tensor_value_info(name, element, None) for name, element in outputs.items()]
        graph = helper.make_graph(nodes, "bench", inputs, results, constants)
        opsets = [helper.make_opsetid("", opset), helper.make_opsetid("org.ortnce", 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        if library is not None:
            options.register_custom_ops_library(str(library))
        self.session = onnxruntime.InferenceSession(model.SerializeToString(), options,
                                                    providers=["CPUExecutionProvider"])
        self.binding = self.session.io_binding()
        for name, array in bound.items():
            self.binding.bind_ortvalue_input(name, onnxruntime.OrtValue.ortvalue_from_numpy(array))
        for name in outputs:
            self.binding.bind_output(name)

    def __call__(self):
        self.session.run_with_iobinding(self.binding)

    def results(self):
        """The outputs of the last call, in order."""
        return [value.numpy() for value in self.binding.get_outputs()]


def results_of(call):
    """The results of a call: what it returns, or the outputs of its session."""
    returned = call()
    return call.results() if isinstance(call, BoundSession) else returned


FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64


def node(op, inputs, outputs, **attributes):
    """A node of ONNX's operators, or of ours by "org.ortnce:Name". Names are separated by blanks; "-" is a hole."""
    domain, _, name = op.rpartition(":")
    names = [["" if n == "-" else n for n in text.split()] for text in (inputs, outputs)]
    return helper.make_node(name, *names, domain=domain, **attributes)


def check_close(what, found, expected):
    """Compares with what we computed, relative to the largest number of a row or to 1."""
    expected = np.asarray(expected)
    scale = np.max(np.abs(expected), axis=-1, keepdims=True) if expected.ndim > 1 else np.abs(expected)
    worst = np.max(np.abs(found - expected) / np.maximum(scale, 1), initial=0)
    if not worst <= TOLERANCE:
        raise SystemExit(f"{what} differs from ours by {worst:.2g}")


def medians(calls, runs, clock=time.perf_counter_ns):
    """Milliseconds of each call. They take turns; a turn begins with a rest and, unless they are long, with calls that
    do not count."""
    times = {name: [] for name in calls}
    for _ in range(runs):
        for name, call in calls.items():
            _rest()
            first = _milliseconds(call, clock)
            if first > LONG_MS:
                times[name].append(first)
                continue
            repeats = max(1, min(200, round(TURN_MS / max(first, 1e-3))))
            for _ in range(repeats // 4):
                call()
            times[name] += [_milliseconds(call, clock) for _ in range(repeats)]
    return {name: statistics.median(t) for name, t in times.items()}


def _rest():
    """Waits until no thread of this process spins any more: some libraries' do for 100 ms after a call."""
    used = QUIET_SECONDS
    while used > QUIET_SECONDS / 10:
        start = time.process_time()
        time.sleep(QUIET_SECONDS)
        used = time.process_time() - start


def _milliseconds(call, clock):
    start = clock()
    call()
    return (clock() - start) / 1e6


def sgemm_calls(threads):
    """The matrix products of the libraries, of SGEMM_SIZE cubed, to be timed with the rest."""
    random = np.random.default_rng(1)
    a, b = (random.random((SGEMM_SIZE, SGEMM_SIZE), np.float32) for _ in range(2))
    left, right, product = torch.from_numpy(a), torch.from_numpy(b), np.empty_like(a)
    calls = {"sgemm torch": lambda: torch.mm(left, right)}
    if threads == os.cpu_count():  # numpy takes all
        calls["sgemm numpy"] = lambda: np.matmul(a, b, out=product)
    return calls


def comparison(task, case, times, flops):
    """What a table says of a case. `times`: medians by "tf ...", "ort ...", "torch ..." (variants of peers), "ours",
    "ours, one thread" and "sgemm ..."; `flops`: of the matrix products."""
    peers = {}
    for name, prefix in PEERS.items():
        variants = [ms for variant, ms in times.items() if variant.split()[0] == prefix]
        if variants:
            peers[name] = min(variants)
    ours, sgemm = times["ours"], min(ms for name, ms in times.items() if name.startswith("sgemm "))
    rate = 2 * SGEMM_SIZE**3 / 1e6 / sgemm
    return {"task": task, "case": str(case), "median_ms": times, "peers_ms": peers, "ort_nce_ms": ours,
            "ratio": min(peers.values()) / ours, "gflops": flops / 1e6 / ours, "sgemm_gflops": rate,
            "share_of_sgemm": flops / 1e6 / ours / rate, "floor_ms": flops / 1e6 / rate,
            "scaling": times["ours, one thread"] / ours}


def number(ms):
    return f"{ms:.2f}" if ms < 10 else f"{ms:,.0f}"


def table(rows, case_head):
    """Markdown, with the geometric mean of each task's ratios."""
    heads = ["task", case_head, *PEERS, "ort-nce", "best peer / ort-nce", "GFLOP/s", "share of SGEMM", "floor",
             "ort-nce / floor", "1 to 2 threads"]
    lines = ["| " + " | ".join(heads) + " |", "| --- | --- |" + " ---: |" * (len(heads) - 2)]
    for row in rows:
        peers = [number(row["peers_ms"][name]) if name in row["peers_ms"] else "" for name in PEERS]
        cells = [row["task"], row["case"], *peers, number(row["ort_nce_ms"]), f"{row['ratio']:.2f}",
                 f"{row['gflops']:.0f}", f"{row['share_of_sgemm']:.2f}", number(row["floor_ms"]),
                 f"{row['ort_nce_ms'] / row['floor_ms']:.2f}", f"{row['scaling']:.2f}"]
        lines.append("| " + " | ".join(cells) + " |")
    for task in dict.fromkeys(row["task"] for row in rows):
        mean = geometric_mean(row["ratio"] for row in rows if row["task"] == task)
        lines.append(f"| {task} | geometric mean |" + " |" * (len(PEERS) + 1) + f" {mean:.2f} |" + " |" * 5)
    return "\n".join(lines)


def geometric_mean(numbers):
    return math.exp(statistics.fmean(map(math.log, numbers)))


def processor():
    """The name and the count of the processors, where Linux tells."""
    names = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")] if Path("/proc/cpuinfo").exists() else []
    return f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores"


def setting(options):
    """When, where and with what was measured."""
    versions = {name: importlib.metadata.version(package) for name, package in
                (("TensorFlow", "tensorflow-cpu"), ("PyTorch", "torch"), ("ONNX Runtime", "onnxruntime"),
                 ("numpy", "numpy"))}
    return {"date": datetime.date.today().isoformat(), "processor": processor(), "threads": options.threads,
            "runs": options.runs, "versions": versions}


def footer(result):
    versions = ", ".join(f"{name} {version}" for name, version in result["versions"].items())
    rates = [row["sgemm_gflops"] for row in result["cases"]]
    return (f"Milliseconds. SGEMM {SGEMM_SIZE} cubed: {min(rates):.0f} to {max(rates):.0f} GFLOP/s. {result['date']}, "
            f"{result['processor']}; {result['threads']} threads each; {versions}; medians of {result['runs']} turns.")


def write_json(path, result):
    if path:
        path.write_text(json.dumps(result, indent=1) + "\n")
