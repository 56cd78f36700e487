package org.ortnce.cli.plot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

/** Plots open, and show something. */
class LossPlotTest {
  private static LossCurve curve() {
    List<LossCurve.Point> points = new ArrayList<>();
    for (int step = 1; step <= 300; step++) {
      points.add(new LossCurve.Point(step, 2 + 5.0 / step));
    }
    return new LossCurve(points);
  }

  private static Document svg(LossCurve curve) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    // No plot may make a reader look for a DTD on the network.
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    byte[] bytes = new LossPlot(curve, "a <title> & more").svg();
    return factory.newDocumentBuilder().parse(new ByteArrayInputStream(bytes));
  }

  @Test
  void pngIsAnImageWithACurve() throws Exception {
    byte[] png = new LossPlot(curve(), "title").png();
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    assertThat(image.getWidth()).isEqualTo(900);
    assertThat(image.getHeight()).isEqualTo(540);
    int drawn = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        drawn += (image.getRGB(x, y) & 0xFFFFFF) == 0x023858 ? 1 : 0;
      }
    }
    assertThat(drawn).isGreaterThan(500);
    assertThat(new LossPlot(curve(), "title").png()).isEqualTo(png);
  }

  @Test
  void svgIsXmlWithTextAndLines() throws Exception {
    Document svg = svg(curve());
    assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(svg.getDocumentElement().getAttribute("width")).isEqualTo("900");
    // Text is drawn as paths, so that no reader needs our fonts; the curve as lines.
    assertThat(svg.getElementsByTagName("path").getLength()).isGreaterThan(20);
    assertThat(svg.getElementsByTagName("line").getLength()).isGreaterThan(2 * 299);
    String text = new String(new LossPlot(curve(), "x").svg(), UTF_8);
    assertThat(text).doesNotContain("<image").hasSizeLessThan(600_000);
  }

  @Test
  void whatCannotBeDrawnIsLeftOut() throws Exception {
    List<LossCurve.Point> points =
        List.of(
            new LossCurve.Point(1, 3),
            new LossCurve.Point(2, Double.NaN),
            new LossCurve.Point(3, Double.POSITIVE_INFINITY));
    assertThat(new LossPlot(new LossCurve(points), "one").png()).isNotEmpty();
    assertThat(new LossPlot(new LossCurve(points.subList(1, 3)), "none").png()).isNotEmpty();
    assertThatThrownBy(() -> new LossPlot(new LossCurve(List.of()), "empty"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
