package org.ortnce.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ortnce.reliability.BadInputs;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** What a session does with good input; models of standard ops only. */
@BadInputs
class ModelSessionTest {
  @TempDir Path directory;

  @Test
  void runsAFileAndDescribesItself() throws Exception {
    // In the POSIX locale Java 17 has no names beyond ASCII.
    Charset names = Charset.forName(System.getProperty("sun.jnu.encoding"));
    String name = names.newEncoder().canEncode("ä") ? "ä b.onnx" : "a b.onnx";
    Path file = Files.write(directory.resolve(name), TestModel.add());
    try (ModelSession session = ModelSession.open(file, TestModel.STOCK)) {
      assertThat(session)
          .hasToString("ModelSession(x float[batch, 2], y float[batch, 2] -> z float[batch, 2])");
      assertThat(session.inputs().keySet()).containsExactly("x", "y");
      assertThat(session.outputs().get("z"))
          .isEqualTo(
              new TensorSpec(
                  "z",
                  ElementType.FLOAT,
                  List.of(new DimensionSpec(-1, "batch"), new DimensionSpec(2, ""))));
      Tensor z = session.run(add(1, 2, 10, 20)).get("z");
      assertThat(z).hasToString("float[1, 2]");
      assertThat(z.toFloatArray()).containsExactly(11, 22);
    }
  }

  @Test
  void returnsWhatIsWantedInThatOrder() throws Exception {
    byte[] model =
        new TestModel()
            .input("x", ElementType.FLOAT, "n")
            .node("Neg", "x", "a")
            .node("Abs", "x", "b")
            .node("Neg", "b", "c")
            .output("a", ElementType.FLOAT, "n")
            .output("b", ElementType.FLOAT, "n")
            .output("c", ElementType.FLOAT, "n")
            .bytes();
    try (ModelSession session = ModelSession.open(model, TestModel.STOCK)) {
      Map<String, Tensor> inputs = Map.of("x", Tensor.of(new float[] {-3}, 1));
      assertThat(session.run(inputs).keySet()).containsExactly("a", "b", "c");
      Map<String, Tensor> some = session.run(inputs, new LinkedHashSet<>(List.of("c", "a")));
      assertThat(some.keySet()).containsExactly("c", "a");
      assertThat(some.get("c").toFloatArray()).containsExactly(-3);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"STRING", "UINT16", "UINT32", "UINT64"})
  void everyTypePassesThroughBitForBit(ElementType type) throws Exception {
    try (ModelSession session = ModelSession.open(TestModel.identity(type, "n"), TestModel.STOCK)) {
      for (ByteBuffer bytes :
          List.of(
              ByteBuffer.allocate(3 * type.byteSize()),
              ByteBuffer.allocateDirect(3 * type.byteSize()))) {
        bytes.order(ByteOrder.nativeOrder());
        for (int i = 0; i < bytes.capacity(); i++) {
          bytes.put(i, (byte) (type == ElementType.BOOL ? i % 2 : 17 * i + 1));
        }
        Tensor result = session.run(Map.of("x", Tensor.of(bytes, type, 3))).get("y");
        assertThat(result.elementType()).isEqualTo(type);
        assertThat(bytesOf(result)).isEqualTo(bytesOf(Tensor.of(bytes, type, 3)));
      }
    }
  }

  @Test
  void unsignedResultsKeepTheirType() throws Exception {
    byte[] model =
        new TestModel()
            .input("x", ElementType.INT64, "n")
            .node("", "Cast", "x", "y", Map.of("to", 12L))
            .output("y", ElementType.UINT32, "n")
            .bytes();
    try (ModelSession session = ModelSession.open(model, TestModel.STOCK)) {
      Tensor y = session.run(Map.of("x", Tensor.of(new long[] {4_000_000_000L}, 1))).get("y");
      assertThat(y.elementType()).isEqualTo(ElementType.UINT32);
      assertThat(Integer.toUnsignedLong(y.rawBytes().getInt(0))).isEqualTo(4_000_000_000L);
    }
  }

  @Test
  void scalarsGoInAndOut() throws Exception {
    try (ModelSession session =
        ModelSession.open(TestModel.identity(ElementType.INT64), TestModel.STOCK)) {
      Tensor y = session.run(Map.of("x", Tensor.scalar(42L))).get("y");
      assertThat(y.rank()).isZero();
      assertThat(y.toLongArray()).containsExactly(42);
    }
  }

  @Test
  void j06DimensionsOfSizeZero() throws Exception {
    try (ModelSession session = ModelSession.open(TestModel.add(), TestModel.STOCK)) {
      for (Tensor empty :
          List.of(
              Tensor.of(new float[0], 0, 2),
              Tensor.of(new float[0][2]).reshape(0, 2),
              Tensor.allocateFloats(0, 2))) {
        Tensor z = session.run(Map.of("x", empty, "y", empty)).get("z");
        assertThat(z).hasToString("float[0, 2]");
        assertThat(z.toFloatArray()).isEmpty();
      }
    }
  }

  @Test
  void j08J12HeapAndDirectBuffersAlsoFromTheirMiddle() throws Exception {
    FloatBuffer heap = FloatBuffer.wrap(new float[] {9, 9, 1, 2, 9}).position(2).limit(4);
    FloatBuffer direct =
        ByteBuffer.allocateDirect(20).order(ByteOrder.nativeOrder()).asFloatBuffer();
    direct.put(new float[] {9, 9, 1, 2, 9}).position(2).limit(4);
    try (ModelSession session = ModelSession.open(TestModel.add(), TestModel.STOCK)) {
      Map<String, Tensor> inputs = Map.of("x", Tensor.of(heap, 1, 2), "y", Tensor.of(direct, 1, 2));
      assertThat(session.run(inputs).get("z").toFloatArray()).containsExactly(2, 4);
      assertThat(heap.position()).isEqualTo(2);
      assertThat(direct.position()).isEqualTo(2);
    }
  }

  /** Tensors are views, so a later run sees later writes; a result is nobody's view. */
  @Test
  void j33InputsAreViewsAndResultsAreCopies() throws Exception {
    float[] array = {1, 2};
    Tensor direct = Tensor.allocateFloats(1, 2);
    Tensor first;
    try (ModelSession session = ModelSession.open(TestModel.add(), TestModel.STOCK)) {
      Map<String, Tensor> inputs = Map.of("x", Tensor.of(array, 1, 2), "y", direct);
      first = session.run(inputs).get("z");
      array[0] = 100;
      direct.floats().put(1, 1000);
      Tensor second = session.run(inputs).get("z");
      assertThat(second.toFloatArray()).containsExactly(100, 1002);
      second.floats().put(0, -1);
      assertThat(array).containsExactly(100, 2);
    }
    assertThat(first.toFloatArray()).as("after close").containsExactly(1, 2);
  }

  @Test
  void sharedInitializersAreUsedInPlaceAndKeptAlive() throws Exception {
    byte[] model =
        new TestModel()
            .input("x", ElementType.FLOAT, 2)
            .initializer("w", Tensor.of(new float[] {1, 2}, 2))
            .node("Add", "x w", "y")
            .output("y", ElementType.FLOAT, 2)
            .bytes();
    Path file = Files.write(directory.resolve("model.onnx"), model);
    Tensor weights = Tensor.allocateFloats(2);
    SessionConfig config =
        SessionConfig.builder().registerLibrary(false).sharedInitializer("w", weights).build();
    Map<String, Tensor> inputs = Map.of("x", Tensor.of(new float[] {5, 5}, 2));
    try (ModelSession one = ModelSession.open(model, config);
        ModelSession two = ModelSession.open(file, config)) {
      assertThat(one.run(inputs).get("y").toFloatArray()).containsExactly(5, 5);
      weights.floats().put(0, 7).put(1, 8);
      assertThat(one.run(inputs).get("y").toFloatArray()).containsExactly(12, 13);
      assertThat(two.run(inputs).get("y").toFloatArray()).containsExactly(12, 13);
    }
    SessionConfig heap =
        SessionConfig.builder()
            .registerLibrary(false)
            .sharedInitializer("w", Tensor.of(new float[] {3, 4}, 2))
            .build();
    try (ModelSession session = ModelSession.open(model, heap)) {
      System.gc();
      assertThat(session.run(inputs).get("y").toFloatArray()).containsExactly(8, 9);
    }
  }

  @Test
  void sharedInitializersMustBeThoseOfTheModel() throws Exception {
    byte[] model =
        new TestModel()
            .input("x", ElementType.FLOAT, 2)
            .initializer("w", Tensor.of(new float[] {1, 2}, 2))
            .node("Add", "x w", "y")
            .output("y", ElementType.FLOAT, 2)
            .bytes();
    assertShareRefused(model, "W", Tensor.allocateFloats(2), "no initializer 'W'", "[w]");
    assertShareRefused(model, "w", Tensor.allocateFloats(3), "float[3]", "float[2]");
    assertShareRefused(model, "w", Tensor.allocateFloats(1, 2), "float[1, 2]", "float[2]");
    assertShareRefused(model, "w", Tensor.allocateLongs(2), "int64[2]", "float[2]");
    SessionConfig config =
        SessionConfig.builder()
            .registerLibrary(false)
            .sharedInitializer("w", Tensor.allocateFloats(2))
            .build();
    assertThatThrownBy(() -> ModelSession.open(new byte[] {1, 2, 3}, config))
        .as("an unreadable model is ONNX Runtime's to refuse")
        .isInstanceOf(OrtException.class);
  }

  private static void assertShareRefused(byte[] model, String name, Tensor value, String... parts) {
    SessionConfig config =
        SessionConfig.builder().registerLibrary(false).sharedInitializer(name, value).build();
    assertThatThrownBy(() -> ModelSession.open(model, config))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .contains(parts);
  }

  @Test
  void everySettingReachesOnnxRuntime() throws Exception {
    SessionConfig config =
        SessionConfig.builder()
            .registerLibrary(false)
            .intraOpThreads(1)
            .interOpThreads(2)
            .logLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR)
            .optimizationLevel(OptLevel.BASIC_OPT)
            .cpuArena(false)
            .memoryPattern(false)
            .configEntry("session.disable_prepacking", "1")
            .build();
    try (ModelSession session = ModelSession.open(TestModel.add(), config)) {
      assertThat(session.run(add(1, 2, 3, 4)).get("z").toFloatArray()).containsExactly(4, 6);
    }
    assertThatThrownBy(
            () ->
                ModelSession.open(
                    TestModel.add(),
                    SessionConfig.builder()
                        .registerLibrary(false)
                        .configEntry("k".repeat(5000), "v")
                        .build()))
        .as("ONNX Runtime limits the length of keys, so it was asked")
        .isInstanceOf(OrtException.class);
  }

  @Test
  void settingsAreChecked() {
    SessionConfig.Builder builder = SessionConfig.builder();
    assertThatThrownBy(() -> builder.intraOpThreads(-1)).hasMessageContaining("is -1");
    assertThatThrownBy(() -> builder.interOpThreads(-2)).hasMessageContaining("interOpThreads");
    assertThatThrownBy(() -> builder.logLevel(null)).hasMessage("level");
    assertThatThrownBy(() -> builder.optimizationLevel(null)).hasMessage("level");
    assertThatThrownBy(() -> builder.configEntry(" ", "v")).hasMessageContaining("blank");
    assertThatThrownBy(() -> builder.configEntry("k", null)).hasMessage("value");
    assertThatThrownBy(() -> builder.sharedInitializer(null, Tensor.scalar(1f))).hasMessage("name");
    assertThatThrownBy(() -> builder.sharedInitializer("w", null)).hasMessage("value");
    SessionConfig built = builder.intraOpThreads(3).build();
    builder.intraOpThreads(4).configEntry("k", "v");
    assertThat(built.intraOpThreads()).hasValue(3);
    assertThat(built.configEntries()).isEmpty();
    assertThat(SessionConfig.defaults().registerLibrary()).isTrue();
  }

  static Map<String, Tensor> add(float... values) {
    return Map.of(
        "x", Tensor.of(new float[] {values[0], values[1]}, 1, 2),
        "y", Tensor.of(new float[] {values[2], values[3]}, 1, 2));
  }

  private static ByteBuffer bytesOf(Tensor tensor) {
    ByteBuffer bytes =
        ByteBuffer.allocate(3 * tensor.elementType().byteSize()).order(ByteOrder.nativeOrder());
    switch (tensor.elementType()) {
      case FLOAT -> bytes.asFloatBuffer().put(tensor.floats());
      case DOUBLE -> bytes.asDoubleBuffer().put(tensor.doubles());
      case INT64 -> bytes.asLongBuffer().put(tensor.longs());
      case INT32 -> bytes.asIntBuffer().put(tensor.ints());
      default -> bytes.put(0, tensor.rawBytes(), 0, bytes.capacity());
    }
    return bytes;
  }
}
