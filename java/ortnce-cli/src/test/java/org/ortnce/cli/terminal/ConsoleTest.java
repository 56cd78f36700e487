package org.ortnce.cli.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When progress and colours show: on a terminal, unless somebody does not want them. */
class ConsoleTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private Console console(boolean terminal, Map<String, String> environment) {
    return new Console(
        new PrintWriter(new StringWriter()),
        new PrintStream(err, true, UTF_8),
        terminal,
        environment);
  }

  private String draw(Console console, boolean wanted) {
    try (Progress bar = Progress.start(console, wanted, "task", " files", 10)) {
      bar.at(4, 10);
      bar.at(10, 10);
    }
    return err.toString(UTF_8);
  }

  @Test
  void progressIsDrawnOnATerminal() {
    assertThat(draw(console(true, Map.of()), true)).contains("task", "100%", "10/10 files");
  }

  @Test
  void progressIsNotDrawnElsewhereOrUnwanted() {
    assertThat(draw(console(false, Map.of()), true)).isEmpty();
    assertThat(draw(console(true, Map.of()), false)).isEmpty();
  }

  @Test
  void noColorIsHonoured() {
    assertThat(console(true, Map.of()).colours()).isTrue();
    assertThat(console(true, Map.of("NO_COLOR", "")).colours()).isTrue();
    assertThat(console(true, Map.of("NO_COLOR", "1")).colours()).isFalse();
    assertThat(console(false, Map.of()).colours()).isFalse();
    assertThat(draw(console(true, Map.of("NO_COLOR", "1")), true)).doesNotContain("\u001b[");
    assertThat(draw(console(true, Map.of()), true)).contains("\u001b[");
  }

  @Test
  void linesFitTheTerminal() {
    assertThat(console(true, Map.of("COLUMNS", "120")).width()).isEqualTo(120);
    assertThat(console(true, Map.of("COLUMNS", "1")).width()).isEqualTo(40);
    assertThat(console(true, Map.of("COLUMNS", "many")).width()).isEqualTo(80);
    assertThat(console(true, Map.of()).width()).isEqualTo(80);
    String drawn = draw(console(true, Map.of("COLUMNS", "60", "NO_COLOR", "1")), true);
    assertThat(drawn.split("[\\r\\n]+")).allMatch(line -> line.length() < 60);
  }
}
