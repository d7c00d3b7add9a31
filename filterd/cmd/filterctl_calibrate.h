/* cmd/filterctl_calibrate.h - whether rules claim what labelled texts show of them.
 *
 * Counts per rule and evidence (plain, label, check digit, both, negative) how many findings were right, and compares
 * the share, between Wilson's bounds of 95 %, with the likelihood that the rule states.
 * Threads: one owner. Privacy: keeps rules and counts, no text.
 */
#ifndef CMD_FILTERCTL_CALIBRATE_H
#define CMD_FILTERCTL_CALIBRATE_H

#include "cmd/filterctl.h"

struct calibration;

STATUS_CHECKED enum status calibration_create(struct calibration **calibration_out);
void calibration_destroy(struct calibration **calibration);
/* `finding->rule` must live until the report. */
void calibration_add(struct calibration *calibration, const struct finding *finding, bool is_right);
/* A value that is there, a number that is nobody's. */
void calibration_add_value(struct calibration *calibration, bool was_found);
void calibration_add_trap(struct calibration *calibration, bool was_hit);
/* Prints a line per rule and evidence and one for all. True: every likelihood lies between the bounds of its line. */
bool calibration_report(struct calibration *calibration, bool as_json);

#endif
