package org.ortnce.session;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Collectors;
import org.ortnce.tensor.Tensor;

/**
 * A model ready to run: an ONNX Runtime session and all it needs to live (environment, options,
 * native library, shared initializers), closed together in the right order.
 *
 * <p>Values go in and out by their names in the graph. A direct input tensor is read in place while
 * the run lasts, so it must not be written to meanwhile; a heap tensor is copied. Results are
 * copies on the heap: they stay valid after the session is closed, and no run changes those of
 * another. All values are checked before ONNX Runtime is called; the package description lists the
 * errors.
 *
 * <p>Safe for concurrent use: any number of threads may run at once. {@link #close} waits for them.
 */
public final class ModelSession implements AutoCloseable {
  private final SessionResources resources;
  private final boolean libraryRegistered;
  private final Map<String, TensorSpec> inputs;
  private final Map<String, TensorSpec> outputs;
  private final InputCheck inputCheck;
  private final IdRanges idRanges;
  private final Map<String, Tensor> boundInputs;
  private final Map<String, String> metadata;

  /** Runs share it, close takes it alone: a session must not go while native code is in it. */
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  private volatile boolean closed;
  private boolean profiling;

  private ModelSession(SessionResources resources, SessionConfig config) throws OrtException {
    this.resources = resources;
    this.libraryRegistered = config.registerLibrary();
    this.profiling = config.profile().isPresent();
    this.inputs = specs(resources.session().getInputInfo().values());
    this.outputs = specs(resources.session().getOutputInfo().values());
    this.inputCheck = new InputCheck(inputs);
    this.boundInputs = resources.boundInputs();
    inputCheck.checkSome(boundInputs);
    this.metadata = Map.copyOf(resources.session().getMetadata().getCustomMetadata());
    this.idRanges = new IdRanges(metadata, inputs);
  }

  /** Opens a model file with {@link SessionConfig#defaults()}. */
  public static ModelSession open(Path model) throws IOException, OrtException {
    return open(model, SessionConfig.defaults());
  }

  /**
   * Opens a model file. Its external data files are looked up beside it; what it says of them is
   * checked before ({@link org.ortnce.onnx.ModelHeader}).
   *
   * @throws IOException if the file is missing, empty or no regular file, what it says of external
   *     data is not sound, or {@link SessionConfig#verifyModel()}, which is on by default, or
   *     {@link SessionConfig#verifyManifest()} finds damage
   * @throws IllegalArgumentException if the model has inputs or outputs that are no tensors
   * @throws IllegalStateException if the native library is wanted and not usable
   * @throws OrtException if ONNX Runtime refuses the model or the native library
   */
  public static ModelSession open(Path model, SessionConfig config)
      throws IOException, OrtException {
    Objects.requireNonNull(config, "config");
    ModelSource source = ModelSource.of(model);
    source.check(config);
    return open(source, config);
  }

  /** Opens a serialized model with {@link SessionConfig#defaults()}. */
  public static ModelSession open(byte[] model) throws OrtException {
    return open(model, SessionConfig.defaults());
  }

  /**
   * Opens a serialized model. It may have external data only if the configuration entry {@code
   * session.model_external_initializers_file_folder_path} says where: ONNX Runtime alone would look
   * in the working directory.
   *
   * @throws IllegalArgumentException if {@code model} is empty, the model has inputs or outputs
   *     that are no tensors, what it says of external data is not sound, or {@link
   *     SessionConfig#verifyModel()}, which is on by default, or {@link
   *     SessionConfig#verifyManifest()} finds damage
   * @throws IllegalStateException if the native library is wanted and not usable
   * @throws OrtException if ONNX Runtime refuses the model or the native library
   */
  public static ModelSession open(byte[] model, SessionConfig config) throws OrtException {
    Objects.requireNonNull(config, "config");
    ModelSource source = ModelSource.of(model);
    try {
      source.check(config);
    } catch (IOException e) {
      throw new IllegalArgumentException("the model cannot be opened: " + e.getMessage(), e);
    }
    return open(source, config);
  }

  private static ModelSession open(ModelSource model, SessionConfig config) throws OrtException {
    SessionResources resources = SessionResources.open(model, config);
    ModelSession session = null;
    try {
      session = new ModelSession(resources, config);
      return session;
    } finally {
      if (session == null) {
        resources.close();
      }
    }
  }

  /**
   * What the model says of its inputs, by name, in its order.
   *
   * @throws IllegalStateException if the session is closed
   */
  public Map<String, TensorSpec> inputs() {
    checkOpen();
    return inputs;
  }

  /**
   * What the model says of its outputs, by name, in its order.
   *
   * @throws IllegalStateException if the session is closed
   */
  public Map<String, TensorSpec> outputs() {
    checkOpen();
    return outputs;
  }

  /**
   * The model's {@code metadata_props}.
   *
   * @throws IllegalStateException if the session is closed
   */
  public Map<String, String> metadata() {
    checkOpen();
    return metadata;
  }

  /**
   * The execution providers the session was opened with.
   *
   * @throws IllegalStateException if the session is closed
   */
  public ActiveProviders providers() {
    checkOpen();
    return resources.providers();
  }

  /**
   * Ends the profile of {@link SessionConfig.Builder#profile} and returns the file; later runs are
   * not recorded. A session that is closed before ends it too.
   *
   * @throws IllegalStateException if the session is closed or writes no profile
   * @throws OrtException if ONNX Runtime cannot write it
   */
  public Path endProfiling() throws OrtException {
    lock.writeLock().lock();
    try {
      checkOpen();
      if (!profiling) {
        throw new IllegalStateException("the session writes no profile");
      }
      profiling = false;
      return Path.of(resources.session().endProfiling());
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Runs the model and returns all its outputs by name, in the model's order. */
  public Map<String, Tensor> run(Map<String, Tensor> inputs) throws OrtException {
    return run(inputs, outputs.keySet());
  }

  /**
   * Runs the model.
   *
   * @param inputs a value for each of the model's inputs, by name; those that {@link
   *     SessionConfig#sharedWeights()} gave the session may be left out. Dimensions of size 0 are
   *     allowed.
   * @param wanted the names of the outputs to return, at least one
   * @return the wanted outputs by name, in the order of {@code wanted}
   * @throws IllegalArgumentException if a name is missing or unknown, a value is null, or a type or
   *     shape does not fit the model or the other inputs
   * @throws IllegalStateException if the session is closed
   * @throws OrtException if ONNX Runtime or an op refuses the values; the session stays usable
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs, Set<String> wanted)
      throws OrtException {
    return run(inputs, wanted, Map.of());
  }

  /**
   * Runs the model and lets it write some outputs into memory of the caller: without a copy, and
   * maybe into that of an input, where an op such as {@code ApplyGradients} allows it.
   *
   * @param inputs as for {@link #run(Map, Set)}
   * @param wanted the names of the outputs to return, none of them in {@code into}
   * @param into direct, writable tensors by the names of the outputs that are written to them; of
   *     exactly the outputs' types and shapes. After an {@link OrtException} their content is
   *     undefined, unless the op that writes them says otherwise.
   * @return the wanted outputs by name, in the order of {@code wanted}
   * @throws IllegalArgumentException as {@link #run(Map, Set)} does, or if a tensor of {@code into}
   *     is not direct, is read-only or does not fit
   * @throws IllegalStateException if the session is closed
   * @throws OrtException if ONNX Runtime or an op refuses the values; the session stays usable
   */
  public Map<String, Tensor> run(
      Map<String, Tensor> inputs, Set<String> wanted, Map<String, Tensor> into)
      throws OrtException {
    checkOpen();
    // A copy: the caller's map may change while it is checked.
    Map<String, Tensor> values = new HashMap<>(boundInputs);
    values.putAll(Objects.requireNonNull(inputs, "inputs"));
    inputCheck.check(values);
    idRanges.check(values);
    Set<String> names = new LinkedHashSet<>(Objects.requireNonNull(wanted, "wanted"));
    InputCheck.checkNames(names, outputs, "output");
    Map<String, Tensor> targets = new LinkedHashMap<>(into);
    OutputCheck.check(outputs, names, targets);
    if (names.isEmpty() && targets.isEmpty()) {
      throw new IllegalArgumentException("no output is wanted; the model has " + outputs.keySet());
    }
    lock.readLock().lock();
    try {
      checkOpen();
      return runNative(values, names, targets);
    } finally {
      lock.readLock().unlock();
    }
  }

  private Map<String, Tensor> runNative(
      Map<String, Tensor> values, Set<String> wanted, Map<String, Tensor> targets)
      throws OrtException {
    Map<String, OnnxTensor> feeds = new HashMap<>();
    Map<String, OnnxTensor> pinned = new HashMap<>();
    try {
      toOnnx(values, feeds);
      toOnnx(targets, pinned);
      try (OrtSession.Result result = resources.session().run(feeds, wanted, pinned)) {
        Map<String, Tensor> copies = new LinkedHashMap<>();
        for (String name : wanted) {
          copies.put(name, OrtTensors.copyOf(name, result.get(name).orElseThrow()));
        }
        return Collections.unmodifiableMap(copies);
      }
    } catch (OrtException e) {
      throw OrtHints.explain(e, libraryRegistered);
    } finally {
      // Also keeps the buffers under them reachable until the native call is over.
      feeds.values().forEach(OnnxTensor::close);
      pinned.values().forEach(OnnxTensor::close);
    }
  }

  /** Adds the tensors one by one, so that the caller can close those that were made. */
  private void toOnnx(Map<String, Tensor> tensors, Map<String, OnnxTensor> made)
      throws OrtException {
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      made.put(
          entry.getKey(),
          OrtTensors.toOnnx(resources.environment(), entry.getKey(), entry.getValue()));
    }
  }

  /**
   * Waits for the runs in flight and releases everything. Later runs throw {@link
   * IllegalStateException}; closing again does nothing.
   */
  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        resources.close();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Inputs and outputs, such as {@code ModelSession(x float[batch, 4] -> y float[batch])}. */
  @Override
  public String toString() {
    return "ModelSession(" + list(inputs) + " -> " + list(outputs) + ")";
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the session is closed");
    }
  }

  private static Map<String, TensorSpec> specs(Collection<NodeInfo> nodes) {
    Map<String, TensorSpec> specs = new LinkedHashMap<>();
    for (NodeInfo node : nodes) {
      specs.put(node.getName(), OrtTensors.spec(node));
    }
    return Collections.unmodifiableMap(specs);
  }

  private static String list(Map<String, TensorSpec> specs) {
    return specs.values().stream().map(TensorSpec::toString).collect(Collectors.joining(", "));
  }
}
