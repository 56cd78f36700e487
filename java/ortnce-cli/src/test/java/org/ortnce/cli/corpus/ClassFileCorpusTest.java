package org.ortnce.cli.corpus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Corpora of class files: a jar made here, whose pairs are known, and the JDK itself. */
class ClassFileCorpusTest {
  @TempDir Path directory;

  private static Map<String, byte[]> entries() {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put(
        "p/B.class",
        SyntheticJar.classFile(
            "p/B", new TreeMap<>(Map.of("run", List.of("p/A.one", "q/Z.last", "p/A.one")))));
    entries.put(
        "p/A.class",
        SyntheticJar.classFile(
            "p/A",
            new TreeMap<>(
                Map.of(
                    "one", List.of(),
                    "two", List.of("p/A.one", "p/B.run"),
                    "three", List.of("q/Z.rare")))));
    entries.put("p/broken.class", new byte[] {1, 2, 3, 4});
    entries.put("module-info.class", new byte[] {1});
    entries.put("META-INF/readme.txt", "no class".getBytes(UTF_8));
    return entries;
  }

  private Corpus read(Map<String, byte[]> entries, CorpusOptions options) throws IOException {
    Path jar = directory.resolve("test-" + entries.hashCode() + ".jar");
    SyntheticJar.write(jar, entries);
    try (FileSystem zip = FileSystems.newFileSystem(jar)) {
      return ClassFileCorpus.of(zip.getPath("/"), "test jar", options, ReadProgress.NONE);
    }
  }

  private static List<String> pairs(Corpus corpus) {
    return IntStream.range(0, corpus.pairCount())
        .mapToObj(
            i ->
                corpus.vocabulary().name(corpus.centre(i))
                    + "->"
                    + corpus.vocabulary().name(corpus.classId(i)))
        .toList();
  }

  private static List<String> names(Vocabulary vocabulary) {
    return IntStream.range(0, vocabulary.size()).mapToObj(vocabulary::name).toList();
  }

  @Test
  void wordsAreCalledMethodsByDecreasingFrequencyTiesByName() throws IOException {
    Corpus corpus = read(entries(), CorpusOptions.DEFAULT);
    assertThat(names(corpus.vocabulary()))
        .containsExactly("p/A.one", "p/B.run", "q/Z.last", "q/Z.rare");
    assertThat(corpus.vocabulary().count(0)).isEqualTo(3);
    assertThat(corpus.vocabulary().totalCount()).isEqualTo(6);
    assertThat(corpus.statistics()).isEqualTo(new Corpus.Statistics(2, 3, 6, 4, 0));
    assertThat(corpus.description()).isEqualTo("test jar");
  }

  @Test
  void callsInOneBodyArePairs() throws IOException {
    Corpus corpus = read(entries(), new CorpusOptions(1, 100, 1, 100));
    assertThat(pairs(corpus))
        .containsExactly(
            "p/A.one->p/B.run",
            "p/B.run->p/A.one",
            "p/A.one->q/Z.last",
            "q/Z.last->p/A.one",
            "q/Z.last->p/A.one",
            "p/A.one->q/Z.last");
    // A.three calls one method: no pair, no passage.
    assertThat(corpus.passageCount()).isEqualTo(2);
    assertThat(corpus.passageEnd(0)).isEqualTo(2);
    assertThat(corpus.passageEnd(1)).isEqualTo(6);
  }

  @Test
  void theOrderInTheJarDoesNotMatter() throws IOException {
    Map<String, byte[]> entries = entries();
    Map<String, byte[]> reversed = new LinkedHashMap<>();
    List<String> keys = new ArrayList<>(entries.keySet());
    for (int i = keys.size() - 1; i >= 0; i--) {
      reversed.put(keys.get(i), entries.get(keys.get(i)));
    }
    assertThat(pairs(read(reversed, CorpusOptions.DEFAULT)))
        .isEqualTo(pairs(read(entries, CorpusOptions.DEFAULT)));
  }

  @Test
  void minCountAndMaxVocabularyCutRareMethods() throws IOException {
    Corpus frequent = read(entries(), new CorpusOptions(2, Integer.MAX_VALUE, 5, 100));
    assertThat(names(frequent.vocabulary())).containsExactly("p/A.one");
    assertThat(pairs(frequent)).containsExactly("p/A.one->p/A.one", "p/A.one->p/A.one");

    Corpus two = read(entries(), new CorpusOptions(1, 2, 5, 100));
    assertThat(names(two.vocabulary())).containsExactly("p/A.one", "p/B.run");
  }

  @Test
  void pairsPastTheLimitAreCounted() throws IOException {
    Corpus corpus = read(entries(), new CorpusOptions(1, 100, 5, 5));
    assertThat(corpus.pairCount()).isEqualTo(5);
    assertThat(corpus.passageEnd(corpus.passageCount() - 1)).isEqualTo(5);
    assertThat(corpus.statistics().droppedPairs()).isEqualTo(3);
    assertThat(corpus.vocabulary().totalCount()).isEqualTo(6);
  }

  @Test
  void nothingFrequentEnoughIsAnError() {
    assertThatThrownBy(() -> read(entries(), new CorpusOptions(100, 10, 5, 10)))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "test jar has no two calls in one method body that occur at least 100 times:"
                + " 6 read, 0 in the vocabulary");
    assertThatThrownBy(() -> read(Map.of(), CorpusOptions.DEFAULT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("0 read");
  }

  @Test
  void optionsBelowOneAreRefused() {
    assertThatThrownBy(() -> new CorpusOptions(0, 1, 1, 1))
        .hasMessage("minCount must be at least 1, got 0");
    assertThatThrownBy(() -> new CorpusOptions(1, -1, 1, 1))
        .hasMessage("maxVocabulary must be at least 1, got -1");
    assertThatThrownBy(() -> new CorpusOptions(1, 1, 0, 1)).hasMessageContaining("window");
    assertThatThrownBy(() -> new CorpusOptions(1, 1, 1, 0)).hasMessageContaining("maxPairs");
  }

  @Test
  @Timeout(120)
  void theRunningJdkHasTensOfThousandsOfMethods() throws IOException {
    List<Long> reports = new ArrayList<>();
    AtomicLong files = new AtomicLong();
    Corpus corpus =
        ClassFileCorpus.ofRunningJdk(
            CorpusOptions.DEFAULT,
            (done, total) -> {
              assertThat(done).isLessThanOrEqualTo(total);
              files.set(total);
              reports.add(done);
            });
    assertThat(corpus.vocabulary().size()).isGreaterThan(10_000);
    assertThat(corpus.pairCount()).isGreaterThan(1_000_000);
    assertThat(reports).isSorted().endsWith(files.get());
    assertThat(corpus.statistics().documents()).isEqualTo(files.get());
    for (int id = 1; id < corpus.vocabulary().size(); id++) {
      assertThat(corpus.vocabulary().count(id))
          .isLessThanOrEqualTo(corpus.vocabulary().count(id - 1));
    }
    for (int i = 0; i < corpus.pairCount(); i++) {
      assertThat(corpus.centre(i)).isBetween(0, corpus.vocabulary().size() - 1);
      assertThat(corpus.classId(i)).isBetween(0, corpus.vocabulary().size() - 1);
    }
    assertThat(names(corpus.vocabulary()).subList(0, 10))
        .contains("java/lang/StringBuilder.append");
  }
}
