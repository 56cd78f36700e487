package org.ortnce.cli.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where a command writes.
 *
 * @param out results; UTF-8, so that JSON is JSON in any locale
 * @param err progress, logs and errors
 * @param errIsTerminal whether a person watches {@code err}: only then is progress drawn
 * @param environment the environment variables
 */
public record Console(
    PrintWriter out, PrintStream err, boolean errIsTerminal, Map<String, String> environment) {

  /** The console of this process. */
  public static Console ofProcess() {
    Writer out = new OutputStreamWriter(new FileOutputStream(FileDescriptor.out), UTF_8);
    return new Console(new PrintWriter(out), System.err, isTerminal(2), System.getenv());
  }

  /** {@code System.console()} speaks of standard input and output; we ask about a descriptor. */
  private static boolean isTerminal(int descriptor) {
    Path link = Path.of("/proc/self/fd/" + descriptor);
    try {
      String target = Files.readSymbolicLink(link).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      // Where there is no /proc nobody can tell: rather no bar than bars in a log file.
      return false;
    }
  }

  /** Columns of the terminal, as the shell tells them, else 80. */
  public int width() {
    try {
      return Math.max(40, Integer.parseInt(environment.getOrDefault("COLUMNS", "80")));
    } catch (NumberFormatException e) {
      return 80;
    }
  }

  /** Whether colours are wanted on {@code err}: a terminal, and no {@code NO_COLOR}. */
  public boolean colours() {
    return errIsTerminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
  }

  /** A writer on {@code err} for picocli, which flushes by itself. */
  public PrintWriter errWriter() {
    return new PrintWriter(new OutputStreamWriter(err, UTF_8), true);
  }
}
