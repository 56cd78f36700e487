package org.ortnce.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/**
 * Given candidates through the command line, with the native library and on the function that the
 * model carries, against the formula in double.
 */
class GivenSamplesTest {
  private static final int EXAMPLES = 7;
  private static final int CLASSES = 12;
  private static final int DIM = 5;
  private static final int SAMPLED = 4;

  @TempDir Path directory;
  private final Random random = new Random(5);
  private final float[] weights = normal(CLASSES * DIM);
  private final float[] biases = normal(CLASSES);
  private final float[] inputs = normal(EXAMPLES * DIM);
  private final long[] labels = random.longs(EXAMPLES, 0, CLASSES).toArray();
  private final long[] candidates = {0, 3, 5, 11};
  private final float[] trueCounts = positive(EXAMPLES);
  private final float[] sampledCounts = positive(SAMPLED);
  private Path model;

  private float[] normal(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private float[] positive(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = 0.1f + random.nextFloat();
    }
    return values;
  }

  @BeforeEach
  void export() throws IOException {
    Npy.write(file("weights"), Tensor.of(weights, CLASSES, DIM));
    Npy.write(file("biases"), Tensor.of(biases, CLASSES));
    Npy.write(file("inputs"), Tensor.of(inputs, EXAMPLES, DIM));
    Npy.write(file("labels"), Tensor.of(labels, EXAMPLES, 1));
    Npy.write(file("sampled_candidates"), Tensor.of(candidates, SAMPLED));
    Npy.write(file("true_expected_count"), Tensor.of(trueCounts, EXAMPLES, 1));
    Npy.write(file("sampled_expected_count"), Tensor.of(sampledCounts, SAMPLED));
    model = directory.resolve("model.onnx");
    CliRun run =
        CliRun.of(
            "export",
            "--weights",
            file("weights"),
            "--biases",
            file("biases"),
            "--given-samples",
            "-o",
            model);
    assertThat(run.status()).as("%s", run).isZero();
  }

  private Path file(String name) {
    return directory.resolve(name + ".npy");
  }

  private CliRun loss(Object... more) {
    List<Object> args = new ArrayList<>(List.of("loss", model, "--batch-size", 3));
    args.addAll(List.of("--inputs", file("inputs"), "--labels", file("labels")));
    for (String name :
        List.of("sampled_candidates", "true_expected_count", "sampled_expected_count")) {
      args.addAll(List.of("--input", name + "=" + file(name)));
    }
    args.addAll(List.of(more));
    return CliRun.of(args.toArray());
  }

  private double logit(int example, long classId) {
    double sum = biases[(int) classId];
    for (int d = 0; d < DIM; d++) {
      sum += (double) inputs[example * DIM + d] * weights[(int) classId * DIM + d];
    }
    return sum;
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  private double expected(int example) {
    double u = logit(example, labels[example]) - Math.log(trueCounts[example]);
    double loss = softplus(u) - u;
    for (int k = 0; k < SAMPLED; k++) {
      loss += softplus(logit(example, candidates[k]) - Math.log(sampledCounts[k]));
    }
    return loss;
  }

  @Test
  void bothWaysGiveTheFormula() throws IOException {
    for (Object[] way : new Object[][] {{}, {"--no-library"}}) {
      Path out = file("losses");
      List<Object> more = new ArrayList<>(List.of(way));
      more.addAll(List.of("--per-example", out));
      CliRun run = loss(more.toArray());
      assertThat(run.status()).as("%s", run).isZero();
      float[] losses = Npy.read(out).toFloatArray();
      assertThat(losses).hasSize(EXAMPLES);
      for (int i = 0; i < EXAMPLES; i++) {
        // Products of numbers around 1 in float: a few units in the last place.
        assertThat((double) losses[i]).isCloseTo(expected(i), within(1e-5 * expected(i)));
      }
    }
  }

  @Test
  void aValueForEachExampleMustHaveThatManyRows() throws IOException {
    Npy.write(file("true_expected_count"), Tensor.of(new float[3], 3, 1));
    CliRun run = loss();
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("true_expected_count", "7 rows").hasLineCount(1);
  }

  @Test
  void aMissingValueIsNamed() {
    CliRun run = CliRun.of("loss", model, "--inputs", file("inputs"), "--labels", file("labels"));
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("has no value").hasLineCount(1);
  }
}
