package org.ortnce.cli.terminal;

import java.util.Locale;

/** How much of the log is shown. */
public enum LogLevel {
  ERROR,
  WARN,
  INFO,
  DEBUG;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
