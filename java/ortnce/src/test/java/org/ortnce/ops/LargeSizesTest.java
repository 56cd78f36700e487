package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ortnce.nce.GraphNames;
import org.ortnce.reliability.BadInputs;
import org.ortnce.session.ModelSession;
import org.ortnce.tensor.Tensor;

/**
 * Row N20: as many examples and candidates as a second or two allow; 2^20 of each would take hours.
 * Their product, the number of logits, passes 2^31, and as floats they would take 8 GiB; the run
 * may take what grows with B and S, never with B times S. In a JVM of its own, since a size that
 * overflows would end it.
 */
@EnabledOnOs(OS.LINUX)
@BadInputs.Apart
class LargeSizesTest {
  @ParameterizedTest(name = "N20 B = {0}, S = {1}")
  @CsvSource({"1048576, 2049", "2049, 1048576", "46341, 46341"})
  void n20(int batch, int numSampled) throws IOException, InterruptedException {
    String output =
        ChildRuns.output(
            Large.class,
            Map.of(),
            List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC"),
            Integer.toString(batch),
            Integer.toString(numSampled));
    String[] fields = output.split(" ", -1);
    double first = Double.parseDouble(fields[0]);
    double last = Double.parseDouble(fields[1]);
    long kilobytes = Long.parseLong(fields[2]);
    // D = 1, weights 1 and 2, inputs 1 and -1: all logits are known.
    double softplus = Math.log1p(Math.exp(2));
    double expectedFirst = numSampled * softplus + Math.log1p(Math.exp(-1));
    double expectedLast = numSampled * Math.log1p(Math.exp(-2)) + Math.log1p(Math.exp(1));
    assertThat(Math.abs(first - expectedFirst)).isLessThanOrEqualTo(1e-6 * expectedFirst);
    assertThat(Math.abs(last - expectedLast)).isLessThanOrEqualTo(1e-6 * expectedLast);
    // Per example label, row, offset, counts, 17 partial sums and copies of inputs and outputs;
    // per candidate the same and a packed row.
    assertThat(kilobytes).isLessThanOrEqualTo((batch + (long) numSampled) * 100 / 1024 + 16_384);
  }

  /** Prints the first and last loss and the kilobytes that the run took. */
  static final class Large {
    private Large() {}

    public static void main(String[] arguments) throws OrtException, IOException {
      int batch = Integer.parseInt(arguments[0]);
      int numSampled = Integer.parseInt(arguments[1]);
      NceCase c = problem(batch, numSampled);
      NceCase small = problem(1, 1);
      try (ModelSession session = NceRuns.open(small, NceGraphs.Declared.TYPES)) {
        session.run(NceGraphs.rawFeeds(small, NceGraphs.Declared.TYPES));
        Map<String, Tensor> feeds = NceGraphs.rawFeeds(c, NceGraphs.Declared.TYPES);
        ResidentMemory memory = ResidentMemory.start();
        float[] loss = session.run(feeds, java.util.Set.of("loss")).get("loss").toFloatArray();
        long kilobytes = memory.peakGrowthKilobytes();
        System.out.println(loss[0] + " " + loss[batch - 1] + " " + kilobytes);
      }
    }

    /** The label is class 0, every candidate class 1; the last of several inputs is -1. */
    private static NceCase problem(int batch, int numSampled) {
      Tensor inputs = NceCase.filled(1, batch, 1);
      if (batch > 1) {
        inputs.floats().put(batch - 1, -1);
      }
      Tensor candidates = Tensor.of(new long[numSampled], numSampled);
      java.util.Arrays.fill(candidates.longs().array(), 1);
      return NceCase.random(new NceCase.Sizes(1, 1, 1, 2, 1), 20)
          .attribute("num_sampled", null)
          .attribute("subtract_log_q", 0L)
          .remove(GraphNames.BIASES)
          .set(GraphNames.INPUTS, inputs)
          .set(GraphNames.LABELS, Tensor.of(new long[batch], batch, 1))
          .set(GraphNames.SAMPLED_CANDIDATES, candidates)
          .set(GraphNames.TRUE_EXPECTED_COUNT, NceCase.filled(1, batch, 1))
          .set(GraphNames.SAMPLED_EXPECTED_COUNT, NceCase.filled(1, numSampled))
          .weights(Tensor.of(new float[] {1, 2}, 2, 1));
    }
  }
}
