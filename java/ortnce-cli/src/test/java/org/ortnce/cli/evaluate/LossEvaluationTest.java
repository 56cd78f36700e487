package org.ortnce.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.ortnce.cli.terminal.Console;
import org.ortnce.cli.terminal.Progress;
import org.ortnce.tensor.Tensor;

/** Batches and sums; the loss is the first column of the inputs. */
class LossEvaluationTest {
  private static final ModelReduction NONE =
      new ModelReduction(ModelReduction.Kind.NONE, OptionalLong.empty());

  private final PairedExamples examples =
      new PairedExamples(
          Tensor.of(new float[][] {{1, 9}, {2, 9}, {3, 9}, {4, 9}, {5, 9}}),
          Tensor.of(new long[][] {{0, -1}, {-1, -1}, {1, 2}, {-1, 3}, {4, 4}}));

  private static float[] firstColumn(Examples.Batch batch) {
    float[] losses = new float[(int) batch.inputs().dim(0)];
    for (int i = 0; i < losses.length; i++) {
      losses[i] = batch.inputs().floats().get(2 * i);
    }
    return losses;
  }

  private static Progress quiet() {
    Console console =
        new Console(
            new PrintWriter(new StringWriter()),
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            false,
            Map.of());
    return Progress.start(console, false, "test", "", 1);
  }

  private LossSummary run(
      LossEvaluation.BatchLoss loss, ModelReduction reduction, int batchSize, long limit)
      throws Exception {
    return new LossEvaluation(loss, reduction, batchSize)
        .run(examples, limit, LossEvaluation.PerExample.NONE, quiet());
  }

  private static Tensor each(Examples.Batch batch) {
    float[] losses = firstColumn(batch);
    return Tensor.of(losses, losses.length);
  }

  private static Tensor sum(Examples.Batch batch) {
    float sum = 0;
    for (float loss : firstColumn(batch)) {
      sum += loss;
    }
    return Tensor.scalar(sum);
  }

  @Test
  void everyBatchSizeGivesTheSameTotals() throws Exception {
    for (int batchSize = 1; batchSize <= 7; batchSize++) {
      LossSummary summary = run((batch, index) -> each(batch), NONE, batchSize, 100);
      assertThat(summary.examples()).isEqualTo(5);
      assertThat(summary.sum()).isEqualTo(15);
      assertThat(summary.mean()).isEqualTo(3);
    }
  }

  @Test
  void limitsCutAndEmptyIsZero() throws Exception {
    LossSummary three = run((batch, index) -> each(batch), NONE, 2, 3);
    assertThat(three.examples()).isEqualTo(3);
    assertThat(three.sum()).isEqualTo(6);
    LossSummary nothing = run((batch, index) -> each(batch), NONE, 2, 0);
    assertThat(nothing.mean()).isZero();
    assertThat(nothing.examplesPerSecond()).isZero();
  }

  @Test
  void ignoredExamplesDoNotCountInTheMean() throws Exception {
    ModelReduction ignoring = new ModelReduction(ModelReduction.Kind.NONE, OptionalLong.of(-1));
    LossSummary summary =
        run(
            (batch, index) -> {
              float[] losses = firstColumn(batch);
              for (int i = 0; i < losses.length; i++) {
                losses[i] = losses[i] == 2 ? 0 : losses[i];
              }
              return Tensor.of(losses, losses.length);
            },
            ignoring,
            2,
            100);
    assertThat(summary.counted()).isEqualTo(4);
    assertThat(summary.mean()).isEqualTo(13 / 4.0);
  }

  @Test
  void reducedBatchesAreWeightedByWhatTheyCount() throws Exception {
    ModelReduction sums = new ModelReduction(ModelReduction.Kind.SUM, OptionalLong.empty());
    assertThat(run((batch, index) -> sum(batch), sums, 2, 100).mean()).isEqualTo(3);
    ModelReduction means = new ModelReduction(ModelReduction.Kind.MEAN, OptionalLong.empty());
    LossSummary summary =
        run(
            (batch, index) -> Tensor.scalar(sum(batch).floats().get(0) / batch.inputs().dim(0)),
            means,
            2,
            100);
    assertThat(summary.mean()).isCloseTo(3, within(1e-6));
  }

  @Test
  void lossesOfSingleExamplesComeInOrder() throws Exception {
    List<Float> seen = new ArrayList<>();
    new LossEvaluation((batch, index) -> each(batch), NONE, 2)
        .run(
            examples,
            100,
            (first, losses) -> {
              assertThat(first).isEqualTo(seen.size());
              while (losses.hasRemaining()) {
                seen.add(losses.get());
              }
            },
            quiet());
    assertThat(seen).containsExactly(1f, 2f, 3f, 4f, 5f);
  }

  @Test
  void aLossOfTheWrongShapeIsAnError() {
    assertThatThrownBy(() -> run((batch, index) -> sum(batch), NONE, 2, 100))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("shape [] for 2 examples, expected [2]");
    ModelReduction sums = new ModelReduction(ModelReduction.Kind.SUM, OptionalLong.empty());
    assertThatThrownBy(() -> run((batch, index) -> each(batch), sums, 2, 100))
        .hasMessageContaining("expected a scalar for reduction sum");
  }

  @Test
  void examplesMustFitTogether() throws IOException {
    Tensor inputs = Tensor.of(new float[6], 3, 2);
    assertThatThrownBy(
            () -> new PairedExamples(Tensor.of(new float[6], 6), Tensor.of(new long[6], 6)))
        .hasMessageContaining("inputs have shape [6]");
    assertThatThrownBy(() -> new PairedExamples(inputs, Tensor.of(new long[4], 4)))
        .hasMessage("inputs have 3 rows, labels have 4");
    assertThatThrownBy(() -> new PairedExamples(inputs, Tensor.of(new float[3], 3)))
        .hasMessage("labels are float, expected int64 or int32");
    assertThatThrownBy(() -> new PairedExamples(inputs, Tensor.of(new long[3], 3, 1, 1)))
        .hasMessageContaining("labels have shape [3, 1, 1]");
    PairedExamples one = new PairedExamples(inputs, Tensor.of(new int[] {1, 2, 3}, 3));
    assertThat(one.batch(1, 2).labels().toString()).isEqualTo("int32[2, 1]");
    assertThat(one.batch(1, 2).labels().ints().get(0)).isEqualTo(2);
  }

  @Test
  void rates() {
    LossSummary summary = new LossSummary(10, 8, 4, Duration.ofMillis(500));
    assertThat(summary.mean()).isEqualTo(0.5);
    assertThat(summary.examplesPerSecond()).isEqualTo(20, within(1e-9));
  }
}
