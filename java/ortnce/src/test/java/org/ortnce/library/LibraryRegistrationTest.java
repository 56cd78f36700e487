package org.ortnce.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.OrtNce;
import org.ortnce.reliability.BadInputs;

/** Registration with real session options, of a real if tiny library. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
@BadInputs
class LibraryRegistrationTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void writeLibrary() throws IOException {
    file = Files.write(directory.resolve("libortnce.so"), LibraryFixture.ELF);
  }

  @Test
  @Tag("C03")
  void registersOncePerOptionsObject() throws OrtException {
    LibraryRegistration registration = new LibraryRegistration(() -> file);
    try (SessionOptions options = new SessionOptions()) {
      registration.registerOnce(options);
      registration.registerOnce(options);
      // The library refuses a second call, so the one above never reached it.
      assertThatThrownBy(() -> options.registerCustomOpLibrary(file.toString()))
          .hasMessageContaining(TinyElf.REFUSAL);
      try (SessionOptions others = new SessionOptions()) {
        assertThatThrownBy(() -> registration.registerOnce(others))
            .as("other options are registered with")
            .hasMessageContaining(TinyElf.REFUSAL);
      }
    }
  }

  @Test
  void concurrentRegistrationReachesTheLibraryOnce() throws Exception {
    LibraryRegistration registration = new LibraryRegistration(() -> file);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (SessionOptions options = new SessionOptions()) {
      List<Future<?>> futures = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        futures.add(
            threads.submit(
                () -> {
                  registration.registerOnce(options);
                  return null;
                }));
      }
      for (Future<?> future : futures) {
        assertThatCode(future::get).doesNotThrowAnyException();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aLibraryThatRefusesIsNamedAndMayBeTriedAgain() throws OrtException {
    LibraryRegistration registration = new LibraryRegistration(() -> file);
    try (SessionOptions first = new SessionOptions();
        SessionOptions second = new SessionOptions()) {
      registration.registerOnce(first);
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> registration.registerOnce(second))
            .isInstanceOf(OrtException.class)
            .hasMessageContaining("cannot register native library " + file)
            .hasMessageContaining(TinyElf.REFUSAL)
            .hasCauseInstanceOf(OrtException.class);
      }
    }
  }

  @Test
  void j25ALibraryWithoutTheEntryPointIsNamed() throws Exception {
    Files.write(file, TinyElf.library("SomethingElse"));
    LibraryRegistration registration = new LibraryRegistration(() -> file);
    try (SessionOptions options = new SessionOptions()) {
      assertThatThrownBy(() -> registration.registerOnce(options))
          .isInstanceOf(OrtException.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("RegisterCustomOps");
    }
  }

  @Test
  void j21ClosedOptionsAreRefusedAlsoAfterRegistration() throws OrtException {
    LibraryRegistration registration = new LibraryRegistration(() -> file);
    SessionOptions options = new SessionOptions();
    registration.registerOnce(options);
    options.close();
    assertThatThrownBy(() -> registration.registerOnce(options))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> OrtNce.register(options))
        .as("before the library is even looked for")
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void nullOptionsAreNamed() {
    assertThatThrownBy(() -> OrtNce.register(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("options");
  }

  @Test
  void theVersionIsThatOfTheBuild() {
    assertThat(OrtNce.version()).matches("\\d+\\.\\d+\\.\\d+.*");
  }
}
