package org.ortnce.session;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Adds ONNX Runtime's CUDA provider to session options, with errors that say what is missing. */
final class CudaProvider {
  /** What of ONNX Runtime this needs. */
  interface Host {
    Set<OrtProvider> available();

    void addCuda(SessionOptions options, CudaOptions cuda) throws OrtException;
  }

  private static final Host NATIVE =
      new Host() {
        @Override
        public Set<OrtProvider> available() {
          return OrtEnvironment.getAvailableProviders();
        }

        @Override
        public void addCuda(SessionOptions options, CudaOptions cuda) throws OrtException {
          try (OrtCUDAProviderOptions provider = new OrtCUDAProviderOptions(cuda.deviceId())) {
            for (Map.Entry<String, String> entry : cuda.providerOptions().entrySet()) {
              provider.add(entry.getKey(), entry.getValue());
            }
            options.addCUDA(provider);
          }
        }
      };

  private CudaProvider() {}

  /**
   * Adds the provider.
   *
   * @throws OrtException if this ONNX Runtime has none, or it or CUDA cannot be loaded
   */
  static void add(SessionOptions options, CudaOptions cuda) throws OrtException {
    add(options, cuda, NATIVE);
  }

  static void add(SessionOptions options, CudaOptions cuda, Host host) throws OrtException {
    Set<OrtProvider> available = host.available();
    if (!available.contains(OrtProvider.CUDA)) {
      throw new OrtException(
          OrtErrorCode.ORT_EP_FAIL,
          "this ONNX Runtime has no CUDA provider, only "
              + available.stream().map(OrtProvider::getName).collect(Collectors.joining(", "))
              + ": put com.microsoft.onnxruntime:onnxruntime_gpu on the class path in place of"
              + " onnxruntime");
    }
    host.addCuda(options, cuda);
  }
}
