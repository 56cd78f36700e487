/**
 * Trains a network on examples, measures it on examples held out, and writes models, arrays and a
 * loss curve. {@link org.ortnce.cli.train.TrainReport} tells people and machines about it.
 */
package org.ortnce.cli.train;
