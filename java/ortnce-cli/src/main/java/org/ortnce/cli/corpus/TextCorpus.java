package org.ortnce.cli.corpus;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads a corpus from a text file: lines are sentences, their words are lower-cased runs of letters
 * and digits, and each word makes a pair with every word at most {@link CorpusOptions#window} away
 * in its line. Words outside the vocabulary are taken out of a line before its windows are laid.
 */
public final class TextCorpus {
  private static final int WORDS_PER_REPORT = 1 << 14;
  private static final int LINE_END = -1;

  private TextCorpus() {}

  /**
   * The corpus of a UTF-8 file; bytes that are not UTF-8 read as the replacement character, which
   * ends a word. The file is read as a stream, once.
   *
   * @param progress hears bytes
   * @throws IOException naming the file, if it does not exist, is no file, cannot be read, or has
   *     no two neighbouring words that are frequent enough
   */
  public static Corpus of(Path file, CorpusOptions options, ReadProgress progress)
      throws IOException {
    if (Files.notExists(file)) {
      throw new NoSuchFileException(file.toString(), null, "no such file");
    }
    if (Files.isDirectory(file)) {
      throw new IOException(file + " is a directory, expected a text file");
    }
    Lexicon lexicon = new Lexicon();
    IntList tokens = new IntList();
    long lines = 0;
    // Files.size is 0 for pipes and devices: then the total is unknown.
    try (CountingStream bytes = new CountingStream(Files.newInputStream(file));
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8))) {
      long size = Files.size(file);
      WordScanner scanner = new WordScanner(reader);
      boolean lineHasWord = false;
      for (WordScanner.Token token = scanner.next();
          token != WordScanner.Token.TEXT_END;
          token = scanner.next()) {
        if (token == WordScanner.Token.WORD) {
          tokens.add(lexicon.add(scanner.word()));
          lines += lineHasWord ? 0 : 1;
          lineHasWord = true;
          if (lexicon.total() % WORDS_PER_REPORT == 0) {
            progress.at(bytes.count(), size);
          }
        } else if (lineHasWord) {
          tokens.add(LINE_END);
          lineHasWord = false;
        }
      }
      progress.at(bytes.count(), bytes.count());
    }
    return build(file, options, lexicon, tokens, lines);
  }

  private static Corpus build(
      Path file, CorpusOptions options, Lexicon lexicon, IntList tokens, long lines)
      throws IOException {
    if (lexicon.size() == 0) {
      throw new IOException(file + " has no words");
    }
    Lexicon.Ranking ranking = lexicon.rank(options.minCount(), options.maxVocabulary());
    PairBuilder pairs = new PairBuilder(options.maxPairs());
    IntList line = new IntList();
    for (int i = 0; i < tokens.size(); i++) {
      int token = tokens.get(i);
      if (token == LINE_END) {
        addWindows(line, options.window(), pairs);
        line.clear();
      } else if (ranking.rankOf()[token] != Lexicon.Ranking.DROPPED) {
        line.add(ranking.rankOf()[token]);
      }
    }
    addWindows(line, options.window(), pairs);
    int[] centres = pairs.centres();
    if (centres.length == 0) {
      throw new IOException(
          file
              + " has no two words in one line that occur at least "
              + options.minCount()
              + " times: "
              + lexicon.total()
              + " words, "
              + ranking.vocabulary().size()
              + " in the vocabulary");
    }
    return new Corpus(
        file.toString(),
        ranking.vocabulary(),
        ranking.vocabulary(),
        centres,
        pairs.classes(),
        new Corpus.Statistics(1, lines, lexicon.total(), lexicon.size(), pairs.dropped()));
  }

  private static void addWindows(IntList line, int window, PairBuilder pairs) {
    for (int centre = 0; centre < line.size(); centre++) {
      int from = Math.max(0, centre - window);
      int to = (int) Math.min(line.size() - 1L, (long) centre + window);
      for (int other = from; other <= to; other++) {
        if (other != centre) {
          pairs.add(line.get(centre), line.get(other));
        }
      }
    }
  }
}
