package org.ortnce.training;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.ortnce.nce.InputLayer;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceNetwork;
import org.ortnce.nce.Reduction;
import org.ortnce.tensor.Tensor;

/** A skip-gram of 50 words where each word is followed by one of two. */
final class SmallTraining implements AutoCloseable {
  static final int WORDS = 50;
  static final int NUM_SAMPLED = 8;
  private static final int EXAMPLES = 1000;
  private static final int BATCH = 64;

  final List<Parameter> parameters;
  final ShuffledBatches batches;
  private final TrainingSession session;

  SmallTraining() throws Exception {
    this(pairs(), Reduction.MEAN);
  }

  SmallTraining(Map<String, Tensor> examples, Reduction reduction) throws Exception {
    int dim = 16;
    parameters =
        List.of(
            Parameter.uniform("embeddings", -0.5 / dim, 0.5 / dim, 1, WORDS, dim),
            Parameter.zeros("weights", WORDS, dim),
            Parameter.zeros("biases", WORDS));
    NceNetwork network = NceNetwork.of(InputLayer.embeddings(WORDS, dim), WORDS);
    NceLossOptions options =
        NceLossOptions.builder().numSampled(NUM_SAMPLED).seed(3, 4).reduction(reduction).build();
    session = TrainingSession.open(network.trainingStep(options), parameters);
    batches = ShuffledBatches.builder(TensorExamples.of(examples)).batchSize(BATCH).seed(9).build();
  }

  static Map<String, Tensor> pairs() {
    Random random = new Random(2);
    long[] words = random.longs(EXAMPLES, 0, WORDS).toArray();
    long[] next = new long[EXAMPLES];
    for (int i = 0; i < EXAMPLES; i++) {
      next[i] = (words[i] * 7 + random.nextInt(2)) % WORDS;
    }
    return Map.of("input_ids", Tensor.of(words, EXAMPLES), "labels", Tensor.of(next, EXAMPLES, 1));
  }

  static Map<String, Tensor> labelsOutOfRange() {
    Map<String, Tensor> examples = new TreeMap<>(pairs());
    long[] labels = examples.get("labels").toLongArray();
    labels[EXAMPLES / 2] = WORDS;
    examples.put("labels", Tensor.of(labels, EXAMPLES, 1));
    return examples;
  }

  Trainer.Builder builder() {
    return Trainer.builder(session, batches);
  }

  Trainer.Builder adam() {
    return builder()
        .optimizer(Optimizers.adam())
        .learningRate(LearningRateSchedules.constant(0.02));
  }

  /** Every parameter, and the losses. */
  float[][] snapshot(Trainer trainer) {
    float[][] all = new float[parameters.size() + 1][];
    for (int i = 0; i < parameters.size(); i++) {
      all[i] = parameters.get(i).value().toFloatArray();
    }
    all[parameters.size()] = trainer.losses().toArray();
    return all;
  }

  @Override
  public void close() {
    session.close();
  }
}
