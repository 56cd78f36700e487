package org.ortnce.session;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ortnce.tensor.Tensor;

/**
 * The k most probable classes of each example, most probable first.
 *
 * @param classes class ids, int64 [batch, k]
 * @param probabilities their sigmoid probabilities, float [batch, k]; each class has its own, so
 *     those of an example need not add up to 1
 * @param logits their logits, float [batch, k], if the model returns them
 */
public record TopK(Tensor classes, Tensor probabilities, Optional<Tensor> logits) {
  /** Checks that all are there. */
  public TopK {
    Objects.requireNonNull(classes, "classes");
    Objects.requireNonNull(probabilities, "probabilities");
    Objects.requireNonNull(logits, "logits");
  }

  /** A class that one of the parts found for an example. */
  private record Candidate(long classId, float probability, float logit) {
    /** As the op orders them: NaN last, and of equal logits the smaller id first. */
    static final Comparator<Candidate> ORDER =
        Comparator.comparing((Candidate c) -> Float.isNaN(c.logit))
            .thenComparing((a, b) -> a.logit == b.logit ? 0 : Float.compare(b.logit, a.logit))
            .thenComparingLong(Candidate::classId);
  }

  /**
   * The best of what was found in ranges of the classes: the same that one pass over all classes
   * finds.
   *
   * @param parts of one batch, with logits, such as those of models of {@link
   *     org.ortnce.nce.ShardModels#topK}; their classes are different ones
   * @param k how many classes to keep, at most as many as the parts have together
   * @throws IllegalArgumentException if there are fewer, a part has no logits or is of another
   *     batch
   */
  public static TopK merge(List<TopK> parts, int k) {
    if (parts.isEmpty() || parts.stream().anyMatch(part -> part.logits().isEmpty())) {
      throw new IllegalArgumentException(
          "parts must be at least one, and all have logits, got " + parts);
    }
    int batch = Math.toIntExact(parts.get(0).classes().dim(0));
    if (parts.stream().anyMatch(part -> part.classes().dim(0) != batch)) {
      throw new IllegalArgumentException("parts must be of one batch, got " + parts);
    }
    long found = parts.stream().mapToLong(part -> part.classes().dim(1)).sum();
    if (k < 1 || k > found) {
      throw new IllegalArgumentException("k must be in [1, " + found + "], got " + k);
    }
    long[] classes = new long[Math.multiplyExact(batch, k)];
    float[] probabilities = new float[classes.length];
    float[] logits = new float[classes.length];
    for (int i = 0; i < batch; i++) {
      int example = i;
      List<Candidate> best =
          parts.stream()
              .flatMap(part -> part.candidates(example))
              .sorted(Candidate.ORDER)
              .limit(k)
              .toList();
      for (int j = 0; j < k; j++) {
        classes[i * k + j] = best.get(j).classId();
        probabilities[i * k + j] = best.get(j).probability();
        logits[i * k + j] = best.get(j).logit();
      }
    }
    return new TopK(
        Tensor.of(classes, batch, k),
        Tensor.of(probabilities, batch, k),
        Optional.of(Tensor.of(logits, batch, k)));
  }

  private Stream<Candidate> candidates(int example) {
    int columns = (int) classes.dim(1);
    return IntStream.range(example * columns, (example + 1) * columns)
        .mapToObj(
            at ->
                new Candidate(
                    classes.longs().get(at),
                    probabilities.floats().get(at),
                    logits.orElseThrow().floats().get(at)));
  }
}
