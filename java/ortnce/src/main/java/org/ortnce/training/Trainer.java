package org.ortnce.training;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.ortnce.tensor.Tensor;

/**
 * A training run: takes steps over shuffled batches, keeps the loss of each, and writes checkpoints
 * from which it resumes bit for bit. Session, batches and checkpoint directory stay the caller's to
 * close. Not for several threads at once.
 *
 * <pre>{@code
 * Trainer trainer = Trainer.builder(session, batches)
 *     .optimizer(Optimizers.adagrad())
 *     .learningRate(LearningRateSchedules.constant(0.1))
 *     .checkpoints(directory, 1000)
 *     .build();
 * trainer.resume();
 * trainer.trainTo(10_000, report -> {});
 * }</pre>
 */
public final class Trainer {
  private static final String LOSSES = "losses";

  private final TrainingSession session;
  private final ShuffledBatches batches;
  private final BoundOptimizer optimizer;
  private final LearningRateSchedule learningRate;
  private final GradientClipping clipping;
  private final Optional<CheckpointDirectory> checkpoints;
  private final long checkpointEvery;
  private final String settings;
  private final LossHistory losses = new LossHistory();
  private long step;
  private long savedStep = -1;

  private Trainer(Builder builder) {
    session = builder.session;
    batches = builder.batches;
    optimizer = Objects.requireNonNull(builder.optimizer, "optimizer").bind(session.parameters());
    learningRate = Objects.requireNonNull(builder.learningRate, "learningRate");
    clipping = builder.clipping;
    checkpoints = Optional.ofNullable(builder.checkpoints);
    checkpointEvery = builder.checkpointEvery;
    Map<String, String> all = new LinkedHashMap<>();
    all.put("optimizer", optimizer.optimizer().toString());
    all.put("learning_rate", learningRate.toString());
    all.put("clipping", clipping.toString());
    all.put("batches", batches.toString());
    all.putAll(builder.settings);
    settings =
        all.entrySet().stream()
            .map(entry -> entry.getKey() + ": " + entry.getValue())
            .collect(Collectors.joining("\n"));
    batches.seek(0);
  }

  /** A builder of a run of {@code session} over {@code batches}, whose columns are its inputs. */
  public static Builder builder(TrainingSession session, ShuffledBatches batches) {
    return new Builder(session, batches);
  }

  /** The number of steps taken, those before a resume included. */
  public long step() {
    return step;
  }

  /** The loss of every step taken. */
  public LossHistory losses() {
    return losses;
  }

  /**
   * Goes on from the newest whole checkpoint: parameters, optimizer state, losses and the step,
   * from which batches, learning rate and samples follow.
   *
   * @return false if there is none; nothing is then changed
   * @throws IllegalStateException if steps have been taken already, or there is no checkpoint
   *     directory
   * @throws IllegalArgumentException if the checkpoint was written with other settings, naming them
   * @throws IOException if checkpoints are there but none can be used
   */
  public boolean resume() throws IOException {
    if (step != 0) {
      throw new IllegalStateException("resume after " + step + " steps: expected none");
    }
    CheckpointDirectory directory =
        checkpoints.orElseThrow(
            () -> new IllegalStateException("there is no checkpoint directory"));
    Optional<Checkpoint> latest = directory.latest();
    if (latest.isEmpty()) {
      return false;
    }
    try (Checkpoint checkpoint = latest.get()) {
      Tensor history = Tensor.allocateFloats(checkpoint.step());
      checkpoint.restore(settings, state(history));
      losses.replaceBy(history);
      step = checkpoint.step();
    }
    savedStep = step;
    batches.seek(step);
    return true;
  }

  /**
   * Takes one step: draws the next batch, computes loss and gradients, clips them and updates the
   * parameters.
   *
   * @throws NonFiniteLossException if the loss or the norm of a clipped gradient is NaN or
   *     infinite; the parameters are then those before the step
   * @throws IOException if the examples cannot be read
   * @throws OrtException if an op refuses the batch, for instance a label out of range
   */
  public StepReport takeStep() throws IOException, OrtException {
    Batch batch = batches.next();
    boolean taken = false;
    try {
      double rate = learningRate.at(step);
      StepLoss result = clipping.isNone() ? update(batch, rate) : clippedUpdate(batch, rate);
      double loss = result.mean();
      losses.add(loss);
      step++;
      taken = true;
      return new StepReport(
          step - 1,
          batch.epoch(),
          Math.toIntExact(batch.size()),
          loss,
          rate,
          result.sampledCandidates(),
          result.deviceBytes());
    } finally {
      if (!taken) {
        batches.seek(step);
      }
    }
  }

  private StepLoss update(Batch batch, double rate) throws OrtException {
    StepLoss result = session.update(batch.columns(), step, optimizer, rate);
    checkLoss(result.mean(), batch, rate);
    return result;
  }

  /** Norms are those of all gradients together: they come to Java before the update. */
  private StepLoss clippedUpdate(Batch batch, double rate) throws OrtException {
    LossGradients results = session.run(batch.columns(), step);
    checkLoss(results.meanLoss(), batch, rate);
    var gradients = clipping.clip(results.gradients());
    if (gradients.stream().anyMatch(gradient -> !Float.isFinite(gradient.factor()))) {
      throw nonFinite("the norm of a gradient is not finite" + culprit(results), batch, rate);
    }
    optimizer.apply(gradients, rate, step);
    return results.stepLoss();
  }

  private void checkLoss(double loss, Batch batch, double rate) {
    if (!Double.isFinite(loss)) {
      throw nonFinite("the loss is " + loss, batch, rate);
    }
  }

  /** An element that makes a norm NaN or infinite; finite ones may overflow together. */
  private static String culprit(LossGradients results) {
    return results.gradients().stream()
        .flatMap(gradient -> gradient.firstNonFinite().stream())
        .findFirst()
        .map(element -> ", " + element)
        .orElse("");
  }

  private NonFiniteLossException nonFinite(String what, Batch batch, double rate) {
    return new NonFiniteLossException(
        what
            + " in step "
            + step
            + " (epoch "
            + batch.epoch()
            + ", learning rate "
            + rate
            + "): a lower learning rate or gradient clipping may help");
  }

  /**
   * Takes steps until {@code steps} have been taken, with a checkpoint after every so many and one
   * at the end.
   *
   * @param listener hears of every step, on this thread, before its checkpoint
   * @throws NonFiniteLossException as {@link #takeStep}
   * @throws IOException if examples cannot be read or a checkpoint cannot be written
   * @throws OrtException if an op refuses a batch
   */
  public void trainTo(long steps, Consumer<StepReport> listener) throws IOException, OrtException {
    Objects.requireNonNull(listener, "listener");
    while (step < steps) {
      listener.accept(takeStep());
      if (checkpoints.isPresent() && (step % checkpointEvery == 0 || step == steps)) {
        checkpoint();
      }
    }
  }

  /**
   * Writes a checkpoint of this moment, unless the newest is of it already.
   *
   * @throws IllegalStateException if there is no checkpoint directory
   * @throws NonFiniteLossException if a parameter has become NaN or infinite; no checkpoint is then
   *     written, and those before stay
   * @throws IOException if it cannot be written; those before stay
   */
  public void checkpoint() throws IOException {
    CheckpointDirectory directory =
        checkpoints.orElseThrow(
            () -> new IllegalStateException("there is no checkpoint directory"));
    if (savedStep == step) {
      return;
    }
    for (Parameter parameter : session.parameters()) {
      checkFinite(parameter);
    }
    directory.save(step, settings, state(losses.toTensor()));
    savedStep = step;
  }

  private void checkFinite(Parameter parameter) {
    FloatBuffer values = parameter.value().floats();
    float[] block = new float[FloatBlocks.SIZE];
    for (int done = 0; done < values.limit(); ) {
      int count = Math.min(block.length, values.limit() - done);
      values.get(done, block, 0, count);
      float sum = 0;
      for (int i = 0; i < count; i++) {
        // 0 for what is finite, else NaN.
        sum += block[i] * 0;
      }
      if (sum != 0) {
        throw new NonFiniteLossException(
            "parameter '" + parameter.name() + "' is not finite after " + step + " steps");
      }
      done += count;
    }
  }

  private Map<String, Tensor> state(Tensor history) {
    Map<String, Tensor> state = new LinkedHashMap<>(optimizer.state());
    state.put(LOSSES, history);
    return state;
  }

  /** Collects what a run needs: optimizer and learning rate are required. */
  public static final class Builder {
    private final TrainingSession session;
    private final ShuffledBatches batches;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private Optimizer optimizer;
    private LearningRateSchedule learningRate;
    private GradientClipping clipping = GradientClipping.none();
    private CheckpointDirectory checkpoints;
    private long checkpointEvery = Long.MAX_VALUE;

    private Builder(TrainingSession session, ShuffledBatches batches) {
      this.session = Objects.requireNonNull(session, "session");
      this.batches = Objects.requireNonNull(batches, "batches");
    }

    /** The rule that updates the parameters. */
    public Builder optimizer(Optimizer value) {
      optimizer = Objects.requireNonNull(value, "optimizer");
      return this;
    }

    /** The learning rate of each step. */
    public Builder learningRate(LearningRateSchedule value) {
      learningRate = Objects.requireNonNull(value, "learningRate");
      return this;
    }

    /** A limit on the norm of the gradients; none by default. */
    public Builder clipping(GradientClipping value) {
      clipping = Objects.requireNonNull(value, "clipping");
      return this;
    }

    /**
     * Where {@link Trainer#trainTo} writes a checkpoint after every {@code everySteps} steps.
     *
     * @throws IllegalArgumentException if {@code everySteps} is not positive
     */
    public Builder checkpoints(CheckpointDirectory directory, long everySteps) {
      checkpoints = Objects.requireNonNull(directory, "directory");
      if (everySteps < 1) {
        throw new IllegalArgumentException("everySteps must be >= 1, got " + everySteps);
      }
      checkpointEvery = everySteps;
      return this;
    }

    /**
     * Something else that must be the same to resume, such as the seeds of the model. Optimizer,
     * learning rate, clipping and batches are compared anyway.
     */
    public Builder setting(String name, String value) {
      settings.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
      return this;
    }

    /** A run that has taken no step. */
    public Trainer build() {
      return new Trainer(this);
    }
  }
}
