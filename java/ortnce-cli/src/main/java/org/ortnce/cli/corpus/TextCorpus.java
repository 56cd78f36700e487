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
 * and digits.
 */
public final class TextCorpus {
  private static final int WORDS_PER_REPORT = 1 << 14;

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
    SentenceReader sentences = new SentenceReader();
    // Files.size is 0 for pipes and devices: then the total is unknown.
    try (CountingStream bytes = new CountingStream(Files.newInputStream(file));
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8))) {
      long size = Files.size(file);
      WordScanner scanner = new WordScanner(reader);
      for (WordScanner.Token token = scanner.next();
          token != WordScanner.Token.TEXT_END;
          token = scanner.next()) {
        if (token == WordScanner.Token.LINE_END) {
          sentences.endSentence();
        } else {
          sentences.word(scanner.word());
          if (sentences.words() % WORDS_PER_REPORT == 0) {
            progress.at(bytes.count(), size);
          }
        }
      }
      progress.at(bytes.count(), bytes.count());
    }
    if (sentences.words() == 0) {
      throw new IOException(file + " has no words");
    }
    return sentences.build(file.toString(), "words in one line", 1, options);
  }
}
