package org.ortnce.cli.train.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.ortnce.cli.corpus.ClassFileCorpus;
import org.ortnce.cli.corpus.CorpusOptions;
import org.ortnce.cli.corpus.ReadProgress;

/** Names and ids, there and back. */
class NamesTest {
  @Test
  void methodsAreFoundWithoutTheirPackage() throws IOException {
    // The smallest package with calls that will not go away.
    Path root =
        FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules/java.base/java/util/zip");
    Names names =
        Names.of(
            ClassFileCorpus.of(root, "zip", CorpusOptions.DEFAULT, ReadProgress.NONE).vocabulary());
    int id = names.id("java/util/zip/Inflater.end").orElseThrow();
    assertThat(names.name(id)).isEqualTo("java/util/zip/Inflater.end");
    assertThat(names.id("Inflater.end")).hasValue(id);
    assertThat(names.id("JAVA/LANG/nothing")).isEmpty();
    assertThat(names.id("nflater.end")).isEmpty();
  }

  @Test
  void numbersAreThemselves() {
    Names numbers = Names.numbers(7);
    assertThat(numbers.name(3)).isEqualTo("3");
    assertThat(numbers.id("6")).hasValue(6);
    for (String none : new String[] {"7", "-1", "x", "", "99999999999"}) {
      assertThat(numbers.id(none)).isEmpty();
    }
  }
}
