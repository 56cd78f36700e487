package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.ortnce.ChildJvm;

/** Main classes of these tests in JVMs of their own. */
final class ChildRuns {
  private ChildRuns() {}

  /** What the child printed; it must end well. */
  static String output(
      Class<?> main, Map<String, String> environment, List<String> options, String... arguments)
      throws IOException, InterruptedException {
    ChildJvm.Outcome outcome = ChildJvm.run(main, environment, options, arguments);
    assertThat(outcome.exitValue()).as(outcome.output()).isZero();
    return outcome.output().strip();
  }
}
