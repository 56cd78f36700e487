/** Files that are replaced as a whole or not at all. Internal; knows nothing of the rest. */
package org.ortnce.io;
