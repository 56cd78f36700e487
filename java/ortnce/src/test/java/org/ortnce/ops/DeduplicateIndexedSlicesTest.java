package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.Gradient;
import org.ortnce.onnx.Gradients;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.session.ModelSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** The op of the library and the function that stands in for it give the same bits. */
class DeduplicateIndexedSlicesTest {
  private static final SessionConfig STOCK =
      SessionConfig.builder()
          .registerLibrary(false)
          .logLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL)
          .build();

  @ParameterizedTest(name = "{0} indices [{1}], rows [{2}]")
  @CsvSource({
    "INT64, 300, 8",
    "INT32, 300, 8",
    "INT64, 50 4, 3",
    "INT32, 5 2 3, 2 5",
    "INT64, 20, ''",
    "INT64, 0, 3",
    "INT64, 4 0, 3",
    "INT64, 6, 0",
  })
  void theFunctionAgreesWithTheOp(ElementType type, String indexShape, String rowShape)
      throws Exception {
    long[] shape = sizes(indexShape);
    long[] all = LongStream.concat(LongStream.of(shape), LongStream.of(sizes(rowShape))).toArray();
    Random random = new Random(3);
    long[] ids = NceCase.ids(random, 11, shape).toLongArray();
    Tensor indices =
        type == ElementType.INT64
            ? Tensor.of(ids, shape)
            : Tensor.of(LongStream.of(ids).mapToInt(Math::toIntExact).toArray(), shape);
    Map<String, Tensor> feeds =
        Map.of("indices", indices, "values", NceCase.gaussian(random, 1, all));

    Map<String, Tensor> op = run(model(type, shape, all, false), feeds, NceRuns.QUIET);
    Map<String, Tensor> function = run(model(type, shape, all, true), feeds, STOCK);
    assertThat(op.get("unique").toLongArray())
        .isEqualTo(LongStream.of(ids).sorted().distinct().toArray())
        .isEqualTo(function.get("unique").toLongArray());
    assertThat(op.get("summed").shape()).isEqualTo(function.get("summed").shape());
    assertThat(op.get("summed").toFloatArray()).isEqualTo(function.get("summed").toFloatArray());
  }

  @Test
  void negativeIndicesAreRefused() {
    Map<String, Tensor> feeds =
        Map.of("indices", NceCase.longs(new long[] {2, -1}, 2), "values", NceCase.filled(1, 2, 3));
    byte[] op = model(ElementType.INT64, new long[] {2}, new long[] {2, 3}, false);
    assertThatThrownBy(() -> run(op, feeds, NceRuns.QUIET))
        .isInstanceOf(OrtException.class)
        .hasMessageContaining("DeduplicateIndexedSlices: indices[1] = -1");
    byte[] function = model(ElementType.INT64, new long[] {2}, new long[] {2, 3}, true);
    assertThatThrownBy(() -> run(function, feeds, STOCK)).isInstanceOf(OrtException.class);
  }

  private static long[] sizes(String text) {
    return text.isEmpty()
        ? new long[0]
        : Stream.of(text.split(" ")).mapToLong(Long::parseLong).toArray();
  }

  /** Without the function only the library can run the model. */
  private static byte[] model(ElementType type, long[] indices, long[] values, boolean portable) {
    Value at = Value.input(type, unknown(indices));
    Value rows = Value.input(ElementType.FLOAT, unknown(values));
    Gradient.IndexedSlices result = Gradients.deduplicate(at, rows);
    return new ModelBuilder()
        .portable(portable)
        .input("indices", at)
        .input("values", rows)
        .output("unique", result.indices())
        .output("summed", result.values())
        .build()
        .toByteArray();
  }

  private static Shape unknown(long... shape) {
    return Shape.of(LongStream.of(shape).mapToObj(size -> Dim.unknown()).toArray(Dim[]::new));
  }

  private static Map<String, Tensor> run(
      byte[] model, Map<String, Tensor> feeds, SessionConfig config) throws Exception {
    try (ModelSession session = ModelSession.open(model, config)) {
      return session.run(feeds);
    }
  }
}
