package org.ortnce.cli.train;

import java.util.List;

/**
 * What is found out about the result.
 *
 * @param limit held-out examples that the full loss is taken of, which takes time proportional to
 *     the classes; at least 0
 * @param tokens whose neighbours are wanted; empty for a choice of ours
 * @param neighbours how many of each; at least 1
 */
public record EvaluationSettings(long limit, List<String> tokens, int neighbours) {
  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public EvaluationSettings {
    tokens = List.copyOf(tokens);
    Ranges.atLeast("eval limit", limit, 0);
    Ranges.atLeast("top k", neighbours, 1);
  }
}
