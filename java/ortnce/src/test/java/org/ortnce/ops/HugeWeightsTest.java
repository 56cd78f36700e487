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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.ModelOptions;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.OutputLayer;
import org.ortnce.session.TrainingLossSession;
import org.ortnce.tensor.Tensor;

/**
 * Row N79: weights of more than 2^31 elements, ids near their end. The weights are one external
 * initializer of 8 GiB, a sparse file of which four rows are written; ONNX Runtime maps it, so that
 * neither disk nor memory holds more than those. In a JVM of its own: a wrong offset ends it.
 */
@EnabledOnOs(OS.LINUX)
class HugeWeightsTest {
  private static final int DIM = 1024;
  private static final long CLASSES = (1L << 21) + 5;
  private static final long[] IDS = {0, 1L << 20, CLASSES - 2, CLASSES - 1};

  @Test
  void n79IdsBeyondTwoToThe31Elements(@TempDir Path folder)
      throws IOException, InterruptedException {
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
    String[] loss =
        ChildRuns.output(Huge.class, Map.of(), List.of("-Xmx128m"), model.toString())
            .split(" ", -1);
    // Inputs of 1 / DIM: the logit of a class is its weight.
    for (int i = 0; i < IDS.length; i++) {
      double expected = NceLossReference.softplus(-weight(i));
      for (int k = 0; k < IDS.length; k++) {
        expected += NceLossReference.softplus(weight(k));
      }
      assertThat(Math.abs(Double.parseDouble(loss[i]) - expected))
          .as("label %d", IDS[i])
          .isLessThanOrEqualTo(1e-5 * expected);
    }
  }

  /** The weight of the i-th written row. */
  private static double weight(int i) {
    return 0.5 + i;
  }

  /** A model whose input {@code weights} has become an external initializer. */
  private static byte[] externalWeights() throws IOException {
    byte[] model =
        NceModels.trainingLoss(
                OutputLayer.inputs(CLASSES, DIM, false),
                NceLossOptions.builder().subtractLogQ(false).build(),
                ModelOptions.withSampledValuesInput())
            .toByteArray();
    return ExternalWeights.declare(model, CLASSES, DIM);
  }

  /** Prints the losses of the four ids as labels with the four as candidates. */
  static final class Huge {
    private Huge() {}

    public static void main(String[] arguments) throws OrtException, IOException {
      int count = IDS.length;
      try (TrainingLossSession session = TrainingLossSession.open(Path.of(arguments[0]))) {
        Map<String, Tensor> feeds =
            Map.of(
                GraphNames.INPUTS, NceCase.filled(1.0 / DIM, count, DIM),
                GraphNames.LABELS, Tensor.of(IDS, count, 1),
                GraphNames.SAMPLED_CANDIDATES, Tensor.of(IDS, count),
                GraphNames.TRUE_EXPECTED_COUNT, NceCase.filled(1, count, 1),
                GraphNames.SAMPLED_EXPECTED_COUNT, NceCase.filled(1, count));
        StringBuilder line = new StringBuilder();
        for (float loss : session.loss(feeds).perExample()) {
          line.append(loss).append(' ');
        }
        System.out.println(line);
      }
    }
  }
}
