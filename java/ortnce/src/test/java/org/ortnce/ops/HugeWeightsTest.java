package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceOps;
import org.ortnce.nce.SampledValues;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.GradientNames;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.reliability.BadInputs;
import org.ortnce.session.ModelSession;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * Rows N79 and G08: weights of more than 2^31 elements, ids near their end, loss and gradients. The
 * weights are one external initializer of 8 GiB, a sparse file of which four rows are written; ONNX
 * Runtime maps it, so that neither disk nor memory holds more than those. In a JVM of its own: a
 * wrong offset ends it.
 */
@EnabledOnOs(OS.LINUX)
@BadInputs.Apart
class HugeWeightsTest {
  private static final int DIM = 1024;
  private static final long CLASSES = (1L << 21) + 5;
  private static final long[] IDS = {0, 1L << 20, CLASSES - 2, CLASSES - 1};

  @Test
  @Tag("N79")
  @Tag("G08")
  void idsBeyondTwoToThe31Elements(@TempDir Path folder) throws IOException, InterruptedException {
    assertThat(CLASSES * DIM).isGreaterThan(1L << 31);
    Path model = folder.resolve("model.onnx");
    Files.write(model, externalWeights());
    try (FileChannel file = ExternalWeights.openSparse(model)) {
      for (int i = 0; i < IDS.length; i++) {
        ByteBuffer row = ByteBuffer.allocate(4 * DIM).order(ByteOrder.LITTLE_ENDIAN);
        row.asFloatBuffer().put(NceCase.filled(weight(i), DIM).toFloatArray());
        assertThat(file.write(row, IDS[i] * DIM * Float.BYTES)).isEqualTo(4 * DIM);
      }
    }
    String[] printed =
        ChildRuns.output(Huge.class, Map.of(), List.of("-Xmx128m"), model.toString())
            .split(" ", -1);
    int count = IDS.length;
    // Inputs of 1 / DIM: the logit of a class is its weight.
    double ofCandidates = 0;
    for (int k = 0; k < count; k++) {
      ofCandidates += sigmoid(weight(k)) * weight(k);
    }
    for (int i = 0; i < count; i++) {
      double loss = NceLossReference.softplus(-weight(i));
      for (int k = 0; k < count; k++) {
        loss += NceLossReference.softplus(weight(k));
      }
      double slope = sigmoid(weight(i)) - 1;
      assertNear(printed[i], loss, "loss of label " + IDS[i]);
      assertNear(
          printed[count + i], slope * weight(i) + ofCandidates, "inputs_grad of label " + IDS[i]);
      assertThat(Long.parseLong(printed[2 * count + i])).isEqualTo(IDS[i]);
      // Every example has the class as a candidate, one as its label.
      assertNear(
          printed[3 * count + i],
          (slope + count * sigmoid(weight(i))) / DIM,
          "weights_grad of class " + IDS[i]);
    }
  }

  private static void assertNear(String printed, double expected, String what) {
    assertThat(Math.abs(Double.parseDouble(printed) - expected))
        .as("%s: %s, expected %s", what, printed, expected)
        .isLessThanOrEqualTo(1e-5 * Math.abs(expected));
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** The weight of the i-th written row. */
  private static double weight(int i) {
    return 0.5 + i;
  }

  /** A model whose input {@code weights} has become an external initializer. */
  private static byte[] externalWeights() throws IOException {
    Dim batch = Dim.of("batch");
    Dim one = Dim.of(1);
    Dim numSampled = Dim.of("num_sampled");
    Value inputs = Value.input(ElementType.FLOAT, Shape.of(batch, Dim.of(DIM)));
    Value labels = Value.input(ElementType.INT64, Shape.of(batch, one));
    Value weights = Value.input(ElementType.FLOAT, Shape.of(CLASSES, DIM));
    SampledValues sample =
        new SampledValues(
            Value.input(ElementType.INT64, Shape.of(numSampled)),
            Value.input(ElementType.FLOAT, Shape.of(batch, one)),
            Value.input(ElementType.FLOAT, Shape.of(numSampled)));
    NceLossOptions options = NceLossOptions.builder().subtractLogQ(false).build();
    Value loss =
        NceOps.nceLoss(List.of(weights), null, labels, inputs, options, sample, null).loss();
    byte[] model =
        new ModelBuilder()
            .input(GraphNames.INPUTS, inputs)
            .input(GraphNames.LABELS, labels)
            .input(GraphNames.WEIGHTS, weights)
            .input(GraphNames.SAMPLED_CANDIDATES, sample.sampledCandidates())
            .input(GraphNames.TRUE_EXPECTED_COUNT, sample.trueExpectedCount())
            .input(GraphNames.SAMPLED_EXPECTED_COUNT, sample.sampledExpectedCount())
            .output(GraphNames.LOSS, loss)
            .withGradients(loss, inputs, weights)
            .build()
            .toByteArray();
    return ExternalWeights.declare(model, CLASSES, DIM);
  }

  /**
   * The four ids as labels with the four as candidates: prints the losses, the first element of
   * each input's gradient, the classes, and the first element of each class's gradient.
   */
  static final class Huge {
    private Huge() {}

    public static void main(String[] arguments) throws OrtException, IOException {
      int count = IDS.length;
      try (ModelSession session = ModelSession.open(Path.of(arguments[0]))) {
        Map<String, Tensor> feeds =
            Map.of(
                GraphNames.INPUTS, NceCase.filled(1.0 / DIM, count, DIM),
                GraphNames.LABELS, Tensor.of(IDS, count, 1),
                GraphNames.SAMPLED_CANDIDATES, Tensor.of(IDS, count),
                GraphNames.TRUE_EXPECTED_COUNT, NceCase.filled(1, count, 1),
                GraphNames.SAMPLED_EXPECTED_COUNT, NceCase.filled(1, count));
        Map<String, Tensor> found = session.run(feeds);
        StringBuilder line = new StringBuilder();
        append(line, found.get(GraphNames.LOSS), 1);
        append(line, found.get(GradientNames.dense(GraphNames.INPUTS)), DIM);
        for (long id : found.get(GradientNames.indices(GraphNames.WEIGHTS)).toLongArray()) {
          line.append(id).append(' ');
        }
        append(line, found.get(GradientNames.values(GraphNames.WEIGHTS)), DIM);
        System.out.println(line);
      }
    }

    private static void append(StringBuilder line, Tensor tensor, int stride) {
      float[] values = tensor.toFloatArray();
      for (int i = 0; i < values.length; i += stride) {
        line.append(values[i]).append(' ');
      }
    }
  }
}
