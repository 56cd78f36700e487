package org.ortnce.cli;

import org.ortnce.cli.terminal.Console;

/** The entry point of the runnable jar. */
public final class Main {
  private Main() {}

  /** Runs a command line and ends the JVM with its exit status. */
  public static void main(String[] args) {
    System.exit(OrtnceCommand.execute(Console.ofProcess(), args));
  }
}
