"""A golden case in TensorFlow: one graph and one session, so that runs continue the sampler's stream."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np
import tensorflow as tf
from tensorflow.python.ops import nn_impl

v1 = tf.compat.v1


class TensorFlowCase:
    """Use as a context manager; run(...) once per run of the sampler, in order."""

    def __init__(self, case, weights, biases):
        self.case = case
        graph = tf.Graph()
        with graph.as_default():
            self._build(case)
        one_thread = v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
        self.session = v1.Session(graph=graph, config=one_thread)
        self.constants = dict(zip(self.weights, tensorflow_partitions(case, weights)))
        # nce_loss wants biases; zeros are what absent biases mean.
        self.constants[self.biases] = np.zeros(case.rows, np.float32) if biases is None else biases

    def _build(self, case):
        self._build_inputs(case)
        self.loss = self._nce_loss(case)

    def _build_inputs(self, case):
        counts = [case.batch, case.num_true], [case.num_sampled]
        self.inputs = v1.placeholder(tf.float32, [case.batch, case.dim])
        self.labels = v1.placeholder(case.labels_type, [case.batch, case.num_true])
        rows = [case.rows] if even_div_unlike(case) else case.partitions
        self.weights = [v1.placeholder(tf.float32, [r, case.dim]) for r in rows]
        self.biases = v1.placeholder(tf.float32, [case.rows if not case.has_biases else case.biases_length])
        if case.samples == "own":
            self.sample = tuple(tf.raw_ops.LogUniformCandidateSampler(
                true_classes=tf.cast(self.labels, tf.int64), num_true=case.num_true, num_sampled=case.num_sampled,
                unique=True, range_max=case.num_classes, seed=case.seed, seed2=case.seed2))
        else:
            self.sample = (v1.placeholder(tf.int64, counts[1]), v1.placeholder(tf.float32, counts[0]),
                           v1.placeholder(tf.float32, counts[1]))

    def _nce_loss(self, case):
        options = dict(
            weights=self.weights, biases=self.biases, labels=self.labels, inputs=self.inputs,
            num_sampled=case.num_sampled, num_classes=case.num_classes, num_true=case.num_true,
            sampled_values=self.sample, remove_accidental_hits=case.remove_accidental_hits,
            partition_strategy=case.partition_strategy)
        return v1.nn.nce_loss(**options) if case.subtract_log_q else negative_sampling_loss(options)

    def run(self, arrays):
        """Loss float32 [batch] and (sampled_candidates, true_expected_count, sampled_expected_count)."""
        return self.session.run((self.loss, self.sample), self.feeds(arrays))

    def feeds(self, arrays):
        feeds = {**self.constants, self.inputs: arrays["inputs"], self.labels: arrays["labels"]}
        if self.case.samples == "given":
            names = ("sampled_candidates", "true_expected_count", "sampled_expected_count")
            feeds |= dict(zip(self.sample, (arrays[n] for n in names)))
        return feeds

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.session.close()


def negative_sampling_loss(options):
    """nce_loss without the log terms: TensorFlow has the switch, but only on the function below nce_loss."""
    logits, targets = nn_impl._compute_sampled_logits(subtract_log_q=False, **options)
    return nn_impl._sum_rows(tf.nn.sigmoid_cross_entropy_with_logits(labels=targets, logits=logits))


def even_div_unlike(case):
    """Whether TensorFlow cannot read these "div" partitions: it knows only sizes that differ by one at most."""
    shards = len(case.partitions)
    even = tuple(case.rows // shards + (p < case.rows % shards) for p in range(shards))
    return case.partition_strategy == "div" and case.partitions != even


def tensorflow_partitions(case, weights):
    return [np.concatenate(weights)] if even_div_unlike(case) else weights
