package org.ortnce.cli.corpus;

/** Any bytes as a class file: an {@link IllegalArgumentException}, or methods and their calls. */
public final class ClassFileFuzz {
  private ClassFileFuzz() {}

  /** One input. */
  public static void fuzzerTestOneInput(byte[] input) {
    try {
      for (MethodCalls.Sentence sentence : MethodCalls.read(input)) {
        if (sentence.calls().isEmpty()) {
          throw new AssertionError("a sentence of no words: " + sentence.method());
        }
      }
    } catch (IllegalArgumentException expected) {
      return;
    }
  }
}
