package org.ortnce.bench;

import ai.onnxruntime.OrtException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.InputLayer;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceNetwork;
import org.ortnce.nce.Reduction;
import org.ortnce.session.SessionConfig;
import org.ortnce.tensor.Tensor;
import org.ortnce.training.BoundOptimizer;
import org.ortnce.training.DeviceBytes;
import org.ortnce.training.Optimizers;
import org.ortnce.training.Parameter;
import org.ortnce.training.StepLoss;
import org.ortnce.training.TrainingSession;

/**
 * Training steps of whole tables and of touched rows on the processor, in turns in one process: the
 * processor time of a step on one thread, which others on the machine hardly change, and what each
 * would move to a device and back. Skip-gram with Adagrad, ids and labels uniform, so that nearly
 * all rows of a batch are different.
 */
final class TrainingStepTable {
  private static final int BATCH = 1024;
  private static final int NUM_SAMPLED = 1024;
  private static final int DIM = 128;
  private static final int ROUNDS = 21;
  private static final int STEPS = 20;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final int classes;
  private final List<Parameter> parameters;
  private final BoundOptimizer optimizer;
  private final Random random = new Random(1);
  private long step;

  private TrainingStepTable(int classes) {
    this.classes = classes;
    parameters =
        List.of(
            Parameter.uniform(GraphNames.EMBEDDINGS, -0.5, 0.5, 1, classes, DIM),
            Parameter.uniform(GraphNames.WEIGHTS, -0.5, 0.5, 2, classes, DIM),
            Parameter.zeros(GraphNames.BIASES, classes));
    optimizer = Optimizers.adagrad().bind(parameters);
  }

  private Map<String, Tensor> batch() {
    Map<String, Tensor> batch = new LinkedHashMap<>();
    batch.put(GraphNames.INPUT_IDS, ids(BATCH));
    batch.put(GraphNames.LABELS, ids(BATCH, 1));
    return batch;
  }

  private Tensor ids(long... shape) {
    Tensor ids = Tensor.allocateLongs(shape);
    ids.longs().put(random.longs(BATCH, 0, classes).toArray());
    return ids;
  }

  /** Milliseconds of the processor for a step; both sessions change the same tables. */
  private double time(TrainingSession session) throws OrtException {
    List<Map<String, Tensor>> batches = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      batches.add(batch());
    }
    long start = THREADS.getCurrentThreadCpuTime();
    for (Map<String, Tensor> batch : batches) {
      session.update(batch, step++, optimizer, 0.01);
    }
    return (THREADS.getCurrentThreadCpuTime() - start) * 1e-6 / STEPS;
  }

  private String row(SessionConfig config) throws OrtException {
    NceNetwork network = NceNetwork.of(InputLayer.embeddings(classes, DIM), classes);
    NceLossOptions options =
        NceLossOptions.builder()
            .numSampled(NUM_SAMPLED)
            .seed(1, 2)
            .reduction(Reduction.MEAN)
            .build();
    try (TrainingSession whole =
            TrainingSession.open(network.trainingStep(options), parameters, config);
        TrainingSession touched =
            TrainingSession.openTouchedRows(network, options, parameters, config)) {
      double[] ofWhole = new double[ROUNDS];
      double[] ofTouched = new double[ROUNDS];
      time(whole);
      time(touched);
      for (int round = 0; round < ROUNDS; round++) {
        ofWhole[round] = time(whole);
        ofTouched[round] = time(touched);
      }
      StepLoss last = touched.update(batch(), step, optimizer, 0.01);
      DeviceBytes bytes = last.deviceBytes().orElseThrow();
      long tables = parameters.stream().mapToLong(p -> p.value().byteSize()).sum();
      return String.format(
          Locale.ROOT,
          "| %,d | %,d | %,d | %,d | %.2f | %.2f |",
          classes,
          tables,
          bytes.toDevice(),
          bytes.fromDevice(),
          median(ofWhole),
          median(ofTouched));
    }
  }

  private static double median(double[] times) {
    Arrays.sort(times);
    return times[times.length / 2];
  }

  /** See the class. */
  public static void main(String[] arguments) throws OrtException {
    SessionConfig config = SessionConfig.builder().intraOpThreads(1).build();
    System.out.println(
        "| V | tables, bytes | touched rows, to the device | from the device | whole tables, ms |"
            + " touched rows, ms |");
    System.out.println("| ---: | ---: | ---: | ---: | ---: | ---: |");
    for (int classes : new int[] {10_000, 1_000_000}) {
      System.out.println(new TrainingStepTable(classes).row(config));
    }
  }
}
