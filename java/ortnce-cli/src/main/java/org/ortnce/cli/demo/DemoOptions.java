package org.ortnce.cli.demo;

import java.nio.file.Path;
import java.util.Optional;
import org.ortnce.cli.corpus.CorpusOptions;

/**
 * What the demonstration does.
 *
 * @param text the text to read; the running JDK if absent
 * @param corpus what is kept of it
 * @param dim length of the embeddings
 * @param numSampled candidates drawn for a batch
 * @param batchSize examples in a batch
 * @param limit examples for the full loss, which takes time proportional to the vocabulary
 * @param threads threads of ONNX Runtime; 0 is one per core
 * @param seed of embeddings, weights, the order of the examples and the sampler; not 0
 * @param outputDirectory where the models go; made if missing
 */
public record DemoOptions(
    Optional<Path> text,
    CorpusOptions corpus,
    int dim,
    int numSampled,
    int batchSize,
    long limit,
    int threads,
    long seed,
    Path outputDirectory) {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public DemoOptions {
    atLeast("dim", dim, 1);
    atLeast("num_sampled", numSampled, 1);
    atLeast("batch size", batchSize, 1);
    atLeast("limit", limit, 0);
    atLeast("threads", threads, 0);
    if (seed == 0) {
      // The sampler draws a fresh seed for (0, 0), and no two runs would agree.
      throw new IllegalArgumentException("seed must not be 0");
    }
  }

  private static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be at least " + least + ", got " + value);
    }
  }
}
