/**
 * The demonstration: exports models over a mined corpus, opens them in sessions and evaluates both
 * losses on its pairs. Nothing is trained.
 */
package org.ortnce.cli.demo;
