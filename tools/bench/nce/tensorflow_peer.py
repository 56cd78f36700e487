"""tf.nn.nce_loss with given candidates, as a tf.function."""

import tensorflow as tf


def _function(case):
    tensors = {name: tf.constant(array) for name, array in case.feeds.items()}
    sample = tuple(tensors[n] for n in ("sampled_candidates", "true_expected_count", "sampled_expected_count"))

    @tf.function
    def loss(inputs, weights, biases):
        return tf.nn.nce_loss(weights, biases, tensors["labels"], inputs, case.sampled, case.classes, case.num_true,
                              sample)

    return loss, [tensors[n] for n in ("inputs", "weights", "biases")]


def loss(case):
    function, arguments = _function(case)
    return {"tf": lambda: (function(*arguments).numpy(),)}


def gradient(case):
    function, arguments = _function(case)

    @tf.function
    def both(*watched):
        with tf.GradientTape() as tape:
            tape.watch(watched)
            value = function(*watched)
        return value, tape.gradient(value, watched)

    def call():
        value, (inputs, weights, _) = both(*arguments)
        return value.numpy(), inputs.numpy(), weights.indices.numpy(), weights.values.numpy()

    return {"tf": call}
