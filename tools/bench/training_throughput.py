"""Pairs per second of the same skip-gram training in TensorFlow, PyTorch and ort-nce, in turns on one machine.

    python tools/bench/training_throughput.py [--rounds 20] [--dims 64,128] [--threads 2] [--json result.json]

tf.nn.nce_loss over V classes with S candidates for a batch of B words, sparse gradients everywhere, SGD and Adagrad.
Every trainer is a process of its own that trains for some 0.5 s when its turn comes, round by round; the others wait.
Of TensorFlow and PyTorch the fastest of the variants in training/ is taken. The losses must fall, and those of
TensorFlow and ort-nce, which draw from the same distribution, must agree. Prints medians as a Markdown table.

Needs tensorflow, torch and numpy, Java, and java/ortnce-bench built: mvn -DskipTests package.
"""

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
TRAINERS = Path(__file__).parent / "training"
JAVA_CLASSES = ROOT / "java/ortnce-bench/target"
BATCH, CLASSES, SAMPLED = 1024, 122_000, 64
BATCHES = 512  # then from the beginning
RATES = {"sgd": 2.0, "adagrad": 0.5}
CHUNK_SECONDS = 0.5
COMPARED = 100  # steps, the first of all, whose mean losses must agree
WARM_UP, WARM_UP_SECONDS = 2000, 4.0  # steps or seconds: what Java compiles while it runs needs some
AGREEMENT = 0.03
VARIANTS = {"TensorFlow": ("raw", "v1", "keras"), "PyTorch": ("optim", "manual"), "ort-nce": ("",)}


def write_pairs(folder):
    """Words with Zipf's frequencies, and the words after them: each has a few that follow most often."""
    rng = np.random.default_rng(7)
    weight = 1.0 / (np.arange(CLASSES) + 10.0)
    cumulative = np.cumsum(weight / weight.sum())

    def draw(shape):
        return np.minimum(np.searchsorted(cumulative, rng.random(shape)), CLASSES - 1)

    followers = draw((CLASSES, 4))
    inputs = draw((BATCHES, BATCH))
    usual = followers[inputs, rng.integers(4, size=inputs.shape)]
    labels = np.where(rng.random(inputs.shape) < 0.75, usual, draw(inputs.shape))
    for name, array in (("inputs", inputs), ("labels", labels)):
        np.save(folder / f"{name}.npy", array.astype(np.int64))
    return folder / "inputs.npy", folder / "labels.npy"


class Trainer:
    """A process that trains when told to."""

    def __init__(self, library, variant, arguments):
        self.library, self.variant = library, variant
        python = {"TensorFlow": "tensorflow_trainer.py", "PyTorch": "torch_trainer.py"}
        if library in python:
            command = [sys.executable, str(TRAINERS / python[library]), *arguments, variant]
        else:
            class_path = os.pathsep.join([str(JAVA_CLASSES / "classes"), str(JAVA_CLASSES / "lib" / "*")])
            command = ["java", "-cp", class_path, "org.ortnce.bench.TrainingThroughput", *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        stderr=subprocess.DEVNULL)
        if self.process.stdout.readline().strip() != "ready":
            raise SystemExit(f"{library}: the trainer did not start: {' '.join(command)}")
        self.losses, self.rates, self.cpu_rates = [], [], []

    def train(self, steps):
        """Seconds and mean loss of some further steps."""
        start = time.perf_counter()
        print(steps, file=self.process.stdin, flush=True)
        loss = float(self.process.stdout.readline())
        seconds = time.perf_counter() - start
        self.losses.append(loss)
        return seconds, loss

    def warm_up(self):
        """Trains until a chunk takes what it will take, and sets its steps."""
        _, self.first_loss = self.train(COMPARED)
        end, steps = time.perf_counter() + WARM_UP_SECONDS, 0
        while steps < WARM_UP and time.perf_counter() < end:
            seconds, _ = self.train(COMPARED)
            steps += COMPARED
        self.steps = max(1, round(COMPARED * CHUNK_SECONDS / seconds))

    def chunk(self):
        before = self.cpu_seconds()
        seconds, _ = self.train(self.steps)
        self.rates.append(self.steps * BATCH / seconds)
        self.cpu_rates.append(self.steps * BATCH / max(self.cpu_seconds() - before, 0.01))

    def cpu_seconds(self):
        """What all threads of the process have used; compilers, collectors and waiting in a loop included."""
        times = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
        return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def fastest(library, arguments):
    """The trainer of the fastest variant, warm; the others are closed."""
    trainers = [Trainer(library, variant, arguments) for variant in VARIANTS[library]]
    for trainer in trainers:
        trainer.warm_up()
    if len(trainers) > 1:
        for _ in range(3):
            for trainer in trainers:
                trainer.chunk()
    trainers.sort(key=lambda t: statistics.median(t.rates or [0.0]))
    best = trainers.pop()
    for trainer in trainers:
        print(f"{library} {trainer.variant}: {statistics.median(trainer.rates):,.0f} pairs/s, "
              f"{best.variant}: {statistics.median(best.rates):,.0f}", file=sys.stderr)
        trainer.close()
    best.rates, best.cpu_rates = [], []
    return best


def measure(optimizer, dim, pairs, options):
    arguments = [optimizer, RATES[optimizer], CLASSES, dim, SAMPLED, options.threads, *pairs]
    trainers = [fastest(library, [str(a) for a in arguments]) for library in VARIANTS]
    for turn in range(options.rounds):
        for k in range(len(trainers)):
            trainers[(turn + k) % len(trainers)].chunk()  # nobody is always first
    row = {"optimizer": optimizer, "dim": dim}
    first = {t.library: t.first_loss for t in trainers}
    if abs(first["ort-nce"] / first["TensorFlow"] - 1) > AGREEMENT:
        raise SystemExit(f"{optimizer}, dim {dim}: the trainers do not do the same: first losses {first}")
    for t in trainers:
        if not t.losses[-1] < 0.9 * t.losses[0]:
            raise SystemExit(f"{t.library} {t.variant} does not learn: {t.losses}")
        row[t.library] = {"variant": t.variant, "pairs_per_second": statistics.median(t.rates),
                          "pairs_per_cpu_second": statistics.median(t.cpu_rates), "first_loss": t.losses[0],
                          "last_loss": t.losses[-1]}
        t.close()
    *others, ours = trainers
    better = max(others, key=lambda t: statistics.median(t.rates))
    row["ratio"] = statistics.median(mine / theirs for mine, theirs in zip(ours.rates, better.rates))
    return row


def table(rows, measured="pairs_per_second"):
    """Markdown; the ratio is the median over the rounds, of wall clock times."""
    lines = ["| optimizer | D | TensorFlow | PyTorch | ort-nce | ort-nce to the better |",
             "| --- | ---: | ---: | ---: | ---: | ---: |"]
    for row in rows:
        rates = " | ".join(f"{row[name][measured]:,.0f}" for name in VARIANTS)
        lines.append(f"| {row['optimizer']} | {row['dim']} | {rates} | {row['ratio']:.1f} |")
    return "\n".join(lines)


def processor():
    """The name and the count of the processors, where Linux tells."""
    info = Path("/proc/cpuinfo")
    names = [line.split(":")[1].strip() for line in info.read_text().splitlines()
             if line.startswith("model name")] if info.exists() else []
    return f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--dims", default="64,128")
    parser.add_argument("--optimizers", default=",".join(RATES))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path, help="file for the results")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        pairs = write_pairs(Path(folder))
        rows = []
        for optimizer in options.optimizers.split(","):
            for dim in options.dims.split(","):
                rows.append(measure(optimizer, int(dim), pairs, options))
                print(rows[-1], file=sys.stderr)
    result = {"date": datetime.date.today().isoformat(), "processor": processor(), "threads": options.threads,
              "batch": BATCH, "classes": CLASSES, "sampled": SAMPLED, "rounds": options.rounds,
              "tensorflow": version("tensorflow_cpu"), "torch": version("torch"), "rows": rows}
    print(table(rows))
    print(f"\nper second of processor time, all threads:\n\n{table(rows, 'pairs_per_cpu_second')}")
    variants = {name: sorted({row[name]["variant"] for row in rows}) for name in VARIANTS if name != "ort-nce"}
    print(f"\n{result['date']}, {result['processor']}, {options.threads} threads; pairs/s, medians of "
          f"{options.rounds} rounds in turns; B = {BATCH}, S = {SAMPLED}, V = {CLASSES:,}; fastest variants {variants}")
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
