package org.ortnce.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.ChildJvm;
import org.ortnce.io.AtomicFile;
import org.ortnce.onnx.ExternalDataOptions;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Npz;
import org.ortnce.tensor.Tensor;
import org.ortnce.training.Checkpoint;
import org.ortnce.training.CheckpointDirectory;

/**
 * The n-th call of the system on a file fails, once or from then on, for every n until the whole
 * passes: every writer leaves the old content or the new, whole, and nothing beside it, and says
 * what failed.
 */
@BadInputs.Apart
@EnabledOnOs(OS.LINUX)
class FailingFileCallsTest {
  @TempDir Path folder;

  @Test
  @Tag("X14")
  void everyCallOfEveryWriter() throws Exception {
    Path below = Files.createDirectory(folder.resolve("files"));
    ChildJvm.Outcome outcome =
        ChildJvm.run(
            Writers.class,
            FailingCalls.environment(folder, below),
            List.of("-Xmx256m"),
            below.toString());
    System.out.print(outcome.output());
    assertThat(outcome.exitValue()).as(outcome.output()).isZero();
    for (Writer writer : Writer.values()) {
      assertThat(outcome.output()).contains(writer + ", once: ", writer + ", from then on: ");
    }
  }

  /** What writes one of two versions, and tells which of them it finds. */
  enum Writer {
    NPY {
      @Override
      void write(Path directory, int version) throws IOException {
        Npy.write(directory.resolve("a.npy"), numbers(version));
      }

      @Override
      float read(Path directory) throws IOException {
        return Npy.read(directory.resolve("a.npy")).floats().get(SIZE - 1);
      }
    },
    NPZ {
      @Override
      void write(Path directory, int version) throws IOException {
        Npz.write(directory.resolve("a.npz"), Map.of("a", numbers(version), "b", numbers(version)));
      }

      @Override
      float read(Path directory) throws IOException {
        return Npz.read(directory.resolve("a.npz")).get("b").floats().get(SIZE - 1);
      }
    },
    MODEL {
      @Override
      void write(Path directory, int version) throws IOException {
        model(version).save(directory.resolve("m.onnx"));
      }

      @Override
      float read(Path directory) throws IOException {
        return weight(directory);
      }
    },
    MODEL_WITH_DATA_FILE {
      @Override
      void write(Path directory, int version) throws IOException {
        model(version).save(directory.resolve("m.onnx"), ExternalDataOptions.oneFile());
      }

      @Override
      float read(Path directory) throws IOException {
        OnnxModel.deleteUnusedData(directory);
        return weight(directory);
      }
    },
    CHECKPOINT {
      @Override
      void write(Path directory, int version) throws IOException {
        try (CheckpointDirectory checkpoints = CheckpointDirectory.open(directory, 1)) {
          checkpoints.save(version, "s", Map.of("a", numbers(version)));
        }
      }

      @Override
      float read(Path directory) throws IOException {
        try (CheckpointDirectory checkpoints = CheckpointDirectory.open(directory, 1);
            Checkpoint latest = checkpoints.latest().orElseThrow()) {
          Tensor a = Tensor.allocateFloats(SIZE);
          latest.restore("s", Map.of("a", a));
          return a.floats().get(SIZE - 1);
        }
      }
    };

    /** More than one piece of a writer. */
    private static final int SIZE = 300_000;

    abstract void write(Path directory, int version) throws IOException;

    abstract float read(Path directory) throws IOException;

    private static Tensor numbers(int version) {
      float[] numbers = new float[SIZE];
      java.util.Arrays.fill(numbers, version);
      return Tensor.of(numbers, SIZE);
    }

    private static OnnxModel model(int version) {
      Value w = Value.initializer(numbers(version));
      return new ModelBuilder().initializer("w", w).output("y", Ops.reduceSum(w, false)).build();
    }

    private static float weight(Path directory) throws IOException {
      Path file = directory.resolve("m.onnx");
      OnnxModel.verify(file);
      return OnnxModel.load(file).initializer("w").toTensor().floats().get(SIZE - 1);
    }
  }

  /** Runs in a process whose calls fail. */
  static final class Writers {
    private Writers() {}

    public static void main(String[] arguments) throws IOException {
      FailingCalls calls = FailingCalls.ofThisProcess();
      for (Writer writer : Writer.values()) {
        for (boolean sticky : new boolean[] {false, true}) {
          Path directory = Files.createDirectory(Path.of(arguments[0], writer + "-" + sticky));
          int passed = untilItPasses(writer, directory, calls, sticky);
          System.out.printf(
              "%s, %s: %d calls failed in turn%n",
              writer, sticky ? "from then on" : "once", passed - 1);
        }
      }
    }

    /** The first n for which no call failed. */
    private static int untilItPasses(
        Writer writer, Path directory, FailingCalls calls, boolean sticky) throws IOException {
      int version = 1;
      writer.write(directory, version);
      int files = names(directory).size();
      for (int n = 1; ; n++) {
        IOException error = null;
        calls.arm(n, sticky);
        try {
          writer.write(directory, version + 1);
        } catch (IOException e) {
          error = e;
        }
        int failed = calls.disarm();
        String where = writer + ", call " + n + ", " + error;
        float found = writer.read(directory);
        assertThat(found).as(where).isIn((float) version, (float) version + 1);
        // Sync of the directory after the rename may fail: the new file is there.
        assertThat(error == null).as(where).isEqualTo(found == version + 1);
        assertThat(names(directory)).as(where).hasSize(files);
        if (error != null) {
          assertThat(error)
              .as(where)
              .hasMessageContaining("No space left on device")
              .hasMessageContaining(directory.toString());
        }
        if (failed == 0) {
          assertThat(error).as(where).isNull();
          return n;
        }
        version = (int) found;
      }
    }

    private static List<String> names(Path directory) throws IOException {
      assertThat(AtomicFile.deleteLeftovers(directory)).as("temporary files").isEmpty();
      try (Stream<Path> files = Files.list(directory)) {
        return files.map(file -> file.getFileName().toString()).toList();
      }
    }
  }
}
