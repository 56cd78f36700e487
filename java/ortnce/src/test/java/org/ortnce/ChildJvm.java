package org.ortnce;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.ortnce.library.NativeLibrary;

/**
 * Runs a main class of the tests in a JVM of its own, for what happens at exit and for memory, with
 * the native library that this JVM was told to use.
 */
public final class ChildJvm {
  private static final long TIMEOUT_SECONDS = Long.getLong("ortnce.child.seconds", 120);

  private ChildJvm() {}

  /** What the child left: its exit value and everything it printed. */
  public record Outcome(int exitValue, String output) {}

  /** Runs {@code main} with the class path of this JVM. */
  public static Outcome run(Class<?> main, List<String> jvmOptions, String... arguments)
      throws IOException, InterruptedException {
    return run(main, Map.of(), jvmOptions, arguments);
  }

  /** The same with these environment variables besides those of this JVM. */
  public static Outcome run(
      Class<?> main, Map<String, String> environment, List<String> jvmOptions, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = command(main, jvmOptions, arguments);
    File output = File.createTempFile("child-jvm", ".log");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output);
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(main + " did not end in " + TIMEOUT_SECONDS + " s");
      }
      return new Outcome(
          process.exitValue(), Files.readString(output.toPath(), StandardCharsets.UTF_8));
    } finally {
      Files.delete(output.toPath());
    }
  }

  /** Starts {@code main}: its output, errors included, is to be read from the process. */
  public static Process start(Class<?> main, List<String> jvmOptions, String... arguments)
      throws IOException {
    return new ProcessBuilder(command(main, jvmOptions, arguments))
        .redirectErrorStream(true)
        .start();
  }

  /** The command line of such a JVM. */
  public static List<String> command(Class<?> main, List<String> jvmOptions, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    String library = System.getProperty(NativeLibrary.PATH_PROPERTY);
    if (library != null) {
      command.add("-D" + NativeLibrary.PATH_PROPERTY + "=" + library);
    }
    command.addAll(jvmOptions);
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return command;
  }
}
