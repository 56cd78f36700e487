package org.ortnce.cli.corpus;

import java.io.IOException;
import java.io.Reader;
import java.util.Locale;

/**
 * Cuts text into lower-case words: runs of letters, digits and combining marks. Reads character by
 * character, so lines may have any length; a "word" longer than {@link #MAX_WORD_LENGTH} code
 * points is no word and left out.
 */
final class WordScanner {
  static final int MAX_WORD_LENGTH = 256;

  private final Reader reader;
  private final StringBuilder word = new StringBuilder();
  private int pushedBack = NONE;

  private static final int NONE = -2;
  private static final int END = -1;

  /** What {@link #next} found. */
  enum Token {
    WORD,
    LINE_END,
    TEXT_END
  }

  WordScanner(Reader reader) {
    this.reader = reader;
  }

  /** The word of the last {@link Token#WORD}. */
  String word() {
    return word.toString().toLowerCase(Locale.ROOT);
  }

  Token next() throws IOException {
    while (true) {
      int codePoint = codePoint();
      if (codePoint == END) {
        return Token.TEXT_END;
      }
      if (codePoint == '\n') {
        return Token.LINE_END;
      }
      if (isWordPart(codePoint) && readWord(codePoint)) {
        return Token.WORD;
      }
    }
  }

  private boolean readWord(int first) throws IOException {
    word.setLength(0);
    int codePoint = first;
    int length = 0;
    for (; codePoint != END && isWordPart(codePoint); codePoint = codePoint()) {
      if (++length <= MAX_WORD_LENGTH) {
        word.appendCodePoint(codePoint);
      }
    }
    pushedBack = codePoint;
    return length <= MAX_WORD_LENGTH;
  }

  private static boolean isWordPart(int codePoint) {
    if (Character.isLetterOrDigit(codePoint)) {
      return true;
    }
    int type = Character.getType(codePoint);
    return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
  }

  private int codePoint() throws IOException {
    if (pushedBack != NONE) {
      int kept = pushedBack;
      pushedBack = NONE;
      return kept;
    }
    int high = reader.read();
    if (high == END || !Character.isHighSurrogate((char) high)) {
      return high;
    }
    int low = reader.read();
    if (low != END && Character.isLowSurrogate((char) low)) {
      return Character.toCodePoint((char) high, (char) low);
    }
    pushedBack = low;
    return high;
  }
}
