package org.ortnce.onnx;

import java.io.IOException;

/**
 * Any bytes as a model: reading, the check of its header and of its sum, every summary, the checker
 * and the import into a graph end with an {@link IOException} or an {@link
 * IllegalArgumentException}, or a model that is written as it was read.
 */
public final class ModelReaderFuzz {
  private ModelReaderFuzz() {}

  /** One input. */
  public static void fuzzerTestOneInput(byte[] input) {
    OnnxModel model;
    try {
      OnnxModel.verifyWithoutData(input);
      ModelHeader.check(input, null);
      model = OnnxModel.parse(input);
    } catch (IOException e) {
      return;
    }
    inspect(model);
    byte[] written = model.toByteArray();
    try {
      if (!java.util.Arrays.equals(OnnxModel.parse(written).toByteArray(), written)) {
        throw new AssertionError("written again the model has other bytes");
      }
      ImportedModel imported = ImportedModel.of(model);
      for (ValueInfo output : model.outputs()) {
        imported.value(output.name());
      }
    } catch (IOException | IllegalArgumentException expected) {
      return;
    }
  }

  private static void inspect(OnnxModel model) {
    if (model.toString().isEmpty()
        || model.inputs().toString().isEmpty()
        || model.intermediateValues().toString().isEmpty()
        || model.nodes().toString().isEmpty()
        || model.functions().toString().isEmpty()
        || ModelChecker.problems(model).toString().isEmpty()) {
      throw new AssertionError("no summary");
    }
    for (InitializerInfo initializer : model.initializers()) {
      try {
        model.initializer(initializer.name());
      } catch (IOException | IllegalArgumentException expected) {
        // Of no type that we have, or its bytes do not fit.
      }
    }
  }
}
