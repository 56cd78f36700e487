package org.ortnce;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ortnce.library.RuntimeEnvironment;
import org.ortnce.nce.NceOps;
import org.ortnce.onnx.Dim;
import org.ortnce.onnx.ModelBuilder;
import org.ortnce.onnx.NodeBuilder;
import org.ortnce.onnx.Shape;
import org.ortnce.onnx.TensorType;
import org.ortnce.onnx.Value;
import org.ortnce.tensor.ElementType;

/**
 * What the native library says of itself, by its op {@code LibraryInfo}.
 *
 * @param version its version
 * @param instructionSet the instruction set that its CPU kernels use in this process: the best, or
 *     what the environment variable {@code ORTNCE_ISA} names
 * @param availableInstructionSets those that this build and this processor have, best first
 * @param executionProviders the execution providers it has kernels for, by ONNX Runtime's names
 */
public record LibraryInfo(
    String version,
    String instructionSet,
    List<String> availableInstructionSets,
    List<String> executionProviders) {

  /** Copies the lists. */
  public LibraryInfo {
    availableInstructionSets = List.copyOf(availableInstructionSets);
    executionProviders = List.copyOf(executionProviders);
  }

  /** Asks the library that {@link OrtNce#register} registers. */
  static LibraryInfo read() throws OrtException {
    OrtEnvironment environment = RuntimeEnvironment.get();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      OrtNce.register(options);
      try (OrtSession session = environment.createSession(model(), options);
          OrtSession.Result result = session.run(Map.of())) {
        String[] names = strings(result, 0);
        String[] values = strings(result, 1);
        Map<String, String> info = new HashMap<>();
        for (int i = 0; i < names.length; i++) {
          info.put(names[i], values[i]);
        }
        return new LibraryInfo(
            info.get("version"),
            info.get("instruction_set"),
            list(info.get("available_instruction_sets")),
            list(info.get("execution_providers")));
      }
    }
  }

  private static byte[] model() {
    TensorType strings = new TensorType(ElementType.STRING, Shape.of(Dim.unknown()));
    List<Value> outputs =
        NodeBuilder.of("LibraryInfo", NceOps.DOMAIN, NceOps.DOMAIN_VERSION)
            .output("names", strings)
            .output("values", strings)
            .build();
    return new ModelBuilder()
        .output("names", outputs.get(0))
        .output("values", outputs.get(1))
        .build()
        .toByteArray();
  }

  private static String[] strings(OrtSession.Result result, int index) throws OrtException {
    return (String[]) ((OnnxTensor) result.get(index)).getValue();
  }

  private static List<String> list(String text) {
    return List.of(text.split(", ", -1));
  }
}
