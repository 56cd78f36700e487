package org.ortnce.reliability;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/** The switch of {@code failing_calls.cpp}, which makes calls of this process on files fail. */
final class FailingCalls {
  private static final String CONTROL = "ORTNCE_FAIL_CONTROL";
  private static final int COUNTDOWN = 0;
  private static final int STICKY = 4;
  private static final int FAILURES = 8;

  private final MappedByteBuffer control;

  private FailingCalls(MappedByteBuffer control) {
    this.control = control;
  }

  /**
   * Compiles the library, and returns the environment of a process that has it.
   *
   * @param scratch where library and switch are put
   * @param below the directory whose files are concerned
   */
  static Map<String, String> environment(Path scratch, Path below)
      throws IOException, InterruptedException {
    Path library = scratch.resolve("failing_calls.so");
    Path source = Path.of("src", "test", "native", "failing_calls.cpp").toAbsolutePath();
    List<String> compile =
        List.of(
            "g++", "-std=c++17", "-shared", "-fPIC", "-o", library.toString(), source.toString());
    Process compiler = new ProcessBuilder(compile).inheritIO().start();
    if (compiler.waitFor() != 0) {
      throw new IOException(String.join(" ", compile) + " failed");
    }
    Path control = Files.write(scratch.resolve("control"), new byte[12]);
    return Map.of(
        "LD_PRELOAD",
        library.toString(),
        CONTROL,
        control.toString(),
        "ORTNCE_FAIL_BELOW",
        below.toString());
  }

  /** The switch of this process. */
  static FailingCalls ofThisProcess() throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            Path.of(System.getenv(CONTROL)), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MappedByteBuffer control = channel.map(FileChannel.MapMode.READ_WRITE, 0, 12);
      control.order(ByteOrder.nativeOrder());
      return new FailingCalls(control);
    }
  }

  /** Lets the n-th call from now on fail, and all after it if {@code sticky}. */
  void arm(int n, boolean sticky) {
    control.putInt(FAILURES, 0);
    control.putInt(STICKY, sticky ? 1 : 0);
    control.putInt(COUNTDOWN, n);
  }

  /**
   * Lets no call fail any more.
   *
   * @return how many failed since {@link #arm}
   */
  int disarm() {
    control.putInt(COUNTDOWN, 0);
    return control.getInt(FAILURES);
  }
}
