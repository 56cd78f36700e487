package org.ortnce.training;

import ai.onnxruntime.OrtException;
import java.nio.LongBuffer;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.NceNetwork;
import org.ortnce.nce.SplitTrainingStep;
import org.ortnce.onnx.GradientNames;
import org.ortnce.session.ModelSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.session.TensorSpec;
import org.ortnce.tensor.Tensor;

/**
 * The part of a {@link SplitTrainingStep} before its gradients are spread: draws the sample and
 * looks embeddings up on the host, and gives a session that may be on a device the rows of the
 * classes that the batch touches.
 *
 * <p>Steps may be taken at the same time as long as nobody writes to the parameters.
 */
final class TouchedRows implements AutoCloseable {
  private final NceNetwork network;
  private final OptionalLong ignoreIndex;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final ClassTables tables;
  private final ModelSession lookUp;
  private final ModelSession gradients;
  private final Map<String, TensorSpec> examples = new LinkedHashMap<>();
  private final BatchCheck batches;
  private final Queue<StepBuffers> free = new ConcurrentLinkedQueue<>();

  private TouchedRows(
      SplitTrainingStep step,
      List<Parameter> parameters,
      ModelSession lookUp,
      ModelSession gradients) {
    this.network = step.network();
    this.ignoreIndex = step.options().ignoreIndex();
    parameters.forEach(parameter -> this.parameters.put(parameter.name(), parameter));
    this.tables = new ClassTables(network, this.parameters);
    this.lookUp = lookUp;
    this.gradients = gradients;
    String input = network.input().inputName();
    examples.put(input, (looksUp() ? lookUp : gradients).inputs().get(input));
    examples.put(GraphNames.LABELS, gradients.inputs().get(GraphNames.LABELS));
    batches = new BatchCheck(examples, network.numClasses(), ignoreIndex);
  }

  /**
   * Opens the models.
   *
   * @param parameters those of the network
   * @param config of the one that computes gradients; the other runs on the host
   */
  static TouchedRows open(
      SplitTrainingStep step, List<Parameter> parameters, SessionConfig config, SessionConfig host)
      throws OrtException {
    ModelSession lookUp = ModelSession.open(step.lookUp().toByteArray(), host);
    ModelSession gradients = null;
    TouchedRows opened = null;
    try {
      gradients = ModelSession.open(step.gradients().toByteArray(), config);
      opened = new TouchedRows(step, parameters, lookUp, gradients);
      return opened;
    } finally {
      if (opened == null) {
        lookUp.close();
        if (gradients != null) {
          gradients.close();
        }
      }
    }
  }

  /** What a batch must have. */
  Map<String, TensorSpec> examples() {
    return Collections.unmodifiableMap(examples);
  }

  /** The session that computes the gradients. */
  ModelSession gradients() {
    return gradients;
  }

  private boolean looksUp() {
    return network.input().inputName().equals(GraphNames.INPUT_IDS);
  }

  /** A step that was taken. Its values are in memory that the next one uses when it is closed. */
  final class Step implements AutoCloseable {
    private final StepBuffers buffers;
    private final Map<String, Tensor> values;
    private final Tensor sampledCandidates;
    private final DeviceBytes bytes;
    private boolean closed;

    private Step(
        StepBuffers buffers,
        Map<String, Tensor> values,
        Tensor sampledCandidates,
        DeviceBytes bytes) {
      this.buffers = buffers;
      this.values = values;
      this.sampledCandidates = sampledCandidates;
      this.bytes = bytes;
    }

    /** The examples of {@link SplitTrainingStep#spread}. */
    Map<String, Tensor> values() {
      return values;
    }

    Tensor sampledCandidates() {
      return sampledCandidates;
    }

    DeviceBytes bytes() {
      return bytes;
    }

    /** Closing again does nothing: two steps must not get the same memory. */
    @Override
    public void close() {
      if (!closed) {
        closed = true;
        free.add(buffers);
      }
    }
  }

  /** Computes the gradients of a batch by rows. */
  Step take(Map<String, Tensor> batch, long number) throws OrtException {
    lookUp.inputs(); // not after close
    Map<String, Tensor> columns = batches.checked(batch);
    StepBuffers before = free.poll();
    StepBuffers buffers = before == null ? new StepBuffers() : before;
    Step taken = null;
    try {
      taken = take(columns, number, buffers);
      return taken;
    } finally {
      if (taken == null) {
        free.add(buffers);
      }
    }
  }

  private Step take(Map<String, Tensor> batch, long number, StepBuffers buffers)
      throws OrtException {
    Tensor labels = batch.get(GraphNames.LABELS);
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    Map<String, Tensor> sample = lookUp(batch, number, buffers, inputs);
    Tensor candidates = sample.get(GraphNames.SAMPLED_CANDIDATES);
    TouchedClasses classes = TouchedClasses.of(labels.longs(), candidates.longs(), ignoreIndex);
    inputs.put(GraphNames.LABELS, Tensor.of(classes.labels(), labels.shape()));
    inputs.put(GraphNames.SAMPLED_CANDIDATES, Tensor.of(classes.candidates(), candidates.shape()));
    for (String count :
        List.of(GraphNames.TRUE_EXPECTED_COUNT, GraphNames.SAMPLED_EXPECTED_COUNT)) {
      inputs.put(count, sample.get(count));
    }
    Map<String, Tensor> results = new LinkedHashMap<>();
    rows(classes, buffers, inputs, results);
    if (looksUp()) {
      String name = GradientNames.dense(GraphNames.INPUTS);
      results.put(name, buffers.floats(name, inputs.get(GraphNames.INPUTS).shape()));
    }
    Tensor loss = gradients.run(inputs, Set.of(GraphNames.LOSS), results).get(GraphNames.LOSS);
    results.put(GraphNames.LOSS, loss);
    DeviceBytes bytes = new DeviceBytes(bytes(inputs.values()), bytes(results.values()));
    return new Step(buffers, given(classes, batch, results), candidates, bytes);
  }

  /**
   * Runs the model for the host.
   *
   * @param inputs gets the activations
   * @return the sample
   */
  private Map<String, Tensor> lookUp(
      Map<String, Tensor> batch, long number, StepBuffers buffers, Map<String, Tensor> inputs)
      throws OrtException {
    Map<String, Tensor> values = new LinkedHashMap<>();
    values.put(GraphNames.TRUE_CLASSES, withoutPadding(batch.get(GraphNames.LABELS)));
    values.put(GraphNames.STEP, Tensor.scalar(number));
    Tensor examples = batch.get(network.input().inputName());
    Map<String, Tensor> into = Map.of();
    if (looksUp()) {
      Parameter embeddings = parameters.get(GraphNames.EMBEDDINGS);
      values.put(GraphNames.INPUT_IDS, examples);
      values.put(GraphNames.EMBEDDINGS, embeddings.value());
      examples = buffers.floats(GraphNames.INPUTS, examples.dim(0), embeddings.rowSize());
      into = Map.of(GraphNames.INPUTS, examples);
    }
    inputs.put(GraphNames.INPUTS, examples);
    Set<String> sample =
        Set.of(
            GraphNames.SAMPLED_CANDIDATES,
            GraphNames.TRUE_EXPECTED_COUNT,
            GraphNames.SAMPLED_EXPECTED_COUNT);
    return lookUp.run(values, sample, into);
  }

  /** A sampler takes no padding; the expected count that it gives for another class is not read. */
  private Tensor withoutPadding(Tensor labels) {
    if (ignoreIndex.isEmpty()) {
      return labels;
    }
    LongBuffer all = labels.longs();
    long[] classes = new long[all.remaining()];
    for (int i = 0; i < classes.length; i++) {
      long label = all.get(i);
      classes[i] = TouchedClasses.isIgnored(label, ignoreIndex) ? 0 : label;
    }
    return Tensor.of(classes, labels.shape());
  }

  /** Adds the parameters to the inputs, and memory for their gradients to the results. */
  private void rows(
      TouchedClasses classes,
      StepBuffers buffers,
      Map<String, Tensor> inputs,
      Map<String, Tensor> results) {
    long[] weights = {classes.ids().length, tables.dim()};
    Tensor rows = buffers.floats(GraphNames.WEIGHTS, weights);
    tables.copyWeights(classes.ids(), rows.floats());
    inputs.put(GraphNames.WEIGHTS, rows);
    String name = GradientNames.values(GraphNames.WEIGHTS);
    results.put(name, buffers.floats(name, weights));
    if (tables.hasBiases()) {
      Tensor biases = buffers.floats(GraphNames.BIASES, classes.ids().length);
      tables.copyBiases(classes.ids(), biases.floats());
      inputs.put(GraphNames.BIASES, biases);
      name = GradientNames.values(GraphNames.BIASES);
      results.put(name, buffers.floats(name, classes.ids().length));
    }
    for (String dense : List.of(GraphNames.HIDDEN_WEIGHTS, GraphNames.HIDDEN_BIASES)) {
      Parameter parameter = parameters.get(dense);
      if (parameter != null) {
        inputs.put(dense, parameter.value());
        name = GradientNames.dense(dense);
        results.put(name, buffers.floats(name, parameter.value().shape()));
      }
    }
  }

  private Map<String, Tensor> given(
      TouchedClasses classes, Map<String, Tensor> batch, Map<String, Tensor> results) {
    Map<String, Tensor> values = new LinkedHashMap<>();
    values.put(SplitTrainingStep.CLASS_IDS, Tensor.of(classes.ids(), classes.ids().length));
    if (looksUp()) {
      values.put(GraphNames.INPUT_IDS, batch.get(GraphNames.INPUT_IDS));
    }
    results.forEach((name, tensor) -> values.put(SplitTrainingStep.given(name), tensor));
    return values;
  }

  private static long bytes(Collection<Tensor> tensors) {
    return tensors.stream().mapToLong(Tensor::byteSize).sum();
  }

  @Override
  public void close() {
    try {
      lookUp.close();
    } finally {
      gradients.close();
      free.clear();
    }
  }
}
