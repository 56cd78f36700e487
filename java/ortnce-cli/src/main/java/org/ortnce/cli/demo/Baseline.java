package org.ortnce.cli.demo;

import java.util.List;
import org.ortnce.cli.corpus.Vocabulary;
import org.ortnce.tensor.Tensor;

/**
 * An output layer that nobody trained.
 *
 * @param name for people, and for the directory of its models
 * @param description what its numbers are
 * @param weights float [num_classes, dim]
 * @param biases float [num_classes]
 */
record Baseline(String name, String description, Tensor weights, Tensor biases) {

  /** The two baselines: one knows nothing, the other how frequent the classes are. */
  static List<Baseline> of(Vocabulary classes, int dim, long seed) {
    return List.of(random(classes.size(), dim, seed), unigram(classes, dim));
  }

  /** With embeddings of N(0, 1) the logits of this layer have variance 1. */
  private static Baseline random(int numClasses, int dim, long seed) {
    return new Baseline(
        "random",
        "weights N(0, 1/D), biases 0",
        Embeddings.normal(numClasses, dim, 1 / Math.sqrt(dim), seed),
        Tensor.of(new float[numClasses], numClasses));
  }

  /**
   * The best that biases alone can do, nearly: the optimum of the full sigmoid loss is {@code
   * logit(p)}, that of the sampled one {@code log(p)}, which for rare classes is the same.
   */
  private static Baseline unigram(Vocabulary classes, int dim) {
    int numClasses = classes.size();
    double total = classes.totalCount();
    float[] biases = new float[numClasses];
    for (int id = 0; id < numClasses; id++) {
      biases[id] = (float) Math.log(classes.count(id) / total);
    }
    float[] zeros = new float[Math.multiplyExact(numClasses, dim)];
    return new Baseline(
        "unigram",
        "weights 0, biases log of the class's share",
        Tensor.of(zeros, numClasses, dim),
        Tensor.of(biases, numClasses));
  }
}
