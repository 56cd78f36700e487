"""Losses and gradients of a half-type golden case in TensorFlow, in eager mode."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np
import tensorflow as tf

from case_files import weight_names
from float64_reference import class_table
from tensorflow_gradient import REDUCE
from tensorflow_loss import even_div_unlike, negative_sampling_loss, tensorflow_partitions, v1


def tensorflow_results(case, arrays, class_ids):
    """{name: float64 array} of loss, inputs_grad, weights_grad, biases_grad and full_sigmoid_loss."""
    shape = case.shape
    inputs_type, weights_type = case.dtypes
    names = weight_names(len(shape.partitions))
    weights = [tf.constant(w) for w in tensorflow_partitions(shape, [arrays[n] for n in names])]
    biases = tf.constant(arrays.get("biases", np.zeros(shape.num_classes, weights_type)))
    inputs = tf.constant(arrays["inputs"])
    labels = tf.constant(arrays["labels"])
    counts = [tf.constant(arrays[n].astype(inputs_type)) for n in ("true_expected_count", "sampled_expected_count")]
    options = dict(
        weights=weights, biases=biases, labels=labels, inputs=inputs, num_sampled=shape.num_sampled,
        num_classes=shape.num_classes, num_true=shape.num_true,
        sampled_values=(tf.constant(arrays["sampled_candidates"]), *counts),
        remove_accidental_hits=shape.remove_accidental_hits, partition_strategy=shape.partition_strategy)
    by = [inputs, *weights, biases]
    with tf.GradientTape() as tape:
        tape.watch(by)
        losses = v1.nn.nce_loss(**options) if shape.subtract_log_q else negative_sampling_loss(options)
        loss = REDUCE[shape.reduction](losses)
    loss_grad = tf.cast(arrays["loss_grad"], loss.dtype)
    gradients = [wide(g) for g in tape.gradient(loss, by, output_gradients=loss_grad)]
    table = class_table(gradients[1:-1], shape.partition_strategy, shape.num_classes)
    return {
        "loss": wide(loss),
        "inputs_grad": gradients[0],
        "weights_grad": table[class_ids],
        **({"biases_grad": gradients[-1][class_ids]} if shape.has_biases else {}),
        "full_sigmoid_loss": wide(full_sigmoid_loss(shape, inputs, labels, weights, biases)),
    }


def full_sigmoid_loss(shape, inputs, labels, weights, biases):
    """The evaluation recipe of the tf.nn.nce_loss page, in the type of the inputs."""
    strategy = "div" if even_div_unlike(shape) else shape.partition_strategy
    classes = tf.range(shape.num_classes)
    rows = v1.nn.embedding_lookup(weights, classes, partition_strategy=strategy)
    logits = tf.matmul(inputs, tf.cast(rows, inputs.dtype), transpose_b=True) + tf.cast(biases, inputs.dtype)
    one_hot = tf.one_hot(labels, shape.num_classes, dtype=inputs.dtype)
    targets = tf.reduce_sum(one_hot, axis=1) / tf.cast(shape.num_true, inputs.dtype)
    losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=targets, logits=logits)
    return REDUCE[shape.reduction](tf.reduce_sum(losses, axis=1))


def wide(tensor):
    return np.asarray(tf.convert_to_tensor(tensor).numpy(), np.float64)
