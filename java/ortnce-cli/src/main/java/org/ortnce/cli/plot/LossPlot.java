package org.ortnce.cli.plot;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.batik.svggen.SVGGraphics2D;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Draws a loss curve and its running mean as PNG and as SVG. Needs fonts, but no screen. */
public final class LossPlot {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 540;

  /** Weight of the newest point in the running mean. */
  private static final double SMOOTHING = 0.05;

  private static final Color POINTS = new Color(0xA6, 0xBD, 0xDB);
  private static final Color MEAN = new Color(0x02, 0x38, 0x58);

  private final LossCurve curve;
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
  public LossPlot(LossCurve curve, String title) {
    if (curve.points().isEmpty()) {
      throw new IllegalArgumentException("a plot needs at least one point");
    }
    this.curve = curve;
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
    chart().paint(graphics, WIDTH, HEIGHT);
    Element root = graphics.getRoot();
    root.setAttribute("width", Integer.toString(WIDTH));
    root.setAttribute("height", Integer.toString(HEIGHT));
    root.setAttribute("viewBox", "0 0 " + WIDTH + " " + HEIGHT);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      // Batik's own writer names a DTD on the network, which some readers would fetch.
      TransformerFactory.newInstance()
          .newTransformer()
          .transform(new DOMSource(root), new StreamResult(out));
    } catch (TransformerException e) {
      throw new IOException("cannot write SVG: " + e.getMessage(), e);
    }
    return out.toByteArray();
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
