package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ortnce.nce.GraphNames.LABELS;
import static org.ortnce.nce.GraphNames.SAMPLED_CANDIDATES;
import static org.ortnce.nce.GraphNames.SAMPLED_EXPECTED_COUNT;
import static org.ortnce.nce.GraphNames.TRUE_EXPECTED_COUNT;

import ai.onnxruntime.OrtException;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.ModelOptions;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.OutputLayer;
import org.ortnce.session.CandidateSample;
import org.ortnce.session.LossResult;
import org.ortnce.session.SessionConfig;
import org.ortnce.session.TrainingLossSession;
import org.ortnce.tensor.Tensor;

/** Training-loss models of layers, stored or fed, through typed sessions. */
class TrainingLossModelTest {
  private static final NceLossOptions DRAWN =
      NceLossOptions.builder()
          .numSampled(7)
          .numTrue(2)
          .removeAccidentalHits(true)
          .seed(3, 4)
          .build();

  @TestFactory
  Stream<DynamicTest> drawnCandidates() {
    return cases(
        (c, stored) -> {
          ModelOptions graph = new ModelOptions(false, false, true, true);
          try (TrainingLossSession session = open(c, stored, graph)) {
            for (int run = 0; run < 3; run++) {
              LossResult result = session.loss(Layers.feeds(c, stored, LABELS));
              CandidateSample sample = result.sample().orElseThrow();
              NceCase drawn =
                  c.copy()
                      .set(SAMPLED_CANDIDATES, sample.sampledCandidates())
                      .set(TRUE_EXPECTED_COUNT, sample.trueExpectedCount())
                      .set(SAMPLED_EXPECTED_COUNT, sample.sampledExpectedCount());
              NceRuns.checkLoss(result.perExample(), NceLossReference.of(drawn));
            }
          }
        });
  }

  /** The candidates are inputs: no draw takes place. */
  @TestFactory
  Stream<DynamicTest> givenCandidates() {
    return cases(
        (c, stored) -> {
          Map<String, Tensor> feeds =
              Layers.feeds(
                  c,
                  stored,
                  LABELS,
                  SAMPLED_CANDIDATES,
                  TRUE_EXPECTED_COUNT,
                  SAMPLED_EXPECTED_COUNT);
          try (TrainingLossSession session =
              open(c, stored, ModelOptions.withSampledValuesInput())) {
            NceRuns.checkLoss(session.loss(feeds).perExample(), NceLossReference.of(c));
          }
        });
  }

  @Test
  void stepIsTheRunOfTheStream() throws OrtException {
    NceCase c = NceCase.random(new NceCase.Sizes(4, 2, 7, 40, 5), 40);
    ModelOptions plain = new ModelOptions(false, false, true, true);
    ModelOptions stepped = new ModelOptions(false, true, true, true);
    Tensor inputs = c.get(GraphNames.INPUTS);
    Tensor labels = c.get(LABELS);
    try (TrainingLossSession serial = open(c, true, plain);
        TrainingLossSession stateless = open(c, true, stepped)) {
      for (long run = 0; run < 5; run++) {
        LossResult expected = serial.loss(inputs, labels);
        stateless.loss(inputs, labels, 1000 - run);
        LossResult found = stateless.loss(inputs, labels, run);
        assertThat(NceRuns.bits(found.perExample())).isEqualTo(NceRuns.bits(expected.perExample()));
        assertThat(found.sample().orElseThrow().sampledCandidates().toLongArray())
            .isEqualTo(expected.sample().orElseThrow().sampledCandidates().toLongArray());
      }
    }
  }

  /** Weights in shared memory: later writes are seen by later runs. */
  @Test
  void sharedInitializersAreReadInPlace() throws OrtException {
    NceCase c = NceCase.random(new NceCase.Sizes(4, 2, 7, 40, 5), 41);
    Tensor direct = Tensor.allocateFloats(40, 5);
    SessionConfig config =
        SessionConfig.builder().sharedInitializer(GraphNames.WEIGHTS, direct).build();
    byte[] model =
        NceModels.trainingLoss(
                OutputLayer.of(NceCase.filled(0, 40, 5), c.get(GraphNames.BIASES)),
                DRAWN,
                ModelOptions.withSampledValuesInput())
            .toByteArray();
    try (TrainingLossSession session = TrainingLossSession.open(model, config)) {
      for (int run = 0; run < 3; run++) {
        NceCase now = NceCase.random(new NceCase.Sizes(4, 2, 7, 40, 5), 42 + run);
        now.attribute("remove_accidental_hits", 1L)
            .set(GraphNames.BIASES, c.get(GraphNames.BIASES));
        direct.floats().put(now.weights().get(0).floats());
        Map<String, Tensor> feeds =
            Layers.feeds(
                now, true, LABELS, SAMPLED_CANDIDATES, TRUE_EXPECTED_COUNT, SAMPLED_EXPECTED_COUNT);
        NceRuns.checkLoss(session.loss(feeds).perExample(), NceLossReference.of(now));
      }
    }
  }

  private static TrainingLossSession open(NceCase c, boolean stored, ModelOptions graph)
      throws OrtException {
    return TrainingLossSession.open(
        NceModels.trainingLoss(Layers.of(c, stored), DRAWN, graph).toByteArray(), NceRuns.QUIET);
  }

  private interface Check {
    void run(NceCase c, boolean stored) throws OrtException;
  }

  private static Stream<DynamicTest> cases(Check check) {
    return IntStream.range(0, 2 * 2 * 3)
        .mapToObj(
            i -> {
              String strategy = (i & 1) == 0 ? "div" : "mod";
              boolean stored = (i & 2) == 0;
              int partitions = 1 + 2 * (i / 4);
              NceCase c =
                  NceCase.random(new NceCase.Sizes(9, 2, 7, 40, 13), i)
                      .attribute("remove_accidental_hits", 1L)
                      .attribute("partition_strategy", strategy);
              c.weights(NceCase.partitions(c.weights().get(0), strategy, partitions));
              return DynamicTest.dynamicTest(
                  strategy + " " + partitions + ", stored " + stored, () -> check.run(c, stored));
            });
  }
}
