package org.ortnce.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.nce.OutputLayer;
import org.ortnce.onnx.ModelChecker;
import org.ortnce.onnx.NodeInfo;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.ValueInfo;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/** {@code ortnce export}: what the options make of the model. */
class ExportCommandTest {
  @TempDir Path directory;
  private Path weights;
  private Path biases;
  private Path output;

  @BeforeEach
  void writeLayer() throws IOException {
    weights = directory.resolve("w.npy");
    biases = directory.resolve("b.npy");
    output = directory.resolve("out.onnx");
    Npy.write(weights, Tensor.of(new float[10 * 4], 10, 4));
    Npy.write(biases, Tensor.of(new float[10], 10));
  }

  private CliRun export(Object... more) {
    Object[] first = {"export", "--weights", weights, "-o", output};
    Object[] args = new Object[first.length + more.length];
    System.arraycopy(first, 0, args, 0, first.length);
    System.arraycopy(more, 0, args, first.length, more.length);
    return CliRun.of(args);
  }

  private OnnxModel written(CliRun run) throws IOException {
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    OnnxModel model = OnnxModel.load(output);
    ModelChecker.check(model);
    return model;
  }

  private static NodeInfo nceLoss(OnnxModel model) {
    return model.nodes().stream()
        .filter(node -> node.domain().equals("org.ortnce"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void trainingLossIsTheDefaultKind() throws IOException {
    CliRun run = export("--num-sampled", 5);
    OnnxModel model = written(run);
    assertThat(run.out()).contains("out.onnx").containsPattern("output +loss float\\[batch\\]");
    NodeInfo node = nceLoss(model);
    assertThat(node.opType()).isEqualTo("NceLoss");
    assertThat(node.attributes())
        .containsEntry("num_sampled", 5L)
        .containsEntry("subtract_log_q", 1L)
        .containsEntry("remove_accidental_hits", 0L)
        .containsEntry("reduction", "none");
    assertThat(model.initializers()).hasSize(1);
  }

  @Test
  void everyTrainingOptionReachesTheNode() throws IOException {
    CliRun run =
        export(
            "--biases",
            biases,
            "--kind",
            "training-loss",
            "--num-sampled",
            6,
            "--num-true",
            3,
            "--seed",
            7,
            "--seed2",
            8,
            "--remove-accidental-hits",
            "--no-subtract-log-q",
            "--ignore-index",
            -1,
            "--reduction",
            "mean",
            "--step-input",
            "--output-sample",
            "--num-classes",
            9,
            "--json");
    OnnxModel model = written(run);
    assertThat(nceLoss(model).attributes())
        .containsEntry("num_sampled", 6L)
        .containsEntry("num_true", 3L)
        .containsEntry("num_classes", 9L)
        .containsEntry("seed", 7L)
        .containsEntry("seed2", 8L)
        .containsEntry("remove_accidental_hits", 1L)
        .containsEntry("subtract_log_q", 0L)
        .containsEntry("ignore_index", -1L)
        .containsEntry("reduction", "mean");
    assertThat(model.inputs()).extracting(ValueInfo::name).contains("inputs", "labels", "step");
    assertThat(model.outputs())
        .extracting(ValueInfo::name)
        .containsExactly(
            "loss", "sampled_candidates", "true_expected_count", "sampled_expected_count");
    JsonObject json = run.json();
    assertThat(json.get("kind").getAsString()).isEqualTo("training-loss");
    assertThat(json.get("bytes").getAsLong()).isEqualTo(Files.size(output));
    assertThat(json.getAsJsonArray("inputs")).hasSize(3);
  }

  @Test
  void portableModelsCarryAFunction() throws IOException {
    assertThat(written(export("--given-samples")).functions()).hasSize(1);
    assertThat(written(export("--given-samples", "--portable")).functions()).hasSize(1);
    assertThat(written(export("--given-samples", "--no-portable")).functions()).isEmpty();
  }

  @Test
  void partitionsKeepTheirOrderAndStrategy() throws IOException {
    Path second = directory.resolve("w1.npy");
    Npy.write(second, Tensor.of(new float[9 * 4], 9, 4));
    String both = weights + "," + second;
    CliRun run =
        CliRun.of(
            "export",
            "--weights",
            both,
            "--partition-strategy",
            "mod",
            "--num-sampled",
            5,
            "-o",
            output);
    assertThat(nceLoss(written(run)).attributes()).containsEntry("partition_strategy", "mod");
    assertThat(OnnxModel.load(output).initializers())
        .extracting(tensor -> tensor.name() + tensor.dims())
        .containsExactlyInAnyOrder("weights_0[10, 4]", "weights_1[9, 4]");
  }

  @Test
  void evaluationAndInference() throws IOException {
    OnnxModel evaluation =
        written(export("--kind", "evaluation", "--num-true", 2, "--reduction", "sum"));
    assertThat(evaluation.outputs().get(0).toString()).isEqualTo("loss float[]");
    OnnxModel inference = written(export("--kind", "inference", "--k", 3));
    assertThat(inference.outputs().toString()).contains("top_k_classes int64[batch, 3]");
    // Ten classes are fewer than... exactly the default k.
    assertThat(written(export("--kind", "INFERENCE")).outputs().toString())
        .contains("top_k_classes int64[batch, 10]");
  }

  @Test
  void metricsAndAllScoresAreOutputs() throws IOException {
    assertThat(written(export("--kind", "evaluation", "--metrics")).outputs())
        .extracting(ValueInfo::name)
        .containsExactly("loss", "softmax_loss", "true_ranks");
    assertThat(written(export("--kind", "inference", "--all-scores")).outputs())
        .extracting(ValueInfo::name)
        .contains("logits", "probabilities");
  }

  @Test
  void largeTensorsGoIntoDataFiles() throws IOException {
    Npy.write(weights, Tensor.of(new float[10 * 40], 10, 40));
    CliRun one = export("--num-sampled", 5, "--biases", biases, "--external", "--json");
    // The biases, 40 bytes, stay in the model.
    assertThat(written(one).initializers())
        .extracting(tensor -> tensor.name() + tensor.external())
        .containsExactlyInAnyOrder("weightstrue", "biasesfalse");
    assertThat(one.json().get("bytes").getAsLong()).isEqualTo(Files.size(output));
    assertThat(one.json().get("external").getAsBoolean()).isTrue();
    assertThat(dataFiles()).isEqualTo(1);
    OnnxModel.verify(output);

    output = directory.resolve("two.onnx");
    written(
        export(
            "--num-sampled",
            5,
            "--biases",
            biases,
            "--external",
            "--threshold",
            40,
            "--file-per-tensor"));
    assertThat(dataFiles()).isEqualTo(1 + 2);
    OnnxModel.verify(output);
  }

  @Test
  void whatNeedsDataFilesIsToldSo() throws IOException {
    // A file of holes: 2.2 GB that no disk has, and that are not read either.
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (8600000, 64), }";
    String padded = header + " ".repeat(117 - header.length()) + "\n";
    try (RandomAccessFile file = new RandomAccessFile(weights.toFile(), "rw")) {
      file.setLength(0);
      file.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0});
      file.write(padded.getBytes(StandardCharsets.US_ASCII));
      file.setLength(128 + 8_600_000L * 64 * Float.BYTES);
    }
    CliRun run = export("--kind", "inference");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("holds at most 2147483647: give --external").hasLineCount(1);
    assertThat(output).doesNotExist();
  }

  private long dataFiles() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".data")).count();
    }
  }

  @Test
  void npzFilesHoldAllArrays() throws IOException {
    Path npz = directory.resolve("layer.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(npz))) {
      for (Map.Entry<String, Path> entry :
          Map.of("weights_0", weights, "weights_1", weights, "biases", biases).entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey() + ".npy"));
        zip.write(Files.readAllBytes(entry.getValue()));
        zip.closeEntry();
      }
    }
    CliRun one =
        CliRun.of(
            "export", "--npz", npz, "--weights", "weights_1", "--num-sampled", 5, "-o", output);
    assertThat(written(one).initializers())
        .extracting(tensor -> tensor.name() + tensor.dims())
        .containsExactlyInAnyOrder("weights[10, 4]", "biases[10]");

    CliRun wrong = CliRun.of("export", "--npz", npz, "--num-sampled", 5, "-o", output);
    assertThat(wrong.status()).isEqualTo(1);
    assertThat(wrong.err()).contains("biases must be float[20]");

    CliRun missing =
        CliRun.of("export", "--npz", npz, "--weights", "w", "--num-sampled", 5, "-o", output);
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.err()).contains("has no array w, only").hasLineCount(1);
  }

  @Test
  void weightsTypeStoresHalves() throws IOException {
    Tensor numbers = Tensor.of(new float[] {1.25f, -3, 0.1f, 1e-5f}, 2, 2);
    Npy.write(weights, numbers);
    Npy.write(biases, Tensor.of(new float[] {0.5f, 0.3f}, 2));
    for (ElementType type : List.of(ElementType.FLOAT16, ElementType.BFLOAT16)) {
      for (boolean external : new boolean[] {false, true}) {
        List<Object> more = new ArrayList<>(List.of("--kind", "inference", "--biases", biases));
        more.addAll(List.of("--weights-type", type.onnxName()));
        if (external) {
          more.add("--external");
        }
        OutputLayer layer = OutputLayer.extract(written(export(more.toArray())));
        assertThat(layer.weightData().get(0).toTensor().elementType()).isEqualTo(type);
        assertThat(layer.weightData().get(0).toTensor().toFloatArray())
            .isEqualTo(numbers.asType(type).toFloatArray());
        assertThat(layer.biasData().orElseThrow().elementType()).isEqualTo(type);
      }
    }
    Npy.write(weights, numbers.asType(ElementType.BFLOAT16));
    assertThat(OutputLayer.extract(written(export("--kind", "inference"))).elementType())
        .isEqualTo(ElementType.BFLOAT16);
    CliRun wrong = export("--kind", "inference", "--weights-type", "double");
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).contains("expected float, float16 or bfloat16, got 'double'");
  }

  @Test
  void whatDoesNotApplyIsWrongUsage() {
    for (Object[] more :
        new Object[][] {
          {},
          {"--num-sampled", -1},
          {"--num-sampled", 5, "--num-true", 0},
          {"--num-sampled", 5, "--k", 3},
          {"--num-sampled", 5, "--kind", "trainingloss"},
          {"--num-sampled", 5, "--partition-strategy", "hash"},
          {"--given-samples", "--output-sample"},
          {"--kind", "evaluation", "--num-sampled", 5},
          {"--kind", "evaluation", "--no-subtract-log-q"},
          {"--kind", "inference", "--num-true", 2},
          {"--kind", "inference", "--seed", 2},
          {"--kind", "inference", "--metrics"},
          {"--num-sampled", 5, "--metrics"},
          {"--kind", "evaluation", "--all-scores"},
          {"--num-sampled", 5, "--threshold", 10},
          {"--num-sampled", 5, "--file-per-tensor"},
          {"--num-sampled", 5, "--external", "--threshold", -1}
        }) {
      CliRun run = export(more);
      assertThat(run.status()).as("%s", run).isEqualTo(2);
      assertThat(run.err()).contains("Try 'ortnce export --help'.");
      assertThat(output).doesNotExist();
    }
    assertThat(CliRun.of("export", "-o", output, "--num-sampled", 5).err())
        .contains("give --weights or --npz");
  }

  @Test
  void badFilesAreFailures() throws IOException {
    Path doubles = directory.resolve("doubles.npy");
    Npy.write(doubles, Tensor.of(new double[40], 10, 4));
    Path text = Files.writeString(directory.resolve("text.npy"), "1 2 3");
    for (Object file : new Object[] {doubles, text, directory, directory.resolve("missing.npy")}) {
      CliRun run = CliRun.of("export", "--weights", file, "--num-sampled", 5, "-o", output);
      assertThat(run.status()).as("%s", run).isEqualTo(1);
      assertThat(run.err()).startsWith("ortnce: ").hasLineCount(1);
      assertThat(output).doesNotExist();
    }
    CliRun nowhere =
        CliRun.of(
            "export", "--weights", weights, "--num-sampled", 5, "-o", directory.resolve("no/x"));
    assertThat(nowhere.status()).isEqualTo(1);
    assertThat(nowhere.err()).hasLineCount(1);
    CliRun biasesTooShort = export("--biases", weights, "--num-sampled", 5);
    assertThat(biasesTooShort.status()).isEqualTo(1);
    assertThat(biasesTooShort.err()).contains("biases must be float[10]");
  }
}
