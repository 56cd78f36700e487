package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.OutputLayer;
import org.ortnce.session.SessionConfig;
import org.ortnce.session.TrainingLossSession;
import org.ortnce.tensor.Tensor;

/**
 * A batch of 1024 over a million classes takes less than 32 MiB beyond its weights of 512 MB, as a
 * graph input in a direct buffer and as an initializer shared with the caller. In a JVM of its own
 * with a heap that is all resident before the run: what grows is native. The warm-up has one
 * example, so that the memory of the large batch is not there already.
 */
@EnabledOnOs(OS.LINUX)
class WorkingMemoryTest {
  private static final int BATCH = 1024;
  private static final int DIM = 128;
  private static final int NUM_SAMPLED = 64;
  private static final int CLASSES = 1_000_000;
  private static final long LIMIT_KILOBYTES = 32 * 1024;

  @ParameterizedTest
  @ValueSource(strings = {"input", "initializer"})
  void below32MebibytesBeyondTheWeights(String weights, TestReporter reporter, @TempDir Path folder)
      throws IOException, InterruptedException {
    String output =
        ChildRuns.output(
            Batch.class,
            Map.of(),
            List.of(
                "-Xms64m",
                "-Xmx64m",
                "-XX:MaxDirectMemorySize=520m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC"),
            weights,
            folder.toString());
    long kilobytes = Long.parseLong(output.substring(0, output.indexOf(' ')));
    reporter.publishEntry("kilobytes beyond weights as " + weights, Long.toString(kilobytes));
    assertThat(kilobytes).isPositive().isLessThan(LIMIT_KILOBYTES);
    assertThat(Double.parseDouble(output.substring(output.indexOf(' '))))
        .isBetween(0.1 * NUM_SAMPLED, 10.0 * NUM_SAMPLED);
  }

  /** Prints the kilobytes that the run took and the mean loss. */
  static final class Batch {
    private Batch() {}

    public static void main(String[] arguments) throws OrtException, IOException {
      boolean shared = arguments[0].equals("initializer");
      Tensor weights = Tensor.allocateFloats(CLASSES, DIM);
      FloatBuffer rows = weights.floats();
      for (int i = 0; rows.hasRemaining(); i++) {
        rows.put((i % 17 - 8) / 64f);
      }
      NceLossOptions options = NceLossOptions.builder().numSampled(NUM_SAMPLED).seed(1, 2).build();
      Path file = Path.of(arguments[1], "model.onnx");
      byte[] model =
          NceModels.trainingLoss(OutputLayer.inputs(CLASSES, DIM, false), options).toByteArray();
      SessionConfig config = SessionConfig.defaults();
      Map<String, Tensor> feeds = new HashMap<>();
      if (shared) {
        model = ExternalWeights.declare(model, CLASSES, DIM);
        ExternalWeights.createSparse(file, CLASSES, DIM);
        config = SessionConfig.builder().sharedInitializer(GraphNames.WEIGHTS, weights).build();
      } else {
        feeds.put(GraphNames.WEIGHTS, weights);
      }
      Files.write(file, model);
      try (TrainingLossSession session = TrainingLossSession.open(file, config)) {
        session.loss(batch(feeds, 1));
        Map<String, Tensor> large = batch(feeds, BATCH);
        ResidentMemory memory = ResidentMemory.start();
        float[] loss = session.loss(large).perExample();
        long kilobytes = memory.peakGrowthKilobytes();
        double sum = 0;
        for (float value : loss) {
          sum += value;
        }
        System.out.println(kilobytes + " " + sum / BATCH);
      }
    }

    private static Map<String, Tensor> batch(Map<String, Tensor> feeds, int size) {
      Map<String, Tensor> all = new HashMap<>(feeds);
      all.put(GraphNames.INPUTS, NceCase.filled(0.125, size, DIM));
      long[] labels = new long[size];
      for (int i = 0; i < size; i++) {
        labels[i] = i * 9973L % CLASSES;
      }
      all.put(GraphNames.LABELS, Tensor.of(labels, size, 1));
      return all;
    }
  }
}
