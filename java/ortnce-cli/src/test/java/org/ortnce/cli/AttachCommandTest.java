package org.ortnce.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.ModelChecker;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.onnx.ValueInfo;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/** {@code ortnce attach}: an encoder that doubles its input {@code x}, and three classes. */
class AttachCommandTest {
  @TempDir Path directory;
  private Path encoder;
  private Path weights;
  private Path biases;
  private Path inputs;
  private Path output;

  @BeforeEach
  void writeFiles() throws IOException {
    encoder = directory.resolve("encoder.onnx");
    weights = directory.resolve("w.npy");
    biases = directory.resolve("b.npy");
    inputs = directory.resolve("x.npy");
    output = directory.resolve("out.onnx");
    Value x = Value.input(ElementType.FLOAT, Shape.of(Dim.of("n"), Dim.of(2)));
    new ModelBuilder().input("x", x).output("pooled", Ops.add(x, x)).build().save(encoder);
    Npy.write(weights, Tensor.of(new float[][] {{1, 0}, {0, 1}, {1, 1}}));
    Npy.write(biases, Tensor.of(new float[] {0.5f, 0, 0}, 3));
    Npy.write(inputs, Tensor.of(new float[][] {{1, 0}, {0, 3}}));
  }

  private CliRun attach(Object... more) {
    Object[] first = {
      "attach", encoder, "--weights", weights, "--biases", biases, "-o", output, "--activations"
    };
    Object[] args = new Object[first.length + more.length];
    System.arraycopy(first, 0, args, 0, first.length);
    System.arraycopy(more, 0, args, first.length, more.length);
    return CliRun.of(args);
  }

  private static CliRun done(CliRun run) {
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    return run;
  }

  @Test
  void inferenceRunsOnTheEncodersInput() throws IOException {
    JsonObject json =
        done(attach("pooled", "--kind", "inference", "--k", 2, "--all-scores", "--json")).json();
    assertThat(json.get("kind").getAsString()).isEqualTo("inference");
    ModelChecker.check(OnnxModel.load(output));
    assertThat(OnnxModel.load(output).outputs())
        .extracting(ValueInfo::name)
        .contains("logits", "probabilities");
    Path out = directory.resolve("top");
    done(CliRun.of("topk", output, "--inputs", inputs, "-o", out));
    // Logits are (2.5, 0, 2) and (0.5, 6, 6); of equals the first is better.
    assertThat(Npy.read(out.resolve("classes.npy")).toLongArray()).containsExactly(0, 2, 1, 2);
    assertThat(Npy.read(out.resolve("logits.npy")).toFloatArray()).containsExactly(2.5f, 2, 6, 6);
  }

  @Test
  void evaluationAndTrainingLossToo() throws IOException {
    Path labels = directory.resolve("y.npy");
    Npy.write(labels, Tensor.of(new long[] {0, 1}, 2));
    done(attach("pooled", "--kind", "evaluation", "--metrics"));
    JsonObject json =
        done(CliRun.of("eval", output, "--inputs", inputs, "--labels", labels, "--json")).json();
    double first = softplus(-2.5) + softplus(0) + softplus(2);
    double second = softplus(0.5) + softplus(-6) + softplus(6);
    assertThat(json.get("loss").getAsDouble()).isCloseTo((first + second) / 2, within(1e-5));
    assertThat(json.getAsJsonObject("recall").get("1").getAsDouble()).isEqualTo(1);
    double loss =
        done(CliRun.of("loss", output, "--inputs", inputs, "--labels", labels, "--json"))
            .json()
            .get("loss")
            .getAsDouble();
    assertThat(loss).isCloseTo((first + second) / 2, within(1e-5));

    done(attach("pooled", "--num-sampled", 2, "--seed", 1));
    assertThat(OnnxModel.load(output).inputs())
        .extracting(ValueInfo::name)
        .containsExactlyInAnyOrderElementsOf(List.of("x", "labels"));
  }

  private static double softplus(double x) {
    return Math.log1p(Math.exp(x));
  }

  @Test
  void whatDoesNotFitIsAFailure() throws IOException {
    CliRun unknown = attach("hidden", "--kind", "inference");
    assertThat(unknown.status()).isEqualTo(1);
    assertThat(unknown.err()).contains("hidden").hasLineCount(1);
    Npy.write(weights, Tensor.of(new float[9], 3, 3));
    CliRun dim = attach("pooled", "--kind", "inference");
    assertThat(dim.status()).isEqualTo(1);
    assertThat(dim.err()).contains("have dim 2").hasLineCount(1);
    encoder = directory.resolve("missing.onnx");
    CliRun missing = attach("pooled", "--kind", "inference");
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.err()).contains("missing.onnx").hasLineCount(1);
    assertThat(output).doesNotExist();
  }

  @Test
  void inputsMayBeRenamed() throws IOException {
    done(attach("pooled", "--kind", "inference", "--rename-input", "x=words"));
    assertThat(OnnxModel.load(output).inputs())
        .extracting(ValueInfo::name)
        .containsExactly("words");
    CliRun unknown = attach("pooled", "--kind", "inference", "--rename-input", "y=words");
    assertThat(unknown.status()).isEqualTo(1);
    assertThat(unknown.err()).contains("the model has no input 'y'").hasLineCount(1);
  }

  @Test
  void wrongUsageHasStatusTwo() {
    assertThat(CliRun.of("attach", encoder, "--weights", weights, "-o", output).err())
        .contains("--activations");
    for (Object[] more :
        new Object[][] {
          {"pooled"},
          {"pooled", "--kind", "inference", "--dim", 0},
          {"pooled", "--kind", "inference", "--num-true", 2},
          {"pooled", "--kind", "evaluation", "--threshold", 3}
        }) {
      CliRun run = attach(more);
      assertThat(run.status()).as("%s", run).isEqualTo(2);
      assertThat(run.err()).contains("Try 'ortnce attach --help'.");
    }
  }
}
