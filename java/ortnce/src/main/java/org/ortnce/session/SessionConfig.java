package org.ortnce.session;

import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.ortnce.tensor.Tensor;

/**
 * How a session is opened. What is not set stays at ONNX Runtime's default. Immutable, except that
 * shared initializers are views of the caller's memory.
 */
public final class SessionConfig {
  private static final SessionConfig DEFAULT = builder().build();

  private final OptionalInt intraOpThreads;
  private final OptionalInt interOpThreads;
  private final Optional<OrtLoggingLevel> logLevel;
  private final Optional<OptLevel> optimizationLevel;
  private final boolean cpuArena;
  private final boolean memoryPattern;
  private final boolean registerLibrary;
  private final boolean verifyModel;
  private final boolean verifyManifest;
  private final Map<String, String> configEntries;
  private final Map<String, Tensor> sharedInitializers;
  private final Optional<SharedWeights> sharedWeights;
  private final CudaOptions cuda;
  private final Optional<Path> profile;

  private SessionConfig(Builder builder) {
    intraOpThreads = builder.intraOpThreads;
    interOpThreads = builder.interOpThreads;
    logLevel = builder.logLevel;
    optimizationLevel = builder.optimizationLevel;
    cpuArena = builder.cpuArena;
    memoryPattern = builder.memoryPattern;
    registerLibrary = builder.registerLibrary;
    verifyModel = builder.verifyModel;
    verifyManifest = builder.verifyManifest;
    configEntries = Collections.unmodifiableMap(new LinkedHashMap<>(builder.configEntries));
    sharedInitializers =
        Collections.unmodifiableMap(new LinkedHashMap<>(builder.sharedInitializers));
    sharedWeights = builder.sharedWeights;
    cuda = builder.cuda;
    profile = builder.profile;
  }

  /** ONNX Runtime's defaults, with the native library registered. */
  public static SessionConfig defaults() {
    return DEFAULT;
  }

  /** A builder with nothing set. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder with everything set as here. */
  public Builder toBuilder() {
    Builder copy = new Builder();
    copy.intraOpThreads = intraOpThreads;
    copy.interOpThreads = interOpThreads;
    copy.logLevel = logLevel;
    copy.optimizationLevel = optimizationLevel;
    copy.cpuArena = cpuArena;
    copy.memoryPattern = memoryPattern;
    copy.registerLibrary = registerLibrary;
    copy.verifyModel = verifyModel;
    copy.verifyManifest = verifyManifest;
    copy.configEntries.putAll(configEntries);
    copy.sharedInitializers.putAll(sharedInitializers);
    copy.sharedWeights = sharedWeights;
    copy.cuda = cuda;
    copy.profile = profile;
    return copy;
  }

  /** Threads that work on one op, if set. */
  public OptionalInt intraOpThreads() {
    return intraOpThreads;
  }

  /** Threads that run ops side by side, if set. */
  public OptionalInt interOpThreads() {
    return interOpThreads;
  }

  /** The least severity that ONNX Runtime logs, if set. */
  public Optional<OrtLoggingLevel> logLevel() {
    return logLevel;
  }

  /** How far ONNX Runtime rewrites the graph, if set. */
  public Optional<OptLevel> optimizationLevel() {
    return optimizationLevel;
  }

  /** Whether CPU memory comes from ONNX Runtime's arena. */
  public boolean cpuArena() {
    return cpuArena;
  }

  /** Whether memory is planned ahead from the shapes of earlier runs. */
  public boolean memoryPattern() {
    return memoryPattern;
  }

  /** Whether the native library is registered. */
  public boolean registerLibrary() {
    return registerLibrary;
  }

  /** Whether a model is compared with the sum of itself, where it has one. */
  public boolean verifyModel() {
    return verifyModel;
  }

  /** Whether model and data files are compared with the sums in the model. */
  public boolean verifyManifest() {
    return verifyManifest;
  }

  /** Session configuration entries of ONNX Runtime, in the order they were added. */
  public Map<String, String> configEntries() {
    return configEntries;
  }

  /** Initializers of the model to be replaced by the caller's tensors. */
  public Map<String, Tensor> sharedInitializers() {
    return sharedInitializers;
  }

  /** Weights that the session shares with others. */
  public Optional<SharedWeights> sharedWeights() {
    return sharedWeights;
  }

  /** How the session uses a CUDA device; {@link CudaOptions#cpu()} if it was not asked for one. */
  public CudaOptions cuda() {
    return cuda;
  }

  /** What the names of profile files begin with, if the session writes one. */
  public Optional<Path> profile() {
    return profile;
  }

  /** Collects settings. Not safe for concurrent use. */
  public static final class Builder {
    private OptionalInt intraOpThreads = OptionalInt.empty();
    private OptionalInt interOpThreads = OptionalInt.empty();
    private Optional<OrtLoggingLevel> logLevel = Optional.empty();
    private Optional<OptLevel> optimizationLevel = Optional.empty();
    private boolean cpuArena = true;
    private boolean memoryPattern = true;
    private boolean registerLibrary = true;
    private boolean verifyModel = true;
    private boolean verifyManifest;
    private final Map<String, String> configEntries = new LinkedHashMap<>();
    private final Map<String, Tensor> sharedInitializers = new LinkedHashMap<>();
    private Optional<SharedWeights> sharedWeights = Optional.empty();
    private CudaOptions cuda = CudaOptions.cpu();
    private Optional<Path> profile = Optional.empty();

    private Builder() {}

    /** Threads that work on one op, the caller's included; 0 is one per core. */
    public Builder intraOpThreads(int threads) {
      intraOpThreads = OptionalInt.of(notNegative("intraOpThreads", threads));
      return this;
    }

    /**
     * Threads that run ops side by side, for models with parallel branches; 0 is one per core.
     * Anything but 1 turns on ONNX Runtime's parallel execution mode.
     */
    public Builder interOpThreads(int threads) {
      interOpThreads = OptionalInt.of(notNegative("interOpThreads", threads));
      return this;
    }

    /** The least severity that ONNX Runtime logs (to the standard error) for this session. */
    public Builder logLevel(OrtLoggingLevel level) {
      logLevel = Optional.of(Objects.requireNonNull(level, "level"));
      return this;
    }

    /** How far ONNX Runtime rewrites the graph. */
    public Builder optimizationLevel(OptLevel level) {
      optimizationLevel = Optional.of(Objects.requireNonNull(level, "level"));
      return this;
    }

    /** Whether CPU memory comes from ONNX Runtime's arena, which keeps what it once took. */
    public Builder cpuArena(boolean use) {
      cpuArena = use;
      return this;
    }

    /** Whether memory is planned ahead from the shapes of earlier runs. */
    public Builder memoryPattern(boolean use) {
      memoryPattern = use;
      return this;
    }

    /**
     * Whether the native library is registered. Without it a model runs on the functions in
     * standard ops that it carries, if it was built with them: the same values, more slowly.
     */
    public Builder registerLibrary(boolean register) {
      registerLibrary = register;
      return this;
    }

    /**
     * Whether a model is compared with the SHA-256 sum that it has of itself, if it was saved with
     * one, before it is opened; true at first. ONNX Runtime itself takes about half of all files
     * with one flipped bit. Data files are not read, and models without a sum are opened.
     */
    public Builder verifyModel(boolean verify) {
      verifyModel = verify;
      return this;
    }

    /**
     * Whether the model must have SHA-256 sums, and it and its data files are read and compared
     * with them before it is opened ({@link org.ortnce.onnx.OnnxModel#verify}); false at first.
     */
    public Builder verifyManifest(boolean verify) {
      verifyManifest = verify;
      return this;
    }

    /** A session configuration entry of ONNX Runtime; a later value for a key replaces it. */
    public Builder configEntry(String key, String value) {
      Objects.requireNonNull(value, "value");
      configEntries.put(notBlank("key", key), value);
      return this;
    }

    /**
     * Replaces an initializer of the model by {@code value}, of the same type and shape; opening a
     * model without such an initializer is an {@link IllegalArgumentException}. A direct tensor is
     * used in place, not copied, by every session opened with it: sessions keep it alive, and later
     * writes to it are seen by later runs, except where an op reads a constant once, when the
     * session opens: the unigrams of FixedUnigramCandidateSampler, or weights that ONNX Runtime
     * packs. A heap tensor is copied when a session opens.
     */
    public Builder sharedInitializer(String name, Tensor value) {
      Objects.requireNonNull(value, "value");
      sharedInitializers.put(notBlank("name", name), value);
      return this;
    }

    /**
     * Weights in memory that every session opened with them reads in place: each takes the place of
     * the graph input or the initializer of its name, and need not be given to runs. Opening a
     * model that has neither is an {@link IllegalArgumentException}. Later weights replace earlier
     * ones.
     *
     * <p>Writes to the tensors are seen by the runs that begin after them; see {@link
     * #sharedInitializer} for initializers.
     */
    public Builder sharedWeights(SharedWeights weights) {
      sharedWeights = Optional.of(weights);
      return this;
    }

    /** As {@link #addCUDA(CudaOptions)} with the defaults of {@link CudaOptions#of}. */
    public Builder addCUDA(CudaPolicy policy) {
      return addCUDA(CudaOptions.of(policy));
    }

    /**
     * Runs what has a CUDA kernel on a device. That needs {@code
     * com.microsoft.onnxruntime:onnxruntime_gpu} in place of {@code onnxruntime}, a driver, and the
     * CUDA and cuDNN libraries that this provider was built for. Later options replace earlier
     * ones.
     *
     * <p>Values still go in and out in host memory: ONNX Runtime copies initializers to the device
     * once, when the session opens, and graph inputs in every run, {@link #sharedWeights} given as
     * graph inputs among them. A training of a network copies the rows that a batch touches
     * instead.
     *
     * <p>FullSigmoidLoss with its optional outputs ({@code softmax_loss}, {@code true_ranks},
     * {@code true_logits}) has no CUDA kernel and is refused when the session opens; with {@link
     * CudaPolicy#PREFER} the session then runs on the processor.
     */
    public Builder addCUDA(CudaOptions options) {
      cuda = Objects.requireNonNull(options, "options");
      return this;
    }

    /**
     * Has ONNX Runtime record what every node took and which provider ran it, for {@link
     * ModelSession#endProfiling()}.
     *
     * @param prefix the file is called so, plus the time and {@code .json}
     */
    public Builder profile(Path prefix) {
      profile = Optional.of(prefix);
      return this;
    }

    /** The configuration collected so far; the builder may go on to be used. */
    public SessionConfig build() {
      return new SessionConfig(this);
    }

    private static int notNegative(String name, int value) {
      if (value < 0) {
        throw new IllegalArgumentException(name + " is " + value + ", expected 0 or more");
      }
      return value;
    }

    private static String notBlank(String name, String value) {
      if (Objects.requireNonNull(value, name).isBlank()) {
        throw new IllegalArgumentException(name + " is blank");
      }
      return value;
    }
  }
}
