package org.ortnce.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;

/** {@code ortnce inspect} on a model of standard ops and on files that are no models. */
class InspectCommandTest {
  @TempDir Path directory;

  private Path model() throws IOException {
    return SmallModels.perExample(directory.resolve("model.onnx"));
  }

  @Test
  void textShowsWhatIsInTheModel() throws IOException {
    CliRun run = CliRun.of("inspect", model(), "--no-session");
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains("model.onnx")
        .containsPattern("graph +small")
        .containsPattern("opsets +ai.onnx \\d+")
        .contains("metadata    colour = blue")
        .containsPattern("inputs +float\\[batch, 3\\]")
        .containsPattern("labels +int64\\[batch, 1\\]")
        .containsPattern("loss +float\\[batch\\]")
        .contains("float[3, 1]", "12  bytes", "1 MatMul")
        .doesNotContain("what runs it here");
  }

  @Test
  void jsonHasTheSame() throws IOException {
    JsonObject json = CliRun.of("inspect", model(), "--no-session", "--json").json();
    assertThat(json.get("graph").getAsString()).isEqualTo("small");
    assertThat(json.getAsJsonObject("opset_imports").get("").getAsLong()).isPositive();
    JsonObject ops = json.getAsJsonObject("ops").getAsJsonObject("ai.onnx");
    assertThat(ops.get("MatMul").getAsInt()).isEqualTo(1);
    JsonObject input = json.getAsJsonArray("inputs").get(0).getAsJsonObject();
    assertThat(input.get("name").getAsString()).isEqualTo("inputs");
    assertThat(input.get("type").getAsString()).isEqualTo("float[batch, 3]");
    JsonObject weights = json.getAsJsonArray("initializers").get(0).getAsJsonObject();
    assertThat(weights.get("bytes").getAsLong()).isEqualTo(12);
    assertThat(weights.get("external").getAsBoolean()).isFalse();
    assertThat(json.has("kernels")).isFalse();
  }

  @Test
  void stockOpsRunWithoutTheLibrary() throws IOException {
    JsonObject kernels = CliRun.of("inspect", model(), "--json").json().getAsJsonObject("kernels");
    assertThat(kernels.getAsJsonObject("without_library").get("opened").getAsBoolean()).isTrue();
    assertThat(kernels.getAsJsonArray("nodes")).isEmpty();
    JsonObject library = kernels.getAsJsonObject("library_info");
    assertThat(library.get("available_instruction_sets").toString())
        .contains("baseline", library.get("instruction_set").getAsString());
    assertThat(CliRun.of("inspect", model()).out())
        .contains("what runs it here")
        .containsPattern("instruction set +\\w+ of \\w+")
        .containsPattern("without it +a session opens");
  }

  @Test
  void largeInputsAreNotMadeForARun() throws IOException {
    Path file = directory.resolve("large.onnx");
    for (long rows : new long[] {1L << 24, 1L << 60}) {
      Value weights = Value.input(ElementType.FLOAT, Shape.of(Dim.of(rows), Dim.of(5)));
      Value sum = Ops.reduceSum(weights, false);
      new ModelBuilder().input("weights", weights).output("sum", sum).build().save(file);
      JsonObject run = CliRun.of("inspect", file, "--json").json().getAsJsonObject("run");
      assertThat(run.getAsJsonArray("providers")).isNotEmpty();
      assertThat(run.getAsJsonArray("nodes")).isEmpty();
      assertThat(run.get("problem").getAsString())
          .contains(rows == 1L << 24 ? "left out: its inputs are 335544320 bytes" : "shape");
    }
  }

  @Test
  void whatIsNoModelIsAFailure() throws IOException {
    Path empty = Files.createFile(directory.resolve("empty.onnx"));
    Path text = Files.writeString(directory.resolve("text.onnx"), "no model");
    for (Path file : new Path[] {empty, text, directory, directory.resolve("missing.onnx")}) {
      CliRun run = CliRun.of("inspect", file);
      assertThat(run.status()).as("%s", run).isEqualTo(1);
      assertThat(run.out()).isEmpty();
      assertThat(run.err()).startsWith("ortnce: ").contains(file.toString()).hasLineCount(1);
    }
  }
}
