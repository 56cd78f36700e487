package org.ortnce.cli.plot;

import java.awt.Color;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.ortnce.cli.files.ResultFile;

/**
 * The report of an evaluation, as a page that needs no other file or as an image: how the losses
 * are distributed, the recall by k, the mean loss by band of classes. Needs fonts, but no screen.
 */
public final class EvaluationReport {
  private static final Color INK = new Color(0x02, 0x38, 0x58);

  static {
    ChartImages.withoutScreen();
  }

  private final String title;
  private final String text;
  private final float[] losses;
  private final SortedMap<Integer, Double> recall;
  private final Map<String, Double> bands;
  private final String bandAxis;

  /**
   * A report.
   *
   * @param text what is printed of the evaluation
   * @param losses those of the examples
   * @param recall by k; if empty it is left out
   * @param bands the mean loss of bands of classes, by name
   * @param bandAxis what the names are of
   */
  public EvaluationReport(
      String title,
      String text,
      FloatBuffer losses,
      SortedMap<Integer, Double> recall,
      Map<String, Double> bands,
      String bandAxis) {
    this.title = title;
    this.text = text;
    this.losses = new float[losses.remaining()];
    losses.duplicate().get(this.losses);
    this.recall = recall;
    this.bands = bands;
    this.bandAxis = bandAxis;
  }

  /** The k of a curve: 1, 2, 5, 10 and so on, to a million. */
  public static IntStream curve() {
    return IntStream.iterate(1, power -> power < 1_000_000, power -> power * 10)
        .flatMap(power -> IntStream.of(power, 2 * power, 5 * power));
  }

  /**
   * The file that a report goes to: that with the ending .html or .png, or report.html in a
   * directory.
   *
   * @throws IllegalArgumentException if it has another ending
   */
  public static Path file(Path given) {
    String name = String.valueOf(given.getFileName());
    if (Files.isDirectory(given) || !name.contains(".")) {
      return given.resolve("report.html");
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (!lower.endsWith(".html") && !lower.endsWith(".png")) {
      throw new IllegalArgumentException(
          "a report is a .html or .png file, or a directory, got " + given);
    }
    return given;
  }

  /** Writes the file, an image if it ends with .png, and its directory if there is none. */
  public void write(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    Files.createDirectories(directory);
    if (file.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
      ResultFile.write(file, ChartImages.png(charts()));
    } else {
      ResultFile.write(file, html());
    }
  }

  private String html() throws IOException {
    StringBuilder page = new StringBuilder();
    page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>")
        .append(escaped(title))
        .append("</title>\n<style>body { font-family: sans-serif; margin: 2em; }")
        .append(" img { display: block; max-width: 100%; }</style>\n</head>\n<body>\n<h1>")
        .append(escaped(title))
        .append("</h1>\n<pre>")
        .append(escaped(text))
        .append("</pre>\n");
    for (Chart<?, ?> chart : charts()) {
      page.append("<img alt=\"")
          .append(escaped(chart.getTitle()))
          .append("\" src=\"data:image/svg+xml;base64,")
          .append(Base64.getEncoder().encodeToString(ChartImages.svg(chart)))
          .append("\">\n");
    }
    return page.append("</body>\n</html>\n").toString();
  }

  private static String escaped(String plain) {
    return plain
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private List<Chart<?, ?>> charts() {
    List<Chart<?, ?>> charts = new ArrayList<>();
    charts.add(distribution());
    if (!recall.isEmpty()) {
      charts.add(recallCurve());
    }
    charts.add(lossByBand());
    return charts;
  }

  private static XYChart lines(String title, String x, String y) {
    XYChart chart =
        new XYChartBuilder()
            .width(ChartImages.WIDTH)
            .height(ChartImages.HEIGHT)
            .title(title)
            .xAxisTitle(x)
            .yAxisTitle(y)
            .build();
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setYAxisMin(0.0);
    return ChartImages.styled(chart);
  }

  private XYChart distribution() {
    XYChart chart = lines("Distribution of the loss", "loss of an example, nats", "examples");
    // A chart has no place for NaN and infinity.
    Histogram histogram = Histogram.of(losses);
    if (!histogram.isEmpty()) {
      chart
          .addSeries("examples", histogram.edges(), histogram.counts())
          .setXYSeriesRenderStyle(XYSeriesRenderStyle.StepArea)
          .setMarker(SeriesMarkers.NONE)
          .setLineColor(INK)
          .setFillColor(INK);
    }
    return chart;
  }

  private XYChart recallCurve() {
    XYChart chart = lines("Recall at k", "k", "recall");
    chart.getStyler().setXAxisLogarithmic(true).setYAxisMax(1.0);
    List<Integer> ks = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    for (Map.Entry<Integer, Double> entry : recall.entrySet()) {
      ks.add(entry.getKey());
      values.add(entry.getValue());
      // Where all labels are found the curve has ended; a logarithmic axis wants a decade.
      if (entry.getValue() >= 1 && entry.getKey() >= 10) {
        break;
      }
    }
    chart
        .addSeries("recall", ks, values)
        .setMarker(SeriesMarkers.CIRCLE)
        .setMarkerColor(INK)
        .setLineColor(INK);
    return chart;
  }

  private CategoryChart lossByBand() {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(ChartImages.WIDTH)
            .height(ChartImages.HEIGHT)
            .title("Mean loss by " + bandAxis)
            .xAxisTitle(bandAxis)
            .yAxisTitle("mean loss, nats")
            .build();
    chart.getStyler().setLegendVisible(false);
    List<String> names = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    bands.forEach(
        (name, value) -> {
          names.add(name);
          values.add(Double.isFinite(value) ? value : 0);
        });
    chart.addSeries("loss", names, values).setFillColor(INK);
    return ChartImages.styled(chart);
  }
}
