package org.ortnce.bench;

import java.util.stream.IntStream;

/**
 * The sizes of a problem, written {@code 1024x512x1024x200000x1}.
 *
 * @param batch examples
 * @param dim length of an embedding
 * @param sampled candidates
 * @param classes rows of the weights
 * @param numTrue labels of an example
 */
public record Sizes(int batch, int dim, int sampled, int classes, int numTrue) {
  /** The sizes that {@code text} says. */
  public static Sizes of(String text) {
    String[] parts = text.split("x", -1);
    if (parts.length != 5) {
      throw new IllegalArgumentException(
          "sizes are batch x dim x sampled x classes x num_true, got '" + text + "'");
    }
    int[] sizes = IntStream.range(0, 5).map(i -> Integer.parseInt(parts[i])).toArray();
    return new Sizes(sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]);
  }
}
