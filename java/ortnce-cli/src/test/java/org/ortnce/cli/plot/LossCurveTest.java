package org.ortnce.cli.plot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Points of a curve, and their table. */
class LossCurveTest {
  private static LossCurve curve(int steps) {
    float[] losses = new float[steps];
    for (int step = 0; step < steps; step++) {
      losses[step] = step * 0.5f;
    }
    return LossCurve.of(losses);
  }

  @Test
  void shortCurvesHaveEveryStep() {
    assertThat(curve(3).toCsv()).isEqualTo("step,loss\n1,0.0\n2,0.5\n3,1.0\n");
    assertThat(curve(1000).points()).hasSize(1000);
    assertThat(curve(0).points()).isEmpty();
  }

  @Test
  void longCurvesHaveMeansAndTheRestAtTheEnd() {
    List<LossCurve.Point> points = curve(2501).points();
    assertThat(points).hasSize(834);
    assertThat(points.get(1)).isEqualTo(new LossCurve.Point(6, 2));
    assertThat(points.get(833)).isEqualTo(new LossCurve.Point(2501, 1249.75));
  }
}
