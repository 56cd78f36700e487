package org.ortnce.cli.train;

import java.nio.LongBuffer;
import org.ortnce.cli.train.data.ClassCounts;
import org.ortnce.tensor.Tensor;

/**
 * The full sigmoid loss of a network whose weights are 0, so that the logits are the biases,
 * whatever the input: {@code sum over classes of softplus(b) - mean over labels of b}.
 */
final class BiasesOnly {
  private final float[] biases;
  private final double softplus;

  private BiasesOnly(float[] biases) {
    this.biases = biases;
    double sum = 0;
    for (float bias : biases) {
      sum += Math.max(bias, 0) + Math.log1p(Math.exp(-Math.abs(bias)));
    }
    this.softplus = sum;
  }

  /**
   * The best that biases alone can do, nearly: the optimum of the full sigmoid loss is {@code
   * logit(p)}, that of the sampled one {@code log(p)}, which for rare classes is the same.
   */
  static BiasesOnly unigram(ClassCounts counts) {
    float[] biases = new float[counts.size()];
    for (int id = 0; id < biases.length; id++) {
      biases[id] = (float) Math.log(counts.share(id));
    }
    return new BiasesOnly(biases);
  }

  /** No class is likelier than another. */
  static BiasesOnly zeros(int classes) {
    return new BiasesOnly(new float[classes]);
  }

  /** A copy of the biases, float [num_classes]. */
  Tensor biases() {
    Tensor copy = Tensor.allocateFloats(biases.length);
    copy.floats().put(biases);
    return copy;
  }

  /** The mean loss of examples with these labels, int64 [examples, num_true]; 0 for no example. */
  double loss(Tensor labels) {
    LongBuffer ids = labels.longs();
    if (ids.remaining() == 0) {
      return 0;
    }
    double sum = 0;
    for (int i = 0; i < ids.remaining(); i++) {
      sum += biases[(int) ids.get(i)];
    }
    return softplus - sum / ids.remaining();
  }
}
