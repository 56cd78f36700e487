package org.ortnce.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.reliability.BadInputs;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** SHA-256 sums in models: every flipped bit is found (M03). */
@BadInputs
class ManifestTest {
  @TempDir Path directory;
  private Path file;
  private Path data;

  @BeforeEach
  void save() throws IOException {
    file = directory.resolve("m.onnx");
    model().save(file, ExternalDataOptions.oneFile().threshold(64));
    data = ModelHeader.check(file).dataFiles().get(0);
  }

  private static OnnxModel model() {
    Value x = Value.input(ElementType.FLOAT, Shape.of(Dim.of("n"), Dim.of(3)));
    Value w = Value.initializer(Tensor.of(new float[3 * 40], 3, 40));
    Value b = Value.initializer(Tensor.of(new float[] {1, 2, 3}, 3));
    return new ModelBuilder()
        .input("x", x)
        .initializer("w", w)
        .metadata("author", "somebody")
        .output("y", Ops.matMul(Ops.add(x, b), w))
        .build();
  }

  @Test
  void m03EveryFlippedBitOfTheModel() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    assertThatCode(() -> OnnxModel.verify(bytes, directory)).doesNotThrowAnyException();
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      byte[] damaged = bytes.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> OnnxModel.verify(damaged, directory))
          .as("bit %d", bit)
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void m03FlippedBitsOfTheData() throws IOException {
    byte[] bytes = Files.readAllBytes(data);
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      byte[] damaged = bytes.clone();
      int bit = random.nextInt(8 * bytes.length);
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(data, damaged);
      assertThatThrownBy(() -> OnnxModel.verify(file))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("its data file '" + data.getFileName() + "' is damaged");
    }
    Files.write(data, Arrays.copyOf(bytes, bytes.length + 1));
    assertThatThrownBy(() -> OnnxModel.verify(file)).hasMessageContaining("is damaged");
    Files.write(data, bytes);
    OnnxModel.verify(file);
  }

  /** M02: every truncation point. */
  @Test
  void m02TruncatedModels() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> OnnxModel.verify(cut, directory))
          .as("%d bytes", length)
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void modelsWithoutSums() throws IOException {
    Files.write(file, model().toByteArray());
    assertThatThrownBy(() -> OnnxModel.verify(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining("has no SHA-256 sum to verify");
    Path text = Files.writeString(directory.resolve("t.onnx"), "not a model");
    assertThatThrownBy(() -> OnnxModel.verify(text)).isInstanceOf(IOException.class);
  }

  /** What is known to others can be checked by others: the sum of the data file is a plain one. */
  @Test
  void theSumsAreInTheMetadata() throws IOException {
    OnnxModel loaded = OnnxModel.load(file);
    String sum = loaded.metadata().get("ortnce.sha256:" + data.getFileName());
    assertThat(sum).isEqualTo(ModelManifest.sumOf(data));
    assertThat(data.getFileName().toString()).isEqualTo("m." + sum.substring(0, 32) + ".data");
    assertThat(loaded.metadata())
        .containsEntry("author", "somebody")
        .containsKey("ortnce.sha256")
        .containsEntry("ortnce.manifest", "1")
        .hasSize(4);
  }

  @Test
  void whatIsComparedMustBeSaid() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    assertThatThrownBy(() -> ModelHeader.check(file, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("sums");
    assertThatThrownBy(() -> ModelHeader.check(bytes, directory, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("sums");
  }
}
