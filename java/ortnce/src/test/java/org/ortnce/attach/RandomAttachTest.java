package org.ortnce.attach;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ortnce.OldRuntimeBugs;
import org.ortnce.nce.Encoder;
import org.ortnce.nce.EvaluationOptions;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.ModelOptions;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.OutputLayer;
import org.ortnce.nce.PartitionStrategy;
import org.ortnce.onnx.ExternalDataOptions;
import org.ortnce.onnx.ImportedModel;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.session.EvaluationSession;
import org.ortnce.session.InferenceSession;
import org.ortnce.session.ModelSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.session.TopK;
import org.ortnce.session.TrainingLossSession;
import org.ortnce.tensor.Tensor;

/**
 * Random encoders with random output layers attached, against what ONNX Runtime computes of the
 * encoder alone and the losses of that in double: relative error 1e-5, since a rewritten graph may
 * be fused otherwise. One number, the seed, makes a case.
 *
 * <p>{@code -Dortnce.attach.seeds=A-B} runs others.
 */
@ExtendWith(OldRuntimeBugs.class)
class RandomAttachTest {
  private static final double TOLERANCE = 1e-5;
  private static final SessionConfig STOCK = SessionConfig.builder().registerLibrary(false).build();

  @TempDir Path directory;

  static LongStream seeds() {
    String[] range = System.getProperty("ortnce.attach.seeds", "0-59").split("-", 2);
    return LongStream.rangeClosed(Long.parseLong(range[0]), Long.parseLong(range[1]));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void trainingLoss(long seed) throws Exception {
    Case c = new Case(seed);
    int numSampled = 1 + c.random.nextInt(20);
    NceLossOptions options =
        NceLossOptions.builder().numSampled(numSampled).numTrue(c.numTrue).build();
    Path file =
        c.saved(c.encoder.trainingLoss(c.layer, options, ModelOptions.withSampledValuesInput()));
    Map<String, Tensor> feeds = new HashMap<>(c.examples);
    feeds.put(GraphNames.LABELS, c.labels);
    Tensor candidates = c.ids(numSampled);
    Tensor trueCount = c.counts(c.made.batch, c.numTrue);
    Tensor sampledCount = c.counts(numSampled);
    feeds.put(GraphNames.SAMPLED_CANDIDATES, candidates);
    feeds.put(GraphNames.TRUE_EXPECTED_COUNT, trueCount);
    feeds.put(GraphNames.SAMPLED_EXPECTED_COUNT, sampledCount);
    for (SessionConfig config : List.of(SessionConfig.defaults(), STOCK)) {
      try (TrainingLossSession session = TrainingLossSession.open(file, config)) {
        float[] loss = session.loss(feeds).loss().toFloatArray();
        for (int i = 0; i < c.made.batch; i++) {
          float[] counts =
              Arrays.copyOfRange(trueCount.toFloatArray(), i * c.numTrue, (i + 1) * c.numTrue);
          double expected =
              c.reference.nceLoss(
                  c.activations,
                  i,
                  c.labelsOf(i),
                  candidates.toLongArray(),
                  counts,
                  sampledCount.toFloatArray());
          c.close(loss[i], expected, expected);
        }
      }
    }
    c.checkExtracted(file);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void evaluation(long seed) throws Exception {
    Case c = new Case(seed);
    NceLossOptions options = NceLossOptions.builder().numTrue(c.numTrue).build();
    EvaluationOptions metrics = EvaluationOptions.of(options).withMetrics();
    Path file = c.saved(c.encoder.evaluation(c.layer, metrics));
    Map<String, Tensor> feeds = new HashMap<>(c.examples);
    feeds.put(GraphNames.LABELS, c.labels);
    for (SessionConfig config : List.of(SessionConfig.defaults(), STOCK)) {
      try (EvaluationSession session = EvaluationSession.open(file, config)) {
        float[] loss = session.loss(feeds).loss().toFloatArray();
        for (int i = 0; i < c.made.batch; i++) {
          double expected = c.reference.fullLoss(c.activations, i, c.labelsOf(i));
          c.close(loss[i], expected, expected);
        }
      }
    }
    c.checkExtracted(file);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void inference(long seed) throws Exception {
    Case c = new Case(seed);
    int k = 1 + c.random.nextInt((int) c.layer.numClasses());
    Path file = c.saved(c.encoder.inference(c.layer, k));
    for (SessionConfig config : List.of(SessionConfig.defaults(), STOCK)) {
      try (InferenceSession session = InferenceSession.open(file, config)) {
        TopK top = session.topK(c.examples);
        float[] logits = top.logits().orElseThrow().toFloatArray();
        long[] classes = top.classes().toLongArray();
        for (int i = 0; i < c.made.batch; i++) {
          double[] expected = c.reference.topLogits(c.activations, i, k);
          for (int j = 0; j < k; j++) {
            double size = Math.sqrt(c.made.dim);
            c.close(logits[i * k + j], expected[j], size);
            c.close(
                logits[i * k + j], c.reference.logit(c.activations, i, classes[i * k + j]), size);
          }
        }
      }
    }
    c.checkExtracted(file);
  }

  /** One encoder, one layer, one batch, and what must come of them. */
  private final class Case {
    final Random random;
    final RandomEncoder made;
    final Encoder encoder;
    final float[] activations;
    final Map<String, Tensor> examples = new HashMap<>();
    final HeadReference reference;
    final OutputLayer layer;
    final int numTrue;
    final Tensor labels;

    Case(long seed) throws Exception {
      random = new Random(seed);
      made = new RandomEncoder(random);
      Path file = directory.resolve("encoder " + seed + ".onnx");
      if (random.nextBoolean()) {
        ExternalCopy.write(made.model(), file);
      } else {
        Files.write(file, made.model().toByteArray());
      }
      activations = activations();
      ImportedModel model = ImportedModel.load(file);
      for (Map.Entry<String, Tensor> input : made.inputs().entrySet()) {
        String name = input.getKey();
        if (EmittedNames.areOurs(name)) {
          name = "encoder " + name;
          model = model.withInputName(input.getKey(), name);
        }
        examples.put(name, input.getValue());
      }
      encoder = Encoder.of(model, made.activations);
      int classes = 2 + random.nextInt(random.nextBoolean() ? 20 : 500);
      int rows = classes + random.nextInt(3);
      PartitionStrategy strategy =
          random.nextBoolean() ? PartitionStrategy.MOD : PartitionStrategy.DIV;
      List<Tensor> partitions = new ArrayList<>();
      for (int size : sizes(strategy, rows, 1 + random.nextInt(4))) {
        partitions.add(gaussians(size, made.dim));
      }
      Tensor biases = random.nextBoolean() ? gaussians(rows) : null;
      layer = OutputLayer.partitioned(partitions, strategy, biases).withNumClasses(classes);
      reference =
          new HeadReference(
              partitions.stream().map(Tensor::toFloatArray).toList(),
              biases == null ? null : biases.toFloatArray(),
              strategy,
              classes,
              made.dim);
      numTrue = 1 + random.nextInt(3);
      labels = ids(made.batch, numTrue);
    }

    private float[] activations() throws IOException, OrtException {
      try (ModelSession alone = ModelSession.open(made.observed("observed").toByteArray(), STOCK)) {
        return alone.run(made.inputs(), Set.of("observed")).get("observed").toFloatArray();
      }
    }

    /** What "mod" needs; "div" takes any sizes, also none. */
    private int[] sizes(PartitionStrategy strategy, int rows, int partitions) {
      int[] sizes = new int[partitions];
      for (int row = 0; row < rows; row++) {
        sizes[strategy == PartitionStrategy.MOD ? row % partitions : random.nextInt(partitions)]++;
      }
      return sizes;
    }

    private Tensor gaussians(long... shape) {
      float[] values =
          new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      return Tensor.of(values, shape);
    }

    private Tensor ids(long... shape) {
      long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
      return Tensor.of(random.longs(count, 0, layer.numClasses()).toArray(), shape);
    }

    /** Expected counts, in (0, 1]. */
    Tensor counts(long... shape) {
      float[] values = gaussians(shape).toFloatArray();
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) Math.exp(-Math.abs(values[i]));
      }
      return Tensor.of(values, shape);
    }

    /** Saved beside the encoder, its external data left there, or elsewhere with a copy of it. */
    Path saved(OnnxModel model) throws IOException {
      EmittedNames.checkUnique(model);
      Path file = directory.resolve("saved.onnx");
      switch (random.nextInt(3)) {
        case 0 -> model.save(file);
        case 1 -> model.save(file, ExternalDataOptions.oneFile().threshold(random.nextInt(999)));
        default -> {
          file = Files.createDirectory(directory.resolve("elsewhere")).resolve("saved.onnx");
          model.save(file, ExternalDataOptions.filePerTensor().threshold(random.nextInt(999)));
        }
      }
      return file;
    }

    void checkExtracted(Path file) throws IOException {
      OutputLayer found = OutputLayer.extract(OnnxModel.load(file));
      assertThat(found.numClasses()).isEqualTo(layer.numClasses());
      if (layer.weights().size() > 1) {
        assertThat(found.partitionStrategy()).isEqualTo(layer.partitionStrategy());
      }
      assertThat(found.weightData()).hasSameSizeAs(layer.weightData());
      for (int p = 0; p < layer.weightData().size(); p++) {
        assertThat(found.weightData().get(p).toTensor().toFloatArray())
            .isEqualTo(layer.weightData().get(p).toTensor().toFloatArray());
      }
      assertThat(found.biasData().isPresent()).isEqualTo(layer.biasData().isPresent());
      if (layer.biasData().isPresent()) {
        assertThat(found.biasData().orElseThrow().toTensor().toFloatArray())
            .isEqualTo(layer.biasData().orElseThrow().toTensor().toFloatArray());
      }
    }

    /** Within the tolerance of a size, that of the terms that were added up. */
    void close(float found, double expected, double size) {
      assertThat(Math.abs(found - expected))
          .as("%s, expected %s, opset %d", found, expected, made.opset)
          .isLessThanOrEqualTo(TOLERANCE * (1 + Math.abs(size)));
    }

    long[] labelsOf(int example) {
      return Arrays.copyOfRange(labels.toLongArray(), example * numTrue, (example + 1) * numTrue);
    }
  }
}
