package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ortnce.ChildJvm;
import org.ortnce.library.NativeLibrary;

/** Main classes of these tests in JVMs of their own, with the library that this JVM uses. */
final class ChildRuns {
  private ChildRuns() {}

  /** What the child printed; it must end well. */
  static String output(
      Class<?> main, Map<String, String> environment, List<String> options, String... arguments)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(options);
    String library = System.getProperty(NativeLibrary.PATH_PROPERTY);
    if (library != null) {
      all.add("-D" + NativeLibrary.PATH_PROPERTY + "=" + library);
    }
    ChildJvm.Outcome outcome = ChildJvm.run(main, environment, all, arguments);
    assertThat(outcome.exitValue()).as(outcome.output()).isZero();
    return outcome.output().strip();
  }
}
