package org.ortnce.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.ortnce.cli.terminal.Console;

/**
 * One command line, run in this JVM.
 *
 * @param status the exit status
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record CliRun(int status, String out, String err) {
  static CliRun of(Object... args) {
    return of(false, args);
  }

  /** As on a terminal, where progress is drawn. */
  static CliRun onTerminal(Object... args) {
    return of(true, args);
  }

  private static CliRun of(boolean terminal, Object... args) {
    StringWriter out = new StringWriter();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream errStream = new PrintStream(err, true, UTF_8);
    Console console = new Console(new PrintWriter(out), errStream, terminal, Map.of());
    String[] texts = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      texts[i] = args[i].toString();
    }
    int status = OrtnceCommand.execute(console, texts);
    return new CliRun(status, out.toString(), err.toString(UTF_8));
  }

  JsonObject json() {
    return JsonParser.parseString(out).getAsJsonObject();
  }
}
