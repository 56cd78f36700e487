package org.ortnce.samplers;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ortnce.ChildJvm;
import org.ortnce.nce.GraphNames;
import org.ortnce.reliability.BadInputs;
import org.ortnce.samplers.SamplerGraphs.Declared;
import org.ortnce.session.ModelSession;
import org.ortnce.tensor.Tensor;

/**
 * Rows whose sizes would end a process that did not check them, each in a JVM of its own that may
 * have no more than 6 GiB of address space: an error in bounded time, and the JVM lives.
 */
@EnabledOnOs(OS.LINUX)
@BadInputs.Apart
class LargeSamplerTest {
  private static final String ADDRESS_SPACE = "6442450944";
  private static final double MAX_SECONDS = 10;

  @ParameterizedTest
  @ValueSource(
      strings = {
        SamplerCase.UNIFORM,
        SamplerCase.LOG_UNIFORM,
        SamplerCase.LEARNED,
        SamplerCase.ALL
      })
  void s18s19MoreCandidatesThanMemory(String op) throws Exception {
    for (long numSampled : new long[] {(1L << 31) - 1, 1L << 31, 1L << 36}) {
      assertThat(outcome("sampled", op, Long.toString(numSampled)))
          .as("num_sampled = " + numSampled)
          .contains("requested buffer of size " + requested(numSampled * Long.BYTES));
    }
  }

  /** ONNX Runtime rounds up to 256 bytes. */
  private static long requested(long bytes) {
    return (bytes + 255) / 256 * 256;
  }

  @Test
  void s15AllOfAHundredMillion() throws Exception {
    assertThat(outcome("all", SamplerCase.LOG_UNIFORM, "100000000"))
        .contains("num_sampled = 100000000 distinct candidates of range_max = 100000000 classes")
        .contains("2147483647");
  }

  @Test
  void l01MoreCountsThanMemory() throws Exception {
    assertThat(outcome("range", SamplerCase.LEARNED, Integer.toString(Integer.MAX_VALUE - 1)))
        .contains("2147483646");
  }

  /** Copies of one class as candidates and as labels: 2.5 * 10^9 hits, and 9 * 10^12. */
  @Test
  void a10MoreHitsThanAnInt() throws Exception {
    assertThat(outcome("hits", SamplerCase.HITS, "50000"))
        .contains(
            "there must be at most 2147483647 hits, got 2147500000 up to true_classes[42949,0]");
    assertThat(outcome("hits", SamplerCase.HITS, "3000000"))
        .contains(
            "there must be at most 2147483647 hits, got 2148000000 up to true_classes[715,0]");
  }

  /** The error of the case; that it is found in time; and that the JVM ends well. */
  private static String outcome(String kind, String op, String size)
      throws IOException, InterruptedException {
    List<String> options =
        List.of(
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:ReservedCodeCacheSize=64m",
            "-XX:CompressedClassSpaceSize=64m");
    ChildJvm.Outcome outcome = ChildJvm.run(Large.class, options, kind, op, size);
    assertThat(outcome.exitValue()).as(outcome.output()).isZero();
    String[] lines = outcome.output().strip().split("\n", 2);
    assertThat(Double.parseDouble(lines[0])).as(outcome.output()).isLessThan(MAX_SECONDS);
    assertThat(lines[1]).contains(op);
    return lines[1];
  }

  /** Prints the seconds that the case took and its error. */
  static final class Large {
    private Large() {}

    public static void main(String[] arguments) throws Exception {
      limitAddressSpace();
      SamplerCase c = problem(arguments[0], arguments[1], Long.parseLong(arguments[2]));
      long begin = System.nanoTime();
      String error = "no error";
      try (ModelSession session =
          ModelSession.open(SamplerGraphs.raw(c, Declared.CONSTANTS), Samplers.QUIET)) {
        session.run(SamplerGraphs.feeds(c, Declared.CONSTANTS));
      } catch (OrtException e) {
        error = e.getMessage();
      }
      System.out.println((System.nanoTime() - begin) / 1e9);
      System.out.println(error);
    }

    private static SamplerCase problem(String kind, String op, long count) {
      return switch (kind) {
        case "sampled" -> SamplerCase.sampler(op).attribute("num_sampled", count);
        case "range" -> SamplerCase.sampler(op).attribute("range_max", count);
        case "all" ->
            SamplerCase.sampler(op)
                .attribute("num_sampled", count)
                .attribute("range_max", count)
                .attribute("unique", 1L);
        default -> {
          long[] fives = new long[Math.toIntExact(count)];
          Arrays.fill(fives, 5);
          yield SamplerCase.hits()
              .set(GraphNames.TRUE_CLASSES, Tensor.of(fives, count, 1))
              .set(GraphNames.SAMPLED_CANDIDATES, Tensor.of(fives, count));
        }
      };
    }

    private static void limitAddressSpace() throws IOException, InterruptedException {
      Process prlimit =
          new ProcessBuilder(
                  "prlimit", "--as=" + ADDRESS_SPACE, "--pid=" + ProcessHandle.current().pid())
              .inheritIO()
              .start();
      if (!prlimit.waitFor(20, TimeUnit.SECONDS) || prlimit.exitValue() != 0) {
        throw new IllegalStateException("cannot limit the address space");
      }
    }
  }
}
