"""Times the noise-contrastive loss, and with its gradient: TensorFlow, ONNX Runtime's own operators, PyTorch and ours.

    python tools/bench/nce_loss.py [--library libortnce.so] [--runs 11] [--threads 2] [--only TEXT] [--json result.json]

All take the same candidates. They run in one process and take turns, and their results are compared with ours before
anything is timed. Of PyTorch the fastest variant counts (by hand, autograd, torch.compile). The floor of a case is the
time of its matrix products at the rate of the fastest SGEMM, of numpy and PyTorch at 2048 cubed, which takes turns with
the others. A second table says how our time grows with B, S and V. Prints Markdown. Needs tensorflow, torch,
onnxruntime, onnx and numpy, and g++ for torch.compile; the library comes from `customop-native/build.sh library`.
"""

import gc

import side_by_side  # first: it sets what the libraries read when they are loaded
import numpy as np
from nce import onnx_peer, tensorflow_peer, torch_peer
from nce.case import Case

CASES = [Case(128, 128, 64, 50_000), Case(1024, 256, 64, 1_000_000), Case(1024, 512, 1024, 200_000),
         Case(512, 512, 8192, 200_000, 5), Case(4096, 256, 4096, 200_000)]
GRADIENT_CASES = [CASES[0], CASES[2], CASES[4]]
GROWTH = [Case(1024, 256, 1024, 200_000), Case(2048, 256, 1024, 200_000), Case(1024, 256, 2048, 200_000),
          Case(1024, 256, 1024, 50_000)]


def summed(result, ids):
    """The parts of a result by name; rows of the gradient for these classes, those of one class added up."""
    if len(result) == 1:
        return {"loss": result[0]}
    loss, inputs_grad, class_ids, rows = result[:4]
    weights_grad = np.zeros((len(ids), rows.shape[1]), np.float64)
    np.add.at(weights_grad, np.searchsorted(ids, class_ids), rows)
    return {"loss": loss, "inputs_grad": inputs_grad, "weights_grad": weights_grad}


def check(case, calls, ours):
    """Compares the results of every call with ours."""
    expected = side_by_side.results_of(ours)
    ids = expected[2] if len(expected) > 1 else None
    for name, call in calls.items():
        found = summed(side_by_side.results_of(call), ids)
        for part, numbers in summed(expected, ids).items():
            side_by_side.check_close(f"{name}, {case}: {part}", found[part], numbers)


def measure(case, task, options):
    """Medians of one case."""
    gradient = task != "loss"
    if gradient:
        calls = {**tensorflow_peer.gradient(case), **torch_peer.gradient(case),
                 "ort": onnx_peer.gradient(case, options.threads)}
    else:
        calls = {**tensorflow_peer.loss(case), **torch_peer.loss(case), "ort": onnx_peer.loss(case, options.threads)}
    our_call = onnx_peer.our_gradient if gradient else onnx_peer.our_loss
    ours, single = (our_call(case, threads, options.library) for threads in (options.threads, 1))
    check(case, calls, ours)
    times = side_by_side.medians({**calls, "ours": ours, "ours, one thread": single,
                                  **side_by_side.sgemm_calls(options.threads)}, options.runs)
    return side_by_side.comparison(task, case, times, case.flops * (3 if gradient else 1))


def growth(options):
    """Our time at B, S and V, and at twice or a quarter of one of them."""
    sessions = {str(case): onnx_peer.our_loss(case, options.threads, options.library) for case in GROWTH}
    return side_by_side.medians(sessions, options.runs)


def growth_table(times):
    first = next(iter(times.values()))
    lines = ["| B, D, S, V, T | ms | to the first |", "| --- | ---: | ---: |"]
    lines += [f"| {case} | {side_by_side.number(ms)} | {ms / first:.2f} |" for case, ms in times.items()]
    return "\n".join(lines)


def main():
    parser = side_by_side.arguments(__doc__, runs=11)
    parser.add_argument("--only", default="", help="only cases whose task and sizes have it, such as 'loss 1024'")
    options = parser.parse_args()
    side_by_side.use_threads(options.threads)
    tasks = [("loss", case) for case in CASES] + [("loss + gradient", case) for case in GRADIENT_CASES]
    rows = []
    for task, case in tasks:
        if options.only in f"{task} {case}":
            rows.append(measure(case, task, options))
            case.__dict__.pop("feeds")
            gc.collect()
    result = {**side_by_side.setting(options), "cases": rows}
    print(f"{side_by_side.table(rows, 'B, D, S, V, T')}\n\n{side_by_side.footer(result)}")
    if not options.only:
        result["growth_ms"] = growth(options)
        print(f"\n{growth_table(result['growth_ms'])}")
    side_by_side.write_json(options.json, result)


if __name__ == "__main__":
    main()
