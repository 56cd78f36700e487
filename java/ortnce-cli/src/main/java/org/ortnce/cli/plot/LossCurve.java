package org.ortnce.cli.plot;

import java.util.ArrayList;
import java.util.List;

/**
 * The training loss over the steps, in at most {@value #MAX_POINTS} points: each is the mean over
 * as many steps as that takes. Immutable.
 *
 * @param points in the order of the steps
 */
public record LossCurve(List<Point> points) {
  static final int MAX_POINTS = 1000;

  /** Copies the list. */
  public LossCurve {
    points = List.copyOf(points);
  }

  /**
   * The mean loss of some steps.
   *
   * @param step the number of the last of them, counted from 1
   * @param loss the mean
   */
  public record Point(long step, double loss) {}

  /** The curve of the losses of all steps, from the first. */
  public static LossCurve of(float[] losses) {
    int stepsPerPoint = Math.max(1, (losses.length + MAX_POINTS - 1) / MAX_POINTS);
    List<Point> points = new ArrayList<>();
    for (int from = 0; from < losses.length; from += stepsPerPoint) {
      int to = Math.min(losses.length, from + stepsPerPoint);
      double sum = 0;
      for (int step = from; step < to; step++) {
        sum += losses[step];
      }
      points.add(new Point(to, sum / (to - from)));
    }
    return new LossCurve(points);
  }

  /** A line for each point; numbers as {@link Double#toString(double)} has them. */
  public String toCsv() {
    StringBuilder csv = new StringBuilder("step,loss\n");
    points.forEach(point -> csv.append(point.step()).append(',').append(point.loss()).append('\n'));
    return csv.toString();
  }
}
