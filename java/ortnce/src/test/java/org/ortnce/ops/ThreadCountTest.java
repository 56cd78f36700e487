package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.reliability.BadInputs;
import org.ortnce.session.ModelSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.tensor.Tensor;

/**
 * The loss is the same bit for bit with 1, 2 and 16 intra-op threads. The sizes are odd, so that
 * every block, panel and slice has a rest, and reach from one that stays on its thread (below a
 * million products) to ones cut along the examples and along the candidates.
 */
@BadInputs
class ThreadCountTest {
  @TestFactory
  @Tag("C08")
  Stream<DynamicTest> bitIdentical() {
    return Stream.of(
            new NceCase.Sizes(3, 1, 5, 20, 7),
            new NceCase.Sizes(101, 2, 37, 500, 33),
            new NceCase.Sizes(333, 1, 301, 5000, 65),
            new NceCase.Sizes(1, 5, 4099, 5000, 129),
            new NceCase.Sizes(2049, 3, 1, 300, 301),
            new NceCase.Sizes(17, 1, 2001, 3000, 1))
        .map(sizes -> DynamicTest.dynamicTest(sizes.toString(), () -> check(sizes)));
  }

  private static void check(NceCase.Sizes sizes) throws OrtException {
    NceCase given =
        NceCase.random(sizes, 6).attribute("remove_accidental_hits", 1L).attribute("seed", 5L);
    NceCase own = given.copy().drawn(Math.min(sizes.numSampled(), 300), 5, 6);
    for (NceCase c : new NceCase[] {given, own, given.copy().attribute("reduction", "sum")}) {
      int[] serial = null;
      for (int threads : new int[] {1, 2, 16}) {
        SessionConfig config = SessionConfig.builder().intraOpThreads(threads).build();
        try (ModelSession session = NceRuns.open(c, config)) {
          Map<String, Tensor> outputs = session.run(c.feeds());
          int[] bits = NceRuns.bits(outputs.get("loss").toFloatArray());
          if (serial == null) {
            NceRuns.checkLoss(c, outputs);
            serial = bits;
          }
          assertThat(bits).as(threads + " threads").isEqualTo(serial);
        }
      }
    }
  }
}
