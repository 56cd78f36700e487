package org.ortnce.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.THROWABLE;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** The choice of the CUDA provider, on an ONNX Runtime without it and with pretended ones. */
class CudaProviderTest {
  private static final String NO_CUDA =
      "this ONNX Runtime has no CUDA provider, only CPUExecutionProvider: put"
          + " com.microsoft.onnxruntime:onnxruntime_gpu on the class path in place of onnxruntime";

  private static SessionConfig stock(CudaPolicy policy) {
    assumeFalse(
        OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA),
        "this ONNX Runtime has the CUDA provider");
    return TestModel.STOCK.toBuilder().addCUDA(policy).build();
  }

  @Test
  void withoutAChoiceItIsTheProcessor() throws Exception {
    assertThat(SessionConfig.defaults().cuda()).isEqualTo(CudaOptions.cpu());
    try (ModelSession session = ModelSession.open(TestModel.add(), TestModel.STOCK)) {
      assertThat(session.providers().names()).containsExactly("CPUExecutionProvider");
      assertThat(session.providers().fallback()).isEmpty();
      assertThat(session.providers().hasCuda()).isFalse();
    }
  }

  @Test
  void requiredButAbsentIsAnError() {
    SessionConfig config = stock(CudaPolicy.REQUIRE);
    assertThatThrownBy(() -> ModelSession.open(TestModel.add(), config))
        .isInstanceOf(OrtException.class)
        .hasMessage("Error code - ORT_EP_FAIL - message: " + NO_CUDA);
  }

  @Test
  void preferredButAbsentRunsOnTheProcessorAndSaysSo() throws Exception {
    try (ModelSession session = ModelSession.open(TestModel.add(), stock(CudaPolicy.PREFER))) {
      assertThat(session.providers().names()).containsExactly("CPUExecutionProvider");
      assertThat(session.providers().hasCuda()).isFalse();
      assertThat(session.providers().fallback()).get().asString().endsWith(NO_CUDA);
      Tensor x = Tensor.of(new float[] {1, 2}, 1, 2);
      assertThat(session.run(Map.of("x", x, "y", x)).get("z").toFloatArray()).containsExactly(2, 4);
    }
  }

  @Test
  void preferredDoesNotHideWhatIsWrongWithTheModel() {
    byte[] wrong =
        new TestModel()
            .input("x", ElementType.FLOAT, 2)
            .node("NoSuchOp", "x", "y")
            .output("y", ElementType.FLOAT, 2)
            .bytes();
    SessionConfig config = stock(CudaPolicy.PREFER);
    assertThatThrownBy(() -> ModelSession.open(wrong, config))
        .isInstanceOf(OrtException.class)
        .hasMessageContaining("NoSuchOp")
        .satisfies(
            e ->
                assertThat(e.getSuppressed())
                    .singleElement(THROWABLE)
                    .hasMessageEndingWith(NO_CUDA));
  }

  @Test
  void optionsReachTheProvider() throws Exception {
    CudaOptions options =
        CudaOptions.of(CudaPolicy.REQUIRE).withDeviceId(3).withMemoryLimit(1L << 40).withTf32(true);
    CudaOptions[] seen = new CudaOptions[1];
    try (SessionOptions session = new SessionOptions()) {
      CudaProvider.add(session, options, runtime((target, cuda) -> seen[0] = cuda));
    }
    assertThat(seen[0].deviceId()).isEqualTo(3);
    assertThat(seen[0].providerOptions())
        .containsOnly(Map.entry("use_tf32", "1"), Map.entry("gpu_mem_limit", "1099511627776"));
    assertThat(CudaOptions.of(CudaPolicy.PREFER).providerOptions())
        .containsOnly(Map.entry("use_tf32", "0"));
  }

  @Test
  void optionsAreChecked() {
    CudaOptions options = CudaOptions.of(CudaPolicy.PREFER);
    assertThatThrownBy(() -> options.withDeviceId(-1))
        .hasMessage("deviceId is -1, expected 0 or more");
    assertThatThrownBy(() -> options.withMemoryLimit(0))
        .hasMessage("memoryLimit is 0 bytes, expected 1 or more");
  }

  /** The first message is one of ONNX Runtime 1.28.0; its form of the others is in its sources. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Failed to load library /x/libonnxruntime_providers_cuda.so with error: libcublasLt.so.13:"
            + " cannot open shared object file | CUDA and cuDNN libraries",
        "CUDA failure 100: no CUDA-capable device is detected ; GPU=-1 | sees no NVIDIA device",
        "CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version | no NVIDIA"
            + " driver, or it is older",
        "CUDA failure 101: invalid device ordinal ; GPU=0 | no device of that number"
      })
  void whatIsMissingIsSaid(String message, String hint) {
    OrtException e = new OrtException(OrtErrorCode.ORT_FAIL, message);
    assertThat(OrtHints.explain(e, true))
        .hasMessageContaining(message + " Hint: ")
        .hasMessageContaining(hint);
  }

  private interface Adding {
    void add(SessionOptions options, CudaOptions cuda) throws OrtException;
  }

  private static CudaProvider.Host runtime(Adding adding) {
    return new CudaProvider.Host() {
      @Override
      public Set<OrtProvider> available() {
        return EnumSet.of(OrtProvider.CUDA, OrtProvider.CPU);
      }

      @Override
      public void addCuda(SessionOptions options, CudaOptions cuda) throws OrtException {
        adding.add(options, cuda);
      }
    };
  }
}
