package org.ortnce.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ortnce.nce.GraphNames;
import org.ortnce.tensor.Tensor;

/**
 * A batch, a table of classes and a sample: what the noise-contrastive loss is of. Logits are of
 * unit scale.
 *
 * @param sizes of the tensors
 * @param inputs float [batch, dim]
 * @param labels int64 [batch, num_true]
 * @param weights float [classes, dim]
 * @param biases float [classes]
 * @param sampledCandidates int64 [sampled]
 * @param trueExpectedCount float [batch, num_true]
 * @param sampledExpectedCount float [sampled]
 */
public record NceProblem(
    Sizes sizes,
    Tensor inputs,
    Tensor labels,
    Tensor weights,
    Tensor biases,
    Tensor sampledCandidates,
    Tensor trueExpectedCount,
    Tensor sampledExpectedCount) {

  /** The same for the same sizes. */
  public static NceProblem random(Sizes sizes) {
    RandomTensors random = new RandomTensors(sizes.hashCode());
    int batch = sizes.batch();
    int numTrue = sizes.numTrue();
    return new NceProblem(
        sizes,
        random.floats(1, batch, sizes.dim()),
        random.ids(sizes.classes(), batch, numTrue),
        random.floats(1 / Math.sqrt(sizes.dim()), sizes.classes(), sizes.dim()),
        random.floats(1, sizes.classes()),
        random.ids(sizes.classes(), sizes.sampled()),
        random.positive(batch, numTrue),
        random.positive(sizes.sampled()));
  }

  /** All tensors by their names in a graph. */
  public Map<String, Tensor> feeds() {
    Map<String, Tensor> feeds = new LinkedHashMap<>();
    feeds.put(GraphNames.INPUTS, inputs);
    feeds.put(GraphNames.LABELS, labels);
    feeds.put(GraphNames.WEIGHTS, weights);
    feeds.put(GraphNames.BIASES, biases);
    feeds.put(GraphNames.SAMPLED_CANDIDATES, sampledCandidates);
    feeds.put(GraphNames.TRUE_EXPECTED_COUNT, trueExpectedCount);
    feeds.put(GraphNames.SAMPLED_EXPECTED_COUNT, sampledExpectedCount);
    return feeds;
  }
}
