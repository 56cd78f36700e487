package org.ortnce.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.nce.OutputLayer;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/** Compiles and runs the Java examples of the README, as they stand there. */
class ReadmeExampleTest {
  private static final Path README = Path.of("..", "..", "README.md");

  private static final String FRAME =
      """
      import java.nio.file.*;
      import java.util.*;
      import java.util.stream.*;
      import org.ortnce.evaluation.*;
      import org.ortnce.nce.*;
      import org.ortnce.onnx.ExternalDataOptions;
      import org.ortnce.onnx.OnnxModel;
      import org.ortnce.session.*;
      import org.ortnce.tensor.*;
      import org.ortnce.training.*;

      public class Example {
        static float[] gaussians(Random random, int count) {
          float[] values = new float[count];
          for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian() * 0.1f;
          }
          return values;
        }

        public static void main(String[] args) throws Exception {
      %s
        }
      }
      """;

  @Test
  void printsALoss(@TempDir Path directory) throws Exception {
    // 65 terms of about log 2 each, shifted by the logarithms of the expected counts.
    assertThat(Float.parseFloat(printed(0, directory))).isFinite().isPositive();
  }

  @Test
  void trains(@TempDir Path directory) throws Exception {
    String[] losses = printed(1, directory).split(" to ", -1);
    assertThat(Double.parseDouble(losses[1])).isBetween(0.0, Double.parseDouble(losses[0]) / 3);
  }

  @Test
  void evaluates(@TempDir Path directory) throws Exception {
    String[] lines = printed(2, directory).split("\n", -1);
    assertThat(lines).hasSize(5).startsWith("int64[256, 10]");
    String[] metrics = lines[4].split(" ", -1);
    // Logits are nearly 0: every class is about as probable as any other.
    assertThat(Double.parseDouble(metrics[0])).isBetween(19_000.0, 22_000.0);
    assertThat(Double.parseDouble(metrics[1])).isBetween(0.0, 0.01);
  }

  @Test
  void exportsALargeTable(@TempDir Path directory) throws Exception {
    Npy.write(directory.resolve("weights.npy"), Tensor.of(new float[100 * 6], 100, 6));
    String given = "Tensor biases = Tensor.of(new float[100], 100);";
    assertThat(printed(3, directory, given)).isEmpty();
    assertThat(OutputLayer.extract(OnnxModel.load(directory.resolve("loss.onnx"))).weightData())
        .hasSize(8);
  }

  @Test
  void halvesATable(@TempDir Path directory) throws Exception {
    Npy.write(directory.resolve("weights.npy"), Tensor.of(new float[100 * 6], 100, 6));
    String given = "Tensor biases = Tensor.of(new float[100], 100);";
    assertThat(printed(4, directory, given)).isEqualTo("FLOAT16");
    OnnxModel served = OnnxModel.load(directory.resolve("served.onnx"));
    assertThat(OutputLayer.extract(served).elementType()).isEqualTo(ElementType.BFLOAT16);
  }

  @Test
  void attachesToAnEncoder(@TempDir Path directory) throws Exception {
    Path encoder = Path.of("..", "..", "models", "encoders", "transformer_opset17");
    Files.copy(encoder.resolve("encoder.onnx"), directory.resolve("encoder.onnx"));
    String given =
        "OutputLayer layer = OutputLayer.of(Tensor.of(new float[50 * 24], 50, 24), null);";
    assertThat(printed(5, directory, given)).isEmpty();
    for (String name : List.of("loss.onnx", "evaluation.onnx", "inference.onnx")) {
      assertThat(OnnxModel.load(directory.resolve(name)).inputs().get(0).name())
          .isEqualTo("input_ids");
    }
  }

  @Test
  void prefersADevice(@TempDir Path directory) throws Exception {
    Path model = Path.of("..", "..", "models", "jdk_methods", "training_loss", "model.onnx");
    Files.copy(model, directory.resolve("loss.onnx"));
    assertThat(printed(6, directory, "")).contains("CPUExecutionProvider");
  }

  private static String printed(int example, Path directory, String given) throws Exception {
    String all =
        "Path folder = Path.of(\""
            + directory
            + "\");\nNceLossOptions options = NceLossOptions.builder().numSampled(4).build();\n"
            + given
            + "\n";
    return printed(all + examples().get(example), directory);
  }

  private static String printed(int example, Path directory) throws Exception {
    return printed(examples().get(example), directory);
  }

  private static String printed(String example, Path directory) throws Exception {
    Path source = Files.writeString(directory.resolve("Example.java"), FRAME.formatted(example));
    String[] options = {
      "-cp", System.getProperty("java.class.path"), "-d", directory.toString(), source.toString()
    };
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    int failed = ToolProvider.getSystemJavaCompiler().run(null, messages, messages, options);
    assertThat(failed).as(messages.toString(StandardCharsets.UTF_8)).isZero();
    return run(directory).trim();
  }

  private static List<String> examples() throws IOException {
    return Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
        .matcher(Files.readString(README))
        .results()
        .map(block -> block.group(1))
        .toList();
  }

  private static String run(Path directory) throws Exception {
    PrintStream console = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {directory.toUri().toURL()})) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      loader.loadClass("Example").getMethod("main", String[].class).invoke(null, (Object) null);
    } finally {
      System.setOut(console);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }
}
