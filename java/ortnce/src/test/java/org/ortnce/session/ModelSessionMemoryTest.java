package org.ortnce.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ortnce.ChildJvm;
import org.ortnce.reliability.BadInputs;
import org.ortnce.tensor.Tensor;

/**
 * The resident memory of a JVM over many runs (J28, J30). Measured with the closing taken out: an
 * input or result left open made it grow by 20 to 24 MB, a session by 35 MB; as it is, by 0 to 3.
 * The Java heap is fixed and touched at the start, and nothing is compiled while it runs, so that
 * neither adds anything: a compiler that begins in the second round takes up to 12 MB, once.
 */
@EnabledOnOs(OS.LINUX)
@BadInputs.Apart
class ModelSessionMemoryTest {
  @ParameterizedTest
  @CsvSource({"GOOD, 40000, 8192", "REFUSED, 100000, 8192", "REOPEN, 300, 16384"})
  @Tag("J28")
  @Tag("J30")
  void runsLeaveNothingBehind(String kind, int runs, int limitKilobytes) throws Exception {
    ChildJvm.Outcome outcome =
        ChildJvm.run(
            ManyRuns.class,
            List.of("-Xms48m", "-Xmx48m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC", "-Xint"),
            kind,
            Integer.toString(runs));
    assertThat(outcome.exitValue()).as(outcome.output()).isZero();
    assertThat(Long.parseLong(outcome.output().strip())).isLessThanOrEqualTo(limitKilobytes);
  }

  /** Prints by how many kilobytes the second of two equal rounds of runs made the process grow. */
  static final class ManyRuns {
    private ManyRuns() {}

    public static void main(String[] arguments) throws Exception {
      int runs = Integer.parseInt(arguments[1]);
      round(arguments[0], runs);
      System.gc();
      long before = residentKilobytes();
      round(arguments[0], runs);
      System.gc();
      System.out.println(residentKilobytes() - before);
    }

    private static void round(String kind, int runs) throws Exception {
      Map<String, Tensor> good = ModelSessionTest.add(1, 2, 3, 4);
      Map<String, Tensor> bad = Map.of("x", Tensor.scalar(1f), "y", Tensor.scalar(1f));
      ModelSession session = ModelSession.open(TestModel.add(), TestModel.STOCK);
      try {
        for (int i = 0; i < runs; i++) {
          if (kind.equals("GOOD")) {
            session.run(good);
          } else if (kind.equals("REOPEN")) {
            session.close();
            session = ModelSession.open(TestModel.add(), TestModel.STOCK);
          } else {
            runRefused(session, bad);
          }
        }
      } finally {
        session.close();
      }
    }

    private static void runRefused(ModelSession session, Map<String, Tensor> bad) throws Exception {
      try {
        session.run(bad);
      } catch (IllegalArgumentException expected) {
        return;
      }
      throw new AssertionError("the run should have been refused");
    }

    private static long residentKilobytes() throws IOException {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
      throw new AssertionError("no VmRSS");
    }
  }
}
