package org.ortnce.session;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * How a session uses a CUDA device. Nodes without a CUDA kernel run on the processor whatever the
 * policy; ONNX Runtime copies what passes between the two. A FullSigmoidLoss node that gives {@code
 * softmax_loss}, {@code true_ranks} or {@code true_logits}, as evaluation models with metrics do,
 * is refused on CUDA when the session opens: {@link CudaPolicy#PREFER} then runs the whole model on
 * the processor.
 *
 * @param policy what happens where there is no usable device
 * @param deviceId the device, counted from 0 as CUDA does
 * @param memoryLimit the most bytes of device memory that ONNX Runtime's arena takes, if set
 * @param tf32 whether float products may be rounded to TF32 (10 bits of fraction) on their way into
 *     tensor cores; ONNX Runtime's own default is true, ours false. NceLoss and FullSigmoidLoss ask
 *     for the attribute {@code allow_tf32} besides.
 */
public record CudaOptions(CudaPolicy policy, int deviceId, OptionalLong memoryLimit, boolean tf32) {
  private static final CudaOptions CPU = of(CudaPolicy.CPU);

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if the device is negative or the limit not positive
   */
  public CudaOptions {
    Objects.requireNonNull(policy, "policy");
    if (deviceId < 0) {
      throw new IllegalArgumentException("deviceId is " + deviceId + ", expected 0 or more");
    }
    if (memoryLimit.isPresent() && memoryLimit.getAsLong() < 1) {
      throw new IllegalArgumentException(
          "memoryLimit is " + memoryLimit.getAsLong() + " bytes, expected 1 or more");
    }
  }

  /** Device 0, no limit, float as it is. */
  public static CudaOptions of(CudaPolicy policy) {
    return new CudaOptions(policy, 0, OptionalLong.empty(), false);
  }

  /** The processor alone. */
  public static CudaOptions cpu() {
    return CPU;
  }

  /** The same on another device. */
  public CudaOptions withDeviceId(int device) {
    return new CudaOptions(policy, device, memoryLimit, tf32);
  }

  /** The same with a limit of ONNX Runtime's device memory, in bytes. */
  public CudaOptions withMemoryLimit(long bytes) {
    return new CudaOptions(policy, deviceId, OptionalLong.of(bytes), tf32);
  }

  /** The same with TF32 allowed or not. */
  public CudaOptions withTf32(boolean allow) {
    return new CudaOptions(policy, deviceId, memoryLimit, allow);
  }

  /** ONNX Runtime's provider options besides the device. */
  Map<String, String> providerOptions() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("use_tf32", tf32 ? "1" : "0");
    memoryLimit.ifPresent(bytes -> options.put("gpu_mem_limit", Long.toString(bytes)));
    return options;
  }
}
