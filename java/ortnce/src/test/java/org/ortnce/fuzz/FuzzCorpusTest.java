package org.ortnce.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ortnce.nce.VocabularyFuzz;
import org.ortnce.onnx.ModelBuilderFuzz;
import org.ortnce.onnx.ModelExportFuzz;
import org.ortnce.onnx.ModelReaderFuzz;
import org.ortnce.tensor.NpyFuzz;
import org.ortnce.tensor.NpzFuzz;
import org.ortnce.training.CheckpointFuzz;

/**
 * The saved inputs of every fuzz target ({@code tools/fuzz-java}), each of which once reached
 * something new or broke something, and their neighbours: cut, and with a bit flipped.
 */
class FuzzCorpusTest {
  private static final Path CORPUS = Path.of("src", "test", "fuzz");

  private interface Target {
    void run(byte[] input) throws Exception;
  }

  @TestFactory
  Stream<DynamicTest> savedInputs() {
    return Stream.of(
        replay("model_reader", ModelReaderFuzz::fuzzerTestOneInput),
        replay("model_builder", ModelBuilderFuzz::fuzzerTestOneInput),
        replay("model_export", ModelExportFuzz::fuzzerTestOneInput),
        replay("npy", NpyFuzz::fuzzerTestOneInput),
        replay("npz", NpzFuzz::fuzzerTestOneInput),
        replay("vocabulary", VocabularyFuzz::fuzzerTestOneInput),
        replay("checkpoint", CheckpointFuzz::fuzzerTestOneInput));
  }

  private static DynamicTest replay(String folder, Target target) {
    return DynamicTest.dynamicTest(folder, () -> replayAll(folder, target));
  }

  private static void replayAll(String folder, Target target) throws Exception {
    List<Path> inputs;
    try (Stream<Path> files = Files.list(CORPUS.resolve(folder))) {
      inputs = files.sorted().toList();
    }
    assertThat(inputs).isNotEmpty();
    for (Path input : inputs) {
      byte[] bytes = Files.readAllBytes(input);
      run(target, bytes, input.toString());
      if (bytes.length > 0) {
        int place = Math.floorMod(input.getFileName().toString().hashCode(), bytes.length);
        run(target, Arrays.copyOf(bytes, place), input + " cut to " + place);
        bytes[place] ^= 1;
        run(target, bytes, input + " with byte " + place + " changed");
      }
    }
  }

  private static void run(Target target, byte[] input, String what) {
    try {
      target.run(input);
    } catch (Throwable problem) {
      throw new AssertionError(what + ": " + problem, problem);
    }
  }
}
