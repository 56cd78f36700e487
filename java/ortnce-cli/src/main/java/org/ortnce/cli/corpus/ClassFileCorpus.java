package org.ortnce.cli.corpus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads a corpus from class files: every method body is a sentence whose words are the methods it
 * calls, in order; a call repeated in a row, as of an appender, is one. {@link MethodCalls} says
 * how methods are named.
 */
public final class ClassFileCorpus {
  private static final System.Logger LOGGER = System.getLogger(ClassFileCorpus.class.getName());
  private static final int FILES_AT_ONCE = 256;

  private final SentenceReader sentences = new SentenceReader();
  private long classFiles;
  private long unreadable;

  private ClassFileCorpus() {}

  /**
   * The corpus of the JDK that runs this program: all classes of its {@code jrt:} modules.
   *
   * @throws IOException if the modules cannot be read or hold no two neighbouring calls of methods
   *     that are frequent enough
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
    for (int from = 0; from < files.size(); from += FILES_AT_ONCE) {
      int to = Math.min(from + FILES_AT_ONCE, files.size());
      reader.read(files.subList(from, to));
      progress.at(to, files.size());
    }
    if (reader.unreadable > 0) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "{0} of {1} class files of {2} could not be read (a newer Java?)",
          reader.unreadable,
          files.size(),
          description);
    }
    return reader.sentences.build(
        description, "calls in one method body", reader.classFiles, options);
  }

  private static boolean hasCode(Path file) {
    String name = file.getFileName() == null ? "" : file.getFileName().toString();
    return name.endsWith(".class")
        && !name.equals("module-info.class")
        && !name.equals("package-info.class")
        && Files.isRegularFile(file);
  }

  /** Parses on all cores; the order of the files stays. */
  private void read(List<Path> files) throws IOException {
    List<Optional<List<MethodCalls.Sentence>>> parsed;
    try {
      parsed = files.parallelStream().map(ClassFileCorpus::parse).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Optional<List<MethodCalls.Sentence>> bodies : parsed) {
      if (bodies.isEmpty()) {
        unreadable++;
      } else {
        classFiles++;
        bodies.get().forEach(this::add);
      }
    }
  }

  private static Optional<List<MethodCalls.Sentence>> parse(Path file) {
    try {
      return Optional.of(MethodCalls.read(Files.readAllBytes(file)));
    } catch (IllegalArgumentException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "class file left out: " + file, e);
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(MethodCalls.Sentence sentence) {
    String last = "";
    for (String call : sentence.calls()) {
      if (!call.equals(last)) {
        sentences.word(call);
      }
      last = call;
    }
    sentences.endSentence();
  }
}
