package org.ortnce.cli;

import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.ortnce.cli.terminal.Console;
import org.ortnce.cli.terminal.Failure;
import org.ortnce.cli.terminal.Json;
import org.ortnce.cli.terminal.Logging;
import org.ortnce.cli.terminal.Progress;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the commands share: options, where they write, how they say that usage is wrong. */
abstract class Subcommand implements Callable<Integer> {
  /** Where this command writes. */
  final Console console;

  @Mixin CommonOptions common;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Print this help and exit.")
  boolean help;

  @Spec CommandSpec spec;

  Subcommand(Console console) {
    this.console = console;
  }

  /** Does the work; an exception is a failure with exit status 1. */
  abstract void run() throws Exception;

  @Override
  public final Integer call() throws Exception {
    Logging.configure(common.logLevel, console.err());
    run();
    return 0;
  }

  /** A usage error, exit status 2. */
  ParameterException wrongUsage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** What {@code made} makes of option values; what it refuses is a usage error. */
  <T> T fromOptions(Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), Failure.describe(e), e);
    }
  }

  Progress progress(String task, String unit, long total) {
    return Progress.start(console, !common.noProgress, task, unit, total);
  }

  /** Prints the result: the JSON object if that is wanted, else the text. */
  void print(Object json, Supplier<String> text) {
    console.out().print(common.json ? Json.write(json) + "\n" : text.get());
  }
}
