package org.ortnce.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an atomic write may replace. Content and failures half-way: the tests of model files. */
class AtomicFileTargetsTest {
  @TempDir Path directory;

  @Test
  void aPipeIsLeftInPlace() throws Exception {
    Path pipe = directory.resolve("pipe");
    assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);
    assertThatThrownBy(() -> AtomicFile.write(pipe, out -> out.write(1)))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(pipe.toString(), "pipe");
    assertThat(Files.exists(pipe)).isTrue();
    assertThat(Files.isRegularFile(pipe, LinkOption.NOFOLLOW_LINKS)).isFalse();
  }

  @Test
  void aLinkIsReplacedAndItsTargetKept() throws Exception {
    Path kept = Files.writeString(directory.resolve("kept"), "old");
    Path link = Files.createSymbolicLink(directory.resolve("link"), kept);
    AtomicFile.write(link, out -> out.write('n'));
    assertThat(Files.readString(kept)).isEqualTo("old");
    assertThat(Files.isSymbolicLink(link)).isFalse();
    assertThat(Files.readString(link)).isEqualTo("n");
  }
}
