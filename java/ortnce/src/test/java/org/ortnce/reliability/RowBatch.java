package org.ortnce.reliability;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.ortnce.ChildJvm;
import org.ortnce.Sanitized;

/**
 * What a JVM of its own made of some test classes: at most 4 GiB of addresses, 20 seconds for each
 * test, and an exit status that is looked at.
 */
final class RowBatch {
  private static final Duration ROW_TIME =
      Duration.ofSeconds(Long.getLong("ortnce.row.seconds", 20));
  private static final long ADDRESS_SPACE_KIB = 4L << 20;
  private static final List<String> JVM =
      List.of(
          "-Xmx384m",
          "-XX:MaxDirectMemorySize=384m",
          "-XX:CompressedClassSpaceSize=64m",
          "-XX:ReservedCodeCacheSize=64m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:-CreateCoredumpOnCrash",
          "-XX:ErrorFile=/dev/stdout");
  private static final String LIMITED = "ulimit -v $0; exec \"$@\"";

  private final Set<String> covered = new TreeSet<>();
  private final List<String> skipped = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private final List<String> otherOutput = new ArrayList<>();
  private int tests;
  private String running = "start";
  private final Duration rowTime;

  /** Of what is running, which may print meanwhile: on the clock of {@link System#nanoTime}. */
  private long deadline;

  private RowBatch(Duration rowTime) {
    this.rowTime = rowTime;
  }

  /** Ids of the rows whose tests passed or do not apply to this machine. */
  Set<String> covered() {
    return covered;
  }

  /** Tests that do not apply to this machine. */
  List<String> skipped() {
    return skipped;
  }

  /** Tests that failed, hung or ended the process. */
  List<String> failures() {
    return failures;
  }

  /** The number of tests that ended. */
  int tests() {
    return tests;
  }

  /** Runs the classes in one child. */
  static RowBatch run(List<String> classes) throws IOException, InterruptedException {
    return run(classes, ROW_TIME);
  }

  static RowBatch run(List<String> classes, Duration rowTime)
      throws IOException, InterruptedException {
    RowBatch batch = new RowBatch(rowTime);
    List<String> command = ChildJvm.command(RowRunner.class, JVM, classes.toArray(String[]::new));
    ProcessBuilder builder =
        new ProcessBuilder(
            Stream.concat(
                    Stream.of(
                        "bash",
                        "-c",
                        LIMITED,
                        Sanitized.LIBRARY ? "unlimited" : Long.toString(ADDRESS_SPACE_KIB)),
                    command.stream())
                .toList());
    // Each of its arenas would reserve 64 MiB of addresses.
    builder.environment().put("MALLOC_ARENA_MAX", "2");
    Process child = builder.redirectErrorStream(true).start();
    try {
      batch.read(child);
    } finally {
      child.destroyForcibly();
    }
    return batch;
  }

  private void read(Process child) throws InterruptedException {
    // Empty at the end of the output.
    BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();
    Thread reader = new Thread(() -> pump(child, lines), "row output");
    reader.setDaemon(true);
    reader.start();
    restartClock();
    for (boolean more = true; more; ) {
      long left = deadline - System.nanoTime();
      Optional<String> line = left < 0 ? null : lines.poll(left, TimeUnit.NANOSECONDS);
      if (line == null) {
        failures.add(running + ": no end after " + rowTime.toSeconds() + " s");
        return;
      }
      line.ifPresent(this::take);
      more = line.isPresent();
    }
    int exit = child.waitFor();
    if (exit != 0) {
      failures.add(running + ": the process died with status " + exit + last(30));
    }
  }

  private static void pump(Process child, BlockingQueue<Optional<String>> lines) {
    try (BufferedReader output =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      output.lines().map(Optional::of).forEach(lines::add);
    } catch (IOException | UncheckedIOException e) {
      lines.add(Optional.of("the output ends with " + e));
    }
    lines.add(Optional.empty());
  }

  private void restartClock() {
    deadline = System.nanoTime() + rowTime.toNanos();
  }

  private void take(String line) {
    if (line.startsWith(RowRunner.BEGIN)) {
      restartClock();
      running = line.substring(RowRunner.BEGIN.length());
      otherOutput.clear();
    } else if (line.startsWith(RowRunner.END)) {
      restartClock();
      end(line.substring(RowRunner.END.length()).split(" ", 3));
    } else {
      otherOutput.add(line);
    }
  }

  /** The words status, ids and name. */
  private void end(String[] words) {
    tests++;
    String name = words[1] + " " + words[2];
    if (words[0].equals("FAILED")) {
      failures.add(name + ": failed" + last(otherOutput.size()));
      return;
    }
    if (words[0].equals("ABORTED")) {
      skipped.add(name);
    }
    covered.addAll(words[1].isEmpty() ? List.of() : List.of(words[1].split(",")));
  }

  private String last(int lines) {
    int from = Math.max(0, otherOutput.size() - lines);
    return "\n  " + String.join("\n  ", otherOutput.subList(from, otherOutput.size()));
  }
}
