package org.ortnce.cli.corpus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads a corpus from class files: every method body is a sentence whose words are the methods it
 * calls, and each call is a pair (calling method, called method). {@link MethodCalls} says how
 * methods are named. A class is a method that is called; its count is the number of its call sites.
 */
public final class ClassFileCorpus {
  private static final System.Logger LOGGER = System.getLogger(ClassFileCorpus.class.getName());
  private static final int FILES_PER_REPORT = 64;

  private final Lexicon methods = new Lexicon();
  private final Lexicon called = new Lexicon();
  private final IntList callers = new IntList();
  private final IntList callees = new IntList();
  private long classFiles;
  private long unreadable;

  private ClassFileCorpus() {}

  /**
   * The corpus of the JDK that runs this program: all classes of its {@code jrt:} modules.
   *
   * @throws IOException if the modules cannot be read or hold no call of a method that is frequent
   *     enough
   */
  public static Corpus ofRunningJdk(CorpusOptions options, ReadProgress progress)
      throws IOException {
    Path modules = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules");
    return of(modules, "JDK " + Runtime.version(), options, progress);
  }

  /**
   * The corpus of all class files below a directory, which may lie in an opened jar. The same files
   * give the same corpus, in whatever order the file system lists them. Files that are no class
   * files, or of a newer Java than can be read, are left out with a warning in the log.
   *
   * @param description what to call the corpus
   * @throws IOException if a file cannot be read, or nothing is left to make pairs of
   */
  public static Corpus of(
      Path root, String description, CorpusOptions options, ReadProgress progress)
      throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(root)) {
      files = walk.filter(ClassFileCorpus::hasCode).sorted().toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    ClassFileCorpus reader = new ClassFileCorpus();
    for (int i = 0; i < files.size(); i++) {
      reader.read(files.get(i));
      if (i % FILES_PER_REPORT == 0 || i == files.size() - 1) {
        progress.at(i + 1L, files.size());
      }
    }
    if (reader.unreadable > 0) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "{0} of {1} class files of {2} could not be read (a newer Java?)",
          reader.unreadable,
          files.size(),
          description);
    }
    return reader.build(description, options);
  }

  private static boolean hasCode(Path file) {
    String name = file.getFileName() == null ? "" : file.getFileName().toString();
    return name.endsWith(".class")
        && !name.equals("module-info.class")
        && !name.equals("package-info.class")
        && Files.isRegularFile(file);
  }

  private void read(Path file) throws IOException {
    List<MethodCalls.Sentence> sentences;
    try {
      sentences = MethodCalls.read(Files.readAllBytes(file));
    } catch (IllegalArgumentException e) {
      unreadable++;
      LOGGER.log(System.Logger.Level.DEBUG, "class file left out: " + file, e);
      return;
    }
    classFiles++;
    for (MethodCalls.Sentence sentence : sentences) {
      int caller = methods.add(sentence.method());
      for (String callee : sentence.calls()) {
        callers.add(caller);
        callees.add(called.add(callee));
      }
    }
  }

  private Corpus build(String description, CorpusOptions options) throws IOException {
    Lexicon.Ranking classes = called.rank(options.minCount(), options.maxVocabulary());
    if (classes.vocabulary().size() == 0) {
      throw new IOException(
          description
              + ": no method is called at least "
              + options.minCount()
              + " times in "
              + classFiles
              + " class files");
    }
    // Methods that call nothing of the vocabulary are no centres.
    Lexicon centres = new Lexicon();
    int[] centreOf = new int[methods.size()];
    PairBuilder pairs = new PairBuilder(options.maxPairs());
    for (int i = 0; i < callers.size(); i++) {
      int classId = classes.rankOf()[callees.get(i)];
      if (classId != Lexicon.Ranking.DROPPED) {
        int caller = callers.get(i);
        centreOf[caller] = centres.add(methods.name(caller));
        pairs.add(caller, classId);
      }
    }
    Lexicon.Ranking ranked = centres.rank(1, Integer.MAX_VALUE);
    int[] centreIds = pairs.centres();
    for (int i = 0; i < centreIds.length; i++) {
      centreIds[i] = ranked.rankOf()[centreOf[centreIds[i]]];
    }
    return new Corpus(
        description,
        ranked.vocabulary(),
        classes.vocabulary(),
        centreIds,
        pairs.classes(),
        new Corpus.Statistics(
            classFiles, methods.total(), called.total(), called.size(), pairs.dropped()));
  }
}
