package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.ortnce.nce.EvaluationOptions;
import org.ortnce.nce.FullSigmoidLoss;
import org.ortnce.nce.FullSigmoidLossOptions;
import org.ortnce.nce.InferenceOptions;
import org.ortnce.nce.ModelOptions;
import org.ortnce.nce.NceLossGrad;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.NceOps;
import org.ortnce.nce.OutputLayer;
import org.ortnce.nce.PartitionStrategy;
import org.ortnce.nce.SampledValues;
import org.ortnce.nce.TopKClasses;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.reliability.BadInputs;
import org.ortnce.session.EvaluationSession;
import org.ortnce.session.InferenceSession;
import org.ortnce.session.ModelSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.session.SharedWeights;
import org.ortnce.session.TopK;
import org.ortnce.session.TrainingLossSession;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * Inputs and weights in float16 and bfloat16: the bits that the same numbers give as float, and for
 * models without the library the same to the error of standard ops.
 */
@BadInputs
class HalfTypesModelTest {
  private static final SessionConfig STOCK = SessionConfig.builder().registerLibrary(false).build();
  private static final int BATCH = 9;
  private static final int CLASSES = 60;
  private static final int DIM = 21;

  private final Random random = new Random(11);
  private final Tensor inputs = NceCase.gaussian(random, 1, BATCH, DIM);
  private final Tensor weights = NceCase.gaussian(random, 0.3, CLASSES, DIM);
  private final Tensor biases = NceCase.gaussian(random, 0.5, CLASSES);
  private final Tensor labels = NceCase.ids(random, CLASSES, BATCH, 2);
  private final Tensor sampled = NceCase.ids(random, CLASSES, 12);
  private final NceLossOptions options =
      NceLossOptions.builder().numSampled(12).numTrue(2).removeAccidentalHits(true).build();

  @ParameterizedTest
  @CsvSource({"FLOAT16, FLOAT16", "BFLOAT16, BFLOAT16", "FLOAT, FLOAT16", "FLOAT, BFLOAT16"})
  void everyOpGivesTheBitsOfTheSameNumbersAsFloat(ElementType x, ElementType w) throws Exception {
    Tensor halfInputs = inputs.asType(x);
    Tensor halfWeights = weights.asType(w);
    Tensor halfBiases = biases.asType(w);
    Map<String, Tensor> found = run(halfInputs, halfWeights, halfBiases);
    Map<String, Tensor> wide =
        run(
            halfInputs.asType(ElementType.FLOAT),
            halfWeights.asType(ElementType.FLOAT),
            halfBiases.asType(ElementType.FLOAT));
    assertThat(found.get("inputs_grad").elementType()).isEqualTo(x);
    wide.forEach(
        (name, tensor) -> {
          if (tensor.elementType() == ElementType.INT64) {
            assertThat(found.get(name).toLongArray()).as(name).isEqualTo(tensor.toLongArray());
          } else {
            Tensor expected = name.equals("inputs_grad") ? tensor.asType(x) : tensor;
            assertThat(NceRuns.bits(found.get(name).toFloatArray()))
                .as(name)
                .isEqualTo(NceRuns.bits(expected.toFloatArray()));
          }
        });
  }

  /** All outputs of all ops that take an output layer. */
  private Map<String, Tensor> run(Tensor x, Tensor w, Tensor b) throws Exception {
    Value batch = Value.input(x.elementType(), Shape.of(Dim.of("batch"), Dim.of(DIM)));
    List<Value> table = List.of(Value.initializer(w));
    Value bias = Value.initializer(b);
    Value ids = Value.initializer(labels);
    SampledValues sample =
        new SampledValues(
            Value.initializer(sampled),
            Value.initializer(NceCase.filled(0.7, BATCH, 2)),
            Value.initializer(NceCase.filled(0.4, 12)));
    Value lossGrad = Value.initializer(NceCase.filled(1.25, BATCH));
    NceLossGrad grad = NceOps.nceLossGrad(lossGrad, table, bias, ids, batch, options, sample);
    FullSigmoidLoss full =
        NceOps.fullSigmoidLoss(table, bias, ids, batch, FullSigmoidLossOptions.of(options));
    TopKClasses top =
        NceOps.topKClasses(
            table, bias, batch, 5, java.util.OptionalLong.empty(), PartitionStrategy.DIV);
    OnnxModel model =
        new ModelBuilder()
            .input("x", batch)
            .output("loss", NceOps.nceLoss(table, bias, ids, batch, options, sample, null).loss())
            .output("inputs_grad", grad.inputs())
            .output("class_ids", grad.classIds())
            .output("weights_grad", grad.weights())
            .output("biases_grad", grad.biases())
            .output("full", full.loss())
            .output("softmax", full.softmaxLoss())
            .output("ranks", full.trueRanks())
            .output("logits", full.trueLogits())
            .output("top", top.classIds())
            .output("top_logits", top.logits())
            .build();
    try (ModelSession session = ModelSession.open(model.toByteArray())) {
      return session.run(Map.of("x", x));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "BFLOAT16"})
  void layersAreConvertedStoredSharedAndPortable(ElementType type) throws Exception {
    OutputLayer layer = OutputLayer.of(weights, biases).asType(type);
    assertThat(layer.elementType()).isEqualTo(type);
    OutputLayer wide = layer.asType(ElementType.FLOAT);
    OnnxModel half = NceModels.evaluation(layer, EvaluationOptions.defaults().withMetrics());
    OnnxModel full = NceModels.evaluation(wide, EvaluationOptions.defaults().withMetrics());
    long saved = 2L * CLASSES * (DIM + 1); // less the casts of its function
    assertThat(full.byteSize() - half.byteSize()).isBetween(saved - 300, saved);
    assertThat(OutputLayer.extract(half).elementType()).isEqualTo(type);
    Tensor one = NceCase.ids(random, CLASSES, BATCH, 1);
    SharedWeights shared = SharedWeights.of(weights.asType(type), biases.asType(type));
    SessionConfig config = SessionConfig.builder().sharedWeights(shared).build();
    OnnxModel inputsOnly =
        NceModels.evaluation(
            shared.outputLayer(PartitionStrategy.DIV), EvaluationOptions.defaults().withMetrics());
    try (EvaluationSession ours =
            EvaluationSession.open(half.toByteArray(), SessionConfig.defaults());
        EvaluationSession wideOurs =
            EvaluationSession.open(full.toByteArray(), SessionConfig.defaults());
        EvaluationSession sharing = EvaluationSession.open(inputsOnly.toByteArray(), config);
        EvaluationSession stock = EvaluationSession.open(half.toByteArray(), STOCK)) {
      float[] expected = wideOurs.loss(inputs, one).perExample();
      assertThat(ours.loss(inputs, one).perExample()).isEqualTo(expected);
      assertThat(sharing.loss(inputs, one).perExample()).isEqualTo(expected);
      assertClose(stock.loss(inputs, one).perExample(), expected);
    }
    byte[] inference = NceModels.inference(layer, new InferenceOptions(4, true)).toByteArray();
    try (InferenceSession ours = InferenceSession.open(inference, SessionConfig.defaults());
        InferenceSession stock = InferenceSession.open(inference, STOCK)) {
      TopK top = ours.topK(inputs);
      assertThat(stock.topK(inputs).classes().toLongArray()).isEqualTo(top.classes().toLongArray());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "BFLOAT16"})
  void lossModelsOfPartitionsRunWithAndWithoutTheLibrary(ElementType type) throws Exception {
    OutputLayer layer =
        OutputLayer.partitioned(
                List.of(NceCase.gaussian(random, 0.3, 31, DIM), weightsOf(30)),
                PartitionStrategy.MOD,
                NceCase.gaussian(random, 0.5, 61))
            .asType(type);
    NceLossOptions given = NceLossOptions.builder().numSampled(12).numTrue(2).build();
    byte[] model =
        NceModels.trainingLoss(layer, given, ModelOptions.withSampledValuesInput()).toByteArray();
    byte[] wide =
        NceModels.trainingLoss(
                layer.asType(ElementType.FLOAT), given, ModelOptions.withSampledValuesInput())
            .toByteArray();
    Map<String, Tensor> feeds =
        Map.of(
            "inputs", inputs,
            "labels", labels,
            "sampled_candidates", sampled,
            "true_expected_count", NceCase.filled(0.7, BATCH, 2),
            "sampled_expected_count", NceCase.filled(0.4, 12));
    try (ModelSession ours = ModelSession.open(model);
        ModelSession wideOurs = ModelSession.open(wide);
        ModelSession stock = ModelSession.open(model, STOCK)) {
      float[] expected = wideOurs.run(feeds).get("loss").toFloatArray();
      assertThat(ours.run(feeds).get("loss").toFloatArray()).isEqualTo(expected);
      assertClose(stock.run(feeds).get("loss").toFloatArray(), expected);
    }
    byte[] own =
        NceModels.trainingLoss(layer, NceLossOptions.builder().numSampled(5).seed(1, 2).build())
            .toByteArray();
    try (TrainingLossSession session = TrainingLossSession.open(own, SessionConfig.defaults())) {
      Tensor one = NceCase.ids(random, CLASSES, BATCH, 1);
      assertThat(session.loss(inputs, one).perExample()).hasSize(BATCH);
    }
  }

  @Test
  void typesOfOneLayerMustAgree() {
    Tensor half = weights.asType(ElementType.FLOAT16);
    assertThatThrownBy(() -> OutputLayer.of(half, biases))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("biases must be float16[60]", "float[60]");
    assertThatThrownBy(
            () -> OutputLayer.partitioned(List.of(half, weights), PartitionStrategy.DIV, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("weights_1", "one type");
    assertThatThrownBy(() -> OutputLayer.of(weights, biases).asType(ElementType.DOUBLE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("float, float16 or bfloat16");
    Value batch = Value.input(ElementType.FLOAT, Shape.of(Dim.of("batch"), Dim.of(DIM)));
    Value ids = Value.initializer(labels);
    List<Value> mixed = List.of(Value.initializer(half), Value.initializer(weights));
    Value halfBatch = Value.input(ElementType.BFLOAT16, Shape.of(Dim.of("batch"), Dim.of(DIM)));
    assertThatThrownBy(
            () -> NceOps.nceLoss(mixed.subList(0, 1), null, ids, halfBatch, options, null, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NceLoss: weights must be bfloat16 like inputs, got float16[60, 21]");
    assertThatThrownBy(() -> NceOps.nceLoss(mixed, null, ids, batch, options, null, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "NceLoss: weights[1] must be float16 like weights[0], got float[60, 21]");
  }

  /** The dot product of row N68 is above 65504, the greatest float16. */
  @Test
  void n68LogitsMayBeAboveTheGreatestHalf() throws Exception {
    OutputLayer layer = OutputLayer.of(NceCase.filled(200, 3, 4), null).asType(ElementType.FLOAT16);
    OnnxModel model = NceModels.evaluation(layer, EvaluationOptions.defaults());
    try (EvaluationSession session =
        EvaluationSession.open(model.toByteArray(), SessionConfig.defaults())) {
      Tensor large = NceCase.filled(1000, 1, 4);
      float loss = session.loss(large, Tensor.of(new long[] {0}, 1, 1)).perExample()[0];
      assertThat(loss).isEqualTo(2 * 800_000f);
    }
  }

  private Tensor weightsOf(int rows) {
    return NceCase.gaussian(random, 0.3, rows, DIM);
  }

  private static void assertClose(float[] found, float[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i])
          .isCloseTo(expected[i], org.assertj.core.data.Percentage.withPercentage(1e-3));
    }
  }
}
