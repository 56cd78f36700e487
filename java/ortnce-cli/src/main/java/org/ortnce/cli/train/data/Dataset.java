package org.ortnce.cli.train.data;

import java.io.Closeable;
import java.util.Map;
import java.util.Optional;
import org.ortnce.cli.corpus.Vocabulary;
import org.ortnce.cli.terminal.Table;
import org.ortnce.training.ExampleSource;

/**
 * Examples of input ids and labels, in two parts: those to train on and those held out. Both parts
 * give {@code input_ids}, int64 [batch] or [batch, context], and {@code labels}, int64 [batch,
 * num_true].
 */
public interface Dataset extends Closeable {
  /** Input ids are below this. */
  int numInputs();

  /** Labels are below this. */
  int numClasses();

  /** Input ids of an example, whose embeddings are averaged; 0 for one id. */
  int context();

  /** Labels of an example. */
  int numTrue();

  /** What to train on; at least one example. */
  ExampleSource training();

  /** What is held out; perhaps nothing. */
  ExampleSource heldOut();

  /** How often each class is a label to train on. */
  ClassCounts classCounts();

  /** What input ids are called. */
  Names inputNames();

  /** The words that the ids stand for, if they are words. */
  Optional<Vocabulary> vocabulary();

  /** A number that two data sets share only if all their examples are equal, nearly surely. */
  long fingerprint();

  /** For a person. */
  Table table();

  /** For a machine. */
  Map<String, Object> json();
}
