package org.ortnce;

import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;
import org.ortnce.library.RuntimeEnvironment;

/**
 * Faults of older versions of ONNX Runtime that keep them from opening valid models, which later
 * ones open: tests that meet them are skipped there, and there only.
 */
public final class OldRuntimeBugs implements TestExecutionExceptionHandler {
  /**
   * A fault.
   *
   * @param text of its error
   * @param fixedInMinor the first of the tested 1.x without it
   */
  private record Fault(String text, int fixedInMinor) {}

  private static final List<Fault> FAULTS =
      List.of(
          // Initializers above 127 bytes that a subgraph uses.
          new Fault("!utils::HasExternalDataInMemory(tensor_proto) was false", 28),
          // Constants that are folded through several nodes, in double.
          new Fault(
              "ort_value_index >= 0 && static_cast<size_t>(ort_value_index) < all_values_size_ was"
                  + " false",
              26));

  /** Skips the test if the error is such a fault of such a version. */
  public static void skipIfOne(Throwable error) {
    String version = RuntimeEnvironment.get().getVersion();
    int minor = Integer.parseInt(version.replaceAll("^1\\.(\\d+)\\..*", "$1"));
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      for (Fault fault : FAULTS) {
        if (minor < fault.fixedInMinor() && message.contains(fault.text())) {
          throw new TestAbortedException(
              "ONNX Runtime " + version + " has a fault: " + fault.text(), error);
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
