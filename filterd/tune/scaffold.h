/* tune/scaffold.h - the first files of a new city, from the templates in dictionaries/common/scaffold/.
 *
 * @ID@, @NAME@ and @CODE@ in a template become the city's. Threads: any. Errors: as the function says.
 */
#ifndef TUNE_SCAFFOLD_H
#define TUNE_SCAFFOLD_H

#include "base/fault.h"
#include "base/status.h"

struct scaffold_city {
    const char *id;   /* "nagareyama": also the folder's name */
    const char *name; /* "流山市" */
    const char *code; /* six digits with the check digit of 全国地方公共団体コード; "" = unknown */
};

#define SCAFFOLD_CODE_BYTES 7 /* six digits and the NUL */

/* The code of the municipality called so, or so with its prefecture in front (東京都府中市). STATUS_NOT_FOUND with a
 * fault: there is none, or there are two. */
STATUS_CHECKED enum status scaffold_find_code(const char *common_dir, const char *name,
                                              char code_out[SCAFFOLD_CODE_BYTES], struct fault *fault);

/* Makes `folder` with the files in it. STATUS_INVALID: it is there already; STATUS_IO, STATUS_NOT_FOUND: a template
 * is missing; all fill `fault`. A folder that could not be finished is left for the user to look at. */
STATUS_CHECKED enum status scaffold_write(const char *common_dir, const char *folder, const struct scaffold_city *city,
                                          struct fault *fault);

#endif
