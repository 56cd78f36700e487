package org.ortnce.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.nce.EvaluationOptions;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.OutputLayer;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/**
 * Examples in files of more than 2 GiB, which no buffer of Java holds: zeros that take no room on
 * the disk, but for one row past the 2 GiB.
 */
class LargeExamplesTest {
  private static final int DIM = 4096;
  private static final int EXAMPLES = 140_000;
  private static final int MARKED = EXAMPLES - 3;

  @TempDir Path directory;
  private Path inputs;

  @BeforeEach
  void writeInputs() throws IOException {
    inputs = directory.resolve("inputs.npy");
    String dictionary =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + EXAMPLES + ", " + DIM + "), }";
    byte[] header = ("\u0093NUMPY\1\0\166\0" + dictionary).getBytes(StandardCharsets.ISO_8859_1);
    try (RandomAccessFile file = new RandomAccessFile(inputs.toFile(), "rw")) {
      file.write(header);
      file.write(" ".repeat(128 - header.length).getBytes(StandardCharsets.US_ASCII));
      file.setLength(128 + 4L * EXAMPLES * DIM);
      file.seek(128 + 4L * MARKED * DIM);
      file.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(3).array());
    }
  }

  /** Three classes whose logits are 1, 2 and -1 times the first input. */
  private static OutputLayer layer() {
    float[] weights = new float[3 * DIM];
    weights[0] = 1;
    weights[DIM] = 2;
    weights[2 * DIM] = -1;
    return OutputLayer.of(Tensor.of(weights, 3, DIM), null);
  }

  @Test
  void evaluation() throws IOException {
    Path model = directory.resolve("evaluation.onnx");
    NceModels.evaluation(layer(), EvaluationOptions.defaults().withMetrics()).save(model);
    Path labels = directory.resolve("labels.npy");
    long[] classes = new long[EXAMPLES];
    classes[MARKED] = 2;
    Npy.write(labels, Tensor.of(classes, EXAMPLES));
    CliRun run = CliRun.of("eval", model, "--inputs", inputs, "--labels", labels, "--json");
    assertThat(run.err()).isEmpty();
    JsonObject json = run.json();
    assertThat(json.get("examples").getAsInt()).isEqualTo(EXAMPLES);
    double marked = softplus(3) + softplus(6) + softplus(-3) + 3;
    double mean = ((EXAMPLES - 1) * 3 * Math.log(2) + marked) / EXAMPLES;
    assertThat(json.get("loss").getAsDouble()).isCloseTo(mean, within(1e-7));
    // Of equal logits the first class is the best: all but the marked example have rank 1.
    assertThat(json.getAsJsonObject("recall").get("1").getAsDouble())
        .isCloseTo((EXAMPLES - 1.0) / EXAMPLES, within(1e-9));
  }

  @Test
  void topK() throws IOException {
    Path model = directory.resolve("inference.onnx");
    NceModels.inference(layer(), 1).save(model);
    Path output = directory.resolve("top");
    CliRun run = CliRun.of("topk", model, "--inputs", inputs, "-o", output);
    assertThat(run.err()).isEmpty();
    long[] classes = Npy.read(output.resolve("classes.npy")).toLongArray();
    assertThat(classes).hasSize(EXAMPLES);
    assertThat(classes[MARKED]).isEqualTo(1);
    assertThat(classes[MARKED - 1]).isZero();
  }

  private static double softplus(double z) {
    return Math.log1p(Math.exp(z));
  }
}
