package org.ortnce.nce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.onnx.ExternalDataOptions;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.RowTable;
import org.ortnce.tensor.Tensor;
import org.ortnce.tensor.TensorData;

/** Weights and biases read back from models with our head. */
class OutputLayerExtractTest {
  private static final int CLASSES = 7;
  private static final NceLossOptions OPTIONS =
      NceLossOptions.builder().numSampled(2).seed(1, 2).build();

  @TempDir Path directory;

  /** Weights 2 c, 2 c + 1 of class c, in partitions; biases -c. */
  private static OutputLayer layer(PartitionStrategy strategy, int partitions) {
    RowTable table =
        RowTable.ofFloats(
            CLASSES,
            2,
            (first, target) -> {
              for (float value = 2f * first; target.hasRemaining(); value++) {
                target.put(value);
              }
            });
    Tensor biases = Tensor.of(new float[] {0, -1, -2, -3, -4, -5, -6}, CLASSES);
    return OutputLayer.partitioned(strategy.split(table, partitions), strategy, biases);
  }

  private OnnxModel saved(OnnxModel model, boolean external) throws IOException {
    Path file = directory.resolve("m.onnx");
    if (external) {
      model.save(file, ExternalDataOptions.filePerTensor().threshold(0));
    } else {
      model.save(file);
    }
    return OnnxModel.load(file);
  }

  /** Of every kind of operator that has the weights. */
  private static OnnxModel[] models(OutputLayer layer) {
    return new OnnxModel[] {
      NceModels.trainingLoss(layer, OPTIONS),
      NceModels.evaluation(layer, EvaluationOptions.of(OPTIONS)),
      NceModels.inference(layer, 2)
    };
  }

  private static float[] elements(TensorData data) throws IOException {
    return data.toTensor().toFloatArray();
  }

  @Test
  void everyStrategyAndPlace() throws IOException {
    for (PartitionStrategy strategy : PartitionStrategy.values()) {
      for (int partitions : new int[] {1, 3}) {
        for (int kind = 0; kind < 3; kind++) {
          OutputLayer layer = layer(strategy, partitions).withNumClasses(6);
          OnnxModel model = saved(models(layer)[kind], kind == partitions % 3);
          OutputLayer found = OutputLayer.extract(model);
          assertThat(found.partitionStrategy()).isEqualTo(strategy);
          assertThat(found.numClasses()).isEqualTo(6);
          assertThat(found.dim()).isEqualTo(2);
          assertThat(found.weightData()).hasSize(partitions);
          for (int p = 0; p < partitions; p++) {
            assertThat(elements(found.weightData().get(p)))
                .isEqualTo(elements(layer.weightData().get(p)));
          }
          assertThat(elements(found.biasData().orElseThrow()))
              .containsExactly(0, -1, -2, -3, -4, -5, -6);
          // What was extracted makes the same model again.
          byte[] again = NceModels.trainingLoss(found, OPTIONS).toByteArray();
          assertThat(again).isEqualTo(NceModels.trainingLoss(layer, OPTIONS).toByteArray());
        }
      }
    }
    float[] second = elements(layer(PartitionStrategy.MOD, 3).weightData().get(1));
    assertThat(second).containsExactly(2, 3, 8, 9);
  }

  /** Models that have nothing but standard operators: by the names of the initializers. */
  @Test
  void modelsInStandardOperators() throws IOException {
    OnnxModel one = saved(standard(List.of("weights"), true), false);
    assertThat(elements(OutputLayer.extract(one).weightData().get(0))).hasSize(4);
    assertThat(OutputLayer.extract(one).biasData()).isPresent();
    OnnxModel two = saved(standard(List.of("weights_0", "weights_1"), false), true);
    assertThatThrownBy(() -> OutputLayer.extract(two))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the model does not say how classes are spread over its 2 partitions: give the"
                + " PartitionStrategy");
    OutputLayer mod = OutputLayer.extract(two, PartitionStrategy.MOD);
    assertThat(mod.partitionStrategy()).isEqualTo(PartitionStrategy.MOD);
    assertThat(mod.biasData()).isEmpty();
    assertThat(mod.numClasses()).isEqualTo(4);
  }

  private static OnnxModel standard(List<String> weights, boolean biases) {
    ModelBuilder model = new ModelBuilder();
    for (String name : weights) {
      Value w = Value.initializer(Tensor.of(new float[4], 2, 2));
      model.initializer(name, w).output("of " + name, Ops.neg(w));
    }
    if (biases) {
      Value b = Value.initializer(Tensor.of(new float[2], 2));
      model.initializer("biases", b).output("b", Ops.neg(b));
    }
    return model.build();
  }

  @Test
  void nothingToExtract() throws IOException {
    OnnxModel inputs =
        saved(NceModels.trainingLoss(OutputLayer.inputs(CLASSES, 2, true), OPTIONS), false);
    assertThatThrownBy(() -> OutputLayer.extract(inputs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'weights' is not stored in the model");
    Value x = Value.input(ElementType.FLOAT, Shape.of(2));
    OnnxModel other = new ModelBuilder().input("x", x).output("y", Ops.neg(x)).build();
    assertThatThrownBy(() -> OutputLayer.extract(other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no initializer 'weights' or 'weights_0'");
    OnnxModel mod = NceModels.trainingLoss(layer(PartitionStrategy.MOD, 2), OPTIONS);
    assertThatThrownBy(() -> OutputLayer.extract(mod, PartitionStrategy.DIV))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("are spread by MOD, not by DIV");
    assertThatThrownBy(() -> OutputLayer.inputs(CLASSES, 2, true).weightData())
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> PartitionStrategy.DIV.split(null, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("partitions must be >= 1, got 0");
  }
}
