package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ortnce.nce.ClassRange;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.NceOps;
import org.ortnce.nce.OutputLayer;
import org.ortnce.nce.PartitionStrategy;
import org.ortnce.nce.ShardModels;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.session.InferenceSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.session.TopK;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** The best classes of ranges, merged, against those of the whole: the same bits. */
class ShardedTopKTest {
  private static final SessionConfig STOCK = SessionConfig.builder().registerLibrary(false).build();
  private static final int CLASSES = 2 * 8192 + 5;

  private static TopK run(byte[] model, Tensor inputs, SessionConfig config) throws OrtException {
    try (InferenceSession session = InferenceSession.open(model, config)) {
      return session.topK(inputs);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10, 100})
  void mergedRangesAreTheWhole(int k) throws OrtException {
    Random random = new Random(k);
    // Small whole numbers: many logits are equal.
    float[] table = new float[CLASSES * 3];
    for (int i = 0; i < table.length; i++) {
      table[i] = random.nextInt(7) - 3;
    }
    table[3 * 9000] = Float.NaN;
    Tensor weights = Tensor.of(table, CLASSES, 3);
    Tensor inputs = Tensor.of(new float[][] {{1, 2, -1}, {0, 0, 0}, {-1, 1, 2}, {3, 0.5f, 1}});
    OutputLayer layer = OutputLayer.of(weights, null);
    TopK whole = run(NceModels.inference(layer, k).toByteArray(), inputs, SessionConfig.defaults());
    for (SessionConfig config : List.of(SessionConfig.defaults(), STOCK)) {
      List<TopK> parts = new ArrayList<>();
      for (ClassRange range : ClassRange.split(CLASSES, 3)) {
        byte[] shard = ShardModels.topK(layer.range(range), range, k).toByteArray();
        // ONNX Runtime's own TopK has another order of NaN.
        boolean nan = range.begin() == 8192;
        parts.add(run(shard, inputs, nan ? SessionConfig.defaults() : config));
      }
      TopK merged = TopK.merge(parts, k);
      assertThat(merged.classes().toLongArray()).isEqualTo(whole.classes().toLongArray());
      assertThat(merged.logits().orElseThrow().toFloatArray())
          .isEqualTo(whole.logits().orElseThrow().toFloatArray());
      assertThat(merged.probabilities().toFloatArray())
          .isEqualTo(whole.probabilities().toFloatArray());
    }
  }

  @Test
  void nanIsLastAndBothZerosAreEqual() {
    TopK first = part(new long[] {7, 1}, new float[] {-0f, Float.NaN});
    TopK second = part(new long[] {3, 5}, new float[] {0f, Float.NEGATIVE_INFINITY});
    assertThat(TopK.merge(List.of(first, second), 4).classes().toLongArray())
        .containsExactly(3, 7, 5, 1);
  }

  @Test
  void partsThatDoNotFit() {
    TopK two = part(new long[] {0, 1}, new float[] {2, 1});
    assertThatThrownBy(() -> TopK.merge(List.of(), 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TopK.merge(List.of(two), 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("k must be in [1, 2], got 3");
    TopK without = new TopK(two.classes(), two.probabilities(), Optional.empty());
    assertThatThrownBy(() -> TopK.merge(List.of(two, without), 1))
        .hasMessageContaining("all have logits");
    Tensor none = Tensor.of(new float[0], 0, 2);
    TopK empty = new TopK(Tensor.of(new long[0], 0, 2), none, Optional.of(none));
    assertThatThrownBy(() -> TopK.merge(List.of(two, empty), 1)).hasMessageContaining("one batch");
    OutputLayer layer = OutputLayer.of(Tensor.of(new float[4], 4, 1), null);
    assertThatThrownBy(() -> ShardModels.topK(layer, ClassRange.all(5), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("5 classes of the range, got 4");
    Value x = Value.input(ElementType.FLOAT, Shape.of(Dim.of("batch"), Dim.of(1)));
    assertThatThrownBy(
            () ->
                NceOps.topKClasses(
                    layer.weights(), null, x, 1, OptionalLong.empty(), PartitionStrategy.DIV, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("class_begin");
  }

  private static TopK part(long[] classes, float[] logits) {
    return new TopK(
        Tensor.of(classes, 1, classes.length),
        Tensor.of(new float[classes.length], 1, classes.length),
        Optional.of(Tensor.of(logits, 1, logits.length)));
  }
}
