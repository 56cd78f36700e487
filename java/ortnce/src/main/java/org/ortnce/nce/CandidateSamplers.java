package org.ortnce.nce;

import java.util.List;
import java.util.OptionalLong;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.NodeBuilder;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.TensorType;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;

/**
 * TensorFlow's candidate samplers as calls on graph values. Each draws the candidates that
 * TensorFlow's kernel of the same name draws for the same attributes, run after run of a session,
 * and the expected counts of candidates and true classes; {@link NceOps#nceLoss} takes them.
 *
 * <p>With {@code step} a sampler is stateless: it draws the candidates of that run, counted from 0,
 * whatever ran before. Two samplers of the same attributes and seeds draw the same candidates.
 *
 * <p>Common arguments: {@code trueClasses} int64 [batch, num_true], each in [0, range_max); {@code
 * step} int64, scalar or [1], or null. Errors are {@link IllegalArgumentException}s that name op,
 * argument, what is expected and what was found.
 */
public final class CandidateSamplers {
  static final String UNIFORM = "UniformCandidateSampler";
  static final String LOG_UNIFORM = "LogUniformCandidateSampler";
  static final String LEARNED_UNIGRAM = "LearnedUnigramCandidateSampler";
  static final String FIXED_UNIGRAM = "FixedUnigramCandidateSampler";
  static final String ALL = "AllCandidateSampler";
  static final String ACCIDENTAL_HITS = "ComputeAccidentalHits";

  /** The counts add up in TensorFlow's int32. */
  private static final long LEARNED_LIMIT = Integer.MAX_VALUE;

  private CandidateSamplers() {}

  /** Every class is as probable as any other; {@code tf.random.uniform_candidate_sampler}. */
  public static SampledValues uniformCandidateSampler(
      Value trueClasses, SamplerOptions options, Value step) {
    return SamplerNode.of(UNIFORM, trueClasses, options).build(step);
  }

  /**
   * Class c has probability log((c + 2) / (c + 1)) / log(range_max + 1), which suits classes in the
   * order of falling frequency; {@code tf.random.log_uniform_candidate_sampler}.
   */
  public static SampledValues logUniformCandidateSampler(
      Value trueClasses, SamplerOptions options, Value step) {
    return SamplerNode.of(LOG_UNIFORM, trueClasses, options).build(step);
  }

  /**
   * Classes are drawn as often as they were true classes before; {@code
   * tf.random.learned_unigram_candidate_sampler}. Each class starts with a count of 1, and after
   * its draw each run adds its true classes. The counts live in the session.
   *
   * @param options with {@code range_max} below 2^31 - 1
   * @param initialCounts int64 [range_max]: the counts that a session starts from, read in its
   *     first run; null for 1 each
   */
  public static LearnedUnigramSample learnedUnigramCandidateSampler(
      Value trueClasses, SamplerOptions options, Value initialCounts) {
    SamplerNode sampler = SamplerNode.of(LEARNED_UNIGRAM, trueClasses, options);
    long rangeMax = sampler.rangeMax();
    OpArguments arguments = sampler.arguments();
    if (rangeMax >= LEARNED_LIMIT) {
      throw arguments.error("range_max", "< " + LEARNED_LIMIT, Long.toString(rangeMax));
    }
    if (initialCounts != null) {
      arguments.expect(
          GraphNames.INITIAL_COUNTS,
          initialCounts,
          "[range_max]",
          ElementType.INT64,
          Dim.of(rangeMax));
      UnigramCheck.counts(arguments, initialCounts, LEARNED_LIMIT);
    }
    NodeBuilder node =
        sampler
            .node()
            .optionalInput(initialCounts)
            .optionalOutput(
                GraphNames.COUNTS, new TensorType(ElementType.INT64, Shape.of(rangeMax)));
    List<Value> outputs = node.build();
    return new LearnedUnigramSample(SamplerNode.sampledValues(outputs), outputs.get(3));
  }

  /**
   * Classes have given weights; {@code tf.random.fixed_unigram_candidate_sampler} with {@code
   * unigrams}. For its {@code vocab_file} see {@link UnigramVocabulary}.
   *
   * @param unigrams the weights, float [num_unigrams], finite, not negative and not all 0; of
   *     several shards all weights. The weights of this shard and its reserved ids are as many as
   *     {@code range_max}.
   */
  public static SampledValues fixedUnigramCandidateSampler(
      Value trueClasses,
      Value unigrams,
      SamplerOptions options,
      FixedUnigramOptions unigramOptions,
      Value step) {
    SamplerNode sampler = SamplerNode.of(FIXED_UNIGRAM, trueClasses, options);
    UnigramCheck.weights(sampler, unigrams, unigramOptions);
    sampler
        .node()
        .input(unigrams)
        .floatAttribute("distortion", unigramOptions.distortion())
        .intAttribute("num_reserved_ids", unigramOptions.numReservedIds())
        .intAttribute("num_shards", unigramOptions.numShards())
        .intAttribute("shard", unigramOptions.shard());
    return sampler.build(step);
  }

  /**
   * The classes 0 to {@code num_sampled}, each expected once: to test others against; {@code
   * tf.random.all_candidate_sampler}.
   *
   * @param options without {@code range_max}, which is {@code num_sampled}
   */
  public static SampledValues allCandidateSampler(
      Value trueClasses, SamplerOptions options, Value step) {
    return SamplerNode.ofAll(ALL, trueClasses, options).build(step);
  }

  /**
   * The pairs of an example and a candidate that is one of its true classes; {@code
   * tf.nn.compute_accidental_hits}. Of several equal candidates all are listed, where TensorFlow
   * lists the last.
   *
   * @param trueClasses int64 [batch, num_true], not negative
   * @param sampledCandidates int64 [num_sampled], not negative
   * @param numTrue the number of true classes of an example
   * @param ignoreIndex the true class that marks padding and hits nothing, if any
   */
  public static AccidentalHits computeAccidentalHits(
      Value trueClasses, Value sampledCandidates, int numTrue, OptionalLong ignoreIndex) {
    OpArguments arguments = new OpArguments(ACCIDENTAL_HITS);
    if (numTrue < 1) {
      throw arguments.error("num_true", ">= 1", Integer.toString(numTrue));
    }
    arguments.expect(
        GraphNames.TRUE_CLASSES,
        trueClasses,
        "[batch, num_true]",
        ElementType.INT64,
        Dim.unknown(),
        Dim.of(numTrue));
    arguments.expect(
        GraphNames.SAMPLED_CANDIDATES,
        sampledCandidates,
        "[num_sampled]",
        ElementType.INT64,
        Dim.unknown());
    NodeBuilder node =
        NodeBuilder.of(ACCIDENTAL_HITS, NceOps.DOMAIN, NceOps.DOMAIN_VERSION)
            .input(trueClasses)
            .input(sampledCandidates)
            .intAttribute("num_true", numTrue);
    ignoreIndex.ifPresent(value -> node.intAttribute("ignore_index", value));
    Shape hits = Shape.of(Dim.unknown());
    List<Value> outputs =
        node.output("indices", new TensorType(ElementType.INT32, hits))
            .output("ids", new TensorType(ElementType.INT64, hits))
            .output("weights", new TensorType(ElementType.FLOAT, hits))
            .build();
    return new AccidentalHits(outputs.get(0), outputs.get(1), outputs.get(2));
  }
}
