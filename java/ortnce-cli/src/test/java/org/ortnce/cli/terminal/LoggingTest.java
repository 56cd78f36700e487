package org.ortnce.cli.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.junit.jupiter.api.Test;

class LoggingTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private String log(LogLevel level) {
    err.reset();
    Logging.configure(level, new PrintStream(err, true, UTF_8));
    Logger logger = System.getLogger("org.ortnce.test");
    logger.log(Level.DEBUG, "detail");
    logger.log(Level.INFO, "news {0}", "of today");
    logger.log(Level.WARNING, "odd", new IOException("the\nreason"));
    logger.log(Level.ERROR, "bad");
    return err.toString(UTF_8).replace(System.lineSeparator(), "|");
  }

  @Test
  void linesBelowTheLevelAreLeftOut() {
    assertThat(log(LogLevel.ERROR)).isEqualTo("error: bad|");
    assertThat(log(LogLevel.WARN)).isEqualTo("warning: odd: the reason|error: bad|");
    assertThat(log(LogLevel.INFO)).startsWith("info: news of today|warning:");
    assertThat(log(LogLevel.DEBUG)).startsWith("debug: detail|info:");
  }
}
