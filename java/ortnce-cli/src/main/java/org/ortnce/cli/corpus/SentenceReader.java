package org.ortnce.cli.corpus;

import java.io.IOException;

/**
 * Takes sentences word by word and makes the corpus of them: each word makes a pair with every word
 * at most {@link CorpusOptions#window} away in its sentence. Words outside the vocabulary are taken
 * out of a sentence before its windows are laid.
 */
final class SentenceReader {
  private static final int SENTENCE_END = -1;

  /** Words of one passage: enough to be held out as a whole, few enough for many in a long line. */
  private static final int PASSAGE = 100;

  private final Lexicon lexicon = new Lexicon();
  private final IntList tokens = new IntList();
  private long sentences;
  private boolean open;

  /** The next word of the sentence. */
  void word(String word) {
    tokens.add(lexicon.add(word));
    open = true;
  }

  /** Ends the sentence; one without a word is none. */
  void endSentence() {
    if (open) {
      tokens.add(SENTENCE_END);
      sentences++;
      open = false;
    }
  }

  /** The number of words so far. */
  long words() {
    return lexicon.total();
  }

  /**
   * The corpus of all that was read.
   *
   * @param documents files read
   * @param nouns what words and sentences are called here, such as {@code words in one line}
   * @throws IOException if there is no pair
   */
  Corpus build(String description, String nouns, long documents, CorpusOptions options)
      throws IOException {
    endSentence();
    Lexicon.Ranking ranking = lexicon.rank(options.minCount(), options.maxVocabulary());
    PairBuilder pairs = new PairBuilder(options.maxPairs());
    IntList sentence = new IntList();
    for (int i = 0; i < tokens.size(); i++) {
      int token = tokens.get(i);
      if (token == SENTENCE_END) {
        addWindows(sentence, options.window(), pairs);
        sentence.clear();
      } else if (ranking.rankOf()[token] != Lexicon.Ranking.DROPPED) {
        sentence.add(ranking.rankOf()[token]);
      }
    }
    Vocabulary vocabulary = ranking.vocabulary();
    if (pairs.size() == 0) {
      throw new IOException(
          description
              + " has no two "
              + nouns
              + " that occur at least "
              + options.minCount()
              + (options.minCount() == 1 ? " time: " : " times: ")
              + lexicon.total()
              + " read, "
              + vocabulary.size()
              + " in the vocabulary");
    }
    Corpus.Statistics statistics =
        new Corpus.Statistics(
            documents, sentences, lexicon.total(), lexicon.size(), pairs.dropped());
    return new Corpus(description, vocabulary, pairs, statistics);
  }

  private static void addWindows(IntList sentence, int window, PairBuilder pairs) {
    for (int centre = 0; centre < sentence.size(); centre++) {
      int from = Math.max(0, centre - window);
      int to = (int) Math.min(sentence.size() - 1L, (long) centre + window);
      for (int other = from; other <= to; other++) {
        if (other != centre) {
          pairs.add(sentence.get(centre), sentence.get(other));
        }
      }
      if (centre % PASSAGE == PASSAGE - 1 || centre == sentence.size() - 1) {
        pairs.endPassage();
      }
    }
  }
}
