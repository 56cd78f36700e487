package org.ortnce.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class FailureTest {
  @Test
  void messagesAreOneLine() {
    assertThat(Failure.describe(new IOException("first\n   second\r\nthird\n")))
        .isEqualTo("first second third");
  }

  @Test
  void fileErrorsSayWhatIsWrong() {
    assertThat(Failure.describe(new NoSuchFileException("a.npy"))).isEqualTo("no such file: a.npy");
    assertThat(Failure.describe(new AccessDeniedException("a.npy")))
        .isEqualTo("access denied: a.npy");
    assertThat(Failure.describe(new NoSuchFileException("a", null, "why"))).isEqualTo("a: why");
  }

  @Test
  void withoutAMessageTheCauseOrTheTypeMustDo() {
    assertThat(Failure.describe(new IllegalStateException((String) null)))
        .isEqualTo("java.lang.IllegalStateException");
    assertThat(Failure.describe(new RuntimeException(null, new IOException("disk full"))))
        .isEqualTo("disk full");
    assertThat(Failure.describe(new OutOfMemoryError("Java heap space"))).contains("-Xmx");
  }
}
