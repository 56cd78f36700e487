package org.ortnce.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The shell script {@code tools/ortnce}. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  private static final Path SCRIPT = Path.of("../../tools/ortnce").toAbsolutePath().normalize();

  @TempDir Path directory;

  /** What the script starts here in place of the command line. */
  static final class Echo {
    private Echo() {}

    public static void main(String[] args) {
      System.out.print(String.join("|", args) + "|" + System.getProperty("echo"));
      System.exit(7);
    }
  }

  private record Result(int status, String out, String err) {}

  private Result run(Path script, Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(args));
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Result(
        process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
  }

  private Path echoJar() throws IOException {
    Path jar = directory.resolve("echo with blanks.jar");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Echo.class.getName());
    String entry = Echo.class.getName().replace('.', '/') + ".class";
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream zip = new JarOutputStream(out, manifest)) {
      zip.putNextEntry(new JarEntry(entry));
      zip.write(Echo.class.getClassLoader().getResourceAsStream(entry).readAllBytes());
      zip.closeEntry();
    }
    return jar;
  }

  @Test
  void argumentsOptionsAndStatusPassThrough() throws IOException, InterruptedException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), SCRIPT);
    for (Path script : List.of(SCRIPT, link)) {
      Result result =
          run(
              script,
              Map.of("ORTNCE_JAR", echoJar().toString(), "ORTNCE_JAVA_OPTS", "-Decho=yes"),
              "a b",
              "*",
              "");
      assertThat(result).isEqualTo(new Result(7, "a b|*||yes", ""));
    }
    // JUnit warns of links that lead out of its directory.
    Files.delete(link);
  }

  @Test
  void aMissingJarSaysHowToBuildIt() throws IOException, InterruptedException {
    Result result = run(SCRIPT, Map.of("ORTNCE_JAR", directory.resolve("no.jar").toString()));
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("no.jar does not exist", "mvn").hasLineCount(1);
  }

  @Test
  void anOldJavaIsRefused() throws IOException, InterruptedException {
    Path home = Files.createDirectories(directory.resolve("jdk/bin"));
    Path java = home.resolve("java");
    Files.writeString(java, "#!/bin/sh\necho '    java.specification.version = 11' >&2\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Map<String, String> environment =
        Map.of(
            "ORTNCE_JAR", echoJar().toString(), "JAVA_HOME", directory.resolve("jdk").toString());
    Result result = run(SCRIPT, environment);
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("is Java 11, 17 or newer is needed").hasLineCount(1);
  }
}
