package org.ortnce.reliability;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the test classes that are its arguments and says of each test when it begins and how it
 * ends, one line each, after what it threw, so that whoever reads knows what killed this process.
 */
final class RowRunner {
  static final String BEGIN = "@@begin ";
  static final String END = "@@end ";

  private RowRunner() {}

  public static void main(String[] classes) {
    // Tests may replace or print to System.out.
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(Arrays.stream(classes).map(DiscoverySelectors::selectClass).toList())
                .build(),
            new Reporter(out));
    // Threads that a test has left must not keep the process.
    System.exit(0);
  }

  private static final class Reporter implements TestExecutionListener {
    private final PrintStream out;
    private TestPlan plan;

    Reporter(PrintStream out) {
      this.out = out;
    }

    @Override
    public void testPlanExecutionStarted(TestPlan started) {
      plan = started;
    }

    @Override
    public void executionStarted(TestIdentifier test) {
      if (test.isTest()) {
        out.println(BEGIN + describe(test));
      }
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      // A container that fails has tests that never begin.
      if (test.isTest() || result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
        result.getThrowable().ifPresent(problem -> problem.printStackTrace(out));
        out.println(END + result.getStatus() + " " + describe(test));
      }
    }

    private String describe(TestIdentifier test) {
      String name = test.getDisplayName().replaceAll("[^ -~]", "?");
      return String.join(",", RowIds.of(plan, test)) + " " + name;
    }
  }
}
