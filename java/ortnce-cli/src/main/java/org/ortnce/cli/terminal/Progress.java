package org.ortnce.cli.terminal;

import java.time.Duration;
import java.util.function.Supplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar on standard error, or nothing where nobody would see it. */
public final class Progress implements AutoCloseable {
  private static final Duration REDRAW = Duration.ofMillis(200);

  private final ProgressBar bar;

  /** Starts bars; see {@link Progress#start}. */
  @FunctionalInterface
  public interface Factory {
    /** Starts a bar for a task. */
    Progress start(String task, String unit, long total);
  }

  private Progress(ProgressBar bar) {
    this.bar = bar;
  }

  /**
   * Starts a bar.
   *
   * @param wanted false never draws
   * @param task what is going on
   * @param unit what is counted, such as {@code " examples"}
   * @param total how many there are, or -1 if nobody knows yet
   */
  public static Progress start(
      Console console, boolean wanted, String task, String unit, long total) {
    if (!wanted || !console.errIsTerminal()) {
      return new Progress(null);
    }
    return new Progress(
        new ProgressBarBuilder()
            .setTaskName(task)
            .setUnit(unit, 1)
            .setInitialMax(total)
            .setUpdateIntervalMillis((int) REDRAW.toMillis())
            .showSpeed()
            .setStyle(
                console.colours() && console.unicode()
                    ? ProgressBarStyle.COLORFUL_UNICODE_BLOCK
                    : ProgressBarStyle.ASCII)
            // With a width of its own the bar does not ask the terminal, which takes a library.
            .setConsumer(new ConsoleProgressBarConsumer(console.err(), console.width() - 1))
            .build());
  }

  /** Moves the bar to {@code done} of {@code total}. */
  public void at(long done, long total) {
    if (bar != null) {
      bar.maxHint(total);
      bar.stepTo(done);
    }
  }

  /** Shows a text behind the bar, from its next redraw on. */
  public void message(Supplier<String> text) {
    if (bar != null) {
      bar.setExtraMessage(" " + text.get());
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
