package org.ortnce.cli.plot;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.batik.svggen.SVGGraphics2D;
import org.knowm.xchart.internal.chartpart.Chart;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Charts as the bytes of image files. */
final class ChartImages {
  static final int WIDTH = 900;
  static final int HEIGHT = 540;

  private ChartImages() {}

  /** Says that there is no screen, before any class of AWT looks for one. */
  static void withoutScreen() {
    if (System.getProperty("java.awt.headless") == null) {
      System.setProperty("java.awt.headless", "true");
    }
  }

  /** The bytes of a PNG file with the charts one below the other. */
  static byte[] png(List<? extends Chart<?, ?>> charts) throws IOException {
    BufferedImage image =
        new BufferedImage(WIDTH, HEIGHT * charts.size(), BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < charts.size(); i++) {
      Graphics2D graphics = image.createGraphics();
      try {
        graphics.translate(0, i * HEIGHT);
        charts.get(i).paint(graphics, WIDTH, HEIGHT);
      } finally {
        graphics.dispose();
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    // Given the stream itself, ImageIO would make a file of its own.
    try (ImageOutputStream memory = new MemoryCacheImageOutputStream(out)) {
      ImageIO.write(image, "png", memory);
    }
    return out.toByteArray();
  }

  /** The bytes of an SVG file. */
  static byte[] svg(Chart<?, ?> chart) throws IOException {
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
    chart.paint(graphics, WIDTH, HEIGHT);
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

  /** What all charts look like. */
  static <C extends Chart<?, ?>> C styled(C chart) {
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    return chart;
  }
}
