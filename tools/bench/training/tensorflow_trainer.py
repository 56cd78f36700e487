"""The trainer of training_throughput.py in TensorFlow: tf.nn.nce_loss, many steps in one call of a tf.function.

Variants are the ways to apply the sparse gradients: "raw" kernels, "v1" is tf.compat.v1.train, "keras" is
tf.keras.optimizers.
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import tensorflow as tf

import worker


def raw_update(settings, variables):
    rate = settings.learning_rate
    if settings.optimizer == "sgd":
        def update(gradients):
            for g, v in zip(gradients, variables):
                tf.raw_ops.ResourceScatterSub(resource=v.handle, indices=g.indices, updates=rate * g.values)
        return update
    accumulators = [tf.Variable(tf.fill(v.shape, worker.ACCUMULATOR)) for v in variables]

    def update(gradients):
        for g, v, a in zip(gradients, variables, accumulators):
            # Slices with one index are squared one by one: less work than Adagrad asks for.
            tf.raw_ops.ResourceSparseApplyAdagradV2(
                var=v.handle, accum=a.handle, lr=rate, epsilon=worker.EPSILON, grad=g.values, indices=g.indices)
    return update


def v1_update(settings, variables):
    train = tf.compat.v1.train
    rate = settings.learning_rate
    optimizer = train.GradientDescentOptimizer(rate) if settings.optimizer == "sgd" else \
        train.AdagradOptimizer(rate, worker.ACCUMULATOR)
    optimizer._create_slots(variables)
    return lambda gradients: optimizer.apply_gradients(zip(gradients, variables))


def keras_update(settings, variables):
    optimizers = tf.keras.optimizers
    optimizer = (optimizers.SGD if settings.optimizer == "sgd" else optimizers.Adagrad)(settings.learning_rate)
    optimizer.build(variables)
    return lambda gradients: optimizer.apply_gradients(zip(gradients, variables))


def trainer(settings):
    inputs, labels = (tf.constant(a) for a in settings.pairs())
    batches = inputs.shape[0]
    embeddings = tf.Variable(worker.initial_embeddings(settings))
    weights = tf.Variable(tf.zeros([settings.classes, settings.dim]))
    biases = tf.Variable(tf.zeros([settings.classes]))
    variables = [embeddings, weights, biases]
    update = {"raw": raw_update, "v1": v1_update, "keras": keras_update}[settings.variant](settings, variables)

    @tf.function
    def train(first, steps):
        total = tf.constant(0.0)
        for step in tf.range(first, first + steps):
            batch = step % batches
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.nn.nce_loss(
                    weights=weights, biases=biases, labels=labels[batch][:, None],
                    inputs=tf.nn.embedding_lookup(embeddings, inputs[batch]), num_sampled=settings.sampled,
                    num_classes=settings.classes))
            update(tape.gradient(loss, variables))
            total += loss
        return total / tf.cast(steps, tf.float32)

    return lambda first, steps: train(tf.constant(first), tf.constant(steps)).numpy()


def main():
    settings = worker.Settings.of(sys.argv[1:])
    tf.config.threading.set_intra_op_parallelism_threads(settings.threads)
    tf.config.threading.set_inter_op_parallelism_threads(settings.threads)
    worker.serve(trainer(settings))


if __name__ == "__main__":
    main()
