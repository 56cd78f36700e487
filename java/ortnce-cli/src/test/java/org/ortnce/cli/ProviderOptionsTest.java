package org.ortnce.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/** {@code --provider} on an ONNX Runtime for processors alone. */
class ProviderOptionsTest {
  private static final String NO_CUDA =
      "this ONNX Runtime has no CUDA provider, only CPUExecutionProvider: put"
          + " com.microsoft.onnxruntime:onnxruntime_gpu on the class path in place of onnxruntime";

  @TempDir Path directory;
  private Path model;
  private Path inputs;
  private Path labels;

  @BeforeEach
  void writeFiles() throws IOException {
    assumeFalse(
        OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA),
        "this ONNX Runtime has the CUDA provider");
    model = SmallModels.perExample(directory.resolve("model.onnx"));
    inputs = directory.resolve("inputs.npy");
    labels = directory.resolve("labels.npy");
    Npy.write(inputs, Tensor.of(new float[][] {{1, 0, 0}}));
    Npy.write(labels, Tensor.of(new long[] {1}, 1, 1));
  }

  private CliRun loss(Object... more) {
    Object[] args = new Object[more.length + 7];
    Object[] first = {"loss", model, "--no-library", "--inputs", inputs, "--labels", labels};
    System.arraycopy(first, 0, args, 0, first.length);
    System.arraycopy(more, 0, args, first.length, more.length);
    return CliRun.of(args);
  }

  @Test
  void cudaFailsWithWhatIsMissing() {
    CliRun run = loss("--provider", "cuda");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("ortnce: ").contains(NO_CUDA).hasLineCount(1);
  }

  @Test
  void autoRunsOnTheProcessorAndSaysSo() {
    CliRun run = loss("--provider", "auto", "--cuda-device", 1, "--cuda-memory", 512, "--json");
    assertThat(run.status()).isZero();
    assertThat(run.json().get("loss").getAsDouble()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("warning: runs on the processor instead of a CUDA device: ")
        .contains(NO_CUDA);
  }

  @Test
  void cpuIsTheDefaultAndTakesNoOptionsOfADevice() {
    assertThat(loss().err()).isEmpty();
    assertThat(loss("--provider", "CPU").status()).isZero();
    for (Object[] options :
        new Object[][] {{"--cuda-device", 0}, {"--cuda-memory", 1}, {"--tf32"}}) {
      CliRun run = loss(options);
      assertThat(run.status()).isEqualTo(2);
      assertThat(run.err()).contains("no effect without --provider cuda or auto");
    }
  }

  @Test
  void optionsWithoutSenseAreWrongUsage() {
    for (Object[] options :
        new Object[][] {
          {"--provider", "tpu"},
          {"--provider", "cuda", "--cuda-device", -1},
          {"--provider", "cuda", "--cuda-memory", 0},
          {"--provider", "cuda", "--cuda-memory", 1L << 43},
          {"--provider", "cuda", "--cuda-memory", Long.MIN_VALUE}
        }) {
      assertThat(loss(options).status()).isEqualTo(2);
    }
  }

  @Test
  void inspectSaysWhichProviderRanWhichNode() {
    CliRun run = CliRun.of("inspect", model);
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("which provider ran which node")
        .containsPattern("providers +CPUExecutionProvider\n")
        .containsPattern("Gemm +MatMul\\S+ +CPUExecutionProvider");
    JsonObject json = CliRun.of("inspect", model, "--provider", "auto", "--json").json();
    JsonObject ran = json.getAsJsonObject("run");
    assertThat(ran.get("fallback").getAsString()).contains(NO_CUDA);
    assertThat(ran.getAsJsonArray("nodes").get(0).getAsJsonObject().get("provider").getAsString())
        .isEqualTo("CPUExecutionProvider");
  }

  @Test
  void inspectGoesOnWithoutTheProviderThatIsRequired() {
    CliRun run = CliRun.of("inspect", model, "--provider", "cuda");
    assertThat(run.status()).isZero();
    assertThat(run.out()).containsPattern("not run +.*" + NO_CUDA);
  }
}
