package org.ortnce.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ortnce.onnx.proto.StringStringEntryProto;
import org.ortnce.onnx.proto.TensorProto;
import org.ortnce.reliability.BadInputs;
import org.ortnce.tensor.RowTable;
import org.ortnce.tensor.Tensor;

/** Models with external data, written and read: rows X01 to X12 of the catalogue of bad inputs. */
@BadInputs
class ExternalDataTest {
  @TempDir Path directory;

  /** Sums of a small tensor, one above the threshold and one of 2 MiB, each scaled. */
  static OnnxModel model(float scale) {
    ModelBuilder model = new ModelBuilder();
    int[] sizes = {4, 1000, 1 << 19};
    for (int i = 0; i < sizes.length; i++) {
      int size = sizes[i];
      RowTable rows =
          RowTable.ofFloats(
              size,
              1,
              (first, target) -> {
                for (long row = first; target.hasRemaining(); row++) {
                  target.put(row % 100 * scale);
                }
              });
      Value w = Value.initializer(rows);
      model.initializer("w" + i, w).output("y" + i, Ops.reduceSum(w, false));
    }
    return model.build();
  }

  /** Which scale a file has: all of it. */
  static float scaleOf(Path file) throws IOException {
    OnnxModel.verify(file);
    OnnxModel model = OnnxModel.load(file);
    float scale = model.initializer("w0").toTensor().floats().get(1);
    for (String name : List.of("w0", "w1", "w2")) {
      float[] values = model.initializer(name).toTensor().toFloatArray();
      for (int i = 0; i < values.length; i++) {
        if (values[i] != i % 100 * scale) {
          throw new AssertionError(name + "[" + i + "] = " + values[i] + ", scale " + scale);
        }
      }
    }
    return scale;
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static Map<String, Map<String, String>> external(OnnxModel model) {
    return model.proto().getGraph().getInitializerList().stream()
        .filter(TensorProto::hasDataLocation)
        .collect(
            Collectors.toMap(
                TensorProto::getName,
                tensor ->
                    tensor.getExternalDataList().stream()
                        .collect(
                            Collectors.toMap(
                                StringStringEntryProto::getKey,
                                StringStringEntryProto::getValue))));
  }

  @Test
  void oneAlignedFile() throws IOException {
    Path file = directory.resolve("m.onnx");
    model(1).save(file, ExternalDataOptions.oneFile());
    assertThat(files()).hasSize(2);
    assertThat(files().get(0)).matches("m\\.[0-9a-f]{32}\\.data");
    OnnxModel loaded = OnnxModel.load(file);
    Map<String, Map<String, String>> external = external(loaded);
    assertThat(external.get("w1"))
        .isEqualTo(Map.of("location", files().get(0), "offset", "0", "length", "4000"));
    assertThat(external.get("w2"))
        .isEqualTo(Map.of("location", files().get(0), "offset", "65536", "length", "2097152"));
    assertThat(external).doesNotContainKey("w0");
    assertThat(loaded.initializers())
        .extracting(InitializerInfo::external)
        .containsExactly(false, true, true);
    assertThat(scaleOf(file)).isEqualTo(1);
    assertThat(ModelChecker.problems(loaded)).isEmpty();
    assertThat(ModelHeader.check(file).dataFiles())
        .containsExactly(directory.resolve(files().get(0)));
  }

  @Test
  void oneFileForEachTensorAndThresholds() throws IOException {
    Path file = directory.resolve("m.onnx");
    model(2).save(file, ExternalDataOptions.filePerTensor().threshold(0).baseName("weights"));
    assertThat(files()).hasSize(4);
    assertThat(files().subList(1, 4)).allMatch(name -> name.startsWith("weights."));
    assertThat(external(OnnxModel.load(file)).values())
        .allMatch(entry -> entry.get("offset").equals("0"));
    assertThat(scaleOf(file)).isEqualTo(2);
    model(2).save(file, ExternalDataOptions.oneFile().threshold(Long.MAX_VALUE));
    assertThat(external(OnnxModel.load(file))).isEmpty();
    assertThat(scaleOf(file)).isEqualTo(2);
  }

  @Test
  void x12ExportLoadExportGivesTheSameBytes() throws IOException {
    Path file = directory.resolve("m.onnx");
    ExternalDataOptions options = ExternalDataOptions.oneFile();
    model(1).save(file, options);
    byte[] bytes = Files.readAllBytes(file);
    List<String> names = files();
    OnnxModel.load(file).save(file);
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    OnnxModel.load(file).save(file, options);
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    OnnxModel.load(file).save(file, options.copyExisting());
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    model(1).save(file, options);
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    assertThat(files()).isEqualTo(names);
    Path elsewhere = Files.createDirectory(directory.resolve("d")).resolve("m.onnx");
    OnnxModel.load(file).save(elsewhere, options);
    assertThat(Files.readAllBytes(elsewhere)).isEqualTo(bytes);
  }

  /** A model with tensors in typed fields, as other tools write them, moves them too. */
  @Test
  void typedFieldsAreMoved() throws IOException {
    TensorProto.Builder halves = TensorProto.newBuilder().setName("h").setDataType(10).addDims(3);
    halves.addInt32Data(0x3C00).addInt32Data(0xC000).addInt32Data(0);
    TensorProto.Builder longs = TensorProto.newBuilder().setName("l").setDataType(7).addDims(2);
    longs.addInt64Data(-1).addInt64Data(1L << 40);
    TensorProto.Builder bytes = TensorProto.newBuilder().setName("b").setDataType(3).addDims(2);
    bytes.addInt32Data(-1).addInt32Data(5);
    OnnxModel built = model(1);
    OnnxModel typed =
        OnnxModel.parse(
            built.proto().toBuilder()
                .setGraph(
                    built.proto().getGraph().toBuilder()
                        .clearInitializer()
                        .addInitializer(halves)
                        .addInitializer(longs)
                        .addInitializer(bytes))
                .build()
                .toByteArray());
    Path file = directory.resolve("m.onnx");
    typed.save(file, ExternalDataOptions.oneFile().threshold(0));
    OnnxModel loaded = OnnxModel.load(file);
    assertThat(loaded.initializer("l").toTensor().toLongArray()).containsExactly(-1, 1L << 40);
    assertThat(loaded.initializer("h").toTensor().rawBytes().getShort(2)).isEqualTo((short) 0xC000);
    assertThat(loaded.initializer("b").toTensor().rawBytes().get(0)).isEqualTo((byte) -1);
    assertThat(typed.initializer("l").toTensor().toLongArray()).containsExactly(-1, 1L << 40);
    assertThatThrownBy(() -> loaded.initializer("x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the model has no initializer 'x'; it has [h, l, b]");
  }

  @Test
  void x10DataOfAReplacedModelStaysUntilItIsDeleted() throws IOException {
    Path file = directory.resolve("m.onnx");
    model(1).save(file, ExternalDataOptions.oneFile());
    OnnxModel old = OnnxModel.load(file);
    model(2).save(file, ExternalDataOptions.oneFile());
    // Whoever has read the old model still finds its data.
    assertThat(old.initializer("w1").toTensor().floats().get(7)).isEqualTo(7);
    assertThat(scaleOf(file)).isEqualTo(2);
    assertThat(files()).hasSize(3);
    Path foreign = Files.createFile(directory.resolve("m.other.data"));
    assertThat(OnnxModel.deleteUnusedData(directory)).hasSize(1);
    assertThat(OnnxModel.deleteUnusedData(directory)).isEmpty();
    assertThat(scaleOf(file)).isEqualTo(2);
    assertThat(foreign).exists();
  }

  @Test
  void modelsOfOneBaseNameShareAFile() throws IOException {
    ExternalDataOptions options = ExternalDataOptions.oneFile().baseName("shared");
    for (String name : List.of("a.onnx", "b.onnx")) {
      model(3).save(directory.resolve(name), options);
    }
    assertThat(files()).hasSize(3);
    Files.delete(directory.resolve("a.onnx"));
    assertThat(OnnxModel.deleteUnusedData(directory)).isEmpty();
    assertThat(scaleOf(directory.resolve("b.onnx"))).isEqualTo(3);
  }

  @Test
  void externalDataElsewhereIsCopiedOnRequestOnly() throws IOException {
    Path file = directory.resolve("m.onnx");
    model(1).save(file, ExternalDataOptions.oneFile());
    Path other = Files.createDirectory(directory.resolve("other")).resolve("m.onnx");
    OnnxModel loaded = OnnxModel.load(file);
    assertThatThrownBy(() -> loaded.save(other))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("with ExternalDataOptions, which copies it");
    OnnxModel bytes = OnnxModel.parse(Files.readAllBytes(file));
    assertThatThrownBy(() -> bytes.save(other)).hasMessageContaining("in no known directory");
    assertThatThrownBy(() -> bytes.initializer("w2")).hasMessageContaining("no directory");
    loaded.save(other, ExternalDataOptions.filePerTensor());
    assertThat(scaleOf(other)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "../x",
        "/abs",
        "a/b",
        "a\\b",
        "CON",
        "nul.x",
        "com1",
        "a\u0000b",
        "a:b",
        " a",
        "a.",
        "x*"
      })
  void x08BaseNames(String name) {
    assertThatThrownBy(() -> ExternalDataOptions.oneFile().baseName(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be a plain file name");
  }

  @Test
  void x08LongBaseNames() {
    String name = "x".repeat(151);
    assertThatThrownBy(() -> ExternalDataOptions.oneFile().baseName(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 150 characters, got 151");
    assertThatThrownBy(() -> ExternalDataOptions.oneFile().threshold(-1))
        .hasMessageContaining("got -1");
    assertThatThrownBy(
            () -> model(1).save(directory.resolve("con.onnx"), ExternalDataOptions.oneFile()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'con'");
  }

  @Test
  void x03TargetsThatCannotBe() throws IOException {
    ExternalDataOptions options = ExternalDataOptions.oneFile();
    assertThatThrownBy(() -> model(1).save(directory.resolve("no").resolve("m.onnx"), options))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(directory.resolve("no").toString());
    Path folder = Files.createDirectory(directory.resolve("m.onnx"));
    assertThatThrownBy(() -> model(1).save(folder, options))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is a directory");
  }

  @Test
  void x04ReadersKeepTheOldModel() throws IOException {
    Path file = directory.resolve("m.onnx");
    model(1).save(file, ExternalDataOptions.oneFile());
    byte[] before = Files.readAllBytes(file);
    try (InputStream in = Files.newInputStream(file)) {
      model(2).save(file, ExternalDataOptions.oneFile());
      assertThat(in.readAllBytes()).isEqualTo(before);
    }
  }

  @Test
  void x07ATargetThatIsALinkIsReplacedItself() throws IOException {
    Path outside = Files.createDirectory(directory.resolve("outside")).resolve("m.onnx");
    Files.writeString(outside, "untouched");
    Path link = Files.createSymbolicLink(directory.resolve("m.onnx"), outside);
    model(4).save(link, ExternalDataOptions.oneFile());
    assertThat(Files.isSymbolicLink(link)).isFalse();
    assertThat(scaleOf(link)).isEqualTo(4);
    assertThat(outside).hasContent("untouched");
  }

  /** A reader of rows that fails at byte k, k swept over 50 points. */
  @Test
  void x01DataThatEndsAtAnyByte() throws IOException {
    Path file = directory.resolve("m.onnx");
    model(1).save(file, ExternalDataOptions.oneFile());
    byte[] before = Files.readAllBytes(file);
    List<String> names = files();
    int rows = 1 << 20;
    for (int k = 0; k < 50; k++) {
      long failsAt = (long) rows * k / 50;
      RowTable table =
          RowTable.ofFloats(
              rows,
              1,
              (first, target) -> {
                if (first + target.remaining() > failsAt) {
                  throw new IOException("row " + failsAt + " is lost");
                }
                target.position(target.limit());
              });
      OnnxModel model = new ModelBuilder().output("y", Ops.neg(Value.initializer(table))).build();
      assertThatThrownBy(() -> model.save(file, ExternalDataOptions.oneFile()))
          .isInstanceOf(IOException.class)
          .hasMessage("row " + failsAt + " is lost");
      assertThat(Files.readAllBytes(file)).isEqualTo(before);
      assertThat(files()).isEqualTo(names);
    }
    assertThat(scaleOf(file)).isEqualTo(1);
  }

  @Test
  void x06TwoExportersOfOneTarget() throws Exception {
    Path file = directory.resolve("m.onnx");
    model(1).save(file, ExternalDataOptions.oneFile());
    List<Thread> threads =
        Stream.of(1, 2)
            .map(
                scale ->
                    new Thread(
                        () -> {
                          for (int i = 0; i < 10; i++) {
                            try {
                              model(scale).save(file, ExternalDataOptions.oneFile());
                            } catch (IOException e) {
                              throw new UncheckedIOException(e);
                            }
                          }
                        }))
            .toList();
    threads.forEach(Thread::start);
    while (threads.stream().anyMatch(Thread::isAlive)) {
      assertThat(scaleOf(file)).isIn(1f, 2f);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(scaleOf(file)).isIn(1f, 2f);
    assertThat(files()).hasSize(3);
  }

  @Test
  void aConstantOfATensorIsStillSeen() {
    Tensor tensor = Tensor.of(new float[] {1}, 1);
    assertThat(Value.initializer(tensor).constant()).contains(tensor);
    assertThat(Value.initializer(RowTable.ofFloats(1, 1, (f, t) -> t.put(1))).constant()).isEmpty();
  }
}
