/* base/assert.h - a bug stops the process, also in release builds.
 *
 * The message names the expression and the place, never a value: a value could be a citizen's text.
 */
#ifndef BASE_ASSERT_H
#define BASE_ASSERT_H

__attribute__((noreturn)) void assert_failed(const char *expression, const char *file, int line);

#define ASSERT(expression) ((expression) ? (void)0 : assert_failed(#expression, __FILE__, __LINE__))

#endif
