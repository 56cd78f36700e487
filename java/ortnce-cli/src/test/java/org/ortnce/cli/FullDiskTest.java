package org.ortnce.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.tensor.Npy;

/**
 * A training whose files cannot grow past some kilobytes, as on a disk that is full: models,
 * arrays, checkpoints, tables and plots are there as a whole, of this training or the one before,
 * or not at all.
 */
@EnabledOnOs(OS.LINUX)
class FullDiskTest {
  private static final String LIMITED = "ulimit -f $0; exec \"$@\"";

  private static final String LIBRARY = "target/native/linux-x64";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 8, 32})
  void noMoreThanThisManyKilobytes(int kilobytes) throws Exception {
    Path text = TopicText.write(folder.resolve("text.txt"), 60);
    Path out = folder.resolve("run");
    assertThat(TrainRun.text(text, out, "--epochs", 1, "--seed", 1).status()).isZero();
    List<Path> before = files(out);
    // Without --start-anew a finished directory would be refused.
    Path moved = Files.move(out, folder.resolve("before"));
    CliRun limited = limited(kilobytes, TrainRun.arguments(text, out, "--epochs", 2, "--seed", 2));
    assertThat(limited.status()).as(limited.err()).isEqualTo(1);
    assertThat(limited.err()).contains("File too large").contains(out.toString());
    for (Path file : files(out)) {
      assertWhole(file);
    }
    assertThat(files(moved)).hasSize(before.size());
    CliRun again = TrainRun.text(text, out, "--epochs", 2, "--seed", 2, "--start-anew");
    assertThat(again.status()).as(again.err()).isZero();
  }

  private static void assertWhole(Path file) throws IOException {
    String name = file.getFileName().toString();
    assertThat(name).doesNotEndWith(".tmp");
    if (name.endsWith(".npy")) {
      Npy.read(file);
    } else if (name.endsWith(".onnx")) {
      OnnxModel.verify(file);
    } else if (!name.equals(".lock")) {
      assertThat(Files.size(file)).as(name).isPositive();
    }
  }

  /** ONNX Runtime unpacks its libraries when it starts, which is not what is to fail here. */
  private Path unpackedRuntime() throws IOException {
    Path libraries = Files.createDirectories(folder.resolve("onnxruntime"));
    for (String name : List.of("libonnxruntime.so", "libonnxruntime4j_jni.so")) {
      String resource = "/ai/onnxruntime/native/linux-x64/" + name;
      try (InputStream in = OnnxModel.class.getResourceAsStream(resource)) {
        Files.copy(in, libraries.resolve(name));
      }
    }
    return libraries;
  }

  private CliRun limited(int kilobytes, List<Object> arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("bash", "-c", LIMITED, Integer.toString(kilobytes)));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Its own files would be too large, too.
    command.add("-XX:-UsePerfData");
    command.add("-Donnxruntime.native.path=" + unpackedRuntime());
    command.add("-Dortnce.native.path=" + Path.of("..", "..", "customop-native", LIBRARY));
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    arguments.forEach(argument -> command.add(argument.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    String err;
    try (InputStream errors = process.getErrorStream()) {
      err = new String(errors.readAllBytes(), StandardCharsets.UTF_8);
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new CliRun(process.exitValue(), "", err);
  }

  private static List<Path> files(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }
}
