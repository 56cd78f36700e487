"""The gradient of a golden case by TensorFlow's tape: the graph of tensorflow_loss.py with a tape around the loss."""

import numpy as np
import tensorflow as tf

from float64_reference import class_table
from tensorflow_loss import TensorFlowCase, v1

REDUCE = {"none": tf.identity, "mean": tf.reduce_mean, "sum": tf.reduce_sum}


class TensorFlowGradientCase(TensorFlowCase):
    """Use as a context manager; run_gradient(...) once per run of the sampler, in order."""

    def _build(self, case):
        self._build_inputs(case)
        by = [self.inputs, *self.weights, self.biases]
        with tf.GradientTape() as tape:
            tape.watch(by)
            self.reduced = REDUCE[case.reduction](self._nce_loss(case))
        self.loss_grad = v1.placeholder(tf.float32, self.reduced.shape)
        gradients = tape.gradient(self.reduced, by, output_gradients=self.loss_grad)
        self.slices = gradients[1:]
        if not all(isinstance(s, tf.IndexedSlices) for s in self.slices):
            raise AssertionError(f"expected IndexedSlices by weights and biases, got {self.slices}")
        # Duplicates summed in float32, by TensorFlow.
        self.gradients = [tf.convert_to_tensor(g) for g in gradients]

    def run_gradient(self, arrays, loss_grad):
        """Reduced loss, the ids of the slices by weights (ascending, unique), {name: float32 gradient}, the sample."""
        feeds = {**self.feeds(arrays), self.loss_grad: loss_grad}
        ids = [s.indices for s in self.slices[:-1]]
        fetched = self.session.run((self.reduced, ids, self.gradients, self.sample), feeds)
        loss, ids, (by_inputs, *by_weights, by_biases), sample = fetched
        table = class_table(by_weights, self.case.partition_strategy, self.case.num_classes).astype(np.float32)
        class_ids = np.unique(np.concatenate([self._classes(p, rows) for p, rows in enumerate(ids)]))
        if np.any(np.delete(table, class_ids, axis=0)):
            raise AssertionError(f"{self.case.name}: gradient outside of the classes of the slices")
        by_name = {"inputs_grad": by_inputs, "weights_grad": table[class_ids], "biases_grad": by_biases[class_ids]}
        return loss, class_ids, by_name, sample

    def _classes(self, partition, rows):
        """The classes of rows of a partition."""
        if self.case.partition_strategy == "mod":
            return np.asarray(rows, np.int64) * len(self.weights) + partition
        return np.asarray(rows, np.int64) + sum(w.shape[0] for w in self.weights[:partition])
