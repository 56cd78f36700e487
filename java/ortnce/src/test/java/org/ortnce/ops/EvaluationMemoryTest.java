package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.evaluation.EvaluationResult;
import org.ortnce.nce.EvaluationOptions;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.OutputLayer;
import org.ortnce.nce.PartitionStrategy;
import org.ortnce.reliability.BadInputs;
import org.ortnce.session.EvaluationSession;
import org.ortnce.session.InferenceSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.session.SharedWeights;
import org.ortnce.session.TrainingLossSession;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/**
 * Memory of evaluation, in JVMs of their own with a heap that is all resident before: what grows is
 * native.
 */
@EnabledOnOs(OS.LINUX)
@BadInputs.Apart
class EvaluationMemoryTest {
  private static final int CLASSES = 1_000_000;
  private static final int DIM = 32;
  private static final long TABLE_KILOBYTES = (long) CLASSES * DIM * Float.BYTES / 1024;
  private static final List<String> SMALL_HEAP =
      List.of(
          "-Xms64m",
          "-Xmx64m",
          "-XX:MaxDirectMemorySize=160m",
          "-XX:+AlwaysPreTouch",
          "-XX:+UseSerialGC");

  /** Row E01: the logits of all classes would take 4 GB. */
  @Test
  void e01AMillionClassesTakeLessThan64Mebibytes(TestReporter reporter)
      throws IOException, InterruptedException {
    String[] output = ChildRuns.output(LargeBatch.class, Map.of(), SMALL_HEAP).split(" ", -1);
    long kilobytes = Long.parseLong(output[0]);
    reporter.publishEntry("kilobytes beyond the weights", Long.toString(kilobytes));
    assertThat(kilobytes).isPositive().isLessThan(64 * 1024);
    assertThat(Double.parseDouble(output[1])).isBetween(0.1 * CLASSES, 10.0 * CLASSES);
    assertThat(Long.parseLong(output[2])).isBetween(1L, (long) CLASSES);
  }

  /** The table is resident once, however many sessions read it. */
  @Test
  void threeSessionsHoldOneTable(TestReporter reporter, @TempDir Path folder)
      throws IOException, InterruptedException {
    for (String where : new String[] {"direct", "mapped"}) {
      String output =
          ChildRuns.output(ThreeSessions.class, Map.of(), SMALL_HEAP, where, folder.toString());
      long kilobytes = Long.parseLong(output);
      reporter.publishEntry("kilobytes of three sessions, " + where, Long.toString(kilobytes));
      assertThat(kilobytes).isBetween(TABLE_KILOBYTES, TABLE_KILOBYTES + TABLE_KILOBYTES / 2);
    }
  }

  /** Row E07: ten million equal logits, whose sum in float would lose its digits. */
  @Test
  void e07TenMillionEqualLogits() throws OrtException {
    int classes = 10_000_000;
    Tensor weights = Tensor.allocateFloats(classes, 1);
    FloatBuffer rows = weights.floats();
    while (rows.hasRemaining()) {
      rows.put(0.3f);
    }
    SharedWeights shared = SharedWeights.of(weights, null);
    OutputLayer layer = shared.outputLayer(PartitionStrategy.DIV);
    EvaluationOptions options = EvaluationOptions.defaults().withMetrics();
    SessionConfig config = SessionConfig.builder().sharedWeights(shared).build();
    byte[] model = NceModels.evaluation(layer, options).toByteArray();
    try (EvaluationSession session = EvaluationSession.open(model, config)) {
      Tensor label = Tensor.of(new long[] {classes - 1}, 1, 1);
      EvaluationResult result = session.evaluate(Tensor.of(new float[] {1}, 1, 1), label);
      double z = 0.3f;
      double loss = (classes - 1) * NceLossReference.softplus(z) + NceLossReference.softplus(-z);
      FullSigmoidLossTest.close(result.loss().floats().get(0), loss, 2e-6 * loss);
      double softmax = Math.log(classes);
      FullSigmoidLossTest.close(
          result.softmaxLoss().orElseThrow().floats().get(0), softmax, 2e-6 * softmax);
      assertThat(result.trueRanks().orElseThrow().longs().get(0)).isEqualTo(classes);
    }
  }

  private static Tensor table() {
    Tensor weights = Tensor.allocateFloats(CLASSES, DIM);
    FloatBuffer rows = weights.floats();
    Random random = new Random(1);
    while (rows.hasRemaining()) {
      rows.put(random.nextFloat() / 4 - 0.125f);
    }
    return weights;
  }

  private static Tensor labels(int batch) {
    long[] labels = new long[batch];
    for (int i = 0; i < batch; i++) {
      labels[i] = i * 9973L % CLASSES;
    }
    return Tensor.of(labels, batch, 1);
  }

  /** Prints the kilobytes that a batch of 1024 took, its first loss and rank. */
  static final class LargeBatch {
    private LargeBatch() {}

    public static void main(String[] arguments) throws OrtException, IOException {
      SharedWeights shared = SharedWeights.of(table(), null);
      OutputLayer layer = shared.outputLayer(PartitionStrategy.DIV);
      EvaluationOptions options = EvaluationOptions.defaults().withMetrics();
      byte[] model = NceModels.evaluation(layer, options).toByteArray();
      SessionConfig config = SessionConfig.builder().sharedWeights(shared).build();
      try (EvaluationSession session = EvaluationSession.open(model, config)) {
        session.evaluate(NceCase.filled(0.125, 1, DIM), labels(1));
        Tensor inputs = NceCase.filled(0.125, 1024, DIM);
        Tensor labels = labels(1024);
        ResidentMemory memory = ResidentMemory.start();
        EvaluationResult result = session.evaluate(inputs, labels);
        System.out.println(
            memory.peakGrowthKilobytes()
                + " "
                + result.loss().floats().get(0)
                + " "
                + result.trueRanks().orElseThrow().longs().get(0));
      }
    }
  }

  /** Prints the kilobytes of the table and of three sessions that each have run. */
  static final class ThreeSessions {
    private ThreeSessions() {}

    public static void main(String[] arguments) throws OrtException, IOException {
      Path file = Path.of(arguments[1], "weights.npy");
      boolean mapped = arguments[0].equals("mapped");
      // The library and the runtime are loaded before the measurement.
      run(SharedWeights.of(Tensor.allocateFloats(100, DIM), null), 100);
      ResidentMemory memory = ResidentMemory.start();
      run(mapped ? SharedWeights.ofNpy(file, null) : SharedWeights.of(saved(file), null), CLASSES);
      System.out.println(memory.peakGrowthKilobytes());
    }

    private static Tensor saved(Path file) throws IOException {
      Tensor weights = table();
      Npy.write(file, weights);
      return weights;
    }

    private static void run(SharedWeights shared, int classes) throws OrtException {
      OutputLayer layer = shared.outputLayer(PartitionStrategy.DIV);
      assertThat(layer.numClasses()).isEqualTo(classes);
      SessionConfig config = SessionConfig.builder().sharedWeights(shared).build();
      NceLossOptions options = NceLossOptions.builder().numSampled(16).seed(1, 2).build();
      EvaluationOptions metrics = EvaluationOptions.defaults().withMetrics();
      try (TrainingLossSession loss =
              TrainingLossSession.open(
                  NceModels.trainingLoss(layer, options).toByteArray(), config);
          EvaluationSession evaluation =
              EvaluationSession.open(NceModels.evaluation(layer, metrics).toByteArray(), config);
          InferenceSession inference =
              InferenceSession.open(NceModels.inference(layer, 10).toByteArray(), config)) {
        Tensor inputs = NceCase.filled(0.125, 8, DIM);
        Tensor labels = Tensor.of(new long[8], 8, 1);
        for (int i = 0; i < 3; i++) {
          loss.loss(inputs, labels);
          evaluation.evaluate(inputs, labels);
          inference.topK(inputs);
        }
      }
    }
  }
}
