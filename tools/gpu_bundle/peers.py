"""Speed of PyTorch, eager and compiled, at the maths and sizes of ortnce_gpu_bench. Prints one JSON array.

Times are medians by events of the device, over batches in turn, as there.
"""

import json
import statistics

import torch
import torch.nn.functional as F

BATCHES = 4
SAMPLE_MS = 20.0
SAMPLES = 11


def median_ms(call):
    """The median time of one call(i), in ms; a sample is as many calls as take SAMPLE_MS."""
    begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)

    def time(calls):
        begin.record()
        for i in range(calls):
            call(i)
        end.record()
        end.synchronize()
        return begin.elapsed_time(end)

    time(2 * BATCHES)
    calls = max(1, min(1000, int(SAMPLE_MS / max(time(4) / 4, 1e-3))))
    return statistics.median(time(calls) / calls for _ in range(SAMPLES))


def nce_loss(x, weights, biases, labels, sampled, true_counts, sampled_counts):
    """The mean noise-contrastive loss with accidental hits masked; logits in float."""
    true_logits = (x * weights[labels]).sum(1, dtype=torch.float32) + biases[labels].float() - true_counts.log()
    logits = (x @ weights[sampled].T).float() + biases[sampled].float() - sampled_counts.log()
    logits = logits.masked_fill(labels[:, None] == sampled[None, :], -torch.inf)
    return (F.softplus(true_logits) - true_logits + F.softplus(logits).sum(1)).mean()


def full_sigmoid_loss(x, weights, biases, labels):
    """The mean sigmoid cross entropy over all classes; logits in float."""
    logits = (x @ weights.T).float() + biases.float()
    return (F.softplus(logits).sum(1) - logits.gather(1, labels[:, None])[:, 0]).mean()


def table(classes, dim, dtype):
    weights = torch.randn(classes, dim, device="cuda", dtype=torch.float32).mul_(0.5).to(dtype)
    return weights, torch.randn(classes, device="cuda").to(dtype)


def nce_batches(batch, sampled, classes, dim, dtype):
    weights, biases = table(classes, dim, dtype)
    return [
        (
            torch.randn(batch, dim, device="cuda").to(dtype),
            weights,
            biases,
            torch.randint(classes, (batch,), device="cuda"),
            torch.randint(classes, (sampled,), device="cuda"),
            torch.rand(batch, device="cuda") + 0.1,
            torch.rand(sampled, device="cuda") + 0.1,
        )
        for _ in range(BATCHES)
    ]


def full_batches(batch, classes, dim, dtype):
    weights, biases = table(classes, dim, dtype)
    return [
        (
            torch.randn(batch, dim, device="cuda").to(dtype),
            weights,
            biases,
            torch.randint(classes, (batch,), device="cuda"),
        )
        for _ in range(BATCHES)
    ]


def measure(op, function, numbers, sizes, batches):
    figures = {"op": op, "numbers": numbers, **sizes}
    for mode, callee in (("eager", function), ("compiled", torch.compile(function))):
        try:
            figures[mode + "_ms"] = median_ms(lambda i, f=callee: f(*batches[i % BATCHES]))
        except Exception as error:  # out of memory, or a compiler that is not there
            figures[mode + "_error"] = str(error).splitlines()[0][:200]
            torch.cuda.empty_cache()
    return figures


def main():
    torch.manual_seed(1)
    results = []
    with torch.no_grad():
        for numbers, dtype in (("bfloat16", torch.bfloat16), ("tf32", torch.float32), ("float32", torch.float32)):
            torch.backends.cuda.matmul.allow_tf32 = numbers == "tf32"
            torch.compiler.reset()
            for batch in (1024, 8192):
                sizes = {"B": batch, "S": batch, "V": 200_000, "D": 512}
                batches = nce_batches(batch, batch, 200_000, 512, dtype)
                results.append(measure("NceLoss", nce_loss, numbers, sizes, batches))
            sizes = {"B": 1024, "S": 0, "V": 1_000_000, "D": 128}
            batches = full_batches(1024, 1_000_000, 128, dtype)
            results.append(measure("FullSigmoidLoss", full_sigmoid_loss, numbers, sizes, batches))
            del batches
            torch.cuda.empty_cache()
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
