package org.ortnce.session;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.ortnce.nce.GraphNames;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/**
 * Runs a model of one candidate sampler ({@link org.ortnce.nce.SamplerModels}). Safe for concurrent
 * use: each run takes a draw of its own, and none is lost or taken twice.
 *
 * <p>The session has the number of its runs as state, unless the model takes {@code step}, and for
 * a learned unigram sampler the counts of the classes. To go on where a closed session stopped:
 *
 * <ol>
 *   <li>keep the counts ({@link #saveCounts}) and how many runs there were, that one included;
 *   <li>open a model with these counts: {@code SamplerModels.learnedUnigram(options,
 *       Npy.read(file))}, or a model file that has initial counts with {@link
 *       SessionConfig.Builder#sharedInitializer}{@code ("initial_counts", Npy.read(file))};
 *   <li>{@link #skip} as many runs. Without this the probabilities continue but the random stream
 *       starts again.
 * </ol>
 */
public final class SamplerSession implements AutoCloseable {
  private static final Set<String> SAMPLE =
      Set.of(
          GraphNames.SAMPLED_CANDIDATES,
          GraphNames.TRUE_EXPECTED_COUNT,
          GraphNames.SAMPLED_EXPECTED_COUNT);

  private final ModelSession session;
  private final boolean takesStep;
  private final boolean returnsCounts;

  private SamplerSession(ModelSession opened) {
    session = ModelContract.check("a candidate sampler", opened, SamplerSession::demands).session();
    takesStep = session.inputs().containsKey(GraphNames.STEP);
    returnsCounts = session.outputs().containsKey(GraphNames.COUNTS);
  }

  private static void demands(ModelContract model) {
    model
        .input(GraphNames.TRUE_CLASSES, ElementType.INT64::equals, 2)
        .optionalInput(GraphNames.STEP, ElementType.INT64::equals, 0, 1)
        .output(GraphNames.SAMPLED_CANDIDATES, ElementType.INT64, 1)
        .output(GraphNames.TRUE_EXPECTED_COUNT, ElementType.FLOAT, 2)
        .output(GraphNames.SAMPLED_EXPECTED_COUNT, ElementType.FLOAT, 1);
  }

  /** Opens a model file with {@link SessionConfig#defaults()}. */
  public static SamplerSession open(Path model) throws IOException, OrtException {
    return open(model, SessionConfig.defaults());
  }

  /**
   * Opens a model file.
   *
   * @throws IllegalArgumentException if it is not a model of a candidate sampler
   * @see ModelSession#open(Path, SessionConfig)
   */
  public static SamplerSession open(Path model, SessionConfig config)
      throws IOException, OrtException {
    return new SamplerSession(ModelSession.open(model, config));
  }

  /**
   * Opens a serialized model.
   *
   * @throws IllegalArgumentException if it is not a model of a candidate sampler
   * @see ModelSession#open(byte[], SessionConfig)
   */
  public static SamplerSession open(byte[] model, SessionConfig config) throws OrtException {
    return new SamplerSession(ModelSession.open(model, config));
  }

  /**
   * The next draw.
   *
   * @param trueClasses int64 [batch, num_true]; a batch of 0 is allowed
   * @throws IllegalArgumentException if the model wants the number of the run, or the classes have
   *     the wrong type or shape
   * @throws OrtException if the op refuses the values, for instance a class out of range; the
   *     stream and the counts are then as before
   */
  public CandidateSample sample(Tensor trueClasses) throws OrtException {
    return sample(session.run(inputs(trueClasses), SAMPLE));
  }

  /**
   * The draw of run {@code step} of the model's stream, whatever ran before.
   *
   * @param step the number of the run, from 0
   * @throws IllegalArgumentException if {@code step} is negative or the model has no such input
   */
  public CandidateSample sample(Tensor trueClasses, long step) throws OrtException {
    Map<String, Tensor> values = inputs(trueClasses);
    values.put(GraphNames.STEP, Steps.tensor(session.inputs().get(GraphNames.STEP), step));
    return sample(session.run(values, SAMPLE));
  }

  /**
   * Leaves out as many draws as {@code runs}, which costs as much as drawing them.
   *
   * @throws IllegalArgumentException if {@code runs} is negative
   * @throws IllegalStateException if the model takes {@code step}: it has no runs to leave out
   */
  public void skip(long runs) throws OrtException {
    if (runs < 0) {
      throw new IllegalArgumentException("runs is " + runs + ", expected 0 or more");
    }
    if (takesStep) {
      throw new IllegalStateException("the model takes the number of each run as input 'step'");
    }
    Map<String, Tensor> nothing = inputs(noClasses());
    for (long run = 0; run < runs; run++) {
      session.run(nothing, Set.of(GraphNames.SAMPLED_CANDIDATES));
    }
  }

  /**
   * The counts of a learned unigram sampler, int64 [range_max]: what it started from and every true
   * class of the runs that have ended. It takes a run without true classes to ask for them, which
   * takes a draw from the stream.
   *
   * @throws IllegalStateException if the model returns no counts
   */
  public Tensor counts() throws OrtException {
    if (!returnsCounts) {
      throw new IllegalStateException("the model has no output 'counts'; " + session);
    }
    return session.run(inputs(noClasses()), Set.of(GraphNames.COUNTS)).get(GraphNames.COUNTS);
  }

  /**
   * Writes the {@link #counts} to a .npy file. Whoever opens it finds the old content or all of the
   * new, even after a crash.
   *
   * @throws IllegalStateException if the model returns no counts
   * @throws IOException if writing fails; an old file is then untouched
   */
  public void saveCounts(Path file) throws IOException, OrtException {
    Objects.requireNonNull(file, "file");
    Npy.write(file, counts());
  }

  /** Whether the model wants the number of the run. */
  public boolean takesStep() {
    return takesStep;
  }

  /** Whether the model returns counts: it is a learned unigram sampler. */
  public boolean returnsCounts() {
    return returnsCounts;
  }

  /** The model underneath, closed with this session. */
  public ModelSession model() {
    return session;
  }

  /** Waits for the runs in flight and releases everything; closing again does nothing. */
  @Override
  public void close() {
    session.close();
  }

  private static CandidateSample sample(Map<String, Tensor> results) {
    return new CandidateSample(
        results.get(GraphNames.SAMPLED_CANDIDATES),
        results.get(GraphNames.TRUE_EXPECTED_COUNT),
        results.get(GraphNames.SAMPLED_EXPECTED_COUNT));
  }

  private static Map<String, Tensor> inputs(Tensor trueClasses) {
    Map<String, Tensor> values = new LinkedHashMap<>();
    values.put(GraphNames.TRUE_CLASSES, Objects.requireNonNull(trueClasses, "trueClasses"));
    return values;
  }

  /** True classes of no example, as wide as the model wants them. */
  private Tensor noClasses() {
    DimensionSpec numTrue = session.inputs().get(GraphNames.TRUE_CLASSES).shape().get(1);
    return Tensor.of(new long[0], 0, numTrue.isFixed() ? numTrue.size() : 1);
  }
}
