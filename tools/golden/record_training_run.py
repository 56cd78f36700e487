"""Writes models/golden/training_run: loss curves of tf.nn.nce_loss with its own sampler, SGD and Adagrad.

    python tools/golden/record_training_run.py [target folder]

Skip-gram-like: tf.nn.embedding_lookup, tf.nn.nce_loss with every default, tf.reduce_mean, tf.keras.optimizers. The
curve is checked against the same training in float64, the ids against the sampler of log_uniform_sampler.py. Needs
Python 3.11 with tensorflow 2.21.0 and numpy; one thread, so that a machine repeats itself.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np
import tensorflow as tf

import float64_training
import training_data
from log_uniform_sampler import sample

DEFAULT_TARGET = Path(__file__).resolve().parents[2] / "models" / "golden" / "training_run"
SEEDS = {"sgd": 2021, "adagrad": 2022}  # of tf.random.set_seed
SAMPLED = 64
RATES = {"sgd": 2.0, "adagrad": 0.5}
ADAGRAD = {"initial_accumulator_value": 0.1, "epsilon": 1e-7}  # the defaults of tf.keras.optimizers.Adagrad
TOLERANCE = 1e-5  # of TensorFlow's losses against float64


def keras_optimizer(name):
    if name == "sgd":
        return tf.keras.optimizers.SGD(learning_rate=RATES[name])
    optimizer = tf.keras.optimizers.Adagrad(learning_rate=RATES[name])
    if {key: getattr(optimizer, key) for key in ADAGRAD} != ADAGRAD:
        raise SystemExit("tf.keras.optimizers.Adagrad has other defaults")
    return optimizer


def summed_by_row(slices):
    """Adagrad wants the square of the sum of slices with one index; Keras 3 squares them one by one."""
    unique, position = tf.unique(slices.indices)
    sums = tf.math.unsorted_segment_sum(slices.values, position, tf.size(unique))
    return tf.IndexedSlices(sums, unique, slices.dense_shape)


def training_step(optimizer_name):
    """A function of (inputs, labels) that trains a step and returns loss and sampled ids, and the sampler's seeds."""
    embeddings, weights, biases = variables = [tf.Variable(p) for p in training_data.initial_parameters()]
    optimizer = keras_optimizer(optimizer_name)
    optimizer.build(variables)

    @tf.function
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.nce_loss(
                weights=weights, biases=biases, labels=labels, inputs=tf.nn.embedding_lookup(embeddings, inputs),
                num_sampled=SAMPLED, num_classes=training_data.VOCABULARY))
        gradients = tape.gradient(loss, variables)
        optimizer.apply_gradients(zip([summed_by_row(g) for g in gradients], variables))
        return loss, sampler_of(tf.compat.v1.get_default_graph()).outputs[0]

    tf.random.set_seed(SEEDS[optimizer_name])
    batch = training_data.BATCH
    traced = step.get_concrete_function(
        tf.TensorSpec([batch], tf.int64), tf.TensorSpec([batch, 1], tf.int64))
    sampler = sampler_of(traced.graph)
    return traced, (sampler.get_attr("seed"), sampler.get_attr("seed2"))


def sampler_of(graph):
    """The candidate sampler that tf.nn.nce_loss put into the graph."""
    (op,) = (op for op in graph.get_operations() if op.type == "LogUniformCandidateSampler")
    return op


def run(name, inputs, labels):
    """Losses float32, sampled ids int64 [steps, SAMPLED], seeds."""
    step, seeds = training_step(name)
    losses, ids = [], []
    for x, y in zip(inputs, labels):
        loss, sampled = step(tf.constant(x, tf.int64), tf.constant(y[:, None], tf.int64))
        losses.append(loss.numpy())
        ids.append(sampled.numpy())
    return np.array(losses, np.float32), np.array(ids), seeds


def float64_losses(name, inputs, labels, samples):
    rate = RATES[name]
    optimizer = float64_training.Sgd(rate) if name == "sgd" else float64_training.Adagrad(rate, **ADAGRAD)
    return float64_training.train(training_data.initial_parameters(), zip(inputs, labels), samples, optimizer)


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_TARGET
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    inputs, labels = training_data.pairs()
    root.mkdir(parents=True, exist_ok=True)
    np.save(root / "inputs.npy", inputs)
    np.save(root / "labels.npy", labels)
    runs = {}
    for name in RATES:
        losses, ids, (seed, seed2) = run(name, inputs, labels)
        samples = [sample(y, seed, seed2, n, SAMPLED, training_data.VOCABULARY) for n, y in enumerate(labels)]
        if not np.array_equal(ids, [sampled for sampled, _, _ in samples]):
            raise SystemExit(f"{name}: the sampler of TensorFlow drew other ids than ours")
        exact = float64_losses(name, inputs, labels, samples)
        error = np.max(np.abs(losses - exact) / exact)
        if not error <= TOLERANCE:
            raise SystemExit(f"{name}: losses are off by {error} from float64")
        folder = root / name
        folder.mkdir(exist_ok=True)
        np.save(folder / "loss.npy", losses)
        np.save(folder / "loss_float64.npy", exact)
        np.save(folder / "sampled_ids.npy", ids.astype(np.int16))
        runs[name] = {"learning_rate": RATES[name], "global_seed": SEEDS[name], "seed": seed, "seed2": seed2,
                      **(ADAGRAD if name == "adagrad" else {})}
        print(f"{name}: loss {np.mean(losses[:10]):.2f} in the first ten steps, "
              f"{np.mean(losses[-10:]):.2f} in the last; error of TensorFlow {error:.1e}")
    settings = {
        "num_classes": training_data.VOCABULARY, "dim": training_data.DIM, "batch": training_data.BATCH,
        "num_sampled": SAMPLED, "steps": training_data.STEPS,
        "embeddings": training_data.EMBEDDINGS, "weights": training_data.WEIGHTS, "runs": runs,
        "tensorflow": tf.__version__, "keras": tf.keras.__version__}
    (root / "settings.json").write_text(json.dumps(settings, indent=2) + "\n")


if __name__ == "__main__":
    main()
