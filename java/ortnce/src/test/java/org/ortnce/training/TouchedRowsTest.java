package org.ortnce.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import java.nio.FloatBuffer;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ortnce.nce.Activation;
import org.ortnce.nce.InputLayer;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceNetwork;
import org.ortnce.nce.PartitionStrategy;
import org.ortnce.nce.Reduction;
import org.ortnce.nce.SplitTrainingStep;
import org.ortnce.session.CudaPolicy;
import org.ortnce.session.SessionConfig;
import org.ortnce.session.SharedWeights;
import org.ortnce.tensor.Tensor;

/**
 * Steps that give the model the rows a batch touches against steps on whole tables: bit for bit.
 */
class TouchedRowsTest {
  private static final SessionConfig TWO_THREADS =
      SessionConfig.builder().intraOpThreads(2).build();

  /**
   * A network and its loss.
   *
   * @param words rows of the embeddings
   */
  private record Case(NceNetwork network, NceLossOptions options, int words) {
    static Case random(long seed) {
      Random random = new Random(seed);
      int classes = 8 + random.nextInt(60);
      int words = 1 + random.nextInt(20);
      int dim = 1 + random.nextInt(20);
      InputLayer input =
          switch (random.nextInt(3)) {
            case 0 -> InputLayer.embeddings(words, dim);
            case 1 -> InputLayer.meanEmbeddings(words, dim, 1 + random.nextInt(4));
            default -> InputLayer.features(dim);
          };
      if (random.nextInt(3) == 0) {
        input = input.dense(1 + random.nextInt(9), Activation.TANH);
      }
      NceNetwork network = NceNetwork.of(input, classes);
      if (random.nextInt(3) == 0) {
        network = network.withoutBiases();
      }
      if (random.nextBoolean()) {
        PartitionStrategy strategy =
            random.nextBoolean() ? PartitionStrategy.DIV : PartitionStrategy.MOD;
        network = network.partitioned(strategy, 1 + random.nextInt(5));
      }
      NceLossOptions.Builder options =
          NceLossOptions.builder()
              .numSampled(1 + random.nextInt(classes))
              .numTrue(1 + random.nextInt(3))
              .removeAccidentalHits(random.nextBoolean())
              .subtractLogQ(random.nextInt(4) != 0)
              .reduction(Arrays.asList(Reduction.values()).get(random.nextInt(3)))
              .seed(1 + random.nextInt(100), 7);
      if (random.nextInt(3) == 0) {
        // Classes too: a candidate of that number is no padding.
        options.ignoreIndex(random.nextInt(5) - 1);
      }
      return new Case(network, options.build(), words);
    }

    Map<String, Tensor> batch(TrainingSession session, int size, long seed) {
      int classes = (int) network.numClasses();
      Map<String, Tensor> batch = RandomTraining.batch(session, size, classes, words, seed);
      options
          .ignoreIndex()
          .ifPresent(
              ignored -> {
                long[] labels = batch.get("labels").toLongArray();
                Random random = new Random(seed);
                Arrays.setAll(labels, i -> random.nextInt(3) == 0 ? ignored : labels[i]);
                batch.put("labels", Tensor.of(labels, batch.get("labels").shape()));
              });
      return batch;
    }

    TrainingSession whole(List<Parameter> parameters) throws OrtException {
      return TrainingSession.open(network.trainingStep(options), parameters);
    }

    TrainingSession touched(List<Parameter> parameters) throws OrtException {
      return TrainingSession.openTouchedRows(network, options, parameters, TWO_THREADS);
    }
  }

  static IntStream seeds() {
    return IntStream.range(0, Integer.getInteger("ortnce.touched.cases", 40));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theBitsAreThoseOfWholeTables(int seed) throws Exception {
    Case one = Case.random(seed);
    Optimizer rule = BoundOptimizerTest.ALL.get(seed % BoundOptimizerTest.ALL.size());
    List<Parameter> inPlace = RandomTraining.parameters(one.network());
    List<Parameter> byRows = RandomTraining.parameters(one.network());
    BoundOptimizer first = rule.bind(inPlace);
    BoundOptimizer second = rule.bind(byRows);
    try (TrainingSession whole = one.whole(inPlace);
        TrainingSession touched = one.touched(byRows)) {
      assertThat(touched.examples().keySet()).isEqualTo(whole.examples().keySet());
      for (int step = 0; step < 4; step++) {
        // An empty batch among them.
        Map<String, Tensor> batch = one.batch(whole, 11 * (step % 3), 100L * seed + step);
        same(touched.run(batch, step), whole.run(batch, step));
        StepLoss expected = whole.update(batch, step, first, 0.05);
        StepLoss found = touched.update(batch, step, second, 0.05);
        assertThat(RandomTraining.bits(found.loss()))
            .isEqualTo(RandomTraining.bits(expected.loss()));
        assertThat(found.sampledCandidates().orElseThrow().toLongArray())
            .isEqualTo(expected.sampledCandidates().orElseThrow().toLongArray());
        assertThat(RandomTraining.bits(second)).isDeepEqualTo(RandomTraining.bits(first));
        assertThat(expected.deviceBytes()).isEmpty();
      }
    }
  }

  private static void same(LossGradients found, LossGradients expected) {
    assertThat(RandomTraining.bits(found.loss())).isEqualTo(RandomTraining.bits(expected.loss()));
    for (int p = 0; p < expected.gradients().size(); p++) {
      ParameterGradient one = found.gradients().get(p);
      ParameterGradient other = expected.gradients().get(p);
      assertThat(one.parameter().name()).isEqualTo(other.parameter().name());
      assertThat(one.indices().map(Tensor::toLongArray).map(Arrays::toString))
          .isEqualTo(other.indices().map(Tensor::toLongArray).map(Arrays::toString));
      assertThat(RandomTraining.bits(one.values())).isEqualTo(RandomTraining.bits(other.values()));
    }
  }

  /** The formula of the README. */
  @Test
  void theBytesDependOnTheBatchAlone() throws Exception {
    int batch = 100;
    int dim = 12;
    int numTrue = 2;
    int numSampled = 30;
    List<DeviceBytes> found = new ArrayList<>();
    for (int classes : new int[] {5_000, 1_000_000}) {
      NceNetwork network = NceNetwork.of(InputLayer.embeddings(classes, dim), classes);
      NceLossOptions options =
          NceLossOptions.builder()
              .numSampled(numSampled)
              .numTrue(numTrue)
              .seed(1, 2)
              .reduction(Reduction.MEAN)
              .build();
      List<Parameter> parameters =
          List.of(
              Parameter.zeros("embeddings", classes, dim),
              Parameter.zeros("weights", classes, dim),
              Parameter.zeros("biases", classes));
      BoundOptimizer optimizer = Optimizers.sgd().bind(parameters);
      try (TrainingSession session =
          TrainingSession.openTouchedRows(network, options, parameters, TWO_THREADS)) {
        // Labels that no candidate can be: the number of touched classes is known.
        long[] ids = LongStream.range(classes - batch * numTrue, classes).toArray();
        Map<String, Tensor> values =
            Map.of(
                "input_ids", Tensor.of(Arrays.copyOf(ids, batch), batch),
                "labels", Tensor.of(ids, batch, numTrue));
        StepLoss step = session.update(values, 0, optimizer, 0.1);
        long[] candidates = step.sampledCandidates().orElseThrow().toLongArray();
        assertThat(Arrays.stream(candidates).max().orElseThrow()).isLessThan(ids[0]);
        found.add(step.deviceBytes().orElseThrow());
      }
    }
    long touched = (long) batch * numTrue + numSampled;
    long rows = 4L * (touched * (dim + 1) + (long) batch * dim);
    long labels = 8L * touched;
    long counts = 4L * touched;
    assertThat(found.get(0)).isEqualTo(new DeviceBytes(rows + labels + counts, rows + 4));
    assertThat(found.get(1)).isEqualTo(found.get(0));
  }

  @Test
  void theTrainerReportsThem() throws Exception {
    NceNetwork network = NceNetwork.of(InputLayer.embeddings(50, 4), 50);
    NceLossOptions options =
        NceLossOptions.builder().numSampled(8).seed(3, 4).reduction(Reduction.MEAN).build();
    try (TrainingSession session =
        TrainingSession.openTouchedRows(
            network, options, RandomTraining.parameters(network), TWO_THREADS)) {
      ShuffledBatches batches =
          ShuffledBatches.builder(TensorExamples.of(SmallTraining.pairs())).batchSize(64).build();
      for (GradientClipping clipping :
          List.of(GradientClipping.none(), GradientClipping.byGlobalNorm(1))) {
        Trainer trainer =
            Trainer.builder(session, batches)
                .optimizer(Optimizers.sgd())
                .learningRate(LearningRateSchedules.constant(0.1))
                .clipping(clipping)
                .build();
        DeviceBytes bytes = trainer.takeStep().deviceBytes().orElseThrow();
        assertThat(bytes.toDevice()).isGreaterThan(64 * 4 * 4);
        assertThat(bytes.total()).isEqualTo(bytes.toDevice() + bytes.fromDevice());
      }
    }
  }

  @Test
  void runsMayBeConcurrent() throws Exception {
    Case one = Case.random(4);
    try (TrainingSession session = one.touched(RandomTraining.parameters(one.network()))) {
      List<Map<String, Tensor>> batches = new ArrayList<>();
      List<LossGradients> expected = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        batches.add(one.batch(session, 5 + 9 * i, i));
        expected.add(session.run(batches.get(i), i));
      }
      IntStream.range(0, 200)
          .parallel()
          .map(i -> i % batches.size())
          .forEach(
              i -> {
                try {
                  same(session.run(batches.get(i), i), expected.get(i));
                } catch (OrtException e) {
                  throw new AssertionError(e);
                }
              });
    }
  }

  @Test
  void withoutADeviceTablesAreReadInPlace() throws Exception {
    Case one = Case.random(1);
    List<Parameter> parameters = RandomTraining.parameters(one.network());
    for (CudaPolicy policy : List.of(CudaPolicy.CPU, CudaPolicy.PREFER)) {
      SessionConfig config = SessionConfig.builder().addCUDA(policy).build();
      try (TrainingSession session =
          TrainingSession.open(one.network(), one.options(), parameters, config)) {
        boolean device = session.model().providers().hasCuda();
        Map<String, Tensor> batch = one.batch(session, 5, 1);
        assertThat(session.run(batch, 0).deviceBytes().isPresent()).isEqualTo(device);
      }
    }
  }

  /** Sums have another order there. */
  @Test
  void aDeviceComesNear() throws Exception {
    assumeTrue(
        OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA), "no CUDA provider");
    SessionConfig config = SessionConfig.builder().addCUDA(CudaPolicy.REQUIRE).build();
    for (long seed = 0; seed < 10; seed++) {
      Case one = Case.random(seed);
      List<Parameter> onHost = RandomTraining.parameters(one.network());
      List<Parameter> onDevice = RandomTraining.parameters(one.network());
      BoundOptimizer first = Optimizers.sgd().bind(onHost);
      BoundOptimizer second = Optimizers.sgd().bind(onDevice);
      try (TrainingSession host = one.whole(onHost);
          TrainingSession device =
              TrainingSession.open(one.network(), one.options(), onDevice, config)) {
        for (int step = 0; step < 3; step++) {
          Map<String, Tensor> batch = one.batch(host, 20, seed + step);
          StepLoss expected = host.update(batch, step, first, 0.05);
          StepLoss found = device.update(batch, step, second, 0.05);
          assertThat(found.deviceBytes()).isPresent();
          assertThat(found.sampledCandidates().orElseThrow().toLongArray())
              .isEqualTo(expected.sampledCandidates().orElseThrow().toLongArray());
          assertThat(found.loss().toFloatArray())
              .containsExactly(expected.loss().toFloatArray(), within(1e-3f));
        }
        for (int p = 0; p < onHost.size(); p++) {
          assertThat(onDevice.get(p).value().toFloatArray())
              .containsExactly(onHost.get(p).value().toFloatArray(), within(1e-4f));
        }
      }
    }
  }

  @Test
  void whatIsRefusedChangesNothing() throws Exception {
    NceNetwork network = NceNetwork.of(InputLayer.embeddings(20, 8), 15);
    NceLossOptions options = NceLossOptions.builder().numSampled(5).seed(1, 2).build();
    List<Parameter> parameters = RandomTraining.parameters(network);
    BoundOptimizer optimizer = Optimizers.adam().bind(parameters);
    TrainingSession session =
        TrainingSession.openTouchedRows(network, options, parameters, TWO_THREADS);
    Map<String, Tensor> good = RandomTraining.batch(session, 6, 15, 20, 1);
    int[][] untouched = RandomTraining.bits(optimizer);
    for (String column : List.of("labels", "input_ids")) {
      for (long bad : new long[] {-1, 1000}) {
        Map<String, Tensor> batch = new LinkedHashMap<>(good);
        long[] ids = good.get(column).toLongArray();
        ids[3] = bad;
        batch.put(column, Tensor.of(ids, good.get(column).shape()));
        boolean label = column.equals("labels");
        assertThatThrownBy(() -> session.update(batch, 1, optimizer, 0.1))
            .isInstanceOf(label ? OrtException.class : IllegalArgumentException.class)
            .hasMessageContaining(
                label
                    ? "labels[3,0] = " + bad + " is outside [0, 15)"
                    : "input_ids[3] = " + bad + " must be in [0, 20)");
      }
    }
    assertThatThrownBy(() -> session.update(Map.of(), 0, optimizer, 0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the batch has [], expected [input_ids int64[batch]");
    Map<String, Tensor> narrow = new LinkedHashMap<>(good);
    narrow.put("labels", Tensor.of(new int[6], 6, 1));
    assertThatThrownBy(() -> session.update(narrow, 0, optimizer, 0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("column 'labels' of the batch is int32[6, 1], expected labels int64");
    Map<String, Tensor> uneven = new LinkedHashMap<>(good);
    uneven.put("labels", Tensor.of(new long[5], 5, 1));
    assertThatThrownBy(() -> session.run(uneven, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "columns of the batch disagree on 'batch': dimension 0 of 'input_ids' is 6,"
                + " dimension 0 of 'labels' is 5");
    assertThat(RandomTraining.bits(optimizer)).isDeepEqualTo(untouched);
    parameters.get(1).value().floats().put((int) good.get("labels").longs().get(0) * 8, Float.NaN);
    int[][] before = RandomTraining.bits(optimizer);
    assertThat(session.update(good, 1, optimizer, 0.1).mean()).isNaN();
    assertThat(RandomTraining.bits(optimizer)).isDeepEqualTo(before);
    session.close();
    assertThatThrownBy(() -> session.update(good, 0, optimizer, 0.1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the session is closed");
    assertThatThrownBy(
            () ->
                TrainingSession.openTouchedRows(
                    network, options, parameters.subList(0, 2), TWO_THREADS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("parameters must be [embeddings, weights, biases]");
  }

  @Test
  void aSessionDoesNotShareWhatItTrains() throws Exception {
    Case one = Case.random(1);
    List<Parameter> parameters = RandomTraining.parameters(one.network());
    Parameter shared = parameters.get(0);
    SessionConfig config =
        SessionConfig.builder()
            .sharedWeights(SharedWeights.of(Map.of(shared.name(), shared.value())))
            .build();
    assertThatThrownBy(
            () -> TrainingSession.openTouchedRows(one.network(), one.options(), parameters, config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("sharedWeights has '" + shared.name() + "', a parameter");
  }

  /** Between its models too: a run that has begun ends as if nobody closed the session. */
  @Test
  void closeWaitsForRuns() throws Exception {
    Case one = Case.random(4);
    for (boolean updates : new boolean[] {false, true}) {
      List<Parameter> parameters = RandomTraining.parameters(one.network());
      BoundOptimizer optimizer = Optimizers.sgd().bind(parameters);
      TrainingSession session = one.touched(parameters);
      Map<String, Tensor> batch = one.batch(session, 5, 1);
      int[] expected = RandomTraining.bits(session.run(batch, 0).loss());
      Thread closing = new Thread(session::close, "closes the session");
      Map<String, Tensor> startsIt = new ClosedMeanwhile(batch, closing);
      Tensor loss =
          updates
              ? session.update(startsIt, 0, optimizer, 0.1).loss()
              : session.run(startsIt, 0).loss();
      assertThat(RandomTraining.bits(loss)).isEqualTo(expected);
      closing.join();
      assertThatThrownBy(() -> session.run(batch, 0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the session is closed");
    }
  }

  /** A batch that is read while another thread waits to close the session, or has closed it. */
  private static final class ClosedMeanwhile extends AbstractMap<String, Tensor> {
    private final Map<String, Tensor> batch;
    private final Thread closing;

    ClosedMeanwhile(Map<String, Tensor> batch, Thread closing) {
      this.batch = batch;
      this.closing = closing;
    }

    @Override
    public Set<Map.Entry<String, Tensor>> entrySet() {
      if (closing.getState() == Thread.State.NEW) {
        closing.start();
      }
      while (closing.isAlive() && closing.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      return batch.entrySet();
    }
  }

  @Test
  void stepsThatFailedOrAreClosedGiveTheirMemoryBackOnce() throws Exception {
    NceNetwork network = NceNetwork.of(InputLayer.embeddings(20, 8), 15);
    NceLossOptions options = NceLossOptions.builder().numSampled(5).seed(1, 2).build();
    List<Parameter> parameters = RandomTraining.parameters(network);
    try (TrainingSession session =
            TrainingSession.openTouchedRows(network, options, parameters, TWO_THREADS);
        TouchedRows rows =
            TouchedRows.open(
                network.splitTrainingStep(options), parameters, TWO_THREADS, TWO_THREADS)) {
      Map<String, Tensor> batch = RandomTraining.batch(session, 6, 15, 20, 1);
      Map<String, Tensor> bad = new LinkedHashMap<>(batch);
      bad.put("labels", Tensor.of(new long[] {0, 1, 2, 3, 4, 15}, 6, 1));
      TouchedRows.Step first = rows.take(batch, 0);
      FloatBuffer memory = weightsGradient(first);
      first.close();
      assertThatThrownBy(() -> rows.take(bad, 0)).isInstanceOf(OrtException.class);
      TouchedRows.Step second = rows.take(batch, 0);
      memory.put(0, 42);
      assertThat(weightsGradient(second).get(0)).isEqualTo(42);
      second.close();
      second.close();
      FloatBuffer third = weightsGradient(rows.take(batch, 0));
      FloatBuffer fourth = weightsGradient(rows.take(batch, 0));
      third.put(0, 42);
      assertThat(fourth.get(0)).isNotEqualTo(42);
    }
  }

  private static FloatBuffer weightsGradient(TouchedRows.Step step) {
    return step.values().get(SplitTrainingStep.given("weights_grad_values")).floats();
  }

  /** A step uses the labels that it checked, whatever another thread writes meanwhile. */
  @Test
  void labelsMayChangeDuringSteps() throws Exception {
    NceNetwork network = NceNetwork.of(InputLayer.embeddings(20, 8), 15);
    NceLossOptions options = NceLossOptions.builder().numSampled(5).seed(1, 2).build();
    List<Parameter> parameters = RandomTraining.parameters(network);
    AtomicBoolean stop = new AtomicBoolean();
    try (TrainingSession session =
        TrainingSession.openTouchedRows(network, options, parameters, TWO_THREADS)) {
      Map<String, Tensor> batch = RandomTraining.batch(session, 64, 15, 20, 1);
      Tensor labels = Tensor.allocateLongs(64, 1);
      batch.put("labels", labels);
      Thread writer =
          new Thread(
              () -> {
                for (int at = 0; !stop.get(); at = (at + 7) % 64) {
                  labels.longs().put(at, Long.MAX_VALUE / 8);
                  Thread.onSpinWait();
                  labels.longs().put(at, 1);
                }
              },
              "writer of labels");
      writer.start();
      int refused = 0;
      try {
        for (int step = 0; step < 1000; step++) {
          try {
            session.run(batch, step);
          } catch (OrtException e) {
            assertThat(e).hasMessageStartingWith("labels[");
            refused++;
          }
        }
      } finally {
        stop.set(true);
        writer.join();
      }
      assertThat(refused).isBetween(1, 1000);
    }
  }
}
