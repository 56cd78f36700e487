package org.ortnce.cli.plot;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGraphics2D;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.w3c.dom.Document;

/** Draws a loss curve and its running mean as PNG and as SVG. Needs fonts, but no screen. */
public final class LossPlot {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 540;

  /** Weight of the newest point in the running mean. */
  private static final double SMOOTHING = 0.05;

  private static final Color POINTS = new Color(0xA6, 0xBD, 0xDB);
  private static final Color MEAN = new Color(0x02, 0x38, 0x58);

  private final List<LossCurve.Point> points;
  private final String title;

  static {
    // Before any class of AWT looks for a screen.
    if (System.getProperty("java.awt.headless") == null) {
      System.setProperty("java.awt.headless", "true");
    }
  }

  /**
   * A plot.
   *
   * @throws IllegalArgumentException if there is no point
   */
  public LossPlot(List<LossCurve.Point> points, String title) {
    if (points.isEmpty()) {
      throw new IllegalArgumentException("a plot needs at least one point");
    }
    this.points = List.copyOf(points);
    this.title = title;
  }

  /** The bytes of a PNG file. */
  public byte[] png() throws IOException {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      chart().paint(graphics, WIDTH, HEIGHT);
    } finally {
      graphics.dispose();
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  /** The bytes of an SVG file. */
  public byte[] svg() throws IOException {
    Document document;
    try {
      document =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .getDOMImplementation()
              .createDocument("http://www.w3.org/2000/svg", "svg", null);
    } catch (ParserConfigurationException e) {
      throw new IOException("this Java has no XML: " + e.getMessage(), e);
    }
    SVGGraphics2D graphics = new SVGGraphics2D(document);
    graphics.setSVGCanvasSize(new java.awt.Dimension(WIDTH, HEIGHT));
    chart().paint(graphics, WIDTH, HEIGHT);
    StringWriter out = new StringWriter();
    graphics.stream(out, true);
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private XYChart chart() {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("step")
            .yAxisTitle("NCE loss")
            .build();
    chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    List<Double> steps = new ArrayList<>();
    List<Double> losses = new ArrayList<>();
    List<Double> means = new ArrayList<>();
    double mean = points.get(0).loss();
    for (LossCurve.Point point : points) {
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
