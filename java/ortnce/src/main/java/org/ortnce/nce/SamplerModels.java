package org.ortnce.nce;

import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * Models of one candidate sampler: from {@code true_classes}, int64 [batch, num_true], and with
 * {@code stepInput} {@code step}, int64 scalar, to {@code sampled_candidates}, {@code
 * true_expected_count} and {@code sampled_expected_count}. The names are {@link GraphNames}; the
 * samplers and their errors are those of {@link CandidateSamplers}.
 */
public final class SamplerModels {
  private SamplerModels() {}

  /** A model of {@link CandidateSamplers#uniformCandidateSampler}. */
  public static OnnxModel uniform(SamplerOptions options, boolean stepInput) {
    Graph graph = new Graph("uniform_candidate_sampler", options, stepInput);
    return graph.build(
        CandidateSamplers.uniformCandidateSampler(graph.trueClasses, options, graph.step));
  }

  /** A model of {@link CandidateSamplers#logUniformCandidateSampler}. */
  public static OnnxModel logUniform(SamplerOptions options, boolean stepInput) {
    Graph graph = new Graph("log_uniform_candidate_sampler", options, stepInput);
    return graph.build(
        CandidateSamplers.logUniformCandidateSampler(graph.trueClasses, options, graph.step));
  }

  /**
   * A model of {@link CandidateSamplers#fixedUnigramCandidateSampler}.
   *
   * @param unigrams the weights, float [num_unigrams], stored in the model
   */
  public static OnnxModel fixedUnigram(
      Tensor unigrams,
      SamplerOptions options,
      FixedUnigramOptions unigramOptions,
      boolean stepInput) {
    Graph graph = new Graph("fixed_unigram_candidate_sampler", options, stepInput);
    Value weights = Value.initializer(unigrams);
    graph.model.initializer(GraphNames.UNIGRAMS, weights);
    return graph.build(
        CandidateSamplers.fixedUnigramCandidateSampler(
            graph.trueClasses, weights, options, unigramOptions, graph.step));
  }

  /** A model of {@link CandidateSamplers#allCandidateSampler}. */
  public static OnnxModel all(SamplerOptions options, boolean stepInput) {
    Graph graph = new Graph("all_candidate_sampler", options, stepInput);
    return graph.build(
        CandidateSamplers.allCandidateSampler(graph.trueClasses, options, graph.step));
  }

  /** A model of {@link CandidateSamplers#learnedUnigramCandidateSampler} that starts afresh. */
  public static OnnxModel learnedUnigram(SamplerOptions options) {
    return learnedUnigram(options, null);
  }

  /**
   * A model of {@link CandidateSamplers#learnedUnigramCandidateSampler} with a further output
   * {@code counts}, int64 [range_max]: the counts after a run.
   *
   * @param initialCounts the counts that sessions start from, int64 [range_max], stored in the
   *     model as {@code initial_counts}; null for 1 each
   */
  public static OnnxModel learnedUnigram(SamplerOptions options, Tensor initialCounts) {
    Graph graph = new Graph("learned_unigram_candidate_sampler", options, false);
    Value counts = null;
    if (initialCounts != null) {
      counts = Value.initializer(initialCounts);
      graph.model.initializer(GraphNames.INITIAL_COUNTS, counts);
    }
    LearnedUnigramSample sample =
        CandidateSamplers.learnedUnigramCandidateSampler(graph.trueClasses, options, counts);
    graph.model.output(GraphNames.COUNTS, sample.counts());
    return graph.build(sample.sampledValues());
  }

  /** The inputs that the models share. */
  private static final class Graph {
    final ModelBuilder model = new ModelBuilder();
    final Value trueClasses;
    final Value step;

    Graph(String name, SamplerOptions options, boolean stepInput) {
      Shape shape = Shape.of(Dim.of("batch"), Dim.of(options.numTrue()));
      trueClasses = Value.input(ElementType.INT64, shape);
      step = stepInput ? Value.input(ElementType.INT64, Shape.scalar()) : null;
      model.graphName(name).input(GraphNames.TRUE_CLASSES, trueClasses);
      if (stepInput) {
        model.input(GraphNames.STEP, step);
      }
    }

    OnnxModel build(SampledValues sample) {
      return model
          .output(GraphNames.SAMPLED_CANDIDATES, sample.sampledCandidates())
          .output(GraphNames.TRUE_EXPECTED_COUNT, sample.trueExpectedCount())
          .output(GraphNames.SAMPLED_EXPECTED_COUNT, sample.sampledExpectedCount())
          .build();
    }
  }
}
