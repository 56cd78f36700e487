package org.ortnce.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Models in standard ops that look like ours from outside; no native library is needed. */
final class SmallModels {
  private static final Dim BATCH = Dim.of("batch");

  private SmallModels() {}

  /** {@code loss_i = sum_d inputs_id * w_d + labels_i0}, with w = (1, 10, 100). */
  static Path perExample(Path file) throws IOException {
    Value inputs = Value.input(ElementType.FLOAT, Shape.of(BATCH, Dim.of(3)));
    Value labels = Value.input(ElementType.INT64, Shape.of(BATCH, Dim.of(1)));
    new ModelBuilder()
        .graphName("small")
        .metadata("colour", "blue")
        .input("inputs", inputs)
        .input("labels", labels)
        .output("loss", loss(inputs, labels))
        .build()
        .save(file);
    return file;
  }

  /** As {@link #perExample}, plus {@code step} in every loss. */
  static Path withStep(Path file) throws IOException {
    Value inputs = Value.input(ElementType.FLOAT, Shape.of(BATCH, Dim.of(3)));
    Value labels = Value.input(ElementType.INT64, Shape.of(BATCH, Dim.of(1)));
    Value step = Value.input(ElementType.INT64, Shape.scalar());
    new ModelBuilder()
        .input("inputs", inputs)
        .input("labels", labels)
        .input("step", step)
        .output("loss", Ops.add(loss(inputs, labels), Ops.cast(step, ElementType.FLOAT)))
        .build()
        .save(file);
    return file;
  }

  /**
   * The mean of {@link #perExample}, in standard ops.
   *
   * @param metadata what the model says of itself
   */
  static Path mean(Path file, Map<String, String> metadata) throws IOException {
    Value inputs = Value.input(ElementType.FLOAT, Shape.of(BATCH, Dim.of(3)));
    Value labels = Value.input(ElementType.INT64, Shape.of(BATCH, Dim.of(1)));
    ModelBuilder model = new ModelBuilder();
    metadata.forEach(model::metadata);
    model
        .input("inputs", inputs)
        .input("labels", labels)
        .output("loss", Ops.reduceMean(loss(inputs, labels), false, 0))
        .build()
        .save(file);
    return file;
  }

  private static Value loss(Value inputs, Value labels) {
    Value weights = Value.initializer(Tensor.of(new float[] {1, 10, 100}, 3, 1));
    Value both = Ops.add(Ops.matMul(inputs, weights), Ops.cast(labels, ElementType.FLOAT));
    return Ops.squeeze(both, 1);
  }
}
