package org.ortnce.session;

/** The names of inputs and outputs in the graphs of this library. */
final class GraphNames {
  static final String INPUTS = "inputs";
  static final String LABELS = "labels";
  static final String STEP = "step";
  static final String SAMPLED_CANDIDATES = "sampled_candidates";
  static final String TRUE_EXPECTED_COUNT = "true_expected_count";
  static final String SAMPLED_EXPECTED_COUNT = "sampled_expected_count";
  static final String LOSS = "loss";
  static final String LOGITS = "logits";
  static final String PROBABILITIES = "probabilities";
  static final String TOP_K_CLASSES = "top_k_classes";
  static final String TOP_K_PROBABILITIES = "top_k_probabilities";

  private GraphNames() {}

  /** Whether this is the name of weights or biases that are graph inputs. */
  static boolean isParameter(String name) {
    return name.matches("biases|weights(_[0-9]+)?");
  }
}
