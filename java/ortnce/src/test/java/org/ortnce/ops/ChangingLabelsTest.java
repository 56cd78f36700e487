package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ortnce.nce.GraphNames;
import org.ortnce.reliability.BadInputs;
import org.ortnce.session.ModelSession;
import org.ortnce.tensor.Tensor;

/**
 * C06: another thread writes good and bad ids into the memory of the inputs while runs read it. A
 * run sees what it checked: it succeeds, or refuses an id, and never reads the weights of an id
 * that it did not check.
 */
@BadInputs
class ChangingLabelsTest {
  private static final int RUNS = 3_000;

  @ParameterizedTest
  @ValueSource(strings = {GraphNames.LABELS, GraphNames.SAMPLED_CANDIDATES})
  void c06IdsChangeDuringRuns(String input) throws Exception {
    NceCase c = NceCase.random(new NceCase.Sizes(64, 2, 64, 1000, 8), 6);
    long[] good = c.get(input).toLongArray();
    Tensor ids = Tensor.allocateLongs(c.get(input).shape());
    ids.longs().put(good);
    c.set(input, ids);
    Writer writer = new Writer(ids, good);
    Thread thread = new Thread(writer, "writer of ids");
    int refused = 0;
    try (ModelSession session = NceRuns.open(c, NceGraphs.Declared.SHAPES)) {
      Map<String, Tensor> feeds = c.feeds();
      thread.start();
      for (int run = 0; run < RUNS; run++) {
        refused += refuses(session, feeds, input) ? 1 : 0;
      }
      writer.stop = true;
      thread.join();
      ids.longs().put(good);
      NceRuns.checkLoss(c, session.run(feeds));
    }
    assertThat(refused).as("runs that met a bad id, of " + RUNS).isBetween(1, RUNS);
  }

  private static boolean refuses(ModelSession session, Map<String, Tensor> feeds, String input) {
    try {
      assertThat(session.run(feeds)).containsKey("loss");
      return false;
    } catch (OrtException e) {
      assertThat(e)
          .hasMessageContaining("NceLoss: " + input + "[")
          .hasMessageContaining(" is outside [0, 1000)");
      return true;
    }
  }

  /** Writes ids that are far away, and good ones again. */
  private static final class Writer implements Runnable {
    private final Tensor ids;
    private final long[] good;
    private volatile boolean stop;

    Writer(Tensor ids, long[] good) {
      this.ids = ids;
      this.good = good;
    }

    @Override
    public void run() {
      for (int at = 0; !stop; at = (at + 7) % good.length) {
        ids.longs().put(at, (at & 1) == 0 ? Long.MAX_VALUE / 8 : Long.MIN_VALUE);
        Thread.onSpinWait();
        ids.longs().put(at, good[at]);
      }
    }
  }
}
