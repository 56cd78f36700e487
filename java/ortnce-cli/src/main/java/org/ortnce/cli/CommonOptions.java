package org.ortnce.cli;

import org.ortnce.cli.terminal.LogLevel;
import picocli.CommandLine.Option;

/** Options of every command. */
final class CommonOptions {
  @Option(names = "--json", description = "Print the result as one JSON object on standard output.")
  boolean json;

  @Option(
      names = "--no-progress",
      description =
          "Draw no progress bar. None is drawn either when standard error is no terminal.")
  boolean noProgress;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      defaultValue = "warn",
      description =
          "Show log messages on standard error from this level on: ${COMPLETION-CANDIDATES}"
              + " (default: ${DEFAULT-VALUE}). With debug, errors come with their stack trace.")
  LogLevel logLevel;

  @Option(
      names = "--stacktrace",
      description = "Print the stack trace of an error, not only its message.")
  boolean stacktrace;

  boolean wantsStacktrace() {
    return stacktrace || logLevel == LogLevel.DEBUG;
  }
}
