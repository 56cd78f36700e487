package org.ortnce.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ExternalDataOptions;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.onnx.proto.ModelProto;
import org.ortnce.reliability.BadInputs;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * Saved models whose bytes are not those that were saved: no session opens one. {@code
 * -Dortnce.flips=10000} flips more bits than the 2000 of an ordinary build.
 */
@BadInputs
class ModelIntegrityTest {
  private static final int FLIPS = Integer.getInteger("ortnce.flips", 2_000);

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("m.onnx");
  }

  private static OnnxModel model() {
    Value x = Value.input(ElementType.FLOAT, Shape.of(Dim.of("n"), Dim.of(3)));
    Value w = Value.initializer(Tensor.of(new float[3 * 40], 3, 40));
    return new ModelBuilder()
        .input("x", x)
        .initializer("w", w)
        .metadata("author", "somebody")
        .output("y", Ops.relu(Ops.matMul(x, w)))
        .build();
  }

  private void save(boolean external) throws IOException {
    if (external) {
      model().save(file, ExternalDataOptions.oneFile().threshold(64));
    } else {
      model().save(file);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void m02EveryTruncation(boolean external) throws Exception {
    save(external);
    ModelSession.open(file, TestModel.STOCK).close();
    byte[] bytes = Files.readAllBytes(file);
    for (int length = 0; length < bytes.length; length++) {
      Files.write(file, Arrays.copyOf(bytes, length));
      refused("cut to " + length + " bytes");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void m03FlippedBits(boolean external) throws Exception {
    save(external);
    byte[] bytes = Files.readAllBytes(file);
    Random random = new Random(9);
    for (int flip = 0; flip < FLIPS / 2; flip++) {
      int bit = random.nextInt(8 * bytes.length);
      byte[] damaged = bytes.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file, damaged);
      refused("bit " + bit);
    }
  }

  /** By us, or by ONNX Runtime where it is no model at all any more. */
  private void refused(String damage) {
    assertThat(catchThrowable(() -> ModelSession.open(file, TestModel.STOCK).close()))
        .as(damage)
        .isInstanceOfAny(IOException.class, OrtException.class)
        .hasMessageContaining(file.toString());
    assertThat(catchThrowable(() -> OnnxModel.load(file)))
        .as(damage)
        .isInstanceOf(IOException.class);
  }

  @Test
  void m02M03DataFiles() throws Exception {
    save(true);
    SessionConfig verified = SessionConfig.builder().verifyManifest(true).build();
    ModelSession.open(file, verified).close();
    Path data;
    try (var files = Files.list(directory)) {
      data = files.filter(f -> f.toString().endsWith(".data")).findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(data);
    for (int length = 0; length < bytes.length; length += 7) {
      Files.write(data, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> ModelSession.open(file, verified)).isInstanceOf(IOException.class);
    }
    for (int bit = 0; bit < 8 * bytes.length; bit += 13) {
      byte[] damaged = bytes.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(data, damaged);
      assertThatThrownBy(() -> ModelSession.open(file, verified))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is damaged: its SHA-256 sum is");
    }
  }

  /** A tool that reads and writes a model puts its fields in the order of their numbers. */
  @Test
  void modelsWrittenAgainByOtherTools() throws Exception {
    save(true);
    byte[] again = ModelProto.parseFrom(Files.readAllBytes(file)).toByteArray();
    assertThat(again).isNotEqualTo(Files.readAllBytes(file));
    Files.write(file, again);
    OnnxModel.verify(file);
    ModelSession.open(file, TestModel.STOCK).close();
  }

  @Test
  void modelsChangedByOtherTools() throws Exception {
    save(false);
    ModelProto.Builder changed = ModelProto.parseFrom(Files.readAllBytes(file)).toBuilder();
    changed.setDocString("changed");
    Files.write(file, changed.build().toByteArray());
    assertThatThrownBy(() -> ModelSession.open(file, TestModel.STOCK))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is damaged, or was changed since it was saved")
        .hasMessageContaining("should drop the metadata ortnce.sha256 and ortnce.manifest");
    ModelSession.open(file, TestModel.STOCK.toBuilder().verifyModel(false).build()).close();
    changed.clearMetadataProps();
    Files.write(file, changed.build().toByteArray());
    ModelSession.open(file, TestModel.STOCK).close();
  }

  @Test
  void loadedModelsKeepTheirSums() throws Exception {
    for (boolean external : new boolean[] {false, true}) {
      save(external);
      OnnxModel loaded = OnnxModel.load(file);
      assertThat(loaded.toByteArray()).isEqualTo(Files.readAllBytes(file));
      assertThat(loaded.byteSize()).isEqualTo(Files.size(file));
      assertThat(loaded.metadata())
          .containsEntry("author", "somebody")
          .containsKey("ortnce.sha256");
    }
  }

  /** Models in memory have no sum, unless they were read from a file with one. */
  @Test
  void bytesWithASumAreCheckedToo() throws Exception {
    byte[] unsigned = model().toByteArray();
    assertThat(OnnxModel.parse(unsigned).metadata()).isEqualTo(Map.of("author", "somebody"));
    ModelSession.open(unsigned, TestModel.STOCK).close();
    save(false);
    byte[] bytes = Files.readAllBytes(file);
    ModelSession.open(bytes, TestModel.STOCK).close();
    bytes[bytes.length - 3] ^= 1;
    assertThatThrownBy(() -> ModelSession.open(bytes, TestModel.STOCK))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is damaged");
  }
}
