package org.ortnce.cli.terminal;

import java.io.PrintStream;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Sends the log of the library to standard error, one line a message. {@code System.Logger} ends in
 * java.util.logging when nothing else is on the class path.
 */
public final class Logging {
  // java.util.logging forgets the settings of a logger that nobody holds.
  private static final Logger ROOT = Logger.getLogger("org.ortnce");

  private Logging() {}

  public static void configure(LogLevel level, PrintStream err) {
    for (Handler old : ROOT.getHandlers()) {
      ROOT.removeHandler(old);
    }
    ROOT.setUseParentHandlers(false);
    ROOT.addHandler(new LineHandler(err));
    ROOT.setLevel(
        switch (level) {
          case ERROR -> Level.SEVERE;
          case WARN -> Level.WARNING;
          case INFO -> Level.INFO;
          case DEBUG -> Level.FINE;
        });
  }

  private static final class LineHandler extends Handler {
    private final PrintStream err;

    LineHandler(PrintStream err) {
      this.err = err;
      setFormatter(new LineFormatter());
      setLevel(Level.ALL);
    }

    @Override
    public void publish(LogRecord record) {
      if (isLoggable(record)) {
        err.print(getFormatter().format(record));
        err.flush();
      }
    }

    @Override
    public void flush() {
      err.flush();
    }

    @Override
    public void close() {}
  }

  private static final class LineFormatter extends Formatter {
    @Override
    public String format(LogRecord record) {
      Throwable thrown = record.getThrown();
      return String.format(
          Locale.ROOT,
          "%s: %s%s%n",
          levelName(record.getLevel()),
          formatMessage(record),
          thrown == null ? "" : ": " + Failure.describe(thrown));
    }

    private static String levelName(Level level) {
      if (level.intValue() >= Level.SEVERE.intValue()) {
        return "error";
      }
      if (level.intValue() >= Level.WARNING.intValue()) {
        return "warning";
      }
      return level.intValue() >= Level.INFO.intValue() ? "info" : "debug";
    }
  }
}
