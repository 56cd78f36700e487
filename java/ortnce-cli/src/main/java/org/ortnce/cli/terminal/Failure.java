package org.ortnce.cli.terminal;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** What to tell a person about a failure, in one line. */
public final class Failure {
  private Failure() {}

  public static String describe(Throwable failure) {
    if (failure instanceof OutOfMemoryError) {
      return "out of memory: " + failure.getMessage() + " (give java more with -Xmx, or read less)";
    }
    String message = failure.getMessage();
    // These say which file but not what is wrong with it, unless they have a reason.
    if (failure instanceof FileSystemException file && file.getReason() == null) {
      message = problem(file) + ": " + message;
    }
    if (message == null || message.isBlank()) {
      return failure.getCause() == null
          ? failure.getClass().getName()
          : describe(failure.getCause());
    }
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }

  private static String problem(FileSystemException failure) {
    if (failure instanceof NoSuchFileException) {
      return "no such file";
    }
    if (failure instanceof AccessDeniedException) {
      return "access denied";
    }
    if (failure instanceof FileAlreadyExistsException) {
      return "exists already";
    }
    if (failure instanceof NotDirectoryException) {
      return "no directory";
    }
    return "cannot use file";
  }
}
