package org.ortnce.training;

import ai.onnxruntime.OrtException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.ortnce.nce.GraphNames;
import org.ortnce.session.TensorSpec;
import org.ortnce.tensor.Tensor;

/**
 * What a batch must be before rows are looked up by it. The models of touched rows take tensors
 * that the caller never gave: their errors would name these.
 *
 * @param examples the columns, labels among them, all by example
 * @param ignoreIndex the label that is padding, if there is one
 */
record BatchCheck(Map<String, TensorSpec> examples, long numClasses, OptionalLong ignoreIndex) {
  /**
   * The batch with labels of its own: the caller's may change after they were checked.
   *
   * @throws IllegalArgumentException if a column is missing, unknown or does not fit
   * @throws OrtException if a label is out of range, in the words of the ops
   */
  Map<String, Tensor> checked(Map<String, Tensor> batch) throws OrtException {
    Map<String, Tensor> columns = new LinkedHashMap<>(batch);
    checkColumns(columns);
    Tensor given = columns.get(GraphNames.LABELS);
    long[] labels = given.toLongArray();
    columns.put(GraphNames.LABELS, Tensor.of(labels, given.shape()));
    checkLabels(labels, (int) given.dim(1));
    return columns;
  }

  private void checkColumns(Map<String, Tensor> columns) {
    if (!columns.keySet().equals(examples.keySet())) {
      throw new IllegalArgumentException(
          "the batch has " + columns.keySet() + ", expected " + examples.values());
    }
    examples.forEach(
        (name, spec) -> {
          Tensor column = columns.get(name);
          if (column == null || !spec.accepts(column)) {
            throw new IllegalArgumentException(
                "column '" + name + "' of the batch is " + column + ", expected " + spec);
          }
        });
    long size = columns.get(GraphNames.LABELS).dim(0);
    columns.forEach(
        (name, column) -> {
          if (column.dim(0) != size) {
            throw new IllegalArgumentException(
                "columns of the batch disagree on 'batch': dimension 0 of '"
                    + name
                    + "' is "
                    + column.dim(0)
                    + ", dimension 0 of '"
                    + GraphNames.LABELS
                    + "' is "
                    + size);
          }
        });
  }

  private void checkLabels(long[] labels, int numTrue) throws OrtException {
    for (int i = 0; i < labels.length; i++) {
      long label = labels[i];
      if ((label < 0 || label >= numClasses) && !TouchedClasses.isIgnored(label, ignoreIndex)) {
        throw new OrtException(
            GraphNames.LABELS
                + "["
                + i / numTrue
                + ","
                + i % numTrue
                + "] = "
                + label
                + " is outside [0, "
                + numClasses
                + ")");
      }
    }
  }
}
