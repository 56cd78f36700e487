package org.ortnce.training;

import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceNetwork;
import org.ortnce.nce.SplitTrainingStep;
import org.ortnce.onnx.GradientNames;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.session.CudaPolicy;
import org.ortnce.session.ModelSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.session.TensorSpec;
import org.ortnce.tensor.Tensor;

/**
 * Runs a training-step model: the loss and its gradients for a batch of examples, of one sample. Of
 * whole tables that is one run, and the parameters are graph inputs that ONNX Runtime reads in
 * place; of touched rows it is three runs, and gradients by rows pass through host memory. Either
 * way a run sees what an optimizer wrote after the one before.
 *
 * <p>The model may come from {@link org.ortnce.nce.NceNetwork#trainingStep} or be any other with
 * output {@code loss} and gradients of {@link org.ortnce.onnx.ModelBuilder#withGradients}. Runs may
 * be concurrent as long as nobody writes to the parameters.
 *
 * <p>On a CUDA device ONNX Runtime would copy the parameters there in every run: its Java API has
 * no tensors in the memory of a device that could stay. So sessions of a network on a device are of
 * touched rows ({@link #openTouchedRows}). Nothing of this has run on a device yet; on the
 * processor it gives the same bits.
 */
public final class TrainingSession implements AutoCloseable {
  private final ModelSession session;
  private final OnnxModel model;
  private final SessionConfig config;
  private final List<Parameter> parameters;
  private final Map<String, TensorSpec> examples;
  private final Set<String> wanted;

  /** What comes before the model, if that takes gradients by rows and not batches. */
  private final Optional<TouchedRows> touched;

  /** Runs, of up to three models, share it; close takes it alone. */
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  /** The model that updates as well, for the optimizer that was last used. */
  private Optional<Update> update = Optional.empty();

  /**
   * A model that updates.
   *
   * @param state parameters and slots, its inputs
   * @param into the same tensors, by the names of its outputs
   * @param results its other outputs
   */
  private record Update(
      BoundOptimizer optimizer,
      ModelSession session,
      Map<String, Tensor> state,
      Map<String, Tensor> into,
      Set<String> results) {

    static Update of(BoundOptimizer optimizer, ModelSession session) {
      Map<String, Tensor> into = new LinkedHashMap<>();
      optimizer.state().forEach((name, tensor) -> into.put(UpdateModel.output(name), tensor));
      Set<String> results = new LinkedHashSet<>(session.outputs().keySet());
      results.removeAll(into.keySet());
      return new Update(optimizer, session, optimizer.state(), into, results);
    }
  }

  private TrainingSession(
      ModelSession session,
      OnnxModel model,
      SessionConfig config,
      List<Parameter> parameters,
      Optional<TouchedRows> touched) {
    this.touched = touched;
    this.session = session;
    this.model = model;
    this.config = config;
    this.parameters = List.copyOf(parameters);
    Map<String, TensorSpec> others = new LinkedHashMap<>(session.inputs());
    others.remove(GraphNames.STEP);
    wanted = new LinkedHashSet<>();
    want(GraphNames.LOSS);
    for (Parameter parameter : this.parameters) {
      TensorSpec spec = others.remove(parameter.name());
      if (spec == null) {
        throw refused("it has no input for " + parameter + ", or two parameters have that name");
      }
      if (!spec.accepts(parameter.value())) {
        throw refused("its input '" + spec + "' does not fit " + parameter);
      }
      if (isSparse(parameter)) {
        want(GradientNames.indices(parameter.name()));
        want(GradientNames.values(parameter.name()));
      } else {
        want(GradientNames.dense(parameter.name()));
      }
    }
    examples = touched.map(TouchedRows::examples).orElse(others);
    if (session.outputs().containsKey(GraphNames.SAMPLED_CANDIDATES)) {
      wanted.add(GraphNames.SAMPLED_CANDIDATES);
    }
  }

  /** Opens a model with {@link SessionConfig#defaults()}. */
  public static TrainingSession open(OnnxModel model, List<Parameter> parameters)
      throws OrtException {
    return open(model, parameters, SessionConfig.defaults());
  }

  /**
   * Opens a model.
   *
   * @param parameters the trained tensors, for the graph inputs of their names; every other input
   *     but {@code step} is a column of the examples
   * @throws IllegalArgumentException naming what the model lacks or what does not fit
   * @throws OrtException if ONNX Runtime refuses the model
   */
  public static TrainingSession open(
      OnnxModel model, List<Parameter> parameters, SessionConfig config) throws OrtException {
    return open(model, parameters, config, Optional.empty());
  }

  /**
   * Opens the training step of a network: on a CUDA device, if {@code config} asks for one and it
   * is there, of touched rows ({@link #openTouchedRows}), else of whole tables that are read in
   * place.
   *
   * @param parameters all those of the network
   * @throws IllegalArgumentException if the parameters or the options do not fit the network
   * @throws OrtException if ONNX Runtime refuses a model
   */
  public static TrainingSession open(
      NceNetwork network, NceLossOptions options, List<Parameter> parameters, SessionConfig config)
      throws OrtException {
    checkNames(network, parameters);
    TrainingSession whole = open(network.trainingStep(options), parameters, config);
    // Whether there is a usable device is known only now.
    if (!whole.model().providers().hasCuda()) {
      return whole;
    }
    whole.close();
    return openTouchedRows(network, options, parameters, config);
  }

  /**
   * Opens the training step of a network so that what a device is given and gives back does not
   * grow with the tables: the sample is drawn and embeddings are looked up on the host, the rows of
   * the labels and candidates of a batch are copied together, the loss and its gradients are
   * computed of these, where {@code config} says, and the host updates the tables. {@link StepLoss}
   * has the bytes. Losses, gradients and updates are those of whole tables; on the processor, bit
   * for bit and with more copying.
   *
   * @param parameters all those of the network
   * @throws IllegalArgumentException if the parameters or the options do not fit the network, or
   *     {@code config} shares the weights of a parameter
   * @throws OrtException if ONNX Runtime refuses a model
   */
  public static TrainingSession openTouchedRows(
      NceNetwork network, NceLossOptions options, List<Parameter> parameters, SessionConfig config)
      throws OrtException {
    checkNames(network, parameters);
    checkNotShared(config, parameters);
    SplitTrainingStep step = network.splitTrainingStep(options);
    SessionConfig host = config.toBuilder().addCUDA(CudaPolicy.CPU).build();
    TouchedRows touched = TouchedRows.open(step, parameters, config, host);
    TrainingSession training = null;
    try {
      training = open(step.spread(), parameters, host, Optional.of(touched));
      return training;
    } finally {
      if (training == null) {
        touched.close();
      }
    }
  }

  private static void checkNames(NceNetwork network, List<Parameter> parameters) {
    Objects.requireNonNull(parameters, "parameters");
    List<String> names = parameters.stream().map(Parameter::name).toList();
    Set<String> expected = network.parameters().keySet();
    if (!expected.equals(Set.copyOf(names))) {
      throw new IllegalArgumentException("parameters must be " + expected + ", got " + names);
    }
  }

  /** Not each of the models takes every parameter: one that does not would refuse them all. */
  private static void checkNotShared(SessionConfig config, List<Parameter> parameters) {
    config
        .sharedWeights()
        .ifPresent(
            shared ->
                parameters.forEach(
                    parameter -> {
                      if (shared.tensors().containsKey(parameter.name())) {
                        throw new IllegalArgumentException(
                            "sharedWeights has '"
                                + parameter.name()
                                + "', a parameter; a session of touched rows reads it from"
                                + " parameters alone");
                      }
                    }));
  }

  private static TrainingSession open(
      OnnxModel model,
      List<Parameter> parameters,
      SessionConfig config,
      Optional<TouchedRows> touched)
      throws OrtException {
    Objects.requireNonNull(parameters, "parameters");
    ModelSession session = ModelSession.open(model.toByteArray(), config);
    TrainingSession training = null;
    try {
      training = new TrainingSession(session, model, config, parameters, touched);
      return training;
    } finally {
      if (training == null) {
        session.close();
      }
    }
  }

  /** The trained tensors, in the order given. */
  public List<Parameter> parameters() {
    return parameters;
  }

  /**
   * The tensors of the parameters by name, live: what {@link org.ortnce.nce.NceNetwork} exports.
   */
  public Map<String, Tensor> values() {
    Map<String, Tensor> values = new LinkedHashMap<>();
    parameters.forEach(parameter -> values.put(parameter.name(), parameter.value()));
    return values;
  }

  /** What the model says of the columns of the examples, by name, in its order. */
  public Map<String, TensorSpec> examples() {
    return Collections.unmodifiableMap(examples);
  }

  /**
   * The loss and the gradients of a batch; no parameter changes.
   *
   * @param batch a tensor for each of {@link #examples()}, by name; direct ones are read in place
   * @param step the number of the step, from 0: it decides what the model samples
   * @throws IllegalArgumentException if a column is missing, unknown or does not fit, or {@code
   *     step} is negative
   * @throws IllegalStateException if the session is closed
   * @throws OrtException if an op refuses the values, for instance a label out of range
   */
  public LossGradients run(Map<String, Tensor> batch, long step) throws OrtException {
    if (step < 0) {
      throw new IllegalArgumentException("step must be >= 0, got " + step);
    }
    lock.readLock().lock();
    try {
      return touched.isEmpty() ? gradients(batch, step) : byRows(touched.get(), batch, step);
    } finally {
      lock.readLock().unlock();
    }
  }

  private LossGradients byRows(TouchedRows touched, Map<String, Tensor> batch, long step)
      throws OrtException {
    try (TouchedRows.Step rows = touched.take(batch, step)) {
      LossGradients spread = gradients(rows.values(), step);
      return new LossGradients(
          spread.loss(),
          Optional.of(rows.sampledCandidates()),
          spread.gradients(),
          Optional.of(rows.bytes()));
    }
  }

  /** By the model itself. */
  private LossGradients gradients(Map<String, Tensor> batch, long step) throws OrtException {
    Map<String, Tensor> results = session.run(inputs(batch, step, values()), wanted);
    List<ParameterGradient> gradients = new ArrayList<>();
    for (Parameter parameter : parameters) {
      gradients.add(gradient(parameter, results));
    }
    return new LossGradients(
        results.get(GraphNames.LOSS),
        Optional.ofNullable(results.get(GraphNames.SAMPLED_CANDIDATES)),
        gradients,
        Optional.empty());
  }

  /**
   * Takes one step: computes loss and gradients of a batch and updates the parameters and the state
   * of the optimizer in place. Of whole tables that is one run of one model, and gradients never
   * leave ONNX Runtime; of touched rows it is three runs, and gradients by rows pass through host
   * memory. The bits are those of {@link #run} and {@link BoundOptimizer#apply}. If the loss is NaN
   * or infinite, nothing is changed: the caller finds it in the result. The first call for an
   * optimizer makes its model.
   *
   * <p>One at a time, and not while another run is reading the parameters.
   *
   * @param batch as for {@link #run}
   * @param step the number of the step, from 0
   * @param optimizer bound to exactly {@link #parameters()}
   * @param learningRate finite and not negative
   * @throws IllegalArgumentException as for {@link #run} and {@link BoundOptimizer#apply}; nothing
   *     is then changed
   * @throws IllegalStateException if the session is closed
   * @throws OrtException if an op refuses the values; nothing is then changed
   */
  public synchronized StepLoss update(
      Map<String, Tensor> batch, long step, BoundOptimizer optimizer, double learningRate)
      throws OrtException {
    BoundOptimizer.checkStep(learningRate, step);
    lock.readLock().lock();
    try {
      Update model = updating(optimizer);
      return touched.isEmpty()
          ? update(model, batch, step, learningRate)
          : byRows(touched.get(), model, batch, step, learningRate);
    } finally {
      lock.readLock().unlock();
    }
  }

  private StepLoss byRows(
      TouchedRows touched, Update model, Map<String, Tensor> batch, long step, double learningRate)
      throws OrtException {
    try (TouchedRows.Step rows = touched.take(batch, step)) {
      StepLoss updated = update(model, rows.values(), step, learningRate);
      return new StepLoss(
          updated.loss(), Optional.of(rows.sampledCandidates()), Optional.of(rows.bytes()));
    }
  }

  private StepLoss update(Update model, Map<String, Tensor> batch, long step, double learningRate)
      throws OrtException {
    BoundOptimizer optimizer = model.optimizer();
    float[] coefficients = optimizer.optimizer().coefficients(learningRate, step);
    Map<String, Tensor> values = inputs(batch, step, model.state());
    values.put(UpdateModel.COEFFICIENTS, Tensor.of(coefficients, coefficients.length));
    Map<String, Tensor> results = model.session().run(values, model.results(), model.into());
    return new StepLoss(
        results.get(GraphNames.LOSS),
        Optional.ofNullable(results.get(GraphNames.SAMPLED_CANDIDATES)),
        Optional.empty());
  }

  private Update updating(BoundOptimizer optimizer) throws OrtException {
    session.inputs(); // not after close
    if (update.isEmpty() || update.get().optimizer() != optimizer) {
      if (!optimizer.parameters().equals(parameters)) {
        throw new IllegalArgumentException(
            "the optimizer is bound to "
                + optimizer.parameters()
                + ", expected the session's parameters "
                + parameters);
      }
      ModelSession opened =
          ModelSession.open(UpdateModel.of(model, optimizer).toByteArray(), config);
      update.ifPresent(before -> before.session().close());
      update = Optional.of(Update.of(optimizer, opened));
    }
    return update.get();
  }

  /** The batch, the number of the step, and the tensors that stay. */
  private Map<String, Tensor> inputs(
      Map<String, Tensor> batch, long step, Map<String, Tensor> state) {
    Map<String, Tensor> values = new LinkedHashMap<>(batch);
    values.putAll(state);
    TensorSpec stepInput = session.inputs().get(GraphNames.STEP);
    if (stepInput != null) {
      Tensor number = Tensor.scalar(step);
      values.put(GraphNames.STEP, stepInput.shape().isEmpty() ? number : number.reshape(1));
    }
    return values;
  }

  private ParameterGradient gradient(Parameter parameter, Map<String, Tensor> results) {
    String name = parameter.name();
    return isSparse(parameter)
        ? ParameterGradient.sparse(
            parameter,
            results.get(GradientNames.indices(name)),
            results.get(GradientNames.values(name)))
        : ParameterGradient.dense(parameter, results.get(GradientNames.dense(name)));
  }

  /**
   * The model underneath, closed with this session; of touched rows the one that computes the
   * gradients.
   */
  public ModelSession model() {
    return touched.map(TouchedRows::gradients).orElse(session);
  }

  /** Waits for the runs in flight and releases everything; closing again does nothing. */
  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      touched.ifPresent(TouchedRows::close);
    } finally {
      try {
        session.close();
      } finally {
        try {
          update.ifPresent(opened -> opened.session().close());
        } finally {
          lock.writeLock().unlock();
        }
      }
    }
  }

  private boolean isSparse(Parameter parameter) {
    return session.outputs().containsKey(GradientNames.values(parameter.name()));
  }

  private void want(String output) {
    if (!session.outputs().containsKey(output)) {
      throw refused("it has no output '" + output + "'");
    }
    wanted.add(output);
  }

  private IllegalArgumentException refused(String reason) {
    return new IllegalArgumentException("not a training-step model: " + reason + "; " + session);
  }
}
