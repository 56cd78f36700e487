package org.ortnce.cli;

import java.util.Locale;
import org.ortnce.session.CudaOptions;
import org.ortnce.session.CudaPolicy;
import picocli.CommandLine.Option;

/** Where commands run models. */
final class ProviderOptions {
  /** The values of {@code --provider}. */
  enum Provider {
    CPU(CudaPolicy.CPU),
    CUDA(CudaPolicy.REQUIRE),
    AUTO(CudaPolicy.PREFER);

    private final CudaPolicy policy;

    Provider(CudaPolicy policy) {
      this.policy = policy;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--provider",
      defaultValue = "cpu",
      paramLabel = "PROVIDER",
      description =
          "${COMPLETION-CANDIDATES}: the processor, a CUDA device, or the device if there is a usable"
              + " one and else, with a warning, the processor (default: ${DEFAULT-VALUE}).")
  Provider provider;

  @Option(
      names = "--cuda-device",
      paramLabel = "N",
      description =
          "The number of the CUDA device among those that CUDA_VISIBLE_DEVICES leaves, in the order"
              + " of CUDA_DEVICE_ORDER; nvidia-smi may count otherwise (default: 0).")
  Integer device;

  @Option(
      names = "--cuda-memory",
      paramLabel = "MIB",
      description = "The most device memory that ONNX Runtime takes (default: all there is).")
  Long memoryMib;

  @Option(
      names = "--tf32",
      description =
          "Let float products on the device be rounded to TF32; our own ops ask for their attribute"
              + " allow_tf32 besides.")
  boolean tf32;

  /**
   * What they say of CUDA.
   *
   * @throws IllegalArgumentException if an option has no sense
   */
  CudaOptions cuda() {
    if (provider == Provider.CPU && (device != null || memoryMib != null || tf32)) {
      throw new IllegalArgumentException(
          "--cuda-device, --cuda-memory and --tf32 have no effect without --provider cuda or auto");
    }
    CudaOptions cuda = CudaOptions.of(provider.policy).withTf32(tf32);
    if (device != null) {
      cuda = cuda.withDeviceId(device);
    }
    if (memoryMib == null) {
      return cuda;
    }
    if (memoryMib < 1 || memoryMib > Long.MAX_VALUE >> 20) {
      throw new IllegalArgumentException(
          "--cuda-memory is " + memoryMib + " MiB, expected 1 to " + (Long.MAX_VALUE >> 20));
    }
    return cuda.withMemoryLimit(memoryMib << 20);
  }
}
