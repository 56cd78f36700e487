package org.ortnce.cli.plot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The training loss over the steps, in at most {@value #MAX_POINTS} points: each is the mean over
 * as many steps as that takes. Not safe for concurrent use.
 */
public final class LossCurve {
  private static final int MAX_POINTS = 2000;
  private static final String HEADER = "step,loss";

  private final long stepsPerPoint;
  private final List<Point> points = new ArrayList<>();
  private double sum;
  private long count;

  /**
   * The mean loss of some steps.
   *
   * @param step the number of the last of them, counted from 1
   * @param loss the mean
   */
  public record Point(long step, double loss) {}

  /** An empty curve for a training of so many steps. */
  public LossCurve(long totalSteps) {
    this.stepsPerPoint = Math.max(1, (totalSteps + MAX_POINTS - 1) / MAX_POINTS);
  }

  /** The loss of a step, counted from 1; steps come in order. */
  public void add(long step, double loss) {
    sum += loss;
    count++;
    if (step % stepsPerPoint == 0) {
      endPoint(step);
    }
  }

  /** Ends with step {@code lastStep}, wherever that falls. */
  public void end(long lastStep) {
    if (count > 0) {
      endPoint(lastStep);
    }
  }

  private void endPoint(long step) {
    points.add(new Point(step, sum / count));
    sum = 0;
    count = 0;
  }

  /** The points so far. */
  public List<Point> points() {
    return List.copyOf(points);
  }

  /** A line for each point; numbers as {@link Double#toString} has them. */
  public String toCsv() {
    StringBuilder csv = new StringBuilder(HEADER).append('\n');
    points.forEach(point -> csv.append(point.step() + "," + point.loss() + "\n"));
    return csv.toString();
  }

  /**
   * Takes up the points of a file that {@link #toCsv} made, as far as step {@code lastStep}.
   *
   * @throws IOException if the file is there and is no such file
   */
  public void readCsv(Path file, long lastStep) throws IOException {
    if (Files.notExists(file)) {
      return;
    }
    List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    try {
      for (String line : lines.subList(1, lines.size())) {
        String[] cells = line.split(",", 2);
        Point point = new Point(Long.parseLong(cells[0]), Double.parseDouble(cells[1]));
        if (point.step() <= lastStep) {
          points.add(point);
        }
      }
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new IOException(file + " is no loss curve: expected lines of " + HEADER, e);
    }
  }
}
