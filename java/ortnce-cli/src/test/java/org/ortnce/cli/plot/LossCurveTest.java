package org.ortnce.cli.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Points of a curve, and their file. */
class LossCurveTest {
  @TempDir Path directory;

  private static LossCurve curve(long total, long first, long last) {
    LossCurve curve = new LossCurve(total);
    for (long step = first; step <= last; step++) {
      curve.add(step, step * 0.5);
    }
    return curve;
  }

  @Test
  void shortCurvesHaveEveryStep() {
    assertThat(curve(3, 1, 3).toCsv()).isEqualTo("step,loss\n1,0.5\n2,1.0\n3,1.5\n");
    assertThat(curve(2000, 1, 2000).points()).hasSize(2000);
  }

  @Test
  void longCurvesHaveMeans() {
    LossCurve curve = curve(5001, 1, 5001);
    curve.end(5001);
    assertThat(curve.points()).hasSize(1667);
    assertThat(curve.points().get(1)).isEqualTo(new LossCurve.Point(6, 2.5));
    LossCurve odd = curve(5000, 1, 5000);
    assertThat(odd.points()).hasSize(1666);
    odd.end(5000);
    assertThat(odd.points().get(1666)).isEqualTo(new LossCurve.Point(5000, 2499.75));
    odd.end(5000);
    assertThat(odd.points()).hasSize(1667);
  }

  @Test
  void aFileIsTakenUpAsFarAsItCounts() throws IOException {
    Path file = Files.writeString(directory.resolve("loss.csv"), curve(9, 1, 9).toCsv());
    LossCurve curve = new LossCurve(9);
    curve.readCsv(file, 4);
    for (long step = 5; step <= 9; step++) {
      curve.add(step, step * 0.5);
    }
    assertThat(curve.toCsv()).isEqualTo(curve(9, 1, 9).toCsv());
    curve.readCsv(directory.resolve("missing.csv"), 4);
    assertThat(curve.points()).hasSize(9);
  }

  @Test
  void whatIsNoCurveIsNamed() throws IOException {
    for (String text : new String[] {"", "step,loss\n1", "step,loss\nx,2", "step,loss\n1,y"}) {
      Path file = Files.writeString(directory.resolve("bad.csv"), text);
      assertThatThrownBy(() -> new LossCurve(9).readCsv(file, 9))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("bad.csv is no loss curve");
    }
  }
}
