package org.ortnce;

import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;
import org.ortnce.library.RuntimeEnvironment;

/**
 * Faults of ONNX Runtime before 1.26 that keep it from opening valid models, which later versions
 * open: tests that meet them are skipped there, and there only.
 */
public final class OldRuntimeBugs implements TestExecutionExceptionHandler {
  private static final int FIXED_IN_MINOR = 26;

  private static final List<String> FAULTS =
      List.of(
          // Initializers above 127 bytes that a subgraph uses.
          "!utils::HasExternalDataInMemory(tensor_proto) was false",
          // Constants that are folded through several nodes, in double.
          "ort_value_index >= 0 && static_cast<size_t>(ort_value_index) < all_values_size_ was false");

  /** Skips the test if the error is such a fault of such a version. */
  public static void skipIfOne(Throwable error) {
    String version = RuntimeEnvironment.get().getVersion();
    if (Integer.parseInt(version.replaceAll("^1\\.(\\d+)\\..*", "$1")) >= FIXED_IN_MINOR) {
      return;
    }
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      for (String fault : FAULTS) {
        if (message.contains(fault)) {
          throw new TestAbortedException(
              "ONNX Runtime " + version + " has a fault: " + fault, error);
        }
      }
    }
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable error)
      throws Throwable {
    skipIfOne(error);
    throw error;
  }
}
