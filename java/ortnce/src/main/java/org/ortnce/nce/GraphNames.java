package org.ortnce.nce;

/** The names of the inputs, initializers and outputs of the models of {@link NceModels}. */
public final class GraphNames {
  /** Forward activations, float [batch, dim]. */
  public static final String INPUTS = "inputs";

  /** Rows of the embeddings, int64 [batch] or [batch, context]. */
  public static final String INPUT_IDS = "input_ids";

  /** Target classes, int64 [batch, num_true]. */
  public static final String LABELS = "labels";

  /** The class embeddings; of several partitions {@code weights_0}, {@code weights_1}... */
  public static final String WEIGHTS = "weights";

  /** The class biases, float [num_classes]. */
  public static final String BIASES = "biases";

  /** The embedding table of {@link #INPUT_IDS}, float [rows, dim]. */
  public static final String EMBEDDINGS = "embeddings";

  /** The kernel of a dense layer, float [dim, units]. */
  public static final String HIDDEN_WEIGHTS = "hidden_weights";

  /** The biases of a dense layer, float [units]. */
  public static final String HIDDEN_BIASES = "hidden_biases";

  /** Target classes of a sampler, int64 [batch, num_true]. */
  public static final String TRUE_CLASSES = "true_classes";

  /** The weights of the classes of a fixed unigram sampler, float [num_unigrams]. */
  public static final String UNIGRAMS = "unigrams";

  /** The counts that a learned unigram sampler starts from, int64 [range_max]. */
  public static final String INITIAL_COUNTS = "initial_counts";

  /** The counts of a learned unigram sampler after a run, int64 [range_max]. */
  public static final String COUNTS = "counts";

  /** The number of the run of the sampler, int64 scalar. */
  public static final String STEP = "step";

  /** The candidates, int64 [num_sampled]. */
  public static final String SAMPLED_CANDIDATES = "sampled_candidates";

  /** How often the labels were expected, float [batch, num_true]. */
  public static final String TRUE_EXPECTED_COUNT = "true_expected_count";

  /** How often the candidates were expected, float [num_sampled]. */
  public static final String SAMPLED_EXPECTED_COUNT = "sampled_expected_count";

  /** The loss, float [batch] or scalar. */
  public static final String LOSS = "loss";

  /** The softmax cross entropy, float [batch] or scalar. */
  public static final String SOFTMAX_LOSS = "softmax_loss";

  /** The ranks of the labels among all classes, int64 [batch, num_true]. */
  public static final String TRUE_RANKS = "true_ranks";

  /** The logits of the labels, float [batch, num_true]. */
  public static final String TRUE_LOGITS = "true_logits";

  /** Of a range of the classes: the sums of softplus(z), double [batch, chunks]. */
  public static final String SOFTPLUS_SUMS = "softplus_sums";

  /** Of a range of the classes: the logs of the sums of exp(z), double [batch, chunks]. */
  public static final String LOG_SUM_EXPS = "log_sum_exps";

  /** Of a range of the classes: how many come before each label, int64 [batch, num_true]. */
  public static final String LARGER_COUNTS = "larger_counts";

  /** The logits of all classes, float [batch, num_classes]. */
  public static final String LOGITS = "logits";

  /** The sigmoids of the logits, float [batch, num_classes]. */
  public static final String PROBABILITIES = "probabilities";

  /** The classes of the highest logits, int64 [batch, k], highest first. */
  public static final String TOP_K_CLASSES = "top_k_classes";

  /** The highest logits, float [batch, k]. */
  public static final String TOP_K_LOGITS = "top_k_logits";

  /** The sigmoids of the highest logits, float [batch, k]. */
  public static final String TOP_K_PROBABILITIES = "top_k_probabilities";

  private GraphNames() {}

  /** The name of one partition of the weights. */
  public static String weights(int partition, int partitions) {
    return partitions == 1 ? WEIGHTS : WEIGHTS + "_" + partition;
  }

  /** Whether this is the name of a trained tensor. */
  public static boolean isParameter(String name) {
    return name.matches(
        String.join(
            "|", EMBEDDINGS, HIDDEN_WEIGHTS, HIDDEN_BIASES, BIASES, WEIGHTS + "(_[0-9]+)?"));
  }
}
