package org.ortnce.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ortnce.nce.Activation;
import org.ortnce.nce.InputLayer;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceNetwork;
import org.ortnce.nce.PartitionStrategy;
import org.ortnce.nce.Reduction;
import org.ortnce.session.SessionConfig;
import org.ortnce.tensor.Tensor;

/** Steps that update inside the model against gradients that Java applies: bit for bit. */
class TrainingUpdateTest {
  private static final int WORDS = 40;
  private static final int CLASSES = 60;
  private static final int BATCH = 33;
  private static final int STEPS = 3;

  /** Sparse and dense gradients, of one and of several parameters. */
  static List<NceNetwork> networks() {
    return List.of(
        NceNetwork.of(InputLayer.embeddings(WORDS, 17), CLASSES),
        NceNetwork.of(InputLayer.meanEmbeddings(WORDS, 8, 3), CLASSES).withoutBiases(),
        NceNetwork.of(InputLayer.embeddings(WORDS, 5).dense(7, Activation.TANH), CLASSES)
            .partitioned(PartitionStrategy.MOD, 3),
        NceNetwork.of(InputLayer.features(6), CLASSES).partitioned(PartitionStrategy.DIV, 2));
  }

  private static NceLossOptions options(Reduction reduction) {
    return NceLossOptions.builder().numSampled(9).seed(5, 6).reduction(reduction).build();
  }

  private static List<Parameter> parameters(NceNetwork network) {
    List<Parameter> parameters = new ArrayList<>();
    network
        .parameters()
        .forEach(
            (name, shape) -> {
              long[] dims = shape.dims().stream().mapToLong(dim -> dim.size()).toArray();
              parameters.add(Parameter.normal(name, 0.3, name.hashCode(), dims));
            });
    return parameters;
  }

  private static Map<String, Tensor> batch(TrainingSession session, long seed) {
    Random random = new Random(seed);
    Map<String, Tensor> batch = new LinkedHashMap<>();
    session
        .examples()
        .forEach(
            (name, spec) -> {
              int columns = spec.shape().size() == 1 ? 1 : (int) spec.shape().get(1).size();
              long[] shape =
                  spec.shape().size() == 1 ? new long[] {BATCH} : new long[] {BATCH, columns};
              int count = BATCH * columns;
              int range = name.equals("labels") ? CLASSES : WORDS;
              batch.put(
                  name,
                  name.equals("inputs")
                      ? Parameter.normal("x", 1, seed, shape).value()
                      : Tensor.of(random.longs(count, 0, range).toArray(), shape));
            });
    return batch;
  }

  /** The bits of parameters and slots: NaN equals itself. */
  private static int[][] everything(BoundOptimizer optimizer) {
    return optimizer.state().values().stream()
        .map(tensor -> bits(tensor.toFloatArray()))
        .toArray(int[][]::new);
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  private static TrainingSession open(
      NceNetwork network, Reduction reduction, List<Parameter> parameters, int threads)
      throws OrtException {
    return TrainingSession.open(
        network.trainingStep(options(reduction)),
        parameters,
        SessionConfig.builder().intraOpThreads(threads).build());
  }

  @ParameterizedTest
  @MethodSource("networks")
  void theBitsAreThoseOfGradientsThatAreApplied(NceNetwork network) throws Exception {
    for (Optimizer optimizer : BoundOptimizerTest.ALL) {
      for (Reduction reduction : Reduction.values()) {
        List<Parameter> inModel = parameters(network);
        List<Parameter> inJava = parameters(network);
        BoundOptimizer one = optimizer.bind(inModel);
        BoundOptimizer other = optimizer.bind(inJava);
        try (TrainingSession updating = open(network, reduction, inModel, 2);
            TrainingSession plain = open(network, reduction, inJava, 1)) {
          for (int step = 0; step < STEPS; step++) {
            double rate = 0.05 / (step + 1);
            Map<String, Tensor> batch = batch(plain, step);
            StepLoss found = updating.update(batch, step, one, rate);
            LossGradients gradients = plain.run(batch, step);
            other.apply(gradients.gradients(), rate, step);
            assertThat(found.loss().toFloatArray()).isEqualTo(gradients.loss().toFloatArray());
            assertThat(found.sampledCandidates().orElseThrow().toLongArray())
                .isEqualTo(gradients.sampledCandidates().orElseThrow().toLongArray());
            assertThat(everything(one)).isDeepEqualTo(everything(other));
          }
        }
      }
    }
  }

  @Test
  void aLossThatIsNotFiniteChangesNothing() throws Exception {
    NceNetwork network = networks().get(0);
    for (Reduction reduction : Reduction.values()) {
      List<Parameter> parameters = parameters(network);
      BoundOptimizer optimizer = Optimizers.adam().bind(parameters);
      try (TrainingSession session = open(network, reduction, parameters, 1)) {
        Map<String, Tensor> batch = batch(session, 1);
        session.update(batch, 0, optimizer, 0.1);
        int label = (int) batch.get("labels").longs().get(4);
        parameters.get(1).value().floats().put(label * 17, Float.NaN);
        int[][] before = everything(optimizer);
        assertThat(session.update(batch, 1, optimizer, 0.1).mean()).isNaN();
        assertThat(everything(optimizer)).isDeepEqualTo(before);
      }
    }
  }

  /** Also where an id is found to be bad only after the gradients of the classes are there. */
  @Test
  void whatAnOpRefusesChangesNothing() throws Exception {
    NceNetwork network = networks().get(0);
    List<Parameter> parameters = parameters(network);
    BoundOptimizer optimizer = Optimizers.adagrad().bind(parameters);
    try (TrainingSession session = open(network, Reduction.MEAN, parameters, 2)) {
      Map<String, Tensor> good = batch(session, 1);
      session.update(good, 0, optimizer, 0.1);
      int[][] before = everything(optimizer);
      for (String column : List.of("labels", "input_ids")) {
        for (long bad : new long[] {-1, 1000}) {
          Map<String, Tensor> batch = new LinkedHashMap<>(good);
          long[] ids = good.get(column).toLongArray();
          ids[BATCH - 1] = bad;
          batch.put(column, Tensor.of(ids, good.get(column).shape()));
          assertThatThrownBy(() -> session.update(batch, 1, optimizer, 0.1))
              .isInstanceOf(OrtException.class)
              .hasMessageContaining(Long.toString(bad));
          assertThat(everything(optimizer)).isDeepEqualTo(before);
        }
      }
      session.update(good, 1, optimizer, 0.1);
      assertThat(everything(optimizer)).isNotEqualTo(before);
    }
  }

  @Test
  void optimizersMayTakeTurns() throws Exception {
    NceNetwork network = networks().get(0);
    List<Parameter> parameters = parameters(network);
    try (TrainingSession session = open(network, Reduction.MEAN, parameters, 1)) {
      BoundOptimizer sgd = Optimizers.sgd().bind(parameters);
      BoundOptimizer adam = Optimizers.adam().bind(parameters);
      Map<String, Tensor> batch = batch(session, 3);
      double first = session.update(batch, 0, sgd, 0.1).mean();
      session.update(batch, 0, adam, 0.01);
      double last = session.update(batch, 0, sgd, 0.1).mean();
      assertThat(last).isLessThan(first);
    }
  }

  @Test
  void badArguments() throws Exception {
    NceNetwork network = networks().get(0);
    List<Parameter> parameters = parameters(network);
    BoundOptimizer optimizer = Optimizers.sgd().bind(parameters);
    TrainingSession session = open(network, Reduction.MEAN, parameters, 1);
    Map<String, Tensor> batch = batch(session, 1);
    int[][] before = everything(optimizer);
    assertThatThrownBy(() -> session.update(batch, 0, optimizer, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("learningRate is NaN, expected a finite number >= 0");
    assertThatThrownBy(() -> session.update(batch, -1, optimizer, 0.1))
        .hasMessage("step is -1, expected 0 or more");
    assertThatThrownBy(
            () -> session.update(batch, 0, Optimizers.sgd().bind(parameters.subList(0, 2)), 0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected the session's parameters");
    assertThatThrownBy(() -> session.update(Map.of(), 0, optimizer, 0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("missing input");
    session.close();
    assertThatThrownBy(() -> session.update(batch, 0, optimizer, 0.1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the session is closed");
    assertThat(everything(optimizer)).isDeepEqualTo(before);
  }
}
