package org.ortnce.library;

import ai.onnxruntime.OrtEnvironment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The environment of ONNX Runtime. Unless the environment variable {@code ORT_DISABLE_TELEMETRY} is
 * 1, version 1.29 takes some 250 bytes of stack for each character of the command line when it
 * makes one: behind a class path of 4,000 characters it overruns the stack of an ordinary thread,
 * which ends the process. So it is made on a thread with a larger one. Code that has sessions of
 * its own may take it from here too.
 */
public final class RuntimeEnvironment {
  /** For a command line of a million characters; memory is taken as it is used. */
  private static final long STACK_BYTES = 256L << 20;

  private static OrtEnvironment environment;

  private RuntimeEnvironment() {}

  /**
   * The environment of this process.
   *
   * @throws IllegalStateException and {@link LinkageError}s as ONNX Runtime has them
   */
  public static synchronized OrtEnvironment get() {
    if (environment == null) {
      environment = make();
    }
    return environment;
  }

  private static OrtEnvironment make() {
    CompletableFuture<OrtEnvironment> made = new CompletableFuture<>();
    Runnable make = () -> made.completeAsync(OrtEnvironment::getEnvironment, Runnable::run);
    new Thread(null, make, "ort-nce environment", STACK_BYTES).start();
    try {
      return made.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }
}
