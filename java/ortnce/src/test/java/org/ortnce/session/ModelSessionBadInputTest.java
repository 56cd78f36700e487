package org.ortnce.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.onnx.proto.TypeProto;
import org.ortnce.reliability.BadInputs;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * The rows of the bad-input table for the Java API that concern sessions, by their ids. J20 (a
 * closed OnnxTensor) cannot be written: sessions take our tensors, which have no close.
 */
@BadInputs
class ModelSessionBadInputTest {
  private static final Tensor GOOD = Tensor.of(new float[] {1, 2}, 1, 2);

  @TempDir Path directory;
  private ModelSession session;

  @BeforeEach
  void open() throws Exception {
    session = ModelSession.open(TestModel.add(), TestModel.STOCK);
  }

  /** Whatever was refused, the session still works, and closing is what ends it. */
  @AfterEach
  void worksStill() throws Exception {
    try (ModelSession open = session) {
      assertThat(open.run(ModelSessionTest.add(1, 2, 3, 4)).get("z").toFloatArray())
          .containsExactly(4, 6);
    }
  }

  @Test
  void j01NullMapsAreNamed() {
    assertThatThrownBy(() -> session.run(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("inputs");
    assertThatThrownBy(() -> session.run(Map.of("x", GOOD, "y", GOOD), null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("wanted");
  }

  @Test
  void j02NullValuesAreNamed() {
    Map<String, Tensor> inputs = new HashMap<>();
    inputs.put("x", GOOD);
    inputs.put("y", null);
    refused(() -> session.run(inputs), "value of input 'y' is null");
    refused(
        () -> session.run(Map.of("x", GOOD, "y", GOOD), Collections.singleton(null)),
        "unknown output 'null'");
  }

  @Test
  void j03MissingAndUnknownNamesListTheWantedOnes() {
    String wanted = "x float[batch, 2], y float[batch, 2]";
    refused(() -> session.run(Map.of()), "missing input 'x'", wanted);
    refused(() -> session.run(Map.of("x", GOOD)), "missing input 'y'", wanted);
    refused(
        () -> session.run(Map.of("x", GOOD, "y", GOOD, "Y", GOOD)), "unknown input 'Y'", wanted);
    refused(
        () -> session.run(Map.of("x", GOOD, "y", GOOD), Set.of("q")),
        "unknown output 'q'",
        "z float[batch, 2]");
    refused(() -> session.run(Map.of("x", GOOD, "y", GOOD), Set.of()), "no output is wanted", "z");
  }

  @Test
  void j04TypesRanksAndDimensionsAreChecked() {
    refusedX(Tensor.of(new double[2], 1, 2), "double[1, 2]", "element type double", "x float[");
    refusedX(Tensor.of(new long[2], 1, 2), "element type int64");
    refusedX(Tensor.of(new float[2], 2), "float[2]", "rank 1 does not fit");
    refusedX(Tensor.of(new float[2], 1, 2, 1), "rank 3 does not fit");
    refusedX(Tensor.scalar(1f), "float[]", "rank 0 does not fit");
    refusedX(Tensor.of(new float[3], 1, 3), "size 3 of dimension 1 does not fit");
    refusedX(
        Tensor.of(new float[4], 2, 2),
        "inputs disagree on 'batch'",
        "dimension 0 of 'x' is 2",
        "dimension 0 of 'y' is 1");
    refusedX(Tensor.of(new float[0], 0, 2), "inputs disagree on 'batch'");
  }

  @Test
  void j04ScalarsTakeNoOtherShape() throws Exception {
    try (ModelSession scalar =
        ModelSession.open(TestModel.identity(ElementType.FLOAT), TestModel.STOCK)) {
      refused(() -> scalar.run(Map.of("x", Tensor.of(new float[4], 2, 2))), "rank 2", "x float[]");
      refused(() -> scalar.run(Map.of("x", Tensor.of(new float[1], 1))), "rank 1");
    }
  }

  @Test
  void j04UnnamedDimensionsTakeAnySizeEach() throws Exception {
    byte[] model = TestModel.identity(ElementType.FLOAT, "", "");
    try (ModelSession any = ModelSession.open(model, TestModel.STOCK)) {
      assertThat(any.run(Map.of("x", Tensor.of(new float[6], 2, 3))).get("y"))
          .hasToString("float[2, 3]");
      assertThat(any).hasToString("ModelSession(x float[?, ?] -> y float[?, ?])");
    }
  }

  @Test
  void j07RaggedAndNullLabelRows() {
    refused(() -> Tensor.of(new long[][] {{1, 2}, null}), "row 1 is null");
    refused(() -> Tensor.of(new long[][] {{1, 2}, {3}}), "row 1 has 1 elements, row 0 has 2");
  }

  @Test
  void j09J10TheWrongByteOrderIsRefused() {
    ByteBuffer swapped = ByteBuffer.allocateDirect(8).order(swappedOrder());
    refused(() -> Tensor.of(swapped.asFloatBuffer(), 1, 2), "byte order", "direct");
    refused(() -> Tensor.of(swapped, ElementType.FLOAT, 1, 2), "byte order", "direct");
  }

  @Test
  void j13J14J15J16ShapesThatDoNotFitTheirData() {
    refused(() -> Tensor.of(new float[3], 1, 2), "[1, 2] needs 2 elements, got 3");
    refused(() -> Tensor.of(new float[1], 1, 2), "[1, 2] needs 2 elements, got 1");
    refused(() -> Tensor.of(new float[2], -1, 2), "dimension 0 is negative");
    refused(() -> Tensor.of(new float[4], (1L << 62) + 1, 4), "more than 2^63-1 elements");
    refused(() -> Tensor.of(new float[4]), "[] needs 1 elements, got 4");
  }

  @Test
  void j18TensorsBeyondTheLimitOfTheJavaApi() throws Exception {
    long bytes = Integer.MAX_VALUE - 7L;
    Path sparse = directory.resolve("sparse");
    try (RandomAccessFile file = new RandomAccessFile(sparse.toFile(), "rw")) {
      file.setLength(bytes);
      ByteBuffer mapped =
          file.getChannel()
              .map(FileChannel.MapMode.READ_ONLY, 0, bytes)
              .order(ByteOrder.nativeOrder());
      Tensor big = Tensor.of(mapped, ElementType.FLOAT, bytes / 8, 2);
      refused(
          () -> session.run(Map.of("x", big, "y", big)),
          "'x' has 536870910 float elements",
          "at most 536870903",
          "external data");
    }
    OrtTensors.checkSize("x", ElementType.FLOAT, new long[] {536870903});
    OrtTensors.checkSize("x", ElementType.INT64, new long[] {1L << 40, 0});
  }

  @Test
  void j19AClosedSessionSaysSo() throws Exception {
    ModelSession closed = ModelSession.open(TestModel.add(), TestModel.STOCK);
    closed.close();
    for (ThrowingCallable use :
        new ThrowingCallable[] {
          () -> closed.run(Map.of("x", GOOD, "y", GOOD)),
          () -> closed.run(Map.of("x", GOOD, "y", GOOD), Set.of("z")),
          () -> closed.run(Map.of()),
          closed::inputs,
          closed::outputs
        }) {
      assertThatThrownBy(use)
          .isExactlyInstanceOf(IllegalStateException.class)
          .hasMessage("the session is closed");
    }
    assertThat(closed.toString()).contains("x float[batch, 2]");
  }

  @Test
  void j22ClosingTwiceDoesNothing() throws Exception {
    ModelSession closed = ModelSession.open(TestModel.add(), TestModel.STOCK);
    closed.close();
    assertThatCode(closed::close).doesNotThrowAnyException();
  }

  @Test
  void j24ModelsThatAreNoModels() throws Exception {
    assertThatThrownBy(() -> ModelSession.open((Path) null, TestModel.STOCK)).hasMessage("model");
    assertThatThrownBy(() -> ModelSession.open((byte[]) null, TestModel.STOCK)).hasMessage("model");
    assertThatThrownBy(() -> ModelSession.open(TestModel.add(), null)).hasMessage("config");
    refused(() -> ModelSession.open(new byte[0], TestModel.STOCK), "0 bytes");
    Path missing = directory.resolve("missing.onnx");
    unreadable(missing, NoSuchFileException.class, "does not exist");
    unreadable(directory, FileSystemException.class, "is a directory, expected a file");
    unreadable(
        Files.createFile(directory.resolve("empty")), FileSystemException.class, "empty file");
    Path noise = Files.write(directory.resolve("noise"), new byte[] {1, 2, 3, 4});
    assertThatThrownBy(() -> ModelSession.open(noise, TestModel.STOCK))
        .isInstanceOf(OrtException.class);
  }

  @Test
  void j24AModelInAnArchiveIsNotHandedToNativeCode() throws Exception {
    Path zip = directory.resolve("models.zip");
    try (ZipOutputStream out = new ZipOutputStream(new FileOutputStream(zip.toFile()))) {
      out.putNextEntry(new ZipEntry("add.onnx"));
      out.write(TestModel.add());
    }
    try (FileSystem files = FileSystems.newFileSystem(zip)) {
      refused(
          () -> ModelSession.open(files.getPath("add.onnx"), TestModel.STOCK),
          "add.onnx",
          "not in the default file system");
    }
  }

  @Test
  void valuesThatAreNoTensorsAreRefusedAtOpen() {
    TypeProto.Builder sequence =
        TypeProto.newBuilder()
            .setSequenceType(
                TypeProto.Sequence.newBuilder()
                    .setElemType(TestModel.value("e", ElementType.FLOAT, 2).getType()));
    byte[] model =
        new TestModel()
            .input("x", ElementType.FLOAT, 2)
            .node("SequenceConstruct", "x", "y")
            .output(TestModel.typed("y", sequence))
            .bytes();
    refused(() -> ModelSession.open(model, TestModel.STOCK), "'y' is no tensor");
  }

  @Test
  void typesWithoutAJavaCounterpartAreRefused() throws Exception {
    ByteBuffer raw = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
    try (ModelSession uint32 =
        ModelSession.open(TestModel.identity(ElementType.UINT32, 2), TestModel.STOCK)) {
      refused(
          () -> uint32.run(Map.of("x", Tensor.of(raw, ElementType.UINT32, 2))), "'x' is uint32");
    }
  }

  @Test
  void errorsOfAnOpPassThroughWithTheirCode() throws Exception {
    byte[] model =
        new TestModel()
            .input("x", ElementType.INT64, "n")
            .initializer("w", Tensor.of(new float[] {1, 2}, 2))
            .node("Gather", "w x", "y")
            .output("y", ElementType.FLOAT, "n")
            .bytes();
    SessionConfig quiet =
        SessionConfig.builder()
            .registerLibrary(false)
            .logLevel(ai.onnxruntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL)
            .build();
    try (ModelSession gather = ModelSession.open(model, quiet)) {
      assertThatThrownBy(() -> gather.run(Map.of("x", Tensor.of(new long[] {7}, 1))))
          .isInstanceOfSatisfying(
              OrtException.class,
              e ->
                  assertThat(e.getCode()).isEqualTo(OrtException.OrtErrorCode.ORT_INVALID_ARGUMENT))
          .hasMessageContaining("idx=7");
      assertThat(gather.run(Map.of("x", Tensor.of(new long[] {1}, 1))).get("y").toFloatArray())
          .containsExactly(2);
    }
  }

  private void refusedX(Tensor x, String... parts) {
    refused(() -> session.run(Map.of("x", x, "y", GOOD)), parts);
  }

  private static void refused(ThrowingCallable call, String... parts) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).message().contains(parts);
  }

  private static void unreadable(Path model, Class<? extends IOException> type, String part) {
    assertThatThrownBy(() -> ModelSession.open(model, TestModel.STOCK))
        .isInstanceOf(type)
        .hasMessageContaining(model.toString())
        .hasMessageContaining(part);
  }

  private static ByteOrder swappedOrder() {
    return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
        ? ByteOrder.BIG_ENDIAN
        : ByteOrder.LITTLE_ENDIAN;
  }
}
