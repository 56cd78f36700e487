package org.ortnce.cli.train.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.ortnce.cli.terminal.Progress;
import org.ortnce.nce.GraphNames;
import org.ortnce.training.ExampleSource;
import org.ortnce.training.NpyExamples;

/**
 * Reads input ids and labels in .npy files of any size; single examples are held out.
 *
 * @param inputs int64 or int32 [examples] or [examples, context]
 * @param labels int64 or int32 [examples] or [examples, num_true]
 * @param numInputs input ids are below this; the largest and one if absent
 * @param numClasses labels are below this; the largest and one if absent
 */
public record PairFiles(Path inputs, Path labels, OptionalInt numInputs, OptionalInt numClasses)
    implements DataSource {
  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the value that is below 1
   */
  public PairFiles {
    atLeastOne("num_inputs", numInputs);
    atLeastOne("num_classes", numClasses);
  }

  private static void atLeastOne(String name, OptionalInt value) {
    if (value.orElse(1) < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, got " + value.getAsInt());
    }
  }

  @Override
  public Dataset read(double heldOut, long seed, Progress.Factory progress) throws IOException {
    ExampleSource source = open();
    try {
      return new PairFileDataset(this, source, heldOut, seed, progress);
    } catch (IOException | RuntimeException e) {
      source.close();
      throw e;
    }
  }

  private ExampleSource open() throws IOException {
    List<Long> labelShape;
    try (NpyExamples files = builder().ids(GraphNames.LABELS, labels).open()) {
      List<Long> inputShape = files.columns().get(0).rowShape();
      labelShape = files.columns().get(1).rowShape();
      checkRows(inputs, inputShape, "context");
      checkRows(labels, labelShape, "num_true");
      if (files.size() == 0) {
        throw new IOException(inputs + " has no examples");
      }
    }
    return builder()
        .ids(GraphNames.LABELS, labels, labelShape.isEmpty() ? List.of(1L) : labelShape)
        .open();
  }

  private NpyExamples.Builder builder() {
    return NpyExamples.builder().ids(GraphNames.INPUT_IDS, inputs);
  }

  private static void checkRows(Path file, List<Long> rowShape, String columns) throws IOException {
    if (rowShape.size() > 1 || rowShape.contains(0L)) {
      throw new IOException(
          file
              + " has examples of shape "
              + rowShape
              + ", expected [examples] or [examples, "
              + columns
              + "]");
    }
  }

  @Override
  public Map<String, String> settings() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("--num-inputs", numInputs.isPresent() ? "" + numInputs.getAsInt() : "largest");
    values.put("--num-classes", numClasses.isPresent() ? "" + numClasses.getAsInt() : "largest");
    return values;
  }
}
