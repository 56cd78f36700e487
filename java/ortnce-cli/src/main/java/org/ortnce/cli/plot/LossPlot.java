package org.ortnce.cli.plot;

import java.awt.Color;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws a loss curve and its running mean as PNG and as SVG. Needs fonts, but no screen. */
public final class LossPlot {
  /** Weight of the newest point in the running mean. */
  private static final double SMOOTHING = 0.05;

  private static final Color POINTS = new Color(0xA6, 0xBD, 0xDB);
  private static final Color MEAN = new Color(0x02, 0x38, 0x58);

  private final LossCurve curve;
  private final String title;

  static {
    ChartImages.withoutScreen();
  }

  /**
   * A plot.
   *
   * @throws IllegalArgumentException if there is no point
   */
  public LossPlot(LossCurve curve, String title) {
    if (curve.points().isEmpty()) {
      throw new IllegalArgumentException("a plot needs at least one point");
    }
    this.curve = curve;
    this.title = title;
  }

  /** The bytes of a PNG file. */
  public byte[] png() throws IOException {
    return ChartImages.png(List.of(chart()));
  }

  /** The bytes of an SVG file. */
  public byte[] svg() throws IOException {
    return ChartImages.svg(chart());
  }

  private XYChart chart() {
    XYChart chart =
        new XYChartBuilder()
            .width(ChartImages.WIDTH)
            .height(ChartImages.HEIGHT)
            .title(title)
            .xAxisTitle("step")
            .yAxisTitle("NCE loss")
            .build();
    chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setXAxisMin(0.0);
    chart.getStyler().setXAxisTickMarkSpacingHint(120);
    List<Double> steps = new ArrayList<>();
    List<Double> losses = new ArrayList<>();
    List<Double> means = new ArrayList<>();
    double mean = curve.points().get(0).loss();
    for (LossCurve.Point point : curve.points()) {
      // A chart has no place for NaN and infinity; a training that went astray has them.
      if (Double.isFinite(point.loss())) {
        mean += SMOOTHING * (point.loss() - mean);
        steps.add((double) point.step());
        losses.add(point.loss());
        means.add(mean);
      }
    }
    if (!steps.isEmpty()) {
      line(chart.addSeries("loss", steps, losses), POINTS, 1);
      line(chart.addSeries("running mean", steps, means), MEAN, 2);
    }
    return chart;
  }

  private static void line(XYSeries series, Color colour, float width) {
    series.setMarker(SeriesMarkers.NONE).setLineColor(colour).setLineWidth(width);
  }
}
