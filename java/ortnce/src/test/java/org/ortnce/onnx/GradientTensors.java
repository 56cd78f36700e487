package org.ortnce.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Reads the gradient outputs of a model and compares them. */
public final class GradientTensors {
  private static final double TOLERANCE = 1e-6;

  private GradientTensors() {}

  /** A gradient in full; indices must be ascending and unique. */
  public static double[] dense(Map<String, Tensor> outputs, String name, long... parameterShape) {
    if (outputs.containsKey(GradientNames.dense(name))) {
      Tensor dense = outputs.get(GradientNames.dense(name));
      assertThat(dense.shape()).containsExactly(parameterShape);
      return doubles(dense);
    }
    long[] indices = outputs.get(GradientNames.indices(name)).toLongArray();
    Tensor rows = outputs.get(GradientNames.values(name));
    long[] shape = parameterShape.clone();
    int width = (int) (shape[0] == 0 ? 0 : Tensor.elementCount(parameterShape) / shape[0]);
    shape[0] = indices.length;
    assertThat(rows.shape()).containsExactly(shape);
    assertThat(indices).isSorted().doesNotHaveDuplicates();
    double[] values = doubles(rows);
    double[] dense = new double[(int) Tensor.elementCount(parameterShape)];
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(values, i * width, dense, (int) indices[i] * width, width);
    }
    return dense;
  }

  /** The elements of a tensor of float or double. */
  public static double[] doubles(Tensor tensor) {
    double[] data = new double[(int) tensor.elementCount()];
    if (tensor.elementType() == ElementType.DOUBLE) {
      tensor.doubles().get(data);
    } else {
      float[] floats = tensor.toFloatArray();
      for (int i = 0; i < data.length; i++) {
        data[i] = floats[i];
      }
    }
    return data;
  }

  /** Asserts that the norm of the error is at most 1e-6 of that of the gradient. */
  public static void assertNear(String name, double[] found, double[] expected) {
    assertThat(found).as(name).hasSameSizeAs(expected);
    double error = 0;
    double norm = 0;
    List<String> worst = new ArrayList<>();
    for (int i = 0; i < found.length; i++) {
      error += Math.pow(found[i] - expected[i], 2);
      norm += expected[i] * expected[i];
      worst.add(found[i] + " for " + expected[i]);
    }
    assertThat(Math.sqrt(error))
        .as("gradient by %s: %s", name, worst)
        .isLessThanOrEqualTo(TOLERANCE * Math.sqrt(norm));
  }
}
