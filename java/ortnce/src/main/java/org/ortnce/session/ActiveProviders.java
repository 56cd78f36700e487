package org.ortnce.session;

import ai.onnxruntime.OrtProvider;
import java.util.List;
import java.util.Optional;

/**
 * The execution providers of an open session. ONNX Runtime gives every node to the first that has a
 * kernel for it; its profile says which did ({@link SessionConfig.Builder#profile}).
 *
 * @param names by ONNX Runtime's names, the preferred first; {@code CPUExecutionProvider} is last
 * @param fallback why the session has no CUDA provider although it was preferred
 */
public record ActiveProviders(List<String> names, Optional<String> fallback) {
  static final ActiveProviders CPU =
      new ActiveProviders(List.of(OrtProvider.CPU.getName()), Optional.empty());
  static final ActiveProviders CUDA =
      new ActiveProviders(
          List.of(OrtProvider.CUDA.getName(), OrtProvider.CPU.getName()), Optional.empty());

  /** Copies the list. */
  public ActiveProviders {
    names = List.copyOf(names);
  }

  /** Whether the session has the CUDA provider. */
  public boolean hasCuda() {
    return names.contains(OrtProvider.CUDA.getName());
  }

  static ActiveProviders cpuBecause(String reason) {
    return new ActiveProviders(CPU.names, Optional.of(reason));
  }
}
