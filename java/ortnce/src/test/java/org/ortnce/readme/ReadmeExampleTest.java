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

/** Compiles and runs the Java examples of the README, as they stand there. */
class ReadmeExampleTest {
  private static final Path README = Path.of("..", "..", "README.md");

  private static final String FRAME =
      """
      import java.nio.file.*;
      import java.util.*;
      import java.util.stream.*;
      import org.ortnce.nce.*;
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

  private static String printed(int example, Path directory) throws Exception {
    Path source =
        Files.writeString(
            directory.resolve("Example.java"), FRAME.formatted(examples().get(example)));
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
