package org.ortnce.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.tensor.Npz;
import org.ortnce.tensor.Tensor;

class CheckpointTest {
  private static final String SETTINGS = "optimizer: adam()\nbatches: seed 5";

  @TempDir Path directory;

  /** An optimizer whose state is all different numbers, also NaN and -0. */
  static BoundOptimizer trained(long seed, int rows) {
    Parameter weights = Parameter.uniform("weights", -1, 1, seed, rows, 3);
    Parameter biases = Parameter.uniform("biases", -1, 1, seed + 1, rows);
    weights.value().floats().put(0, Float.NaN).put(1, -0f).put(2, Float.MIN_VALUE);
    BoundOptimizer bound = Optimizers.adam().bind(List.of(weights, biases));
    Tensor gradient = Parameter.uniform("g", -1, 1, seed + 2, rows).value();
    bound.apply(List.of(ParameterGradient.dense(biases, gradient)), 0.1, 0);
    return bound;
  }

  static Map<String, int[]> bits(BoundOptimizer bound) {
    Map<String, int[]> bits = new LinkedHashMap<>();
    bound
        .state()
        .forEach(
            (name, tensor) -> {
              float[] values = tensor.toFloatArray();
              int[] raw = new int[values.length];
              for (int i = 0; i < raw.length; i++) {
                raw[i] = Float.floatToRawIntBits(values[i]);
              }
              bits.put(name, raw);
            });
    return bits;
  }

  private static void assertSame(BoundOptimizer found, Map<String, int[]> expected) {
    Map<String, int[]> bits = bits(found);
    assertThat(bits.keySet()).isEqualTo(expected.keySet());
    bits.forEach((name, raw) -> assertThat(raw).as(name).isEqualTo(expected.get(name)));
  }

  private Path write(BoundOptimizer bound) throws IOException {
    Path file = directory.resolve("a.npz");
    Checkpoint.write(file, 77, SETTINGS, bound.state());
    return file;
  }

  /** 3 and 200000 rows: less and more than the pieces in which elements are copied. */
  @Test
  void everyBitComesBack() throws IOException {
    for (int rows : new int[] {3, 200_000}) {
      BoundOptimizer bound = trained(1, rows);
      Path file = write(bound);
      BoundOptimizer other = trained(50, rows);
      try (Checkpoint checkpoint = Checkpoint.open(file)) {
        assertThat(checkpoint.step()).isEqualTo(77);
        assertThat(checkpoint.settings()).isEqualTo(SETTINGS);
        assertThat(checkpoint.path()).isEqualTo(file);
        assertThat(checkpoint.names()).isEqualTo(bound.state().keySet());
        checkpoint.restore(SETTINGS, other.state());
      }
      assertSame(other, bits(bound));
    }
  }

  @Test
  void aRestoredTrainingGoesOnAsIfItHadNotStopped() throws IOException {
    BoundOptimizer bound = trained(1, 5);
    Path file = write(bound);
    BoundOptimizer resumed = trained(9, 5);
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      checkpoint.restore(SETTINGS, resumed.state());
    }
    for (BoundOptimizer each : List.of(bound, resumed)) {
      for (int step = 1; step < 10; step++) {
        Parameter weights = each.parameters().get(0);
        Tensor gradient = Parameter.uniform("g", -1, 1, step, 5, 3).value();
        each.apply(List.of(ParameterGradient.dense(weights, gradient)), 0.1, step);
      }
    }
    assertSame(resumed, bits(bound));
  }

  @Test
  void theFileIsAnOrdinaryNpzFile() throws IOException {
    BoundOptimizer bound = trained(1, 3);
    Path file = write(bound);
    Map<String, Tensor> arrays = Npz.read(file);
    assertThat(arrays.keySet())
        .containsExactly(
            "step",
            "settings",
            "state/weights",
            "state/biases",
            "state/weights/momentum",
            "state/weights/velocity",
            "state/biases/momentum",
            "state/biases/velocity");
    assertThat(arrays.get("step").toLongArray()).containsExactly(77);
    assertThat(arrays.get("state/biases").toFloatArray())
        .isEqualTo(bound.parameters().get(1).value().toFloatArray());
    byte[] first = Files.readAllBytes(file);
    assertThat(Files.readAllBytes(write(bound))).as("the same bytes each time").isEqualTo(first);
  }

  @Test
  void otherSettingsAreRefusedWithBothValues() throws IOException {
    BoundOptimizer bound = trained(1, 3);
    BoundOptimizer other = trained(50, 3);
    Map<String, int[]> before = bits(other);
    try (Checkpoint checkpoint = Checkpoint.open(write(bound))) {
      assertThatThrownBy(
              () -> checkpoint.restore("optimizer: sgd()\nbatches: seed 5", other.state()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              checkpoint.path()
                  + ": was written by a training with other settings: it has 'optimizer: adam()',"
                  + " this training has 'optimizer: sgd()'");
    }
    assertSame(other, before);
  }

  @Test
  void otherTensorsAreRefusedBeforeAnythingIsWritten() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(write(trained(1, 3)))) {
      BoundOptimizer larger = trained(50, 4);
      Map<String, int[]> before = bits(larger);
      assertThatThrownBy(() -> checkpoint.restore(SETTINGS, larger.state()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("state/weights.npy: is float[3, 3], expected float[4, 3]");
      assertSame(larger, before);

      // The first tensors fit; the last does not.
      BoundOptimizer good = trained(50, 3);
      Map<String, Tensor> last = new LinkedHashMap<>(good.state());
      last.put("biases/velocity", Tensor.allocateFloats(3, 1));
      before = bits(good);
      assertThatThrownBy(() -> checkpoint.restore(SETTINGS, last))
          .hasMessageContaining("biases/velocity.npy: is float[3], expected float[3, 1]");
      last.put("biases/velocity", Tensor.allocateLongs(3));
      assertThatThrownBy(() -> checkpoint.restore(SETTINGS, last))
          .hasMessageContaining("is float[3], expected int64[3]");
      assertSame(good, before);

      BoundOptimizer adagrad = Optimizers.adagrad().bind(good.parameters());
      assertThatThrownBy(() -> checkpoint.restore(SETTINGS, adagrad.state()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(
              "has no state [biases/accumulator, weights/accumulator], has state that is not"
                  + " expected [biases/momentum, biases/velocity, weights/momentum,"
                  + " weights/velocity]");
      assertSame(good, before);
    }
  }

  /** Truncations fail; a changed bit fails or changes nothing that is read. */
  @Test
  void damagedFiles() throws IOException {
    BoundOptimizer bound = trained(1, 3);
    Map<String, int[]> expected = bits(bound);
    byte[] good = Files.readAllBytes(write(bound));
    Path bad = directory.resolve("bad.npz");
    for (int length = 0; length < good.length; length += 3) {
      Files.write(bad, Arrays.copyOf(good, length));
      assertThatThrownBy(() -> Checkpoint.open(bad))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(bad.toString());
    }
    int refused = 0;
    for (int at = 0; at < good.length; at += 2) {
      byte[] changed = good.clone();
      changed[at] ^= (byte) (1 << (at / 2 % 8));
      Files.write(bad, changed);
      try (Checkpoint checkpoint = Checkpoint.open(bad)) {
        BoundOptimizer target = trained(50, 3);
        checkpoint.restore(SETTINGS, target.state());
        assertThat(checkpoint.step()).isEqualTo(77);
        assertSame(target, expected);
      } catch (IOException e) {
        assertThat(e).hasMessageStartingWith(bad.toString());
        refused++;
      }
    }
    // Headers and elements of the arrays are most of the file, and no byte of them may change.
    assertThat(refused).isGreaterThan(good.length / 4);
  }

  @Test
  void zerosAtTheEndAsAfterAPowerFailure() throws IOException {
    byte[] good = Files.readAllBytes(write(trained(1, 3)));
    Path bad = directory.resolve("bad.npz");
    for (int from = 0; from < good.length; from += 5) {
      byte[] zeros = good.clone();
      Arrays.fill(zeros, from, good.length, (byte) 0);
      if (Arrays.equals(zeros, good)) {
        break; // The archive ends with zeros.
      }
      Files.write(bad, zeros);
      assertThatThrownBy(() -> Checkpoint.open(bad)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void filesThatAreNoCheckpoints() throws IOException {
    Path file = directory.resolve("other.npz");
    Tensor step = Tensor.scalar(3L);
    Tensor text =
        Tensor.of(
            java.nio.ByteBuffer.wrap(new byte[] {'a'}), org.ortnce.tensor.ElementType.UINT8, 1);
    assertNoCheckpoint(file, Map.of("weights", step), "has no array 'step'");
    assertNoCheckpoint(file, Map.of("step", step), "has no array 'settings'");
    assertNoCheckpoint(
        file, Map.of("step", Tensor.scalar(3f), "settings", text), "is float[], expected int64[]");
    assertNoCheckpoint(file, Map.of("step", step, "settings", step), "malformed");
    assertNoCheckpoint(file, Map.of("step", Tensor.scalar(-1L), "settings", text), "malformed");
    assertNoCheckpoint(
        file, Map.of("step", step, "settings", text, "more", step), "has an array 'more'");
    assertThatThrownBy(() -> Checkpoint.open(directory.resolve("none.npz")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none.npz");
  }

  private static void assertNoCheckpoint(Path file, Map<String, Tensor> arrays, String message)
      throws IOException {
    Npz.write(file, arrays);
    assertThatThrownBy(() -> Checkpoint.open(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
  }

  @Test
  void slashesAreNoPartOfNames() {
    assertThatThrownBy(() -> Parameter.zeros("weights/momentum", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'/'");
  }
}
