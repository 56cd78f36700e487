package org.ortnce.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        List<Parameter> inModel = RandomTraining.parameters(network);
        List<Parameter> inJava = RandomTraining.parameters(network);
        BoundOptimizer one = optimizer.bind(inModel);
        BoundOptimizer other = optimizer.bind(inJava);
        try (TrainingSession updating = open(network, reduction, inModel, 2);
            TrainingSession plain = open(network, reduction, inJava, 1)) {
          for (int step = 0; step < STEPS; step++) {
            double rate = 0.05 / (step + 1);
            Map<String, Tensor> batch = RandomTraining.batch(plain, BATCH, CLASSES, WORDS, step);
            StepLoss found = updating.update(batch, step, one, rate);
            LossGradients gradients = plain.run(batch, step);
            other.apply(gradients.gradients(), rate, step);
            assertThat(found.loss().toFloatArray()).isEqualTo(gradients.loss().toFloatArray());
            assertThat(found.sampledCandidates().orElseThrow().toLongArray())
                .isEqualTo(gradients.sampledCandidates().orElseThrow().toLongArray());
            assertThat(RandomTraining.bits(one)).isDeepEqualTo(RandomTraining.bits(other));
          }
        }
      }
    }
  }

  @Test
  void aLossThatIsNotFiniteChangesNothing() throws Exception {
    NceNetwork network = networks().get(0);
    for (Reduction reduction : Reduction.values()) {
      List<Parameter> parameters = RandomTraining.parameters(network);
      BoundOptimizer optimizer = Optimizers.adam().bind(parameters);
      try (TrainingSession session = open(network, reduction, parameters, 1)) {
        Map<String, Tensor> batch = RandomTraining.batch(session, BATCH, CLASSES, WORDS, 1);
        session.update(batch, 0, optimizer, 0.1);
        int label = (int) batch.get("labels").longs().get(4);
        parameters.get(1).value().floats().put(label * 17, Float.NaN);
        int[][] before = RandomTraining.bits(optimizer);
        assertThat(session.update(batch, 1, optimizer, 0.1).mean()).isNaN();
        assertThat(RandomTraining.bits(optimizer)).isDeepEqualTo(before);
      }
    }
  }

  /** Also where an id is found to be bad only after the gradients of the classes are there. */
  @Test
  void whatAnOpRefusesChangesNothing() throws Exception {
    NceNetwork network = networks().get(0);
    List<Parameter> parameters = RandomTraining.parameters(network);
    BoundOptimizer optimizer = Optimizers.adagrad().bind(parameters);
    try (TrainingSession session = open(network, Reduction.MEAN, parameters, 2)) {
      Map<String, Tensor> good = RandomTraining.batch(session, BATCH, CLASSES, WORDS, 1);
      session.update(good, 0, optimizer, 0.1);
      int[][] before = RandomTraining.bits(optimizer);
      for (String column : List.of("labels", "input_ids")) {
        for (long bad : new long[] {-1, 1000}) {
          Map<String, Tensor> batch = new LinkedHashMap<>(good);
          long[] ids = good.get(column).toLongArray();
          ids[BATCH - 1] = bad;
          batch.put(column, Tensor.of(ids, good.get(column).shape()));
          assertThatThrownBy(() -> session.update(batch, 1, optimizer, 0.1))
              .isInstanceOf(OrtException.class)
              .hasMessageContaining(Long.toString(bad));
          assertThat(RandomTraining.bits(optimizer)).isDeepEqualTo(before);
        }
      }
      session.update(good, 1, optimizer, 0.1);
      assertThat(RandomTraining.bits(optimizer)).isNotEqualTo(before);
    }
  }

  @Test
  void optimizersMayTakeTurns() throws Exception {
    NceNetwork network = networks().get(0);
    List<Parameter> parameters = RandomTraining.parameters(network);
    try (TrainingSession session = open(network, Reduction.MEAN, parameters, 1)) {
      BoundOptimizer sgd = Optimizers.sgd().bind(parameters);
      BoundOptimizer adam = Optimizers.adam().bind(parameters);
      Map<String, Tensor> batch = RandomTraining.batch(session, BATCH, CLASSES, WORDS, 3);
      double first = session.update(batch, 0, sgd, 0.1).mean();
      session.update(batch, 0, adam, 0.01);
      double last = session.update(batch, 0, sgd, 0.1).mean();
      assertThat(last).isLessThan(first);
    }
  }

  @Test
  void badArguments() throws Exception {
    NceNetwork network = networks().get(0);
    List<Parameter> parameters = RandomTraining.parameters(network);
    BoundOptimizer optimizer = Optimizers.sgd().bind(parameters);
    TrainingSession session = open(network, Reduction.MEAN, parameters, 1);
    Map<String, Tensor> batch = RandomTraining.batch(session, BATCH, CLASSES, WORDS, 1);
    int[][] before = RandomTraining.bits(optimizer);
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
    assertThat(RandomTraining.bits(optimizer)).isDeepEqualTo(before);
  }
}
