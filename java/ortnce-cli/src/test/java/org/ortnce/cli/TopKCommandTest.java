package org.ortnce.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.OutputLayer;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/** {@code ortnce topk} on four classes whose logits are inputs times (0, 1, -1, 2). */
class TopKCommandTest {
  @TempDir Path directory;
  private Path inputs;
  private Path model;

  @BeforeEach
  void writeFiles() throws IOException {
    inputs = directory.resolve("inputs.npy");
    model = directory.resolve("inference.onnx");
    Npy.write(inputs, Tensor.of(new float[][] {{1}, {-1}, {2}}));
    Tensor weights = Tensor.of(new float[][] {{0}, {1}, {-1}, {2}});
    NceModels.inference(OutputLayer.of(weights, null), 3).save(model);
  }

  private CliRun topk(Object... more) {
    Object[] first = {"topk", model, "--inputs", inputs};
    Object[] args = new Object[first.length + more.length];
    System.arraycopy(first, 0, args, 0, first.length);
    System.arraycopy(more, 0, args, first.length, more.length);
    return CliRun.of(args);
  }

  @Test
  void classesProbabilitiesAndLogitsWhateverTheBatches() {
    for (int batchSize = 1; batchSize <= 4; batchSize++) {
      CliRun run = topk("--batch-size", batchSize, "--json");
      assertThat(run.err()).isEmpty();
      JsonObject json = run.json();
      assertThat(json.get("k").getAsInt()).isEqualTo(3);
      assertThat(json.get("examples").getAsInt()).isEqualTo(3);
      JsonArray rows = json.getAsJsonArray("top_k");
      long[][] classes = {{3, 1, 0}, {2, 0, 1}, {3, 1, 0}};
      double[][] logits = {{2, 1, 0}, {1, 0, -1}, {4, 2, 0}};
      for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
          JsonObject best = rows.get(i).getAsJsonArray().get(j).getAsJsonObject();
          assertThat(best.get("class").getAsLong()).isEqualTo(classes[i][j]);
          assertThat(best.get("logit").getAsDouble()).isEqualTo(logits[i][j]);
          assertThat(best.get("probability").getAsDouble())
              .isCloseTo(1 / (1 + Math.exp(-logits[i][j])), within(1e-6));
        }
      }
    }
  }

  @Test
  void classesHaveNames() throws IOException {
    Path names = Files.writeString(directory.resolve("v.txt"), "a,b,12\nbé\nc,3\nd,4.5e1\n");
    CliRun run = topk("--names", names, "--k", 2, "--limit", 2, "--no-library");
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines().map(line -> line.strip().replaceAll(" +", " ")))
        .containsExactly(
            "example class probability logit",
            "0 3 0.880797 2.0000 d",
            "0 1 0.731059 1.0000 bé",
            "1 2 0.731059 1.0000 c",
            "1 0 0.500000 0.0000 a,b");
    assertThat(topk("--names", names, "--json").out()).contains("\"name\": \"a,b\"");
    Files.writeString(names, "a\nb\n");
    CliRun few = topk("--names", names);
    assertThat(few.status()).isEqualTo(1);
    assertThat(few.err()).contains("2 lines, none for class 3").hasLineCount(1);
  }

  @Test
  void arraysGoToFiles() throws IOException {
    Path out = directory.resolve("out");
    CliRun run = topk("-o", out, "--k", 1);
    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("classes.npy", "probabilities.npy", "logits.npy");
    Tensor classes = Npy.read(out.resolve("classes.npy"));
    assertThat(classes.toString()).isEqualTo("int64[3, 1]");
    assertThat(classes.toLongArray()).containsExactly(3, 2, 3);
    assertThat(Npy.read(out.resolve("logits.npy")).toFloatArray()).containsExactly(2, 1, 4);
    assertThat(Npy.read(out.resolve("probabilities.npy")).shape()).containsExactly(3, 1);
    JsonObject json = topk("-o", out, "--json").json();
    assertThat(json.get("logits").getAsString()).isEqualTo(out.resolve("logits.npy").toString());
  }

  @Test
  void whatCannotBeRunIsAFailure() throws IOException {
    CliRun tooMany = topk("--k", 4);
    assertThat(tooMany.status()).isEqualTo(1);
    assertThat(tooMany.err()).contains("returns 3 classes, not 4").hasLineCount(1);
    CliRun missing = topk("--names", directory.resolve("missing"));
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.err()).contains("no such file").hasLineCount(1);
    model = SmallModels.perExample(directory.resolve("loss.onnx"));
    CliRun other = topk();
    assertThat(other.status()).isEqualTo(1);
    assertThat(other.err()).contains("not an inference model").hasLineCount(1);
  }

  @Test
  void wrongUsageHasStatusTwo() {
    for (Object[] more :
        new Object[][] {{"--k", 0}, {"--batch-size", 0}, {"--limit", -1}, {"--labels", "x"}}) {
      CliRun run = topk(more);
      assertThat(run.status()).as("%s", run).isEqualTo(2);
      assertThat(run.out()).isEmpty();
    }
    assertThat(CliRun.of("topk", model).status()).isEqualTo(2);
  }
}
