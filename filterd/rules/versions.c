#include "rules/versions.h"

#include "engine/multi.h"
#include "engine/regex.h"
#include "text/tokens.h"
#include "text/view.h"

/* The Makefile hashes the sources of the layers base to scan: two programs that may judge differently never share it.
 */
#if !defined(ENGINE_CODE)
#error "ENGINE_CODE is the Makefile's"
#endif
#define ENGINE_VERSION "filterd 1 " ENGINE_CODE

void
versions_of(const struct token_model *tokens, struct version versions_out[VERSIONS])
{
    versions_out[0] = (struct version){"engine", ENGINE_VERSION};
    versions_out[1] = (struct version){"hyperscan", multi_version()};
    versions_out[2] = (struct version){"pcre2", regex_version()};
    versions_out[3] = (struct version){"views", view_tables_version()};
    versions_out[4] = (struct version){"tokens", token_model_version(tokens)};
}
