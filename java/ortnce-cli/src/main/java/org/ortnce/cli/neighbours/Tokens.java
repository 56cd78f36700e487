package org.ortnce.cli.neighbours;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.ortnce.cli.train.data.Dataset;

/** Chooses the words whose neighbours are shown. */
public final class Tokens {
  private static final int COUNT = 10;

  /** Shorter words of a text say little: the, of, and. */
  private static final int TELLING_LENGTH = 5;

  /** Methods that every Java programmer knows. */
  private static final List<String> WELL_KNOWN =
      List.of(
          "java/awt/Graphics.fillRect",
          "java/io/BufferedReader.readLine",
          "java/lang/Math.sin",
          "java/lang/Object.wait",
          "java/lang/Thread.start",
          "java/math/BigInteger.multiply",
          "java/nio/file/Files.exists",
          "java/security/MessageDigest.update",
          "java/util/regex/Matcher.group",
          "java/util/stream/Stream.map");

  private Tokens() {}

  /**
   * The ids of the words asked for, or of a choice of ours if there are none: methods that
   * everybody knows, else the ten most frequent words of some length, else the first ids.
   *
   * @throws IllegalArgumentException naming a word that is not in the vocabulary
   */
  public static List<Integer> choose(List<String> wanted, Dataset data) {
    List<Integer> ids = new ArrayList<>();
    for (String word : wanted) {
      OptionalInt id = data.inputNames().id(word);
      if (id.isEmpty()) {
        throw new IllegalArgumentException(
            "--neighbours: " + word + " is not in the vocabulary" + hint(data));
      }
      ids.add(id.getAsInt());
    }
    return wanted.isEmpty() ? chosen(data) : ids;
  }

  private static String hint(Dataset data) {
    return data.vocabulary().isPresent()
        ? " of " + data.numInputs() + " words (rare ones are left out, see --min-count)"
        : ", whose ids are below " + data.numInputs();
  }

  private static List<Integer> chosen(Dataset data) {
    List<Integer> ids = new ArrayList<>();
    for (String method : WELL_KNOWN) {
      data.inputNames().id(method).ifPresent(ids::add);
    }
    for (int id = 0; id < data.numInputs() && ids.size() < COUNT; id++) {
      boolean telling = data.inputNames().name(id).length() >= TELLING_LENGTH;
      if (!ids.contains(id) && (telling || data.vocabulary().isEmpty())) {
        ids.add(id);
      }
    }
    return ids;
  }
}
