package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ortnce.session.ModelSession;

/**
 * The kernels of each instruction set, forced by ORTNCE_ISA in a JVM of its own: the variable is
 * read once a process. All give the reference's loss within its bound.
 */
class InstructionSetTest {
  private static final List<NceCase.Sizes> SIZES =
      List.of(
          new NceCase.Sizes(3, 1, 5, 20, 7),
          new NceCase.Sizes(49, 2, 33, 100, 17),
          new NceCase.Sizes(13, 3, 129, 500, 301),
          new NceCase.Sizes(97, 1, 64, 1000, 128));

  private static final String REFUSED = "environment variable ORTNCE_ISA must be one of ";

  @ParameterizedTest
  @ValueSource(strings = {"baseline", "avx2", "avx512", "avx512_bf16"})
  void forcedLevel(String level) throws IOException, InterruptedException {
    String output = child(level);
    if (output.startsWith("refused")) {
      // Only a processor without it may refuse a level, and only by naming those that it has.
      assertThat(level).isNotEqualTo("baseline");
      String available = output.substring(output.indexOf(REFUSED) + REFUSED.length());
      assertThat(available.substring(0, available.indexOf(" on this processor")))
          .contains("baseline")
          .doesNotContain(level);
      return;
    }
    checkLosses(output);
  }

  @Test
  void emptyNameIsTheBestLevel() throws IOException, InterruptedException {
    checkLosses(child(""));
  }

  @Test
  void wrongName() throws IOException, InterruptedException {
    String output = child("avx9000");
    assertThat(output).startsWith("refused").contains("ortnce: " + REFUSED);
    assertThat(output).contains("baseline on this processor, got \"avx9000\"");
  }

  private static String child(String level) throws IOException, InterruptedException {
    return ChildRuns.output(Losses.class, Map.of("ORTNCE_ISA", level), List.of("-Xmx128m"));
  }

  private static void checkLosses(String output) {
    List<String> lines = output.lines().toList();
    assertThat(lines).hasSize(SIZES.size());
    for (int i = 0; i < lines.size(); i++) {
      String[] bits = lines.get(i).strip().split(" ", -1);
      float[] loss = new float[bits.length];
      for (int e = 0; e < loss.length; e++) {
        loss[e] = Float.intBitsToFloat(Integer.parseUnsignedInt(bits[e], 16));
      }
      NceRuns.checkLoss(loss, NceLossReference.of(problem(i)));
    }
  }

  private static NceCase problem(int i) {
    return NceCase.random(SIZES.get(i), i).attribute("remove_accidental_hits", 1L);
  }

  /** Prints the bits of the losses, a line a problem; or what the library says instead. */
  static final class Losses {
    private Losses() {}

    public static void main(String[] arguments) throws OrtException {
      for (int i = 0; i < SIZES.size(); i++) {
        NceCase c = problem(i);
        StringBuilder line = new StringBuilder();
        try (ModelSession session = NceRuns.open(c, NceRuns.QUIET)) {
          for (int bits : NceRuns.bits(session.run(c.feeds()).get("loss").toFloatArray())) {
            line.append(Integer.toHexString(bits)).append(' ');
          }
        } catch (OrtException e) {
          System.out.println("refused " + e.getMessage());
          return;
        }
        System.out.println(line);
      }
    }
  }
}
