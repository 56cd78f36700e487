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
                corpus.centres().name(corpus.centre(i))
                    + "->"
                    + corpus.classes().name(corpus.classId(i)))
        .toList();
  }

  private static List<String> names(Vocabulary vocabulary) {
    return IntStream.range(0, vocabulary.size()).mapToObj(vocabulary::name).toList();
  }

  @Test
  void classesAreCalledMethodsByDecreasingFrequencyTiesByName() throws IOException {
    Corpus corpus = read(entries(), CorpusOptions.DEFAULT);
    assertThat(names(corpus.classes()))
        .containsExactly("p/A.one", "p/B.run", "q/Z.last", "q/Z.rare");
    assertThat(corpus.classes().count(0)).isEqualTo(3);
    assertThat(corpus.classes().totalCount()).isEqualTo(6);
    // p/A.one calls nothing and is no centre.
    assertThat(names(corpus.centres())).containsExactly("p/B.run", "p/A.two", "p/A.three");
    assertThat(corpus.statistics()).isEqualTo(new Corpus.Statistics(2, 3, 6, 4, 0));
    assertThat(corpus.description()).isEqualTo("test jar");
  }

  @Test
  void everyCallIsAPair() throws IOException {
    assertThat(pairs(read(entries(), CorpusOptions.DEFAULT)))
        .containsExactlyInAnyOrder(
            "p/A.two->p/A.one",
            "p/A.two->p/B.run",
            "p/A.three->q/Z.rare",
            "p/B.run->p/A.one",
            "p/B.run->q/Z.last",
            "p/B.run->p/A.one");
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
  void minCountAndMaxVocabularyCutRareClasses() throws IOException {
    Corpus frequent = read(entries(), new CorpusOptions(2, Integer.MAX_VALUE, 5, 100));
    assertThat(names(frequent.classes())).containsExactly("p/A.one");
    assertThat(names(frequent.centres())).containsExactly("p/B.run", "p/A.two");
    assertThat(frequent.pairCount()).isEqualTo(3);

    Corpus two = read(entries(), new CorpusOptions(1, 2, 5, 100));
    assertThat(names(two.classes())).containsExactly("p/A.one", "p/B.run");
  }

  @Test
  void pairsPastTheLimitAreCounted() throws IOException {
    Corpus corpus = read(entries(), new CorpusOptions(1, 100, 5, 4));
    assertThat(corpus.pairCount()).isEqualTo(4);
    assertThat(corpus.statistics().droppedPairs()).isEqualTo(2);
    assertThat(corpus.classes().totalCount()).isEqualTo(6);
  }

  @Test
  void shufflingKeepsThePairsAndDependsOnTheSeedOnly() throws IOException {
    Corpus corpus = read(entries(), CorpusOptions.DEFAULT);
    Corpus shuffled = corpus.shuffled(7);
    assertThat(pairs(shuffled)).containsExactlyInAnyOrderElementsOf(pairs(corpus));
    assertThat(pairs(shuffled)).isEqualTo(pairs(corpus.shuffled(7)));
    assertThat(pairs(shuffled)).isNotEqualTo(pairs(corpus));
  }

  @Test
  void nothingFrequentEnoughIsAnError() {
    assertThatThrownBy(() -> read(entries(), new CorpusOptions(100, 10, 5, 10)))
        .isInstanceOf(IOException.class)
        .hasMessage("test jar: no method is called at least 100 times in 2 class files");
    assertThatThrownBy(() -> read(Map.of(), CorpusOptions.DEFAULT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("0 class files");
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
  void theRunningJdkHasTensOfThousandsOfClasses() throws IOException {
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
    assertThat(corpus.classes().size()).isGreaterThan(10_000);
    assertThat(corpus.pairCount()).isGreaterThan(100_000);
    assertThat(corpus.centres().size()).isGreaterThan(10_000);
    assertThat(reports).isSorted().endsWith(files.get());
    assertThat(corpus.statistics().documents()).isEqualTo(files.get());
    for (int id = 1; id < corpus.classes().size(); id++) {
      assertThat(corpus.classes().count(id)).isLessThanOrEqualTo(corpus.classes().count(id - 1));
    }
    for (int i = 0; i < corpus.pairCount(); i++) {
      assertThat(corpus.centre(i)).isBetween(0, corpus.centres().size() - 1);
      assertThat(corpus.classId(i)).isBetween(0, corpus.classes().size() - 1);
    }
    assertThat(names(corpus.classes()).subList(0, 10)).contains("java/lang/StringBuilder.append");
  }
}
