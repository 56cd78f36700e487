/** Files of results, which are there as a whole or not at all. */
package org.ortnce.cli.files;
