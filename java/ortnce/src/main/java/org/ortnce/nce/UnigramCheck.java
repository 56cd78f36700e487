package org.ortnce.nce;

import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;

/** Checks of the weights and counts of unigram samplers, where they are constants. */
final class UnigramCheck {
  private UnigramCheck() {}

  /** Demands counts of at least 1 that add up to at most {@code limit}. */
  static void counts(OpArguments arguments, Value counts, long limit) {
    if (counts.constant().isEmpty()) {
      return;
    }
    LongBuffer values = counts.constant().get().longs();
    long total = 0;
    for (int i = 0; i < values.limit(); i++) {
      long count = values.get(i);
      if (count < 1) {
        throw arguments.error(
            GraphNames.INITIAL_COUNTS + "[" + i + "]", ">= 1", Long.toString(count));
      }
      if (count > limit - total) {
        throw arguments.error(
            GraphNames.INITIAL_COUNTS,
            "counts with a sum of at most " + limit,
            "more, at element " + i);
      }
      total += count;
    }
  }

  /**
   * Demands weights that a sampler can draw from: as many as it has classes, finite, not negative,
   * and enough above 0.
   */
  static void weights(SamplerNode sampler, Value unigrams, FixedUnigramOptions options) {
    OpArguments arguments = sampler.arguments();
    arguments.expect(
        GraphNames.UNIGRAMS, unigrams, "[num_unigrams]", ElementType.FLOAT, Dim.unknown());
    if (OpArguments.dim(unigrams, 0).isFixed()) {
      size(sampler, OpArguments.dim(unigrams, 0).size(), options);
    }
    if (unigrams.constant().isEmpty()) {
      return;
    }
    FloatBuffer values = unigrams.constant().get().floats();
    long drawable = 0;
    for (int i = 0; i < values.limit(); i++) {
      float weight = values.get(i);
      String element = GraphNames.UNIGRAMS + "[" + i + "]";
      if (!Float.isFinite(weight) || weight < 0) {
        throw arguments.error(element, "finite and >= 0", Float.toString(weight));
      }
      float distorted = (float) Math.pow(weight, options.distortion());
      if (!Float.isFinite(distorted)) {
        throw arguments.error(
            element,
            "finite to the power of distortion = " + options.distortion(),
            Float.toString(weight));
      }
      if (distorted > 0 && options.isOfShard(i)) {
        drawable++;
      }
    }
    if (drawable == 0) {
      throw arguments.error(GraphNames.UNIGRAMS, "weights with a sum above 0", "a sum of 0");
    }
    long numSampled = sampler.options().numSampled();
    if (sampler.options().unique() && numSampled > drawable) {
      throw arguments.error(
          "num_sampled",
          "at most the " + drawable + " classes of weight above 0, without replacement",
          Long.toString(numSampled));
    }
  }

  private static void size(SamplerNode sampler, long numUnigrams, FixedUnigramOptions options) {
    long reserved = options.reservedOfShard();
    long rangeMax = sampler.rangeMax();
    // Compared first, so that the sum of the two cannot overflow.
    long weights = reserved > rangeMax ? numUnigrams : options.weightsOfShard(numUnigrams);
    if (reserved > rangeMax || reserved + weights != rangeMax) {
      throw sampler
          .arguments()
          .error(
              GraphNames.UNIGRAMS,
              "range_max = " + rangeMax + " classes together with the reserved ids",
              reserved
                  + " reserved ids and "
                  + weights
                  + " weights in shard "
                  + options.shard()
                  + " of "
                  + options.numShards());
    }
  }
}
