package org.ortnce.cli.corpus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Corpora of texts: words, lines, windows, odd bytes and files that are no text. */
class TextCorpusTest {
  @TempDir Path directory;

  private Corpus read(byte[] text, CorpusOptions options) throws IOException {
    Path file = Files.write(directory.resolve("text.txt"), text);
    return TextCorpus.of(file, options, ReadProgress.NONE);
  }

  private Corpus read(String text, CorpusOptions options) throws IOException {
    return read(text.getBytes(UTF_8), options);
  }

  private static CorpusOptions window(int window) {
    return new CorpusOptions(1, Integer.MAX_VALUE, window, 1000);
  }

  private static List<String> words(Corpus corpus) {
    return IntStream.range(0, corpus.vocabulary().size())
        .mapToObj(corpus.vocabulary()::name)
        .toList();
  }

  private static List<String> pairs(Corpus corpus) {
    return IntStream.range(0, corpus.pairCount())
        .mapToObj(
            i ->
                corpus.vocabulary().name(corpus.centre(i))
                    + " "
                    + corpus.vocabulary().name(corpus.classId(i)))
        .toList();
  }

  @Test
  void windowsStayWithinTheLine() throws IOException {
    Corpus corpus = read("one two three\nfour five", window(1));
    assertThat(pairs(corpus))
        .containsExactly("one two", "two one", "two three", "three two", "four five", "five four");
    assertThat(corpus.statistics()).isEqualTo(new Corpus.Statistics(1, 2, 5, 5, 0));
  }

  @Test
  void wordsAreLowerCasedLettersAndDigitsByFrequencyThenName() throws IOException {
    Corpus corpus =
        read("The cat, the DOG!\r\n\r\nthe-cat 42 \uD835\uDC00b e\u0301t\u00e9\n", window(5));
    assertThat(words(corpus))
        .containsExactly("the", "cat", "42", "dog", "e\u0301t\u00e9", "\uD835\uDC00b");
    assertThat(corpus.vocabulary().count(0)).isEqualTo(3);
    assertThat(corpus.statistics().sentences()).isEqualTo(2);
  }

  @Test
  void rareWordsLeaveBeforeWindowsAreLaid() throws IOException {
    Corpus corpus = read("a x b\na y b", new CorpusOptions(2, 10, 1, 100));
    assertThat(pairs(corpus)).containsExactly("a b", "b a", "a b", "b a");
    assertThat(corpus.statistics().distinctTokens()).isEqualTo(4);
    assertThat(words(read("a x b\na y b", new CorpusOptions(1, 3, 1, 100))))
        .containsExactly("a", "b", "x");
  }

  @Test
  void malformedBytesEndAWordAndNothingElse() throws IOException {
    byte[] text = {'a', 'b', (byte) 0xFF, 'c', ' ', (byte) 0xC3, '\n', 'd', ' ', 'e', (byte) 0xE2};
    Corpus corpus = read(text, window(5));
    assertThat(words(corpus)).containsExactly("ab", "c", "d", "e");
    assertThat(pairs(corpus)).containsExactly("ab c", "c ab", "d e", "e d");
  }

  @Test
  void aByteOrderMarkIsNoWord() throws IOException {
    assertThat(words(read("\uFEFFfirst second", window(1)))).containsExactly("first", "second");
  }

  @Test
  void endlessWordsAndLinesAreReadWithoutKeepingThem() throws IOException {
    String endless = "x".repeat(1_000_000);
    Corpus corpus = read("a " + endless + " b " + "c ".repeat(50), window(1));
    assertThat(words(corpus)).containsExactly("c", "a", "b");
    String longest = "y".repeat(WordScanner.MAX_WORD_LENGTH);
    assertThat(words(read("a " + longest, window(1)))).contains(longest);
  }

  @Test
  void pairsPastTheLimitAreCounted() throws IOException {
    Corpus corpus = read("a b c d", new CorpusOptions(1, 10, Integer.MAX_VALUE, 5));
    assertThat(corpus.pairCount()).isEqualTo(5);
    assertThat(corpus.statistics().droppedPairs()).isEqualTo(7);
  }

  @Test
  void longLinesAreCutIntoPassagesButTheirWindowsAreNot() throws IOException {
    Corpus corpus = read("a b ".repeat(125) + "\nc d\n", window(1));
    assertThat(corpus.pairCount()).isEqualTo(2 * 249 + 2);
    assertThat(IntStream.range(0, corpus.passageCount()).map(corpus::passageEnd))
        .containsExactly(199, 399, 498, 500);
  }

  @Test
  void progressEndsAtTheSizeOfTheFile() throws IOException {
    Path file = Files.writeString(directory.resolve("long.txt"), "some words ".repeat(100_000));
    List<Long> reports = new ArrayList<>();
    TextCorpus.of(
        file,
        CorpusOptions.DEFAULT,
        (done, total) -> {
          assertThat(total).isEqualTo(1_100_000);
          reports.add(done);
        });
    assertThat(reports).isSorted().endsWith(1_100_000L).hasSizeGreaterThan(10);
  }

  @Test
  void whatIsNoTextIsNamed() throws IOException {
    Path missing = directory.resolve("missing.txt");
    assertThatThrownBy(() -> TextCorpus.of(missing, CorpusOptions.DEFAULT, ReadProgress.NONE))
        .isInstanceOf(IOException.class)
        .hasMessage(missing + ": no such file");
    assertThatThrownBy(() -> TextCorpus.of(directory, CorpusOptions.DEFAULT, ReadProgress.NONE))
        .isInstanceOf(IOException.class)
        .hasMessage(directory + " is a directory, expected a text file");
    assertThatThrownBy(() -> read("", window(1)))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("text.txt has no words");
    assertThatThrownBy(() -> read(" ,;\n -- \n", window(1))).hasMessageEndingWith("has no words");
    assertThatThrownBy(() -> read("alone\nagain", window(1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no two words in one line");
  }
}
