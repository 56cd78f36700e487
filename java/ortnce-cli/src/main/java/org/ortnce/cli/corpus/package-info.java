/**
 * Real (centre, class) pairs to train on, with nothing to download: the calls in the method bodies
 * of the running JDK, or the words of a text. Knows nothing of models or sessions.
 */
package org.ortnce.cli.corpus;
