package org.ortnce.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ortnce.library.LibraryRegistration;
import org.ortnce.library.RuntimeEnvironment;
import org.ortnce.tensor.Tensor;

/**
 * The native objects behind a session, closed in the one order that is safe: the session, then the
 * options (closing them unloads the library whose code the session calls), then the initializers.
 */
final class SessionResources implements AutoCloseable {
  private static final Logger LOGGER = System.getLogger("org.ortnce.session");

  private final OrtEnvironment environment;
  private final OrtSession.SessionOptions options;
  private final List<OnnxTensor> initializers = new ArrayList<>();
  private OrtSession session;
  private Map<String, Tensor> boundInputs = Map.of();
  private ActiveProviders providers = ActiveProviders.CPU;

  private SessionResources(OrtEnvironment environment) {
    this.environment = environment;
    this.options = new OrtSession.SessionOptions();
  }

  /** Creates the session; nothing is left open if that fails. */
  static SessionResources open(ModelSource model, SessionConfig config) throws OrtException {
    SharedTensors shared = SharedTensors.of(model, config);
    if (config.cuda().policy() != CudaPolicy.PREFER) {
      return open(model, config, shared);
    }
    try {
      return open(model, config, shared);
    } catch (OrtException onDevice) {
      // What is wrong with the model itself is wrong on the processor too, and is said there.
      SessionConfig onProcessor = config.toBuilder().addCUDA(CudaPolicy.CPU).build();
      SessionResources resources;
      try {
        resources = open(model, onProcessor, shared);
      } catch (OrtException | RuntimeException e) {
        e.addSuppressed(onDevice);
        throw e;
      }
      String reason = String.valueOf(onDevice.getMessage());
      resources.providers = ActiveProviders.cpuBecause(reason);
      LOGGER.log(Level.WARNING, "runs on the processor instead of a CUDA device: {0}", reason);
      return resources;
    }
  }

  private static SessionResources open(
      ModelSource model, SessionConfig config, SharedTensors shared) throws OrtException {
    SessionResources resources = new SessionResources(RuntimeEnvironment.get());
    boolean opened = false;
    try {
      resources.configure(config, shared.initializers());
      resources.session = model.createSession(resources.environment, resources.options);
      resources.boundInputs = shared.inputs(resources.session.getInputNames());
      opened = true;
      return resources;
    } catch (OrtException e) {
      throw OrtHints.explain(e, config.registerLibrary());
    } finally {
      if (!opened) {
        resources.close();
      }
    }
  }

  OrtEnvironment environment() {
    return environment;
  }

  OrtSession session() {
    return session;
  }

  /** Tensors that every run gets unless it brings its own, by the name of the input. */
  Map<String, Tensor> boundInputs() {
    return boundInputs;
  }

  /** What the session was opened with. */
  ActiveProviders providers() {
    return providers;
  }

  private void configure(SessionConfig config, Map<String, Tensor> shared) throws OrtException {
    if (config.intraOpThreads().isPresent()) {
      options.setIntraOpNumThreads(config.intraOpThreads().getAsInt());
    }
    if (config.interOpThreads().isPresent()) {
      int threads = config.interOpThreads().getAsInt();
      options.setInterOpNumThreads(threads);
      if (threads != 1) {
        options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.PARALLEL);
      }
    }
    if (config.logLevel().isPresent()) {
      options.setSessionLogLevel(config.logLevel().get());
    }
    if (config.optimizationLevel().isPresent()) {
      options.setOptimizationLevel(config.optimizationLevel().get());
    }
    options.setCPUArenaAllocator(config.cpuArena());
    options.setMemoryPatternOptimization(config.memoryPattern());
    for (Map.Entry<String, String> entry : config.configEntries().entrySet()) {
      options.addConfigEntry(entry.getKey(), entry.getValue());
    }
    if (config.profile().isPresent()) {
      options.enableProfiling(config.profile().get().toString());
    }
    if (config.registerLibrary()) {
      LibraryRegistration.register(options);
    }
    if (config.cuda().policy() != CudaPolicy.CPU) {
      CudaProvider.add(options, config.cuda());
      providers = ActiveProviders.CUDA;
    }
    for (Map.Entry<String, Tensor> entry : shared.entrySet()) {
      OnnxTensor tensor = OrtTensors.toOnnx(environment, entry.getKey(), entry.getValue());
      initializers.add(tensor);
      options.addInitializer(entry.getKey(), tensor);
    }
  }

  /** Called once, by the owner. */
  @Override
  public void close() {
    try {
      if (session != null) {
        session.close();
      }
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime cannot close the session", e);
    } finally {
      options.close();
      initializers.forEach(OnnxTensor::close);
    }
  }
}
