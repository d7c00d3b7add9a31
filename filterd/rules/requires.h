/* rules/requires.h - what every match of an expression must contain, read from the expression.
 *
 * A conservative reading of PCRE2 syntax: "yes" is proved, "no" means not proved. Look-arounds, optional and unknown
 * parts prove nothing.
 */
#ifndef RULES_REQUIRES_H
#define RULES_REQUIRES_H

#include <stdbool.h>

/* Whether each match holds at least one of 0-9. `expression` compiles. */
bool requires_digit(const char *expression);

#endif
