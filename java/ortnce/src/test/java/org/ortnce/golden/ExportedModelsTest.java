package org.ortnce.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ortnce.nce.EvaluationOptions;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.InputLayer;
import org.ortnce.nce.ModelOptions;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceNetwork;
import org.ortnce.nce.PartitionStrategy;
import org.ortnce.onnx.ExternalDataOptions;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.ValueInfo;
import org.ortnce.session.ModelSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/**
 * The models of models/jdk_methods: made again from the trained arrays they are the same bytes, and
 * what they compute is what is stored beside them.
 *
 * <p>{@code -Dortnce.golden.write=true} rewrites models and data sets instead of comparing them.
 */
class ExportedModelsTest {
  private static final Path ROOT = Path.of("..", "..", "models", "jdk_methods");
  private static final String MODEL = "model.onnx";
  private static final boolean WRITE = Boolean.getBoolean("ortnce.golden.write");
  private static final SessionConfig STOCK = SessionConfig.builder().registerLibrary(false).build();

  @TempDir Path directory;

  /**
   * One folder.
   *
   * @param portable whether stock ONNX Runtime runs it too
   * @param external how large tensors are stored; null is in the model
   */
  record Exported(String name, OnnxModel model, boolean portable, ExternalDataOptions external) {
    Path folder() {
      return ROOT.resolve(name);
    }

    void save(Path folder) throws IOException {
      Files.createDirectories(folder);
      if (external == null) {
        model.save(folder.resolve(MODEL));
      } else {
        model.save(folder.resolve(MODEL), external);
      }
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Exported> models() throws IOException {
    Map<String, Tensor> arrays = new TreeMap<>();
    for (String name :
        new String[] {GraphNames.EMBEDDINGS, GraphNames.WEIGHTS, GraphNames.BIASES}) {
      arrays.put(name, Npy.read(ROOT.resolve(name + ".npy")));
    }
    Tensor embeddings = arrays.get(GraphNames.EMBEDDINGS);
    InputLayer words = InputLayer.embeddings(embeddings.dim(0), embeddings.dim(1));
    NceNetwork network = NceNetwork.of(words, embeddings.dim(0));
    NceLossOptions loss = NceLossOptions.builder().numSampled(32).seed(1, 2).build();
    EvaluationOptions evaluation = EvaluationOptions.defaults().withMetrics();
    ModelOptions byStep = new ModelOptions(false, true, true, true);
    return Stream.of(
        new Exported("training_loss", network.trainingLoss(arrays, loss, byStep), false, null),
        new Exported(
            "training_loss_given_candidates",
            network.trainingLoss(arrays, loss, ModelOptions.withSampledValuesInput()),
            true,
            null),
        new Exported("evaluation", network.evaluation(arrays, evaluation), true, null),
        new Exported("inference", network.inference(arrays, 10), true, null),
        new Exported(
            "evaluation_partitioned",
            network.partitioned(PartitionStrategy.MOD, 3).evaluation(split(arrays), evaluation),
            true,
            ExternalDataOptions.filePerTensor()));
  }

  private static Map<String, Tensor> split(Map<String, Tensor> arrays) {
    Map<String, Tensor> parts = new TreeMap<>(arrays);
    Tensor weights = parts.remove(GraphNames.WEIGHTS);
    int dim = (int) weights.dim(1);
    int rows = (int) weights.dim(0);
    for (int p = 0; p < 3; p++) {
      float[] part = new float[(rows - p + 2) / 3 * dim];
      for (int row = p; row < rows; row += 3) {
        weights.floats().get(row * dim, part, row / 3 * dim, dim);
      }
      parts.put(GraphNames.weights(p, 3), Tensor.of(part, part.length / dim, dim));
    }
    return parts;
  }

  @ParameterizedTest
  @MethodSource("models")
  void theModelIsTheStoredOne(Exported exported) throws IOException {
    if (WRITE) {
      replaceModel(exported);
    }
    exported.save(directory);
    assertThat(files(exported.folder())).isEqualTo(files(directory));
    if (exported.external() != null) {
      OnnxModel.verify(exported.folder().resolve(MODEL));
    }
  }

  /** The model and its data files: SHA-256 is in the names of the latter. */
  private static Map<String, String> files(Path folder) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(
            file.getFileName().toString(), HexFormat.of().formatHex(Files.readAllBytes(file)));
      }
    }
    return contents;
  }

  private static void replaceModel(Exported exported) throws IOException {
    Path folder = exported.folder();
    if (Files.isDirectory(folder)) {
      for (String file : files(folder).keySet()) {
        Files.delete(folder.resolve(file));
      }
    }
    exported.save(folder);
  }

  @ParameterizedTest
  @MethodSource("models")
  void theModelComputesWhatIsStored(Exported exported) throws Exception {
    Path set = exported.folder().resolve("test_data_set_0");
    Path file = exported.folder().resolve(MODEL);
    if (WRITE) {
      replaceModel(exported);
    }
    try (ModelSession session = ModelSession.open(file)) {
      if (WRITE) {
        Map<String, Tensor> inputs = inputs(exported.model());
        DataSets.write(set, "input", inputs);
        DataSets.write(set, "output", inOrder(exported.model(), session.run(inputs)));
      }
      compare(session, set, 1e-6f);
    }
    if (exported.portable()) {
      try (ModelSession stock = ModelSession.open(file, STOCK)) {
        // Other kernels add the logits up, and round each of them.
        compare(stock, set, 4e-6f);
      }
    }
  }

  private static void compare(ModelSession session, Path set, float tolerance) throws Exception {
    Map<String, Tensor> stored = DataSets.read(set, "output");
    Map<String, Tensor> found = session.run(DataSets.read(set, "input"));
    assertThat(found.keySet()).isEqualTo(stored.keySet());
    for (Map.Entry<String, Tensor> output : stored.entrySet()) {
      Tensor expected = output.getValue();
      Tensor actual = found.get(output.getKey());
      assertThat(actual.shape()).isEqualTo(expected.shape());
      if (expected.elementType() == ElementType.INT64) {
        assertThat(actual.toLongArray()).isEqualTo(expected.toLongArray());
      } else {
        float[] values = expected.toFloatArray();
        for (int i = 0; i < values.length; i++) {
          assertThat(actual.toFloatArray()[i])
              .as("%s[%d]", output.getKey(), i)
              .isCloseTo(values[i], within(tolerance * Math.max(1, Math.abs(values[i]))));
        }
      }
    }
  }

  private static Map<String, Tensor> inOrder(OnnxModel model, Map<String, Tensor> outputs) {
    Map<String, Tensor> ordered = new LinkedHashMap<>();
    model.outputs().forEach(output -> ordered.put(output.name(), outputs.get(output.name())));
    return ordered;
  }

  /** The held-out pairs; candidates are every twelfth method, with made-up expected counts. */
  private static Map<String, Tensor> inputs(OnnxModel model) throws IOException {
    Map<String, Tensor> values = new LinkedHashMap<>();
    for (ValueInfo input : model.inputs()) {
      values.put(
          input.name(),
          switch (input.name()) {
            case GraphNames.INPUT_IDS -> Npy.read(ROOT.resolve("inputs.npy"));
            case GraphNames.LABELS -> Npy.read(ROOT.resolve("labels.npy"));
            case GraphNames.STEP -> Tensor.scalar(7L);
            case GraphNames.SAMPLED_CANDIDATES -> candidates();
            case GraphNames.TRUE_EXPECTED_COUNT -> counts(24, 1);
            case GraphNames.SAMPLED_EXPECTED_COUNT -> counts(32);
            default -> throw new IllegalStateException("no value for " + input);
          });
    }
    return values;
  }

  private static Tensor candidates() {
    long[] ids = new long[32];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = 12L * i;
    }
    return Tensor.of(ids, ids.length);
  }

  private static Tensor counts(long... shape) {
    float[] counts = new float[(int) shape[0]];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = 1f / (i + 1);
    }
    return Tensor.of(counts, shape);
  }
}
