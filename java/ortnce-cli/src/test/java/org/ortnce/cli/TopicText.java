package org.ortnce.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * A text with a structure to find: the words of a line are all of one topic, and a word's first
 * letter is its topic.
 */
final class TopicText {
  static final int TOPICS = 5;
  static final int WORDS_PER_TOPIC = 8;

  private TopicText() {}

  /** Writes a text of so many lines of eight words. */
  static Path write(Path file, int lines) throws IOException {
    Random random = new Random(1);
    StringBuilder text = new StringBuilder();
    for (int line = 0; line < lines; line++) {
      char topic = (char) ('a' + random.nextInt(TOPICS));
      for (int word = 0; word < 8; word++) {
        text.append(topic).append("word").append(random.nextInt(WORDS_PER_TOPIC)).append(' ');
      }
      text.append('\n');
    }
    return Files.writeString(file, text);
  }
}
