package org.ortnce.cli.corpus;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Any bytes as a text: words are short, in lower case and hold no blank. */
public final class TextFuzz {
  private TextFuzz() {}

  /** One input. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    WordScanner scanner =
        new WordScanner(
            new InputStreamReader(new ByteArrayInputStream(input), StandardCharsets.UTF_8));
    int tokens = 0;
    for (WordScanner.Token token = scanner.next();
        token != WordScanner.Token.TEXT_END;
        token = scanner.next()) {
      tokens++;
      String word = scanner.word();
      if (token == WordScanner.Token.WORD
          && (word.isEmpty() || word.chars().anyMatch(Character::isWhitespace))) {
        throw new AssertionError("word '" + word + "'");
      }
    }
    if (tokens > input.length) {
      throw new AssertionError(tokens + " tokens of " + input.length + " bytes");
    }
  }
}
