"""Writes models/golden/optimizers: what Keras's optimizers and schedules compute, from real TensorFlow.

    python tools/golden/make_optimizer_cases.py [target folder]

Needs Python 3.11 with tensorflow 2.21.0 (tensorflow-cpu will do). Everything is computed in float64 (floatx), so that
the numbers are those of the formulas; the inputs are float32 numbers. Deterministic.

A dense case is one Keras variable and a gradient per step. A sparse case has a gradient for some rows per step. Keras
has no lazy momentum or Adam, so the touched rows alone are given to a Keras optimizer of their own, with their state
gathered before the step and scattered back after it: what lazy rows mean.
"""

import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np

DEFAULT_TARGET = Path(__file__).resolve().parents[2] / "models" / "golden" / "optimizers"
D = np.float64  # Keras passes plain Python numbers through float32
STEPS, ROWS, DIM, LEARNING_RATE = 7, 9, 5, D(0.05)

OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(LEARNING_RATE),
    "momentum": lambda: keras.optimizers.SGD(LEARNING_RATE, momentum=D(0.9)),
    "nesterov": lambda: keras.optimizers.SGD(LEARNING_RATE, momentum=D(0.9), nesterov=True),
    "adagrad": lambda: keras.optimizers.Adagrad(LEARNING_RATE, **defaults(keras.optimizers.Adagrad)),
    "adam": lambda: keras.optimizers.Adam(LEARNING_RATE, **defaults(keras.optimizers.Adam)),
}


def defaults(optimizer):
    """Keras's own settings, as float64."""
    config = optimizer().get_config()
    return {k: D(config[k]) for k in ("initial_accumulator_value", "beta_1", "beta_2", "epsilon") if k in config}


def schedules():
    of = keras.optimizers.schedules
    warmup = {"warmup_target": D(0.2), "warmup_steps": D(300)}
    return {
        "exponential": of.ExponentialDecay(D(0.1), D(1000), D(0.96)),
        "exponential_staircase": of.ExponentialDecay(D(0.1), D(1000), D(0.96), staircase=True),
        "polynomial": of.PolynomialDecay(D(0.1), D(1000), D(0.01), power=D(2)),
        "polynomial_cycle": of.PolynomialDecay(D(0.1), D(1000), D(0.01), power=D(0.5), cycle=True),
        "linear": of.PolynomialDecay(D(0.1), D(1000), D(0.0001)),
        "cosine": of.CosineDecay(D(0.1), D(1000), alpha=D(0.1)),
        "cosine_warmup": of.CosineDecay(D(0.01), D(1000), alpha=D(0.1), **warmup),
        "inverse_time": of.InverseTimeDecay(D(0.1), D(1000), D(0.5)),
        "inverse_time_staircase": of.InverseTimeDecay(D(0.1), D(1000), D(0.5), staircase=True),
        "piecewise": of.PiecewiseConstantDecay([100, 1000], [D(1), D(0.5), D(0.1)]),
    }


SCHEDULE_STEPS = [0, 1, 99, 100, 101, 299, 300, 301, 999, 1000, 1001, 1300, 2000, 2500, 1_000_000]


def slots(optimizer):
    """Keras's slot variables by name; iterations and learning rate are none."""
    return {v.name.split("_")[-1]: v for v in optimizer.variables if v.name not in ("iteration", "learning_rate")}


def one_step(make, values, state, gradient, step):
    """Values and state after a step of a fresh Keras optimizer that holds this state."""
    variable = keras.Variable(values, name="w")
    optimizer = make()
    optimizer.build([variable])
    optimizer.iterations.assign(step)
    for name, slot in slots(optimizer).items():
        if name in state:
            slot.assign(state[name])
    optimizer.apply([gradient], [variable])
    return variable.numpy(), {name: slot.numpy() for name, slot in slots(optimizer).items()}


def initial_state(make):
    optimizer = make()
    optimizer.build([keras.Variable(np.zeros((ROWS, DIM)), name="w")])
    return {name: slot.numpy() for name, slot in slots(optimizer).items()}


def gradient_numbers(rng, rows):
    """float32 of several magnitudes, some exactly 0."""
    numbers = rng.standard_normal((rows, DIM)) * 10.0 ** rng.integers(-3, 2, (rows, 1))
    numbers[rng.random((rows, DIM)) < 0.1] = 0
    return numbers.astype(np.float32)


def run(name, make, sparse):
    rng = np.random.default_rng([7, list(OPTIMIZERS).index(name), sparse])
    first = rng.standard_normal((ROWS, DIM)).astype(np.float32)
    values, state = first.astype(np.float64), initial_state(make)
    arrays = {"initial": first, "learning_rate": np.float64(LEARNING_RATE)}
    whole = keras.Variable(values, name="w")
    whole_optimizer = make()
    for step in range(STEPS):
        rows = np.sort(rng.choice(ROWS, rng.integers(1, ROWS), replace=False)) if sparse else np.arange(ROWS)
        gradient = gradient_numbers(rng, len(rows))
        values[rows], new_state = one_step(
            make, values[rows], {k: v[rows] for k, v in state.items()}, gradient.astype(np.float64), step)
        for key in state:
            state[key][rows] = new_state[key]
        if sparse:
            arrays[f"indices_{step}"] = rows.astype(np.int64)
        else:  # the same with one optimizer that lives through all steps
            whole_optimizer.apply([gradient.astype(np.float64)], [whole])
            np.testing.assert_array_equal(whole.numpy(), values)
        arrays[f"gradient_{step}"] = gradient
        arrays[f"values_{step}"] = values.copy()
        arrays |= {f"{key}_{step}": array.copy() for key, array in state.items()}
    return arrays


def main():
    keras.config.set_floatx("float64")
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_TARGET
    target.mkdir(parents=True, exist_ok=True)
    for name, make in OPTIMIZERS.items():
        for sparse in (False, True):
            np.savez(target / f"{name}_{'sparse' if sparse else 'dense'}.npz", **run(name, make, sparse))
    rates = {name: np.array([float(rate(np.int64(s))) for s in SCHEDULE_STEPS]) for name, rate in schedules().items()}
    np.savez(target / "schedules.npz", steps=np.array(SCHEDULE_STEPS, np.int64), **rates)


if __name__ == "__main__":
    main()
