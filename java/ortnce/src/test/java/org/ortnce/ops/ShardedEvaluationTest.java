package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.evaluation.EvaluationResult;
import org.ortnce.nce.ClassRange;
import org.ortnce.nce.EvaluationOptions;
import org.ortnce.nce.FullSigmoidLoss;
import org.ortnce.nce.FullSigmoidLossOptions;
import org.ortnce.nce.FullSigmoidLossShard;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.NceOps;
import org.ortnce.nce.OutputLayer;
import org.ortnce.nce.PartitionStrategy;
import org.ortnce.nce.Reduction;
import org.ortnce.nce.ShardModels;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.session.EvaluationSession;
import org.ortnce.session.EvaluationShardSession;
import org.ortnce.session.ModelSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.session.ShardSums;
import org.ortnce.session.ShardedEvaluation;
import org.ortnce.session.SharedWeights;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Evaluation spread over ranges of the classes gives the bits of one session. */
class ShardedEvaluationTest {
  private static final int CLASSES = 5 * 8192 + 100;
  private static final int ROWS = CLASSES + 7;
  private static final int DIM = 3;
  private static final int BATCH = 6;
  private static final int NUM_TRUE = 2;
  private static final long PADDING = -1;
  private static final Tensor TABLE = NceCase.gaussian(new Random(1), 0.5, ROWS, DIM);
  private static final Tensor BIASES = NceCase.gaussian(new Random(2), 0.5, ROWS);
  private static final Tensor INPUTS = NceCase.gaussian(new Random(3), 1, BATCH, DIM);
  private static final Tensor LABELS = labels();

  /** In every range, padded, all padding, and one class twice. */
  private static Tensor labels() {
    long[] ids = new Random(4).longs(BATCH * NUM_TRUE, 0, CLASSES).toArray();
    ids[0] = 0;
    ids[1] = CLASSES - 1;
    ids[3] = PADDING;
    ids[4] = ids[5] = PADDING;
    ids[7] = ids[6];
    return Tensor.of(ids, BATCH, NUM_TRUE);
  }

  private static EvaluationOptions options(Reduction reduction) {
    return new EvaluationOptions(NUM_TRUE, OptionalLong.of(PADDING), reduction).withMetrics();
  }

  private static OutputLayer layer(PartitionStrategy strategy, int partitions) {
    List<Tensor> weights = List.of(NceCase.partitions(TABLE, strategy.attribute(), partitions));
    return OutputLayer.partitioned(weights, strategy, BIASES).withNumClasses(CLASSES);
  }

  @TestFactory
  Stream<DynamicTest> shardsGiveTheBitsOfTheWhole() {
    return IntStream.rangeClosed(1, 5)
        .boxed()
        .flatMap(
            shards ->
                Arrays.stream(PartitionStrategy.values())
                    .map(
                        strategy ->
                            DynamicTest.dynamicTest(
                                shards + " shards of " + strategy,
                                () -> check(shards, strategy, options(Reduction.NONE)))));
  }

  @Test
  void reducedLossesToo() throws OrtException {
    check(3, PartitionStrategy.DIV, options(Reduction.MEAN));
    check(2, PartitionStrategy.MOD, options(Reduction.SUM));
    // Without ranks and softmax.
    EvaluationOptions lossAlone =
        new EvaluationOptions(NUM_TRUE, OptionalLong.of(PADDING), Reduction.NONE);
    check(4, PartitionStrategy.DIV, lossAlone);
    check(
        4,
        PartitionStrategy.DIV,
        new EvaluationOptions(NUM_TRUE, OptionalLong.of(PADDING), Reduction.NONE, false, true));
  }

  private static void check(int count, PartitionStrategy strategy, EvaluationOptions options)
      throws OrtException {
    OutputLayer whole = layer(strategy, 3);
    List<EvaluationShardSession> shards = new ArrayList<>();
    byte[] model = NceModels.evaluation(whole, options).toByteArray();
    try (EvaluationSession one = EvaluationSession.open(model, SessionConfig.defaults());
        ShardedEvaluation all =
            ShardedEvaluation.open(CLASSES, options, SessionConfig.defaults())) {
      for (ClassRange range : ClassRange.split(CLASSES, count)) {
        OutputLayer part = whole.range(range);
        shards.add(
            EvaluationShardSession.open(
                ShardModels.trueLogits(part, range, options).toByteArray(),
                ShardModels.sums(part, range, options).toByteArray(),
                SessionConfig.defaults()));
      }
      assertThat(shards).hasSize(count);
      same(all.evaluate(shards, INPUTS, LABELS), one.evaluate(INPUTS, LABELS));
    } finally {
      shards.forEach(EvaluationShardSession::close);
    }
  }

  private static void same(EvaluationResult found, EvaluationResult expected) {
    assertThat(NceRuns.bits(found.loss().toFloatArray()))
        .isEqualTo(NceRuns.bits(expected.loss().toFloatArray()));
    assertThat(found.softmaxLoss().map(t -> NceRuns.bits(t.toFloatArray())).orElse(null))
        .isEqualTo(expected.softmaxLoss().map(t -> NceRuns.bits(t.toFloatArray())).orElse(null));
    assertThat(found.trueRanks().map(Tensor::toLongArray).orElse(null))
        .isEqualTo(expected.trueRanks().map(Tensor::toLongArray).orElse(null));
    assertThat(found.ignoreIndex()).isEqualTo(expected.ignoreIndex());
  }

  /** One table in memory, of which every shard reads its own range. */
  @Test
  void shardsOfSharedWeights() throws OrtException {
    Tensor weights = Tensor.allocateFloats(CLASSES, DIM);
    weights.floats().put(TABLE.floats().slice(0, CLASSES * DIM));
    Tensor biases = Tensor.allocateFloats(CLASSES);
    biases.floats().put(BIASES.floats().slice(0, CLASSES));
    SharedWeights shared = SharedWeights.of(weights, biases);
    EvaluationOptions options = options(Reduction.NONE);
    List<EvaluationShardSession> shards = new ArrayList<>();
    byte[] model =
        NceModels.evaluation(shared.outputLayer(PartitionStrategy.DIV), options).toByteArray();
    SessionConfig config = SessionConfig.builder().sharedWeights(shared).build();
    try (EvaluationSession one = EvaluationSession.open(model, config);
        ShardedEvaluation all =
            ShardedEvaluation.open(CLASSES, options, SessionConfig.defaults())) {
      for (ClassRange range : ClassRange.split(CLASSES, 4)) {
        shards.add(
            EvaluationShardSession.open(
                shared.range(range, PartitionStrategy.DIV),
                PartitionStrategy.DIV,
                range,
                options,
                SessionConfig.defaults()));
      }
      same(all.evaluate(shards, INPUTS, LABELS), one.evaluate(INPUTS, LABELS));
    } finally {
      shards.forEach(EvaluationShardSession::close);
    }
  }

  /** Both nodes in one graph; their functions on a stock runtime agree with the op. */
  @Test
  void functionsOfShardsAndCombination() throws OrtException {
    OnnxModel model = shardsInOneGraph();
    SessionConfig stock = SessionConfig.builder().registerLibrary(false).build();
    try (ModelSession op = ModelSession.open(model.toByteArray());
        ModelSession function = ModelSession.open(model.toByteArray(), stock)) {
      Map<String, Tensor> feeds = Map.of("inputs", INPUTS, "labels", LABELS);
      Map<String, Tensor> expected = op.run(feeds);
      Map<String, Tensor> found = function.run(feeds);
      assertThat(found.get("larger_counts").toLongArray())
          .containsExactly(expected.get("larger_counts").toLongArray());
      assertThat(found.get("true_ranks").toLongArray())
          .containsExactly(expected.get("true_ranks").toLongArray());
      for (String name : List.of("softplus_sums", "log_sum_exps")) {
        assertThat(found.get(name).shape()).isEqualTo(expected.get(name).shape());
        for (int i = 0; i < found.get(name).elementCount(); i++) {
          double wanted = expected.get(name).doubles().get(i);
          FullSigmoidLossTest.close(found.get(name).doubles().get(i), wanted, 1e-6 * wanted);
        }
      }
      for (String name : List.of("true_logits", "loss", "softmax_loss")) {
        float[] values = found.get(name).toFloatArray();
        for (int i = 0; i < values.length; i++) {
          double wanted = expected.get(name).floats().get(i);
          FullSigmoidLossTest.close(values[i], wanted, 1e-6 * Math.abs(wanted) + 1e-7);
        }
      }
    }
  }

  private static OnnxModel shardsInOneGraph() {
    Value inputs = Value.input(ElementType.FLOAT, Shape.of(Dim.of("batch"), Dim.of(DIM)));
    Value labels = Value.input(ElementType.INT64, Shape.of(Dim.of("batch"), Dim.of(NUM_TRUE)));
    Value weights = Value.initializer(TABLE);
    FullSigmoidLossOptions options =
        new FullSigmoidLossOptions(
            OptionalLong.of(CLASSES),
            NUM_TRUE,
            PartitionStrategy.DIV,
            OptionalLong.of(PADDING),
            Reduction.NONE);
    ClassRange range = ClassRange.all(CLASSES);
    FullSigmoidLoss whole =
        NceOps.fullSigmoidLoss(
            List.of(weights), Value.initializer(BIASES), labels, inputs, options);
    FullSigmoidLossShard shard =
        NceOps.fullSigmoidLossShard(
            List.of(weights),
            Value.initializer(BIASES),
            labels,
            inputs,
            Ops.identity(whole.trueLogits()),
            range,
            options);
    FullSigmoidLoss loss = NceOps.combineFullSigmoidLoss(labels, shard, options);
    return new ModelBuilder()
        .input("inputs", inputs)
        .input("labels", labels)
        .output("softplus_sums", shard.softplusSums())
        .output("log_sum_exps", shard.logSumExps())
        .output("true_logits", shard.trueLogits())
        .output("larger_counts", shard.largerCounts())
        .output("loss", loss.loss())
        .output("softmax_loss", loss.softmaxLoss())
        .output("true_ranks", loss.trueRanks())
        .build();
  }

  @Test
  void rangesThatDoNotFitAreRefused() throws OrtException {
    assertThatThrownBy(() -> new ClassRange(100, 8192, CLASSES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("begin must be a multiple of 8192");
    assertThatThrownBy(() -> new ClassRange(0, 8193, CLASSES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("end must be a multiple of 8192 or numClasses");
    assertThatThrownBy(() -> ClassRange.split(8192, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got 2");
    ClassRange first = ClassRange.split(CLASSES, 2).get(0);
    OutputLayer whole = layer(PartitionStrategy.DIV, 2);
    assertThatThrownBy(() -> ShardModels.sums(whole, first, options(Reduction.NONE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(first.size() + " classes of the range", "got " + CLASSES);
    assertThatThrownBy(() -> whole.range(new ClassRange(0, 8192, 8192)))
        .isInstanceOf(IllegalArgumentException.class);
    OutputLayer inputs = OutputLayer.inputs(CLASSES, DIM, false);
    assertThatThrownBy(() -> inputs.range(first)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void missingShardsAreRefused() throws OrtException {
    try (ShardedEvaluation all =
        ShardedEvaluation.open(CLASSES, options(Reduction.NONE), SessionConfig.defaults())) {
      Tensor one = Tensor.of(new double[BATCH], BATCH, 1);
      Tensor counts = Tensor.of(new long[BATCH * NUM_TRUE], BATCH, NUM_TRUE);
      ShardSums sums = new ShardSums(one, Optional.of(one), Optional.of(counts));
      Tensor logits = NceCase.filled(0, BATCH, NUM_TRUE);
      assertThatThrownBy(() -> all.combine(LABELS, logits, List.of(sums)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("softplus_sums");
      assertThatThrownBy(() -> all.combine(LABELS, logits, List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at least one shard");
      ShardSums noRanks = new ShardSums(one, Optional.of(one), Optional.empty());
      assertThatThrownBy(() -> all.combine(LABELS, logits, List.of(sums, noRanks)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("larger_counts must be of all 2 shards, got 1");
      assertThatThrownBy(
              () -> ShardedEvaluation.addTrueLogits(List.of(logits, NceCase.filled(0, 1, 1))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("one shape");
    }
  }
}
